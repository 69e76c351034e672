/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "paper/sniff.h"

#include <stdbool.h>
#include <string.h>

/* Readers accept a PDF whose header stands anywhere in the first kilobyte (ISO 32000-1, annex H). */
enum { PDF_HEADER_WITHIN = 1024 };

static bool has(const unsigned char *data, size_t size, size_t at, const char *bytes, size_t length)
{
    return size >= at + length && memcmp(data + at, bytes, length) == 0;
}

static bool is_heic(const unsigned char *data, size_t size)
{
    static const char brands[][5] = {"heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"};

    if (!has(data, size, 4, "ftyp", 4))
        return false;
    for (size_t i = 0; i < sizeof brands / sizeof *brands; i++) {
        if (has(data, size, 8, brands[i], 4))
            return true;
    }
    return false;
}

static bool is_pnm(const unsigned char *data, size_t size)
{
    return size >= 3 && data[0] == 'P' && data[1] >= '1' && data[1] <= '7' &&
           (data[2] == ' ' || data[2] == '\n' || data[2] == '\r' || data[2] == '\t' || data[2] == '#');
}

static bool is_pdf(const unsigned char *data, size_t size)
{
    return memmem(data, size < PDF_HEADER_WITHIN ? size : PDF_HEADER_WITHIN, "%PDF-", 5) != NULL;
}

enum paper_kind sniff(const unsigned char *data, size_t size)
{
    if (has(data, size, 0, "\xFF\xD8\xFF", 3))
        return KIND_JPEG;
    if (has(data, size, 0, "\x89PNG\r\n\x1A\n", 8))
        return KIND_PNG;
    if (has(data, size, 0, "II*\0", 4) || has(data, size, 0, "MM\0*", 4) || has(data, size, 0, "II+\0", 4) ||
        has(data, size, 0, "MM\0+", 4))
        return KIND_TIFF;
    if (has(data, size, 0, "RIFF", 4) && has(data, size, 8, "WEBP", 4))
        return KIND_WEBP;
    if (is_heic(data, size))
        return KIND_HEIC;
    if (is_pdf(data, size))
        return KIND_PDF;
    if (is_pnm(data, size))
        return KIND_PNM;
    return KIND_UNKNOWN;
}
