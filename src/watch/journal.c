/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "watch/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "watch/folder.h"
#include "watch/name.h"

enum { INTENT_BYTES_MAX = 1 << 12 }; /* the longest name three times, and some */

const char *place_name(enum place place)
{
    static const char *const names[PLACE_COUNT] = {"filed", "review", "failed", "repeats"};

    return names[place];
}

const char *intent_key_name(uint64_t key, char out[INTENT_KEY_SIZE])
{
    snprintf(out, INTENT_KEY_SIZE, "%06" PRIu64, key);
    return out;
}

uint64_t intent_key_parse(const char *name)
{
    char *end;
    size_t digits = strspn(name, "0123456789");

    if (digits == 0 || digits > 18 || name[digits] != '\0')
        return 0;
    return strtoull(name, &end, 10);
}

/* ---- as text ---- */

static json_t *to_json(const struct intent *intent)
{
    const struct identity *identity = &intent->identity;
    char received[DATE_TEXT_SIZE];
    struct buffer name;
    json_t *json = NULL;

    buffer_init(&name, INTENT_BYTES_MAX);
    name_encode(&name, intent->name);
    if (!name.failed)
        json = json_pack("{s:s, s:s, s:{s:I, s:I, s:I, s:I}, s:s, s:s, s:s, s:s}", "schema", "irsort.intent/1", "file",
                         name.data, "identity", "inode", (json_int_t)identity->inode, "size",
                         (json_int_t)identity->size, "modified_ns", (json_int_t)identity->modified_ns, "changed_ns",
                         (json_int_t)identity->changed_ns, "sha256", intent->sha256, "place",
                         place_name(intent->place), "folder", intent->folder, "received",
                         date_format(intent->received, received));
    buffer_dispose(&name);
    return json;
}

/* A folder of a month, and one in it; nothing that leads elsewhere. */
static bool is_folder(const char *text)
{
    const char *slash = strchr(text, '/');

    return strlen(text) < INTENT_FOLDER_SIZE && slash != NULL && slash > text && slash[1] != '\0' &&
           strchr(slash + 1, '/') == NULL && text[0] != '.' && slash[1] != '.';
}

static bool from_json(const json_t *json, struct intent *out)
{
    const char *schema, *file, *sha256, *place, *folder, *received;
    json_int_t inode, size, modified, changed;

    if (json_unpack((json_t *)json, "{s:s, s:s, s:{s:I, s:I, s:I, s:I}, s:s, s:s, s:s, s:s}", "schema", &schema, "file",
                    &file, "identity", "inode", &inode, "size", &size, "modified_ns", &modified, "changed_ns",
                    &changed, "sha256", &sha256, "place", &place, "folder", &folder, "received", &received) < 0 ||
        strcmp(schema, "irsort.intent/1") != 0 || !name_decode(file, out->name) || !is_folder(folder) ||
        strspn(sha256, "0123456789abcdef") != INTENT_HASH_SIZE - 1 || sha256[INTENT_HASH_SIZE - 1] != '\0')
        return false;
    out->identity = (struct identity){(uint64_t)inode, size, modified, changed};
    snprintf(out->sha256, sizeof out->sha256, "%s", sha256);
    snprintf(out->folder, sizeof out->folder, "%s", folder);
    out->received = date_parse(received);
    for (out->place = 0; out->place < PLACE_COUNT; out->place++) {
        if (strcmp(place, place_name(out->place)) == 0)
            return out->received != DATE_NONE;
    }
    return false;
}

/* ---- on the disk ---- */

int journal_write(const struct outside *outside, int journal, const struct intent *intent)
{
    char key[INTENT_KEY_SIZE];
    json_t *json = to_json(intent);
    char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
    int result = -1;

    json_decref(json);
    if (text == NULL)
        errno = ENOMEM;
    else
        result = folder_write_file(outside, journal, intent_key_name(intent->key, key), text, strlen(text), 0600);
    free(text);
    if (result == 0 && folder_sync(outside, journal) < 0)
        result = -1;
    if (result < 0) {
        int number = errno;
        outside->unlink(journal, key, 0);
        errno = number;
    }
    return result;
}

int journal_read(const struct outside *outside, int journal, uint64_t key, struct intent *out)
{
    char name[INTENT_KEY_SIZE];
    char text[INTENT_BYTES_MAX];
    size_t length;
    json_t *json;

    if (folder_read_file(outside, journal, intent_key_name(key, name), text, sizeof text, &length) < 0)
        return errno == ENOENT || errno == EFBIG ? 0 : -1;
    *out = (struct intent){.key = key};
    json = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
    int result = json != NULL && from_json(json, out);
    json_decref(json);
    return result;
}

int journal_forget(const struct outside *outside, int journal, uint64_t key)
{
    char name[INTENT_KEY_SIZE];

    return outside->unlink(journal, intent_key_name(key, name), 0);
}
