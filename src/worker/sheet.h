/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A page on its way through the steps of its reading. Inside worker/. */
#ifndef IRSORT_WORKER_SHEET_H
#define IRSORT_WORKER_SHEET_H

#include <stdbool.h>

#include "ocr/ocr.h"

struct sheet {
    struct ocr_page *page;
    struct ocr_engine *engine;
    unsigned number; /* in the source file, from 1 */
    bool glance;     /* the picture is not all that the file has, see PAPER_GLANCE */
};

#endif
