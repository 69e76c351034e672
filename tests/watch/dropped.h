/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Some files of every kind, and what must hold of them at every instant and in the end. */
#ifndef TESTS_WATCH_DROPPED_H
#define TESTS_WATCH_DROPPED_H

#include "rig.h"

static const struct {
    const char *name, *text, *place;
    size_t letters; /* on the docket */
} dropped[] = {
    {"a.txt", "LT11 2026-03-02 1234\n", "filed", 1},
    {"b.txt", "CP504 2026-02-02 1234\nLT11 2026-02-12 1234\n", "filed", 2},
    {"c.txt", REVIEW, "review", 1},
    {"d.txt", DAMAGED, "failed", 0},
};
enum { DROPPED = sizeof dropped / sizeof *dropped };
#define TWIN "e.txt" /* the same content as a.txt */

static inline void drop_all(void)
{
    for (size_t i = 0; i < DROPPED; i++)
        drop(dropped[i].name, dropped[i].text);
    drop(TWIN, dropped[0].text);
}

static inline void start_anew(void)
{
    rig_teardown(NULL);
    rig_setup(NULL);
    drop_all();
}

/* Each file is where it was dropped or filed whole, and no more than once. */
static inline void assert_nothing_lost(const char *when)
{
    char text[RIG_TEXT_MAX];

    for (size_t i = 0; i < DROPPED; i++) {
        get(in_folder(dropped[i].name), text);
        bool lies_there = strcmp(text, dropped[i].text) == 0;
        size_t results = count_in("filed", dropped[i].text) + count_in("review", dropped[i].text) +
                         count_in("failed", dropped[i].text);
        if (results > 1 || (!lies_there && results == 0))
            fail_msg("%s: %s is %s and filed %zu times\n%s", when, dropped[i].name, lies_there ? "there" : "not there",
                     results, told);
        if (count_in(dropped[i].place, dropped[i].text) > 0) {
            json_decref(record_beside(dropped[i].letters == 0   ? "error.json"
                                      : dropped[i].letters == 2 ? "letter-2.json"
                                                                : "letter.json"));
        }
    }
}

/* All are filed, each once and on the docket once; the twin is a repeat; nothing is left over. The docket is open. */
static inline void assert_all_filed(const char *when)
{
    for (size_t i = 0; i < DROPPED; i++) {
        if (is_there(dropped[i].name))
            fail_msg("%s: %s is still there\n%s", when, dropped[i].name, told);
        assert_filed(dropped[i].place, dropped[i].text);
    }
    assert_false(is_there(TWIN));
    if (count_in("repeats", dropped[0].text) != 1)
        fail_msg("%s: %zu repeats\n%s", when, rig_found, told);
    assert_own_is_empty();
    size_t twin = letters_of(TWIN).count; /* which of the two came first is not said */
    for (size_t i = 0; i < DROPPED; i++) {
        struct rig_letters letters = letters_of(i == 0 && twin > 0 ? TWIN : dropped[i].name);
        if (letters.count != dropped[i].letters || (letters.count > 0 && letters.taken != 1) ||
            letters.repeats != (i == 0 ? 1 : 0))
            fail_msg("%s: %s: %zu letters, taken %zu, repeats %zu\n%s", when, dropped[i].name, letters.count,
                     letters.taken, letters.repeats, told);
    }
}

#endif
