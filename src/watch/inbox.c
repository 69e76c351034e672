/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "watch/inbox.h"

#include <stdlib.h>
#include <string.h>

enum { SIZE_FIRST = 256 };

/* FNV-1a. Somebody who may drop files could choose names that fall together; he could as well drop more of them. */
static uint64_t hash_of(const char *name)
{
    uint64_t hash = 14695981039346656037u;

    for (; *name != '\0'; name++)
        hash = (hash ^ (unsigned char)*name) * 1099511628211u;
    return hash;
}

static struct entry **chain_of(const struct inbox *inbox, const char *name)
{
    return &inbox->chains[hash_of(name) & (inbox->size - 1)];
}

struct entry *inbox_find(const struct inbox *inbox, const char *name)
{
    if (inbox->size == 0)
        return NULL;
    for (struct entry *entry = *chain_of(inbox, name); entry != NULL; entry = entry->chain) {
        if (strcmp(entry->name, name) == 0)
            return entry;
    }
    return NULL;
}

static int grow(struct inbox *inbox)
{
    size_t size = inbox->size == 0 ? SIZE_FIRST : inbox->size * 2;
    struct entry **chains = calloc(size, sizeof *chains);

    if (chains == NULL)
        return -1;
    free(inbox->chains);
    inbox->chains = chains;
    inbox->size = size;
    for (struct entry *entry = inbox->first; entry != NULL; entry = entry->next) {
        struct entry **chain = chain_of(inbox, entry->name);
        entry->chain = *chain;
        *chain = entry;
    }
    return 0;
}

static void append(struct inbox *inbox, struct entry *entry)
{
    entry->next = NULL;
    entry->previous = inbox->last;
    if (inbox->last != NULL)
        inbox->last->next = entry;
    else
        inbox->first = entry;
    inbox->last = entry;
}

static void cut_out(struct inbox *inbox, struct entry *entry)
{
    if (entry->previous != NULL)
        entry->previous->next = entry->next;
    else
        inbox->first = entry->next;
    if (entry->next != NULL)
        entry->next->previous = entry->previous;
    else
        inbox->last = entry->previous;
}

struct entry *inbox_add(struct inbox *inbox, const char *name)
{
    struct entry *entry = inbox_find(inbox, name);
    size_t length = strlen(name) + 1;

    if (entry != NULL)
        return entry;
    if (inbox->count >= inbox->size && grow(inbox) < 0)
        return NULL;
    entry = calloc(1, sizeof *entry + length);
    if (entry == NULL)
        return NULL;
    memcpy(entry->name, name, length);
    struct entry **chain = chain_of(inbox, name);
    entry->chain = *chain;
    *chain = entry;
    append(inbox, entry);
    inbox->count++;
    return entry;
}

void inbox_remove(struct inbox *inbox, struct entry *entry)
{
    struct entry **chain = chain_of(inbox, entry->name);

    while (*chain != entry)
        chain = &(*chain)->chain;
    *chain = entry->chain;
    cut_out(inbox, entry);
    inbox->count--;
    if (inbox->count == 0) {
        free(inbox->chains);
        inbox->chains = NULL;
        inbox->size = 0;
    }
    free(entry);
}

void inbox_move_last(struct inbox *inbox, struct entry *entry)
{
    cut_out(inbox, entry);
    append(inbox, entry);
}
