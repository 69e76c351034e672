/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "desk/pile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct pile {
    struct pile_call call;
    struct pile_item *first;
    struct pile_item **last; /* where the next one is linked */
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

static bool is_over(const struct pile_item *item)
{
    return item->state == PILE_DONE || item->state == PILE_FAILED;
}

static void remove_item(struct pile *pile, struct pile_item **link)
{
    struct pile_item *item = *link;

    *link = item->next;
    if (pile->last == &item->next)
        pile->last = link;
    pile->count--;
    free(item->filed);
    free(item);
}

static void forget_oldest(struct pile *pile)
{
    for (struct pile_item **link = &pile->first; *link != NULL && pile->count > PILE_KEPT_MAX;) {
        if (is_over(*link))
            remove_item(pile, link);
        else
            link = &(*link)->next;
    }
}

static struct pile_item *add_item(struct pile *pile, const struct scans_slip *slip)
{
    struct pile_item *item = calloc(1, sizeof *item);

    if (item == NULL)
        return NULL;
    item->serial = ++pile->serial;
    item->slip = *slip;
    item->at = (int64_t)time(NULL);
    *pile->last = item;
    pile->last = &item->next;
    pile->count++;
    forget_oldest(pile);
    return item;
}

static void tell(struct pile *pile, const struct pile_item *item)
{
    pile->call.tell(pile->call.context, item);
}

/* The file's readers say which page they begin. */
static void note_page(void *context, void *tag, unsigned page, unsigned pages)
{
    struct pile_item *item = tag;
    int64_t now = now_ms();

    item->page = page;
    item->pages = pages;
    if (item->only_pages || (page > 1 && now - item->page_ms < PILE_PAGE_MS))
        return;
    item->page_ms = now;
    tell(context, item);
}

static int take_up(void *context, const struct scans_slip *slip)
{
    return add_item(context, slip) != NULL ? 0 : -1;
}

int pile_open(struct pile **out, const struct pile_call *call, struct error *error)
{
    struct pile *pile = calloc(1, sizeof *pile);

    if (pile == NULL)
        return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
    pile->call = *call;
    pile->last = &pile->first;
    worker_pool_listen(call->pool, note_page, pile);
    if (scans_each_waiting(call->scans, take_up, pile, error) < 0) {
        pile_close(pile);
        return -1;
    }
    *out = pile;
    return 0;
}

void pile_close(struct pile *pile)
{
    if (pile == NULL)
        return;
    while (pile->first != NULL)
        remove_item(pile, &pile->first);
    free(pile);
}

const struct pile_item *pile_first(const struct pile *pile)
{
    return pile->first;
}

bool pile_has_room(const struct pile *pile)
{
    size_t waiting = 0;

    for (const struct pile_item *item = pile->first; item != NULL; item = item->next)
        waiting += !is_over(item);
    return waiting < SCANS_WAITING_MAX;
}

bool pile_forget(struct pile *pile, int64_t serial)
{
    for (struct pile_item **link = &pile->first; *link != NULL; link = &(*link)->next) {
        if ((*link)->serial == serial && is_over(*link) && !(*link)->only_pages) {
            remove_item(pile, link);
            return true;
        }
    }
    return false;
}

/* ---- coming in ---- */

struct same_scan {
    const char *hash;
    struct pile_item *item;
};

static int note_letter(void *context, const struct docket_letter *letter, struct error *error)
{
    const struct same_scan *same = context;
    struct pile_item *item = same->item;

    (void)error;
    if (strcmp(letter->sha256, same->hash) == 0 && item->letter_count < PILE_LETTERS_MAX)
        item->letters[item->letter_count++] = letter->id;
    return 0;
}

static struct docket_scan scan_of(struct pile *pile, const struct pile_item *item, char place[PATH_MAX])
{
    scans_place(pile->call.scans, item->slip.hash, place);
    return (struct docket_scan){.sha256 = item->slip.hash,
                                .file = item->slip.file,
                                .filed = place,
                                .received = pile->call.today(pile->call.context),
                                .ref = item->slip.ref[0] != '\0' ? item->slip.ref : NULL};
}

/* A scan that the docket has is not read once more. 1 if it was so. */
static int try_repeat(struct pile *pile, struct pile_item *item, struct error *error)
{
    const struct docket_actor actor = {item->slip.who, (int64_t)time(NULL)};
    struct same_scan same = {item->slip.hash, item};
    char place[PATH_MAX];
    struct docket_scan scan = scan_of(pile, item, place);
    size_t count;

    if (docket_repeat(pile->call.docket, &scan, &actor, &count, error) < 0)
        return -1;
    if (count == 0)
        return 0;
    if (docket_letters(pile->call.docket, note_letter, &same, error) < 0 ||
        scans_keep(pile->call.scans, item->slip.hash, error) < 0)
        return -1;
    item->repeat = true;
    item->state = PILE_DONE;
    return 1;
}

const struct pile_item *pile_take(struct pile *pile, const struct scans_slip *slip, struct error *error)
{
    struct pile_item *item;

    for (item = pile->first; item != NULL; item = item->next) { /* it is on its way: dropped twice */
        if (!is_over(item) && !item->only_pages && strcmp(item->slip.hash, slip->hash) == 0)
            return item;
    }
    item = add_item(pile, slip);
    if (item == NULL) {
        error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
        return NULL;
    }
    if (try_repeat(pile, item, &item->error) < 0)
        item->state = PILE_FAILED;
    tell(pile, item);
    return item;
}

int pile_want_pages(struct pile *pile, const char *hash, const char *filed, struct error *error)
{
    struct scans_slip slip = {0};
    struct pile_item *item;

    for (item = pile->first; item != NULL; item = item->next) {
        if (!is_over(item) && strcmp(item->slip.hash, hash) == 0)
            return 0;
    }
    snprintf(slip.hash, sizeof slip.hash, "%s", hash);
    item = add_item(pile, &slip);
    if (item == NULL)
        return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
    item->only_pages = true;
    if (filed != NULL && (item->filed = strdup(filed)) == NULL)
        return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
    return 0;
}

/* ---- reading ---- */

static void fail(struct pile *pile, struct pile_item *item, const struct error *error)
{
    item->state = PILE_FAILED;
    item->error = *error;
    tell(pile, item);
}

/* Somebody looks at a letter and waits for its page; the pile can wait that second. */
static struct pile_item *next_waiting(struct pile *pile)
{
    struct pile_item *found = NULL;

    for (struct pile_item *item = pile->first; item != NULL; item = item->next) {
        if (item->state != PILE_WAITING)
            continue;
        if (item->only_pages)
            return item;
        if (found == NULL)
            found = item;
    }
    return found;
}

static void begin(struct pile *pile, struct pile_item *item)
{
    struct error error = {0};
    int descriptor = -1;
    int opened = item->only_pages
                     ? scans_open_kept(pile->call.scans, item->slip.hash, item->filed, &descriptor, &error)
                     : scans_open_waiting(pile->call.scans, item->slip.hash, &descriptor, &error);

    if (opened < 0 || worker_pool_submit(pile->call.pool, descriptor, item, &error) < 0) {
        fail(pile, item, &error);
        return;
    }
    item->state = PILE_READING;
    item->begun_ms = now_ms();
    tell(pile, item);
}

/* All letters of a scan in one step, the scan in its place, then the pictures, which can be had again. */
static int file_letters(struct pile *pile, struct pile_item *item, const struct worker_result *result,
                        struct error *error)
{
    const struct docket_actor actor = {item->slip.who, (int64_t)time(NULL)};
    char place[PATH_MAX];
    struct docket_scan scan = scan_of(pile, item, place);
    struct docket *docket = pile->call.docket;

    if (docket_begin(docket, error) < 0)
        return -1;
    for (size_t i = 0; i < result->letter_count; i++) {
        struct docket_filed filed;
        if (docket_file(docket, &scan, &result->letters[i], &actor, &filed, error) < 0) {
            docket_rollback(docket);
            return -1;
        }
        if (item->letter_count < PILE_LETTERS_MAX)
            item->letters[item->letter_count++] = filed.id;
    }
    if (docket_commit(docket, error) < 0)
        return -1;
    return scans_keep(pile->call.scans, item->slip.hash, error);
}

static void put_pages(struct pile *pile, struct pile_item *item, const struct worker_result *result,
                      struct error *error)
{
    for (size_t i = 0; i < result->letter_count; i++) {
        if (scans_put_pages(pile->call.scans, item->slip.hash, &result->letters[i], error) < 0)
            return;
    }
}

static void finish(struct pile *pile, const struct worker_result *result)
{
    struct pile_item *item = result->tag;
    struct error error = {0};

    item->read_ms = now_ms() - item->begun_ms;
    if (result->error.code != ERROR_NONE) {
        if (!item->only_pages)
            scans_discard(pile->call.scans, item->slip.hash);
        fail(pile, item, &result->error);
        return;
    }
    if (!item->only_pages && file_letters(pile, item, result, &error) < 0) {
        item->letter_count = 0;
        fail(pile, item, &error);
        return;
    }
    put_pages(pile, item, result, &error);
    item->state = item->only_pages && error.code != ERROR_NONE ? PILE_FAILED : PILE_DONE;
    tell(pile, item);
}

/* The pages that were wanted are there or not: nothing more is to be shown of it. */
static void drop_page_items(struct pile *pile)
{
    for (struct pile_item **link = &pile->first; *link != NULL;) {
        if ((*link)->only_pages && is_over(*link))
            remove_item(pile, link);
        else
            link = &(*link)->next;
    }
}

int pile_turn(struct pile *pile, struct error *error)
{
    struct pile_item *item;
    struct worker_result result;
    int got;

    while (worker_pool_wants(pile->call.pool) && (item = next_waiting(pile)) != NULL)
        begin(pile, item);
    while ((got = worker_pool_try(pile->call.pool, &result, error)) > 0) {
        finish(pile, &result);
        worker_result_dispose(&result);
        if (worker_pool_wants(pile->call.pool) && (item = next_waiting(pile)) != NULL)
            begin(pile, item);
    }
    drop_page_items(pile);
    return got < 0 ? -1 : 0;
}
