/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Image file directories: the tags of a TIFF page, and of a camera's EXIF block, which is a small TIFF. */
#ifndef IRSORT_PAPER_IFD_H
#define IRSORT_PAPER_IFD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ifd_file {
    const unsigned char *data; /* borrowed */
    size_t size;
    bool big_endian;
    bool big_tiff;  /* 64-bit offsets */
    uint64_t first; /* offset of the first directory; 0: none */
};

struct ifd {
    uint64_t next;  /* offset of the next directory; 0: none */
    uint32_t width; /* 0 where the tag is missing, as in all below */
    uint32_t height;
    bool reduced;    /* a smaller copy (thumbnail) of another page */
    int orientation; /* 1 to 8 */
    double xres;     /* dots an inch */
    double yres;
};

/* False if the bytes are no TIFF. */
bool ifd_open(struct ifd_file *file, const unsigned char *data, size_t size);

/* Reads the directory at `offset`; false if it is not inside the file. */
bool ifd_read(const struct ifd_file *file, uint64_t offset, struct ifd *out);

#endif
