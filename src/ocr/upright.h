/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A page's picture made upright, level, even and clean. Inside ocr/ only. What is to be done is found on a
 * small copy; the picture itself is gone through once. */
#ifndef IRSORT_OCR_UPRIGHT_H
#define IRSORT_OCR_UPRIGHT_H

#include <stdbool.h>

#include <leptonica/allheaders.h>

#include "ocr/resample.h"
#include "paper/paper.h"

enum { UPRIGHT_MAP_STEP = 8 /* pixels of the page to one of its map */ };

struct upright {
    PIX *clean; /* without rules, rims and holes: what the engine sees; 1 or 8 bit */
    PIX *print; /* its ink, 1 bit */
    int reach;  /* rows of both that are made so far, from the top; white below */
    PIX *map;   /* where its ink is, 1 bit, UPRIGHT_MAP_STEP pixels to one; dust left out */
    int dpi;
    bool blank;  /* practically no ink */
    bool coarse; /* too few dots an inch to tell digits apart */
    bool glance; /* only its top is there; it lies like the page before; lone lines are read, which need no enlarging */
    int turned;  /* quarters clockwise, from how it lies in the file */
    bool sure;   /* that this way is up */

    PIX *source;         /* as it lies in the file, perhaps reduced or turned; 1 or 8 bit */
    PIX *small;          /* that in small, 8 bit */
    int small_step;      /* pixels of the source to one of `small` */
    int width, height;   /* of the upright page */
    int seen;            /* rows of it that the source shows: not all in a glance */
    struct mapping from; /* from its pixels to those of `source` */
    struct light light;
    bool even;    /* the light needs no mending */
    bool toned;   /* `light` knows how dark the print is */
    PIX *ink;     /* of the upright page in small, rims left out; 1 bit */
    PIX *rims;    /* what was left out; 1 bit */
    int ink_step; /* pixels of the page to one of `ink` and `rims` */
};

/* Straightens the paper's picture, which stays as it is. -1 only for lack of memory, as of all here. */
int upright_init(struct upright *sheet, const struct paper_page *paper);
void upright_dispose(struct upright *sheet);

/* Makes `clean` and `print` down to that part of the height: most of a page is never looked at. */
int upright_reach(struct upright *sheet, float to);

/* Quarter turns clockwise; nothing is made then. */
int upright_turn(struct upright *sheet, int quarters);

/* The page with its rules and all; NULL for lack of memory. */
PIX *upright_picture(const struct upright *sheet);

#endif
