/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Memory for MuPDF, which keeps no account of its own: PDF_MEMORY_MAX in all. `held` is a size_t, the bytes that are held
 * now; the functions are what fz_alloc_context wants. Inside paper/ only. */
#ifndef IRSORT_PAPER_PDF_MEMORY_H
#define IRSORT_PAPER_PDF_MEMORY_H

#include <stddef.h>

/* NULL where memory or the bound is at its end; a block that was to change stays then. */
void *pdf_memory_take(void *held, size_t size);
void *pdf_memory_change(void *held, void *block, size_t size);
void pdf_memory_free(void *held, void *block);

#endif
