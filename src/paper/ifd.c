/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "paper/ifd.h"

#include <string.h>

enum tag {
    TAG_NEW_SUBFILE_TYPE = 254,
    TAG_WIDTH = 256,
    TAG_HEIGHT = 257,
    TAG_ORIENTATION = 274,
    TAG_X_RESOLUTION = 282,
    TAG_Y_RESOLUTION = 283,
    TAG_RESOLUTION_UNIT = 296,
};

enum type { TYPE_SHORT = 3, TYPE_LONG = 4, TYPE_RATIONAL = 5, TYPE_LONG8 = 16 };

enum { UNIT_OF_NOTHING = 1, UNIT_CENTIMETRE = 3 };

/* `count` bytes at `offset` as a number; 0 outside the file. */
static uint64_t number_at(const struct ifd_file *file, uint64_t offset, unsigned count)
{
    uint64_t value = 0;

    if (offset > file->size || count > file->size - offset)
        return 0;
    for (unsigned i = 0; i < count; i++) {
        unsigned at = file->big_endian ? i : count - 1 - i;
        value = value << 8 | file->data[offset + at];
    }
    return value;
}

bool ifd_open(struct ifd_file *file, const unsigned char *data, size_t size)
{
    *file = (struct ifd_file){.data = data, .size = size};
    if (size < 8)
        return false;
    if (memcmp(data, "MM", 2) == 0)
        file->big_endian = true;
    else if (memcmp(data, "II", 2) != 0)
        return false;
    uint64_t magic = number_at(file, 2, 2);
    file->big_tiff = magic == 43;
    file->first = file->big_tiff ? number_at(file, 8, 8) : number_at(file, 4, 4);
    return magic == 42 || magic == 43;
}

/* The first value of the entry whose value field stands at `place`. */
static double entry_value(const struct ifd_file *file, uint64_t type, uint64_t place)
{
    if (type == TYPE_SHORT)
        return (double)number_at(file, place, 2);
    if (type == TYPE_LONG)
        return (double)number_at(file, place, 4);
    if (type == TYPE_LONG8)
        return (double)number_at(file, place, 8);
    if (type == TYPE_RATIONAL) {
        uint64_t at = file->big_tiff ? place : number_at(file, place, 4); /* eight bytes fit a big entry */
        double below = (double)number_at(file, at + 4, 4);
        return below > 0 ? (double)number_at(file, at, 4) / below : 0;
    }
    return 0;
}

static uint32_t side(double value)
{
    return value > 0 && value < UINT32_MAX ? (uint32_t)value : 0;
}

static void take_entry(struct ifd *out, int *unit, enum tag tag, double value)
{
    switch (tag) {
    case TAG_NEW_SUBFILE_TYPE:
        out->reduced = side(value) & 1;
        break;
    case TAG_WIDTH:
        out->width = side(value);
        break;
    case TAG_HEIGHT:
        out->height = side(value);
        break;
    case TAG_ORIENTATION:
        out->orientation = value >= 1 && value <= 8 ? (int)value : 0;
        break;
    case TAG_X_RESOLUTION:
        out->xres = value;
        break;
    case TAG_Y_RESOLUTION:
        out->yres = value;
        break;
    case TAG_RESOLUTION_UNIT:
        *unit = value >= 1 && value <= 3 ? (int)value : 0;
        break;
    }
}

bool ifd_read(const struct ifd_file *file, uint64_t offset, struct ifd *out)
{
    unsigned count_size = file->big_tiff ? 8 : 2;
    unsigned entry_size = file->big_tiff ? 20 : 12;
    unsigned offset_size = file->big_tiff ? 8 : 4;
    int unit = 0;

    *out = (struct ifd){0};
    if (offset < 8 || offset > file->size || file->size - offset < count_size)
        return false;
    uint64_t count = number_at(file, offset, count_size);
    uint64_t entries = offset + count_size;
    if (count == 0 || count > (file->size - entries) / entry_size)
        return false;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t entry = entries + i * entry_size;
        double value = entry_value(file, number_at(file, entry + 2, 2), entry + 4 + offset_size);
        take_entry(out, &unit, (enum tag)number_at(file, entry, 2), value);
    }
    out->next = number_at(file, entries + count * entry_size, offset_size);
    if (unit == UNIT_CENTIMETRE) {
        out->xres *= 2.54;
        out->yres *= 2.54;
    } else if (unit == UNIT_OF_NOTHING) {
        out->xres = out->yres = 0;
    }
    return true;
}
