/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "catalogue/catalogue.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue/draft.h"
#include "catalogue/regex.h"

/* Longer than any number, however it is written. */
enum { NAME_SIZE = 64 };

static const struct shelf_kind notice_shelf = {.folder = "patterns/notices",
                                               .one = &schema_notice,
                                               .list = &schema_notices,
                                               .size = sizeof(struct notice)};

static const struct shelf_kind clock_shelf = {
    .folder = "patterns/clocks", .one = &schema_clock, .list = &schema_clocks, .size = sizeof(struct clock)};

/* One file of which there is one. NULL if it is faulty. */
static void *load_single(struct source *source, const char *directory, const char *name,
                         const cyaml_schema_value_t *schema, struct fault_log *log)
{
    char path[PATH_MAX];
    void *value = NULL;

    snprintf(path, sizeof path, "%s/%s", directory, name);
    if (source_open(source, path, log) != 0)
        return NULL;
    if (source_load(source, schema, &value, log) != 0)
        source_dispose(source);
    return value;
}

static void load_all(struct draft *draft, const char *directory)
{
    struct catalogue *catalogue = draft->catalogue;
    char path[PATH_MAX];

    shelf_load(&draft->clocks, &clock_shelf, directory, draft->log);
    catalogue->clocks = draft->clocks.values;
    catalogue->clock_count = draft->clocks.count;
    shelf_load(&draft->notices, &notice_shelf, directory, draft->log);
    catalogue->notices = draft->notices.values;
    catalogue->notice_count = draft->notices.count;
    catalogue->fields =
        load_single(&draft->fields, directory, "patterns/fields.yaml", &schema_fields, draft->log);
    catalogue->marks = load_single(&draft->mail, directory, "patterns/mail.yaml", &schema_mail, draft->log);
    catalogue->others =
        load_single(&draft->others, directory, "patterns/others.yaml", &schema_others, draft->log);
    snprintf(path, sizeof path, "%s/models/confusions.tsv", directory);
    confusions_load(&catalogue->confusions, path, draft->log);
    snprintf(path, sizeof path, "%s/models/confidence.tsv", directory);
    confidence_load(&catalogue->confidence, path, draft->log);

    if (catalogue->marks != NULL)
        catalogue->mail = *catalogue->marks;
    if (catalogue->others != NULL) {
        catalogue->mail.others = catalogue->others->others;
        catalogue->mail.others_count = catalogue->others->others_count;
    }
}

/* The file each value came from: for people who ask why. */
static int name_files(struct draft *draft)
{
    struct catalogue *catalogue = draft->catalogue;

    for (size_t i = 0; i < catalogue->notice_count; i++) {
        catalogue->notices[i].file = strdup(draft->notices.sources[i].path);
        if (catalogue->notices[i].file == NULL)
            return -1;
    }
    for (size_t i = 0; i < catalogue->clock_count; i++) {
        catalogue->clocks[i].file = strdup(draft->clocks.sources[i].path);
        if (catalogue->clocks[i].file == NULL)
            return -1;
    }
    return 0;
}

int catalogue_new(struct catalogue **out, const char *directory, fault_fn *on_fault, void *context,
                  struct error *error)
{
    int result = -1;
    struct fault_log log = {.on_fault = on_fault, .context = context, .error = error};
    struct draft draft = {.log = &log};

    *out = NULL;
    draft.catalogue = calloc(1, sizeof *draft.catalogue);
    if (draft.catalogue == NULL) {
        error_set(error, ERROR_OUT_OF_MEMORY, "no memory for the catalogue");
        goto done;
    }
    load_all(&draft, directory);
    draft_check_values(&draft);
    draft_check_links(&draft);
    draft_compile(&draft);
    if (log.count > 0)
        goto done;
    if (name_files(&draft) != 0) {
        error_set(error, ERROR_OUT_OF_MEMORY, "no memory for the catalogue");
        goto done;
    }
    *out = draft.catalogue;
    draft.catalogue = NULL;
    result = 0;
done:
    shelf_dispose(&draft.notices);
    shelf_dispose(&draft.clocks);
    source_dispose(&draft.fields);
    source_dispose(&draft.mail);
    source_dispose(&draft.others);
    catalogue_free(draft.catalogue);
    return result;
}

static void free_marks(struct mail_mark *marks, size_t count)
{
    for (size_t i = 0; i < count; i++)
        regex_free(marks[i].code);
}

/* libcyaml frees what its schemas know; the loader's own additions go first. */
void catalogue_free(struct catalogue *catalogue)
{
    if (catalogue == NULL)
        return;
    for (size_t i = 0; i < catalogue->notice_count; i++) {
        const struct notice *notice = &catalogue->notices[i];
        for (size_t j = 0; j < notice->excludes_count; j++)
            regex_free(notice->excludes[j].code);
        free(notice->file);
    }
    for (size_t i = 0; i < catalogue->clock_count; i++)
        free(catalogue->clocks[i].file);
    for (size_t i = 0; catalogue->fields != NULL && i < catalogue->fields->fields_count; i++) {
        const struct field_rule *rule = &catalogue->fields->fields[i];
        for (size_t j = 0; j < rule->labels_count; j++)
            regex_free(rule->labels[j].code);
        for (size_t j = 0; j < rule->in_days_count; j++)
            regex_free(rule->in_days[j].code);
    }
    free_marks(catalogue->mail.letterhead, catalogue->mail.letterhead_count);
    free_marks(catalogue->mail.enclosures, catalogue->mail.enclosures_count);
    free_marks(catalogue->mail.imitations, catalogue->mail.imitations_count);
    for (size_t i = 0; i < catalogue->mail.cautions_count; i++)
        regex_free(catalogue->mail.cautions[i].code);
    source_free_value(&schema_notices, catalogue->notices, catalogue->notice_count);
    source_free_value(&schema_clocks, catalogue->clocks, catalogue->clock_count);
    source_free_value(&schema_fields, catalogue->fields, 0);
    source_free_value(&schema_mail, catalogue->marks, 0);
    source_free_value(&schema_others, catalogue->others, 0);
    free(catalogue);
}

const struct notice *catalogue_notices(const struct catalogue *catalogue, size_t *count)
{
    *count = catalogue->notice_count;
    return catalogue->notices;
}

const struct clock *catalogue_clocks(const struct catalogue *catalogue, size_t *count)
{
    *count = catalogue->clock_count;
    return catalogue->clocks;
}

const struct field_rule *catalogue_fields(const struct catalogue *catalogue, size_t *count)
{
    *count = catalogue->fields->fields_count;
    return catalogue->fields->fields;
}

const struct mail *catalogue_mail(const struct catalogue *catalogue)
{
    return &catalogue->mail;
}

const struct notice *catalogue_find_notice(const struct catalogue *catalogue, const char *name)
{
    char wanted[NAME_SIZE];

    number_normalise(name, wanted, sizeof wanted);
    for (size_t i = 0; i < catalogue->notice_count; i++) {
        const struct notice *notice = &catalogue->notices[i];
        if (strcmp(notice->id, wanted) == 0)
            return notice;
        for (size_t j = 0; j < notice->numbers_count; j++) {
            if (strcmp(notice->numbers[j], wanted) == 0)
                return notice;
        }
    }
    return NULL;
}

const struct clock *catalogue_find_clock(const struct catalogue *catalogue, const char *name)
{
    for (size_t i = 0; i < catalogue->clock_count; i++) {
        if (strcmp(catalogue->clocks[i].name, name) == 0)
            return &catalogue->clocks[i];
    }
    return NULL;
}

double catalogue_confusion(const struct catalogue *catalogue, char printed, char read)
{
    return confusions_log(&catalogue->confusions, printed, read);
}

double catalogue_confidence(const struct catalogue *catalogue, const double traits[TRAIT_COUNT])
{
    return confidence_of(&catalogue->confidence, traits);
}
