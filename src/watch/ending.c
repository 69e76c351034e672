/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "watch/ending.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "paper/sniff.h"

enum {
    WINDOW = 1 << 16,     /* bytes held of the file */
    HEAD = 1 << 10,       /* bytes in which a PDF's header may stand */
    LEAST = 16,           /* bytes: no scan is shorter, and none begins with so many zeros */
    PDF_TAIL = 1 << 12,   /* bytes: readers look for the end in the last 1024; some scanners pad it */
    TIFF_PAGES = 1 << 12, /* directories: more than a file may have pages; also ends a chain that is a ring */
    TIFF_TAGS = 1 << 10,  /* entries of a directory; honest ones have some twenty */
    TIFF_STRIPS = 1 << 16, /* places of strips that are looked at in a directory */
    LOADS = 1 << 12,      /* windows read beyond the file's own size: what jumps about more is not looked at further */
    CHUNKS = 1 << 17,     /* of a PNG: 256 MiB in chunks of 2 KiB */
    BOXES = 1 << 10,      /* on the top level of a HEIC file */
};

/* The file, and the part of it that was read last. */
struct source {
    const struct outside *outside;
    int descriptor;
    uint64_t size;
    uint64_t start; /* of the window */
    size_t length;
    uint64_t loads;
    bool failed;
    bool tired;
    unsigned char window[WINDOW];
};

/* `count` bytes at `offset`, valid until the next call; NULL if they are not all in the file. */
static const unsigned char *bytes_at(struct source *source, uint64_t offset, size_t count)
{
    if (source->failed || source->tired || count > WINDOW || offset > source->size || source->size - offset < count)
        return NULL;
    if (offset >= source->start && offset - source->start <= source->length &&
        source->length - (offset - source->start) >= count)
        return source->window + (offset - source->start);
    source->tired = ++source->loads > LOADS + source->size / WINDOW;
    source->start = offset;
    source->length = 0;
    while (source->length < WINDOW) {
        ssize_t got = source->outside->pread(source->descriptor, source->window + source->length,
                                             WINDOW - source->length, (off_t)(offset + source->length));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            source->failed = true;
            return NULL;
        }
        if (got == 0)
            break;
        source->length += (size_t)got;
    }
    return source->length >= count ? source->window : NULL; /* it may have become shorter */
}

static uint64_t big(const unsigned char *bytes, size_t count)
{
    uint64_t value = 0;

    for (size_t i = 0; i < count; i++)
        value = value << 8 | bytes[i];
    return value;
}

static uint64_t little(const unsigned char *bytes, size_t count)
{
    uint64_t value = 0;

    for (size_t i = count; i > 0; i--)
        value = value << 8 | bytes[i - 1];
    return value;
}

static enum ending there_if(bool there)
{
    return there ? ENDING_THERE : ENDING_MISSING;
}

/* ---- PDF ---- */

static const unsigned char *find_last(const unsigned char *bytes, size_t size, const char *what)
{
    size_t length = strlen(what);

    for (size_t at = size; at >= length; at--) {
        if (memcmp(bytes + at - length, what, length) == 0)
            return bytes + at - length;
    }
    return NULL;
}

/* "startxref", a place inside the file, "%%EOF", and nothing of length after it. */
static enum ending end_of_pdf(struct source *source)
{
    size_t tail = source->size < PDF_TAIL ? (size_t)source->size : PDF_TAIL;
    const unsigned char *bytes = bytes_at(source, source->size - tail, tail);
    const unsigned char *end = bytes != NULL ? find_last(bytes, tail, "%%EOF") : NULL;
    const unsigned char *reference = end != NULL ? find_last(bytes, (size_t)(end - bytes), "startxref") : NULL;
    uint64_t place = 0;

    if (reference == NULL)
        return ENDING_MISSING;
    for (const unsigned char *at = reference + strlen("startxref"); at < end; at++) {
        if (*at >= '0' && *at <= '9' && place <= source->size)
            place = place * 10 + (uint64_t)(*at - '0');
    }
    return there_if(place < source->size);
}

/* ---- TIFF ---- */

struct tiff {
    struct source *source;
    bool big_endian;
    size_t word; /* bytes of an offset: 4, or 8 in a BigTIFF */
};

static uint64_t number(const struct tiff *tiff, const unsigned char *bytes, size_t count)
{
    return tiff->big_endian ? big(bytes, count) : little(bytes, count);
}

static size_t size_of_type(uint64_t type)
{
    switch (type) {
    case 3: /* SHORT */
        return 2;
    case 4: /* LONG */
        return 4;
    case 16: /* LONG8 */
        return 8;
    default:
        return 0;
    }
}

/* The places of strips or tiles, or their lengths. */
struct tiff_list {
    uint64_t count;
    uint64_t place; /* in the file */
    size_t width;   /* bytes of each; 0: not there */
};

static struct tiff_list list_in(const struct tiff *tiff, uint64_t entry, const unsigned char *bytes)
{
    struct tiff_list list = {
        .count = number(tiff, bytes + 4, tiff->word),
        .width = size_of_type(number(tiff, bytes + 2, 2)),
    };
    bool inside = list.width != 0 && list.count <= tiff->word / list.width;

    list.place = inside ? entry + 4 + tiff->word : number(tiff, bytes + 4 + tiff->word, tiff->word);
    return list;
}

static bool strips_are_there(const struct tiff *tiff, const struct tiff_list *places, const struct tiff_list *lengths)
{
    uint64_t count = places->count < lengths->count ? places->count : lengths->count;

    if (places->width == 0 || lengths->width == 0)
        return true; /* the reader will say what it thinks of that */
    for (uint64_t i = 0; i < count && i < TIFF_STRIPS; i++) {
        const unsigned char *bytes = bytes_at(tiff->source, places->place + i * places->width, places->width);
        if (bytes == NULL)
            return false;
        uint64_t place = number(tiff, bytes, places->width);
        bytes = bytes_at(tiff->source, lengths->place + i * lengths->width, lengths->width);
        if (bytes == NULL)
            return false;
        uint64_t length = number(tiff, bytes, lengths->width);
        if (place > tiff->source->size || length > tiff->source->size - place)
            return false;
    }
    return true;
}

/* False if it is not whole; else `next` is the place of the next one, 0 after the last. */
static bool directory_is_there(const struct tiff *tiff, uint64_t place, uint64_t *next)
{
    enum { STRIP_OFFSETS = 273, STRIP_LENGTHS = 279, TILE_OFFSETS = 324, TILE_LENGTHS = 325 };
    size_t head = tiff->word == 8 ? 8 : 2;
    size_t width = 4 + 2 * tiff->word;
    struct tiff_list places = {0};
    struct tiff_list lengths = {0};
    const unsigned char *bytes = bytes_at(tiff->source, place, head);

    if (bytes == NULL)
        return false;
    uint64_t count = number(tiff, bytes, head);
    if (count > TIFF_TAGS)
        return false;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t entry = place + head + i * width;
        bytes = bytes_at(tiff->source, entry, width);
        if (bytes == NULL)
            return false;
        uint64_t tag = number(tiff, bytes, 2);
        if (tag == STRIP_OFFSETS || tag == TILE_OFFSETS)
            places = list_in(tiff, entry, bytes);
        else if (tag == STRIP_LENGTHS || tag == TILE_LENGTHS)
            lengths = list_in(tiff, entry, bytes);
    }
    bytes = bytes_at(tiff->source, place + head + count * width, tiff->word);
    if (bytes == NULL)
        return false;
    *next = number(tiff, bytes, tiff->word);
    return strips_are_there(tiff, &places, &lengths);
}

static enum ending end_of_tiff(struct source *source)
{
    struct tiff tiff = {.source = source, .word = 4};
    const unsigned char *bytes = bytes_at(source, 0, 8);
    uint64_t next;
    size_t pages = 0;

    if (bytes == NULL)
        return ENDING_MISSING;
    tiff.big_endian = bytes[0] == 'M';
    if (number(&tiff, bytes + 2, 2) == 43) {
        tiff.word = 8;
        bytes = bytes_at(source, 8, 8);
        if (bytes == NULL)
            return ENDING_MISSING;
        next = number(&tiff, bytes, 8);
    } else {
        next = number(&tiff, bytes + 4, 4);
    }
    while (next != 0 && pages < TIFF_PAGES) {
        if (!directory_is_there(&tiff, next, &next))
            return ENDING_MISSING;
        pages++;
    }
    return there_if(pages > 0); /* writers fill in the place of the first directory last */
}

/* ---- JPEG ---- */

/* Moves past the entropy-coded data of a scan, to the marker that ends it. */
static bool skip_scan(struct source *source, uint64_t *at)
{
    while (*at < source->size) {
        size_t length = source->size - *at < WINDOW ? (size_t)(source->size - *at) : WINDOW;
        const unsigned char *bytes = bytes_at(source, *at, length);
        if (bytes == NULL)
            return false;
        const unsigned char *mark = memchr(bytes, 0xFF, length);
        if (mark == NULL) {
            *at += length;
            continue;
        }
        *at += (uint64_t)(mark - bytes);
        bytes = bytes_at(source, *at, 2);
        if (bytes == NULL)
            return false;
        if (bytes[1] == 0 || (bytes[1] >= 0xD0 && bytes[1] <= 0xD7)) /* data, or a restart */
            *at += 2;
        else if (bytes[1] == 0xFF)
            *at += 1;
        else
            return true;
    }
    return false;
}

/* From marker to marker, so that the end of a preview in the header is not taken for the end. */
static enum ending end_of_jpeg(struct source *source)
{
    enum { SCAN = 0xDA, END = 0xD9, FILL = 0xFF };
    uint64_t at = 2;

    for (;;) {
        const unsigned char *bytes = bytes_at(source, at, 2);
        if (bytes == NULL || bytes[0] != 0xFF)
            return ENDING_MISSING;
        unsigned marker = bytes[1];
        if (marker == END)
            return ENDING_THERE;
        if (marker == FILL) {
            at++;
            continue;
        }
        bytes = bytes_at(source, at + 2, 2);
        if (bytes == NULL || big(bytes, 2) < 2)
            return ENDING_MISSING;
        at += 2 + big(bytes, 2);
        if (marker == SCAN && !skip_scan(source, &at))
            return ENDING_MISSING;
    }
}

/* ---- the others: pieces that say how long they are ---- */

static enum ending end_of_png(struct source *source)
{
    uint64_t at = 8;

    for (size_t i = 0; i < CHUNKS; i++) {
        const unsigned char *bytes = bytes_at(source, at, 8);
        if (bytes == NULL)
            return ENDING_MISSING;
        bool last = memcmp(bytes + 4, "IEND", 4) == 0;
        at += 8 + big(bytes, 4) + 4;
        if (at > source->size)
            return ENDING_MISSING;
        if (last)
            return ENDING_THERE;
    }
    return ENDING_UNKNOWN;
}

static enum ending end_of_webp(struct source *source)
{
    const unsigned char *bytes = bytes_at(source, 4, 4);

    return there_if(bytes != NULL && little(bytes, 4) + 8 <= source->size);
}

static enum ending end_of_heic(struct source *source)
{
    uint64_t at = 0;
    bool has_data = false;

    for (size_t i = 0; i < BOXES && at < source->size; i++) {
        const unsigned char *bytes = bytes_at(source, at, 8);
        if (bytes == NULL)
            return ENDING_MISSING;
        uint64_t length = big(bytes, 4);
        has_data |= memcmp(bytes + 4, "mdat", 4) == 0;
        if (length == 0) /* to the end of the file, wherever that will be */
            return there_if(has_data);
        if (length == 1) {
            bytes = bytes_at(source, at + 8, 8);
            if (bytes == NULL)
                return ENDING_MISSING;
            length = big(bytes, 8);
        }
        if (length < 8 || length > source->size - at)
            return ENDING_MISSING;
        at += length;
    }
    return there_if(has_data);
}

/* ---- all ---- */

static bool is_begun(const unsigned char *bytes, size_t size)
{
    static const unsigned char zeros[LEAST];

    return size >= LEAST && memcmp(bytes, zeros, LEAST) != 0;
}

static enum ending look(struct source *source)
{
    size_t head = source->size < HEAD ? (size_t)source->size : HEAD;
    const unsigned char *bytes = bytes_at(source, 0, head);

    if (bytes == NULL || !is_begun(bytes, head))
        return ENDING_MISSING;
    switch (sniff(bytes, head)) {
    case KIND_PDF:
        return end_of_pdf(source);
    case KIND_TIFF:
        return end_of_tiff(source);
    case KIND_JPEG:
        return end_of_jpeg(source);
    case KIND_PNG:
        return end_of_png(source);
    case KIND_WEBP:
        return end_of_webp(source);
    case KIND_HEIC:
        return end_of_heic(source);
    case KIND_PNM:
    case KIND_UNKNOWN:
        return ENDING_UNKNOWN;
    }
    return ENDING_UNKNOWN;
}

enum ending ending_look(const struct outside *outside, int descriptor, int64_t size)
{
    struct source *source = calloc(1, sizeof *source);

    if (source == NULL) {
        errno = ENOMEM;
        return ENDING_ERROR;
    }
    *source = (struct source){.outside = outside, .descriptor = descriptor, .size = (uint64_t)size};
    enum ending ending = look(source);
    if (source->failed)
        ending = ENDING_ERROR;
    else if (source->tired)
        ending = ENDING_UNKNOWN;
    free(source);
    return ending;
}
