/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "watch/name.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/taxpayer.h"
#include "base/utf8.h"
#include "report/sheet.h"

static const char *const litter[] = {"Thumbs.db", "desktop.ini", "ehthumbs.db", "$RECYCLE.BIN"};

/* What a program adds to a name until the file is whole, or to what it keeps for itself. */
static const char *const unfinished[] = {".part",     ".partial", ".tmp",  ".temp", ".crdownload", ".download",
                                         ".filepart", ".opdownload", ".swp", ".lock", ".!ut"};

bool name_is_litter(const char *name)
{
    size_t length = strlen(name);

    if (name[0] == '.' || name[0] == '\0' || strncmp(name, "~$", 2) == 0 || name[length - 1] == '~')
        return true;
    for (size_t i = 0; i < sizeof litter / sizeof *litter; i++) {
        if (strcasecmp(name, litter[i]) == 0)
            return true;
    }
    for (size_t i = 0; i < sizeof unfinished / sizeof *unfinished; i++) {
        size_t end = strlen(unfinished[i]);
        if (length >= end && strcasecmp(name + length - end, unfinished[i]) == 0)
            return true;
    }
    return false;
}

void name_keep(const char *name, char out[NAME_KEPT_SIZE])
{
    static const char before[] = "original ";
    bool records = fnmatch("letter*.json", name, FNM_CASEFOLD) == 0 || strcasecmp(name, "error.json") == 0 ||
                   strcasecmp(name, "repeat.json") == 0;

    if (records && strlen(name) + sizeof before <= NAME_KEPT_SIZE)
        snprintf(out, NAME_KEPT_SIZE, "%s%s", before, name);
    else if (records)
        snprintf(out, NAME_KEPT_SIZE, "original");
    else
        snprintf(out, NAME_KEPT_SIZE, "%s", name);
}

void name_encode(struct buffer *out, const char *name)
{
    buffer_text(out, "");
    for (; *name != '\0'; name++) {
        if (*name > ' ' && *name < 0x7F && *name != '%')
            buffer_byte(out, *name);
        else
            buffer_printf(out, "%%%02x", (unsigned)(unsigned char)*name);
    }
}

static int hex(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

bool name_decode(const char *text, char out[NAME_MAX + 1])
{
    size_t length = 0;

    for (; *text != '\0'; text++) {
        char byte = *text;
        if (byte == '%') {
            int high = hex(text[1]);
            int low = high >= 0 ? hex(text[2]) : -1;
            if (low < 0)
                return false;
            byte = (char)(high << 4 | low);
            text += 2;
        }
        if (byte == '/' || byte == '\0' || length == NAME_MAX)
            return false;
        out[length++] = byte;
    }
    out[length] = '\0';
    return length > 0 && strcmp(out, ".") != 0 && strcmp(out, "..") != 0;
}

void name_utf8(struct buffer *out, const char *name)
{
    buffer_text(out, "");
    while (*name != '\0') {
        char bytes[4];
        size_t length = utf8_put(utf8_next(&name), bytes);
        buffer_add(out, bytes, length);
    }
}

void name_show(struct buffer *out, const char *name)
{
    char masked[NAME_MAX + 1];

    snprintf(masked, sizeof masked, "%s", name);
    taxpayer_mask(masked);
    sheet_escape(out, masked);
}
