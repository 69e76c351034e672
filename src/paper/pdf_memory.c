/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "paper/pdf_memory.h"

#include <malloc.h>
#include <stdlib.h>

#include "base/limits.h"

void *pdf_memory_take(void *held, size_t size)
{
    size_t *bytes = held;

    if (size > PDF_MEMORY_MAX || *bytes > PDF_MEMORY_MAX - size)
        return NULL;
    void *block = malloc(size);
    *bytes += malloc_usable_size(block);
    return block;
}

void *pdf_memory_change(void *held, void *block, size_t size)
{
    size_t *bytes = held;
    size_t before = malloc_usable_size(block);

    if (size > PDF_MEMORY_MAX || *bytes - before > PDF_MEMORY_MAX - size)
        return NULL;
    void *moved = realloc(block, size);
    if (moved != NULL)
        *bytes += malloc_usable_size(moved) - before;
    return moved;
}

void pdf_memory_free(void *held, void *block)
{
    size_t *bytes = held;

    *bytes -= malloc_usable_size(block);
    free(block);
}
