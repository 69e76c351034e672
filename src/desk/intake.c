/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "desk/intake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct intake {
    struct intake_call call;
    struct intake_item *first;
    struct intake_item **last; /* where the next one is linked */
    size_t count;
    int64_t serial;
};

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- the list ---- */

static bool is_over(const struct intake_item *item)
{
    return item->state == INTAKE_DONE || item->state == INTAKE_FAILED;
}

static void remove_item(struct intake *intake, struct intake_item **link)
{
    struct intake_item *item = *link;

    *link = item->next;
    if (intake->last == &item->next)
        intake->last = link;
    intake->count--;
    free(item->filed);
    free(item);
}

static void forget_oldest(struct intake *intake)
{
    for (struct intake_item **link = &intake->first; *link != NULL && intake->count > INTAKE_KEPT_MAX;) {
        if (is_over(*link))
            remove_item(intake, link);
        else
            link = &(*link)->next;
    }
}

static struct intake_item *add_item(struct intake *intake, const struct scans_slip *slip)
{
    struct intake_item *item = calloc(1, sizeof *item);

    if (item == NULL)
        return NULL;
    item->serial = ++intake->serial;
    item->slip = *slip;
    item->at = (int64_t)time(NULL);
    *intake->last = item;
    intake->last = &item->next;
    intake->count++;
    forget_oldest(intake);
    return item;
}

static int take_up(void *context, const struct scans_slip *slip)
{
    return add_item(context, slip) != NULL ? 0 : -1;
}

int intake_open(struct intake **out, const struct intake_call *call, struct error *error)
{
    struct intake *intake = calloc(1, sizeof *intake);

    if (intake == NULL)
        return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
    intake->call = *call;
    intake->last = &intake->first;
    if (scans_each_waiting(call->scans, take_up, intake, error) < 0) {
        intake_close(intake);
        return -1;
    }
    *out = intake;
    return 0;
}

void intake_close(struct intake *intake)
{
    if (intake == NULL)
        return;
    while (intake->first != NULL)
        remove_item(intake, &intake->first);
    free(intake);
}

const struct intake_item *intake_first(const struct intake *intake)
{
    return intake->first;
}

bool intake_has_room(const struct intake *intake)
{
    size_t waiting = 0;

    for (const struct intake_item *item = intake->first; item != NULL; item = item->next)
        waiting += !is_over(item);
    return waiting < SCANS_WAITING_MAX;
}

bool intake_forget(struct intake *intake, int64_t serial)
{
    for (struct intake_item **link = &intake->first; *link != NULL; link = &(*link)->next) {
        if ((*link)->serial == serial && is_over(*link) && !(*link)->only_pages) {
            remove_item(intake, link);
            return true;
        }
    }
    return false;
}

static void tell(struct intake *intake, const struct intake_item *item)
{
    intake->call.tell(intake->call.context, item);
}

/* ---- coming in ---- */

struct same_scan {
    const char *hash;
    struct intake_item *item;
};

static int note_letter(void *context, const struct docket_letter *letter, struct error *error)
{
    const struct same_scan *same = context;
    struct intake_item *item = same->item;

    (void)error;
    if (strcmp(letter->sha256, same->hash) == 0 && item->letter_count < INTAKE_LETTERS_MAX)
        item->letters[item->letter_count++] = letter->id;
    return 0;
}

static struct docket_scan scan_of(struct intake *intake, const struct intake_item *item, char place[PATH_MAX])
{
    scans_place(intake->call.scans, item->slip.hash, place);
    return (struct docket_scan){.sha256 = item->slip.hash,
                                .file = item->slip.file,
                                .filed = place,
                                .received = intake->call.today(intake->call.context),
                                .ref = item->slip.ref[0] != '\0' ? item->slip.ref : NULL};
}

/* A scan that the docket has is not read once more. 1 if it was so. */
static int try_repeat(struct intake *intake, struct intake_item *item, struct error *error)
{
    const struct docket_actor actor = {item->slip.who, (int64_t)time(NULL)};
    struct same_scan same = {item->slip.hash, item};
    char place[PATH_MAX];
    struct docket_scan scan = scan_of(intake, item, place);
    size_t count;

    if (docket_repeat(intake->call.docket, &scan, &actor, &count, error) < 0)
        return -1;
    if (count == 0)
        return 0;
    if (docket_letters(intake->call.docket, note_letter, &same, error) < 0 ||
        scans_keep(intake->call.scans, item->slip.hash, error) < 0)
        return -1;
    item->repeat = true;
    item->state = INTAKE_DONE;
    return 1;
}

const struct intake_item *intake_take(struct intake *intake, const struct scans_slip *slip, struct error *error)
{
    struct intake_item *item;

    for (item = intake->first; item != NULL; item = item->next) { /* it is on its way: dropped twice */
        if (!is_over(item) && !item->only_pages && strcmp(item->slip.hash, slip->hash) == 0)
            return item;
    }
    item = add_item(intake, slip);
    if (item == NULL) {
        error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
        return NULL;
    }
    if (try_repeat(intake, item, &item->error) < 0)
        item->state = INTAKE_FAILED;
    tell(intake, item);
    return item;
}

int intake_want_pages(struct intake *intake, const char *hash, const char *filed, struct error *error)
{
    struct scans_slip slip = {0};
    struct intake_item *item;

    for (item = intake->first; item != NULL; item = item->next) {
        if (!is_over(item) && strcmp(item->slip.hash, hash) == 0)
            return 0;
    }
    snprintf(slip.hash, sizeof slip.hash, "%s", hash);
    item = add_item(intake, &slip);
    if (item == NULL)
        return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
    item->only_pages = true;
    if (filed != NULL && (item->filed = strdup(filed)) == NULL)
        return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
    return 0;
}

/* ---- reading ---- */

static void fail(struct intake *intake, struct intake_item *item, const struct error *error)
{
    item->state = INTAKE_FAILED;
    item->error = *error;
    tell(intake, item);
}

/* Somebody looks at a letter and waits for its page; the pile can wait that second. */
static struct intake_item *next_waiting(struct intake *intake)
{
    struct intake_item *found = NULL;

    for (struct intake_item *item = intake->first; item != NULL; item = item->next) {
        if (item->state != INTAKE_WAITING)
            continue;
        if (item->only_pages)
            return item;
        if (found == NULL)
            found = item;
    }
    return found;
}

static void begin(struct intake *intake, struct intake_item *item)
{
    struct error error = {0};
    int descriptor = -1;
    int opened = item->only_pages
                     ? scans_open_kept(intake->call.scans, item->slip.hash, item->filed, &descriptor, &error)
                     : scans_open_waiting(intake->call.scans, item->slip.hash, &descriptor, &error);

    if (opened < 0 || worker_pool_submit(intake->call.pool, descriptor, item, &error) < 0) {
        fail(intake, item, &error);
        return;
    }
    item->state = INTAKE_READING;
    item->begun_ms = now_ms();
    tell(intake, item);
}

/* All letters of a scan in one step, the scan in its place, then the pictures, which can be had again. */
static int file_letters(struct intake *intake, struct intake_item *item, const struct worker_result *result,
                        struct error *error)
{
    const struct docket_actor actor = {item->slip.who, (int64_t)time(NULL)};
    char place[PATH_MAX];
    struct docket_scan scan = scan_of(intake, item, place);
    struct docket *docket = intake->call.docket;

    if (docket_begin(docket, error) < 0)
        return -1;
    for (size_t i = 0; i < result->letter_count; i++) {
        struct docket_filed filed;
        if (docket_file(docket, &scan, &result->letters[i], &actor, &filed, error) < 0) {
            docket_rollback(docket);
            return -1;
        }
        if (item->letter_count < INTAKE_LETTERS_MAX)
            item->letters[item->letter_count++] = filed.id;
    }
    if (docket_commit(docket, error) < 0)
        return -1;
    return scans_keep(intake->call.scans, item->slip.hash, error);
}

static void put_pages(struct intake *intake, struct intake_item *item, const struct worker_result *result,
                      struct error *error)
{
    for (size_t i = 0; i < result->letter_count; i++) {
        if (scans_put_pages(intake->call.scans, item->slip.hash, &result->letters[i], error) < 0)
            return;
    }
}

static void finish(struct intake *intake, const struct worker_result *result)
{
    struct intake_item *item = result->tag;
    struct error error = {0};

    item->read_ms = now_ms() - item->begun_ms;
    if (result->error.code != ERROR_NONE) {
        if (!item->only_pages)
            scans_discard(intake->call.scans, item->slip.hash);
        fail(intake, item, &result->error);
        return;
    }
    if (!item->only_pages && file_letters(intake, item, result, &error) < 0) {
        item->letter_count = 0;
        fail(intake, item, &error);
        return;
    }
    put_pages(intake, item, result, &error);
    item->state = item->only_pages && error.code != ERROR_NONE ? INTAKE_FAILED : INTAKE_DONE;
    tell(intake, item);
}

/* The pages that were wanted are there or not: nothing more is to be shown of it. */
static void drop_page_items(struct intake *intake)
{
    for (struct intake_item **link = &intake->first; *link != NULL;) {
        if ((*link)->only_pages && is_over(*link))
            remove_item(intake, link);
        else
            link = &(*link)->next;
    }
}

int intake_turn(struct intake *intake, struct error *error)
{
    struct intake_item *item;
    struct worker_result result;
    int got;

    while (worker_pool_wants(intake->call.pool) && (item = next_waiting(intake)) != NULL)
        begin(intake, item);
    while ((got = worker_pool_try(intake->call.pool, &result, error)) > 0) {
        finish(intake, &result);
        worker_result_dispose(&result);
        if (worker_pool_wants(intake->call.pool) && (item = next_waiting(intake)) != NULL)
            begin(intake, item);
    }
    drop_page_items(intake);
    return got < 0 ? -1 : 0;
}
