/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A page's picture made upright, level, even and clean. Inside ocr/ only. */
#ifndef IRSORT_OCR_UPRIGHT_H
#define IRSORT_OCR_UPRIGHT_H

#include <stdbool.h>

#include <leptonica/allheaders.h>

#include "paper/paper.h"

enum { UPRIGHT_MAP_STEP = 8 /* pixels of the page to one of its map */ };

struct upright {
    PIX *picture; /* upright, even light; 1 or 8 bit */
    PIX *clean;   /* the same without rules and rims: what the engine sees */
    PIX *map;     /* where its ink is, 1 bit, UPRIGHT_MAP_STEP pixels to one; dust left out */
    int dpi;
    bool blank;   /* practically no ink */
    bool coarse;  /* too few dots an inch to tell digits apart */
};

/* Straightens the paper's picture, which stays as it is. -1 only for lack of memory, as of all here. */
int upright_init(struct upright *sheet, const struct paper_page *paper);
void upright_dispose(struct upright *sheet);

/* Quarter turns clockwise. */
int upright_turn(struct upright *sheet, int quarters);

#endif
