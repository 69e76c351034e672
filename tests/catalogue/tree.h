/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A small data directory in a temporary place, right in all its parts, for tests to break one of them. */
#ifndef IRSORT_TESTS_CATALOGUE_TREE_H
#define IRSORT_TESTS_CATALOGUE_TREE_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "catalogue/catalogue.h"

enum { TREE_PATH_SIZE = 512, TREE_FAULTS_MAX = 16 };

struct tree_file {
    const char *name;
    const char *text;
};

static const struct tree_file tree_files[] = {
    {"patterns/clocks/cdp-levy-30.yaml",
     "name: cdp-levy-30\n"
     "track: cdp-levy\n"
     "kind: statutory\n"
     "printed: hearing_by\n"
     "count:\n"
     "  from: notice-date\n"
     "  first: {count: 5, unit: business-days}\n"
     "  period: {count: 30, unit: days}\n"
     "  roll: yes\n"
     "safe:\n"
     "  from: lien-filed\n"
     "  period: {count: 1, unit: years}\n"
     "  roll: no\n"
     "follow_ups:\n"
     "  - name: tell-the-officer\n"
     "    count: {from: conference, period: {count: 2, unit: business-days}, roll: no}\n"
     "    what: {en: \"Tell the officer\", es: \"Avise al oficial\"}\n"
     "form: \"12153\"\n"
     "how: {en: \"Send it\", es: \"Envíelo\"}\n"
     "effect: {en: \"It stops\", es: \"Se detiene\"}\n"
     "authority: [\"IRC 6330\", \"IRC 7503\"]\n"
     "sources: [a statute, a book]\n"
     "checked: 2026-01-05\n"
     "certainty: high\n"},
    {"patterns/clocks/eh-levy.yaml", "name: eh-levy\n"
                                     "track: equivalent-hearing-levy\n"
                                     "kind: administrative\n"
                                     "after_track: cdp-levy\n"
                                     "how: {en: Ask, es: Pida}\n"
                                     "effect: {en: None, es: Ninguno}\n"
                                     "authority: [Reg. 301.6330-1]\n"
                                     "sources: [a regulation]\n"
                                     "checked: 2024-02-29\n"
                                     "certainty: high\n"},
    {"patterns/notices/LT11.yaml", "id: LT11\n"
                                   "printed: LT11\n"
                                   "style: lt\n"
                                   "class: cdp-levy-notice\n"
                                   "title: {en: \"A title\", es: \"Un título\"}\n"
                                   "numbers: [LT11, L1058]\n"
                                   "titles:\n"
                                   "  - text: A heading\n"
                                   "  - text: Another heading\n"
                                   "    unverified: yes\n"
                                   "phrases:\n"
                                   "  - text: some words\n"
                                   "excludes:\n"
                                   "  - regex: 'cp\\s?504'\n"
                                   "    why: it is another\n"
                                   "what: {en: w, es: q}\n"
                                   "means: {en: m, es: s}\n"
                                   "came: {en: c, es: v}\n"
                                   "next: {en: n, es: p}\n"
                                   "rights:\n"
                                   "  - track: cdp-levy\n"
                                   "    available: \"yes\"\n"
                                   "    clock: cdp-levy-30\n"
                                   "    note: {en: note, es: nota}\n"
                                   "  - track: equivalent-hearing-levy\n"
                                   "    available: conditional\n"
                                   "    clock: eh-levy\n"
                                   "    condition: {en: if, es: si}\n"
                                   "  - track: section-7429\n"
                                   "    available: \"no\"\n"
                                   "    authority: [IRC 7429]\n"
                                   "sources: [a page]\n"
                                   "certainty: high\n"},
    {"patterns/notices/CP504.yaml", "id: CP504\n"
                                    "printed: CP 504\n"
                                    "style: cp\n"
                                    "class: warning-without-hearing\n"
                                    "title: {en: \"A warning\", es: \"Un aviso\"}\n"
                                    "numbers: [CP504, CP604]\n"
                                    "titles:\n"
                                    "  - text: A warning\n"
                                    "what: {en: w, es: q}\n"
                                    "means: {en: m, es: s}\n"
                                   "came: {en: c, es: v}\n"
                                    "next: {en: n, es: p}\n"
                                    "rights:\n"
                                    "  - track: cdp-levy\n"
                                    "    available: \"no\"\n"
                                    "sources: [a page]\n"
                                    "certainty: high\n"},
    {"patterns/fields.yaml", "fields:\n"
                             "  - field: notice_date\n"
                             "    shape: date\n"
                             "    labels:\n"
                             "      - regex: 'notice date'\n"
                             "        zone: header\n"
                             "        below: yes\n"
                             "  - field: amount_due\n"
                             "    shape: money\n"
                             "    labels:\n"
                             "      - regex: 'amount due'\n"
                             "        zone: any\n"},
    {"patterns/mail.yaml", "letterhead:\n"
                           "  - {regex: 'internal revenue', name: irs, weight: 3.5}\n"
                           "enclosures:\n"
                           "  - {regex: 'form 12153', name: form, weight: 2}\n"
                           "cautions:\n"
                           "  - {regex: 'not from us', why: it says so}\n"
                           "imitations:\n"
                           "  - {regex: 'tax relief', name: advertisement, weight: 4}\n"},
    {"patterns/others.yaml", "others:\n"
                             "  - {number: CP504B, printed: CP 504B, title: A business warning}\n"
                             "  - {number: L105C, printed: Letter 105C, title: A claim}\n"},
    {"models/confusions.tsv", "# counts\n"
                              "5\t5\t9900\n"
                              "5\tS\t80\n"
                              "5\t-\t20\n"
                              "-\t'\t30\n"},
    {"models/confidence.tsv", "# weights\n"
                              "base\t-1\n"
                              "odds\t0.5\n"
                              "words\t0\n"
                              "number\t2\n"
                              "prints\t0\n"
                              "sender\t0\n"
                              "margin\t0\n"
                              "against\t-3\n"},
};

#define TREE_FILE_COUNT (sizeof tree_files / sizeof *tree_files)

static inline const char *tree_path(const char *tree, const char *name, char out[TREE_PATH_SIZE])
{
    if (snprintf(out, TREE_PATH_SIZE, "%s/%s", tree, name) >= TREE_PATH_SIZE)
        abort();
    return out;
}

static inline void tree_write(const char *tree, const char *name, const char *text)
{
    char path[TREE_PATH_SIZE];
    FILE *file = fopen(tree_path(tree, name, path), "w");

    if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0)
        abort();
}

static inline void tree_remove(const char *tree, const char *name)
{
    char path[TREE_PATH_SIZE];

    if (remove(tree_path(tree, name, path)) != 0)
        abort();
}

/* Makes the tree and writes its path into `tree`. */
static inline void tree_make(char tree[TREE_PATH_SIZE])
{
    static const char *const folders[] = {"patterns", "patterns/clocks", "patterns/notices", "models"};
    char path[TREE_PATH_SIZE];

    strcpy(tree, "/tmp/irsort-catalogue-XXXXXX");
    if (mkdtemp(tree) == NULL)
        abort();
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        if (mkdir(tree_path(tree, folders[i], path), 0700) != 0)
            abort();
    }
    for (size_t i = 0; i < TREE_FILE_COUNT; i++)
        tree_write(tree, tree_files[i].name, tree_files[i].text);
}

static inline int tree_remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

static inline void tree_drop(const char *tree)
{
    if (nftw(tree, tree_remove_one, 8, FTW_DEPTH | FTW_PHYS) != 0)
        abort();
}

static inline const char *tree_text(const char *name)
{
    for (size_t i = 0; i < TREE_FILE_COUNT; i++) {
        if (strcmp(tree_files[i].name, name) == 0)
            return tree_files[i].text;
    }
    abort();
}

/* Faults as they were told, their texts copied. */
struct tree_fault {
    char file[TREE_PATH_SIZE];
    unsigned line;
    unsigned column;
    char field[128];
    char what[1024];
};

struct tree_faults {
    struct tree_fault list[TREE_FAULTS_MAX];
    size_t count;
};

static inline void tree_collect(void *context, const struct fault *fault)
{
    struct tree_faults *faults = context;

    if (faults->count == TREE_FAULTS_MAX)
        abort();
    struct tree_fault *next = &faults->list[faults->count++];
    next->line = fault->line;
    next->column = fault->column;
    snprintf(next->file, sizeof next->file, "%s", fault->file);
    snprintf(next->field, sizeof next->field, "%s", fault->field);
    snprintf(next->what, sizeof next->what, "%s", fault->what);
}

#endif
