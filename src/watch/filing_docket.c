/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "watch/filing_inside.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "watch/folder.h"
#include "watch/name.h"

#define ACTOR "irsort watch"

enum {
    RECORD_BYTES_MAX = 1 << 22, /* of a record that is read back: far above what the bounds of a letter allow */
    PATH_TEXT_MAX = 1 << 15,    /* bytes: PATH_MAX, each replaced by up to three */
};

struct entering {
    struct store *store;
    const struct intent *intent;
    struct buffer file;
    struct buffer filed;
    struct docket_scan scan;
    struct docket_actor actor;
};

static int entering_init(struct entering *entering, struct store *store, const struct intent *intent,
                         struct error *error)
{
    char path[STORE_PATH_SIZE];

    entering->store = store;
    entering->intent = intent;
    buffer_init(&entering->file, PATH_TEXT_MAX);
    buffer_init(&entering->filed, PATH_TEXT_MAX);
    name_utf8(&entering->file, intent->name);
    name_utf8(&entering->filed, store_path_of(store, intent, path));
    if (entering->file.failed || entering->filed.failed)
        return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
    entering->actor = (struct docket_actor){ACTOR, store->outside->wall_s()};
    entering->scan = (struct docket_scan){.sha256 = intent->sha256,
                                          .file = entering->file.data,
                                          .filed = entering->filed.data,
                                          .received = intent->received};
    return 0;
}

static void entering_dispose(struct entering *entering)
{
    buffer_dispose(&entering->file);
    buffer_dispose(&entering->filed);
}

static int enter_letter(struct entering *entering, const struct letter *letter, struct error *error)
{
    struct docket_filed filed;

    return docket_file(entering->store->docket, &entering->scan, letter, &entering->actor, &filed, error);
}

static int enter_repeat(struct entering *entering, struct error *error)
{
    size_t letters;

    return docket_repeat(entering->store->docket, &entering->scan, &entering->actor, &letters, error);
}

/* A failure may have undone all of the transaction: then it is undone whole. */
int filing_enter(struct store *store, const struct intent *intent, const struct filing *filing, struct error *error)
{
    struct entering entering;
    int result = entering_init(&entering, store, intent, error);

    if (result == 0 && intent->place == PLACE_REPEATS)
        result = enter_repeat(&entering, error);
    for (size_t i = 0; result == 0 && i < filing->letter_count; i++)
        result = enter_letter(&entering, &filing->letters[i], error);
    entering_dispose(&entering);
    return result;
}

/* The n-th record of letters, from 1: letter.json, letter-2.json … */
static void name_record(size_t n, char out[32])
{
    if (n == 1)
        snprintf(out, 32, "letter.json");
    else
        snprintf(out, 32, "letter-%zu.json", n);
}

/* The same from the records that are filed. What is no record any more, somebody has changed; it is told, and the
 * original stays. */
static int enter_record(struct entering *entering, int folder, const char *name, char *text, struct error *error)
{
    struct letter letter;
    size_t length;

    if (folder_read_file(entering->store->outside, folder, name, text, RECORD_BYTES_MAX, &length) < 0) {
        int number = errno;
        if (number != ENOENT)
            error_set(error, ERROR_SETUP, "its record %s cannot be read: %s", name, strerror(number));
        errno = number;
        return -1;
    }
    json_t *json = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
    int result = json != NULL ? letter_from_json(&letter, json, error)
                              : error_set(error, ERROR_SETUP, "its record %s is not whole", name);
    json_decref(json);
    if (result == 0) {
        result = enter_letter(entering, &letter, error);
        letter_dispose(&letter);
    }
    errno = EIO;
    return result;
}

static int enter_records(struct store *store, const struct intent *intent, struct error *error)
{
    struct entering entering;
    char name[32];
    char *text = malloc(RECORD_BYTES_MAX);
    int folder = folder_open(store->outside, store->results[intent->place].folder, intent->folder);
    int result = entering_init(&entering, store, intent, error);

    if (result == 0 && (text == NULL || folder < 0))
        result = error_set(error, ERROR_SETUP, "its records cannot be read: %s", strerror(errno));
    if (result == 0 && intent->place == PLACE_REPEATS)
        result = enter_repeat(&entering, error);
    for (size_t n = 1; result == 0 && (intent->place == PLACE_FILED || intent->place == PLACE_REVIEW); n++) {
        name_record(n, name);
        if (enter_record(&entering, folder, name, text, error) == 0)
            continue;
        if (errno != ENOENT || error->code != ERROR_NONE || n == 1)
            result = error_set(error, ERROR_SETUP, "its record %s is not there", name);
        break;
    }
    filing_close(store, &folder);
    free(text);
    entering_dispose(&entering);
    return result;
}

int filing_is_known(struct store *store, const struct intent *intent, struct intent *first, struct error *error)
{
    struct entering entering;
    size_t letters = 0;
    int found = store_find(store, intent->sha256, first);

    if (found < 0)
        return error_set(error, ERROR_SETUP, "what is filed cannot be looked through: %s", strerror(errno));
    if (found > 0)
        return 1;
    *first = (struct intent){0};
    int result = entering_init(&entering, store, intent, error);
    if (result == 0 && docket_begin(store->docket, error) < 0)
        result = -1;
    else if (result == 0) {
        result = docket_repeat(store->docket, &entering.scan, &entering.actor, &letters, error); /* only to see */
        docket_rollback(store->docket);
    }
    entering_dispose(&entering);
    return result < 0 ? -1 : letters > 0;
}

int filing_enter_again(struct store *store, const struct intent *intent, struct error *error)
{
    if (intent->place == PLACE_FAILED)
        return 0;
    if (docket_begin(store->docket, error) < 0)
        return -1;
    if (enter_records(store, intent, error) == 0)
        return docket_commit(store->docket, error);
    docket_rollback(store->docket);
    return -1;
}
