/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef IRSORT_PAPER_SNIFF_H
#define IRSORT_PAPER_SNIFF_H

#include <stddef.h>

enum paper_kind { KIND_UNKNOWN, KIND_PDF, KIND_TIFF, KIND_PNG, KIND_JPEG, KIND_WEBP, KIND_PNM, KIND_HEIC };

/* Tells a file's kind by its first bytes. */
enum paper_kind sniff(const unsigned char *data, size_t size);

#endif
