/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "desk/throttle.h"

#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>

enum { SECOND = 1000, NETWORK_BYTES = 8 };

static const struct throttle_entry *find(const struct throttle *throttle, const char *key)
{
    for (size_t i = 0; i < THROTTLE_ENTRIES; i++) {
        if (strcmp(throttle->list[i].key, key) == 0)
            return &throttle->list[i];
    }
    return NULL;
}

static struct throttle_entry *entry_of(struct throttle *throttle, const char *key)
{
    const struct throttle_entry *entry = find(throttle, key);

    return entry != NULL ? &throttle->list[entry - throttle->list] : NULL;
}

/* A free place, or that of the key with the fewest tries, the oldest of these: so a flood of names or addresses that are tried
 * once pushes out its own kind. */
static struct throttle_entry *place_for(struct throttle *throttle, int64_t now)
{
    struct throttle_entry *place = &throttle->list[0];

    for (size_t i = 0; i < THROTTLE_ENTRIES; i++) {
        struct throttle_entry *entry = &throttle->list[i];
        if (entry->key[0] == '\0' || now - entry->last >= THROTTLE_REST_MS)
            return entry;
        if (entry->count < place->count || (entry->count == place->count && entry->last < place->last))
            place = entry;
    }
    return place;
}

unsigned throttle_wait(const struct throttle *throttle, const char *key, int64_t now)
{
    const struct throttle_entry *entry = find(throttle, key);

    if (entry == NULL || entry->next <= now)
        return 0;
    return (unsigned)((entry->next - now + SECOND - 1) / SECOND);
}

void throttle_charge(struct throttle *throttle, const char *key, unsigned most, int64_t now)
{
    struct throttle_entry *entry = entry_of(throttle, key);

    if (entry == NULL || now - entry->last >= THROTTLE_REST_MS) {
        if (entry == NULL)
            entry = place_for(throttle, now);
        *entry = (struct throttle_entry){0};
        snprintf(entry->key, sizeof entry->key, "%s", key);
    }
    entry->count++;
    entry->last = now;
    entry->delay_s = entry->count < THROTTLE_FREE ? 0 : 1;
    for (unsigned i = THROTTLE_FREE; i < entry->count && entry->delay_s < most; i++)
        entry->delay_s *= 2;
    if (entry->delay_s > most)
        entry->delay_s = most;
    entry->next = now + (int64_t)entry->delay_s * SECOND;
}

void throttle_settle(struct throttle *throttle, const char *key, int64_t now)
{
    struct throttle_entry *entry = entry_of(throttle, key);

    if (entry != NULL)
        entry->next = now + (int64_t)entry->delay_s * SECOND;
}

void throttle_refund(struct throttle *throttle, const char *key)
{
    struct throttle_entry *entry = entry_of(throttle, key);

    if (entry == NULL || entry->count == 0)
        return;
    entry->count--;
    entry->next = 0;
}

void throttle_forget(struct throttle *throttle, const char *key)
{
    struct throttle_entry *entry = entry_of(throttle, key);

    if (entry != NULL)
        *entry = (struct throttle_entry){0};
}

void throttle_address(const char *address, char out[THROTTLE_KEY_SIZE])
{
    struct in6_addr six;
    char text[INET6_ADDRSTRLEN];

    if (inet_pton(AF_INET6, address, &six) == 1) {
        memset(six.s6_addr + NETWORK_BYTES, 0, sizeof six.s6_addr - NETWORK_BYTES);
        snprintf(out, THROTTLE_KEY_SIZE, "from %s", inet_ntop(AF_INET6, &six, text, sizeof text));
    } else {
        snprintf(out, THROTTLE_KEY_SIZE, "from %s", address);
    }
}
