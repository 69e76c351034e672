/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A clean page to spoil in known ways: the first page of a CP504 of the fixture maker's. */
#ifndef IRSORT_TESTS_OCR_SCAN_H
#define IRSORT_TESTS_OCR_SCAN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <glob.h>
#include <math.h>
#include <unistd.h>

#include "ocr/ocr.h"
#include "paper/paper.h"

enum { SCAN_DPI = 200 };

#define SCAN_NAME "cp504-a-clean300"
#define SCAN_NUMBER "CP504"

static PIX *scan; /* 8 bit, upright, SCAN_DPI */

static inline PIX *scan_load(const char *path)
{
    struct paper *paper = NULL;
    struct paper_page page;
    struct error error = {0};
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);

    if (paper_open(&paper, descriptor, &error) != 0 || paper_load(paper, 0, PAPER_FULL, &page, &error) != 0)
        fail_msg("%s: %s", path, error.message);
    float factor = (float)SCAN_DPI / (float)page.dpi;
    PIX *grey = pixConvertTo8(page.image, 0);
    PIX *out = pixScale(grey, factor, factor);
    pixDestroy(&grey);
    paper_page_dispose(&page);
    paper_close(paper);
    close(descriptor);
    return out;
}

static inline int scan_setup(void **state)
{
    char folder[] = "/tmp/irsort-test-XXXXXX";
    char command[512];
    glob_t files;

    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(command, sizeof command, "'%s' --out %s --only " SCAN_NAME " >/dev/null", IRSORT_FIXTURES,
             folder);
    if (system(command) != 0)
        return -1;
    snprintf(command, sizeof command, "%s/" SCAN_NAME ".*", folder);
    if (glob(command, 0, NULL, &files) != 0)
        return -1;
    scan = scan_load(files.gl_pathv[0]);
    globfree(&files);
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

static inline int scan_teardown(void **state)
{
    (void)state;
    pixDestroy(&scan);
    return 0;
}

/* The sheet on a desk of that grey level, its corners moved inwards by those shares of the picture's sides:
 * left and top of the upper left corner, and so on clockwise. */
static inline PIX *scan_on_desk(PIX *sheet, unsigned level, const float inset[8])
{
    float width = (float)pixGetWidth(sheet);
    float height = (float)pixGetHeight(sheet);
    PTA *from = ptaCreate(4);
    PTA *to = ptaCreate(4);

    for (int i = 0; i < 4; i++) {
        bool right = i == 1 || i == 2;
        bool low = i >= 2;
        ptaAddPt(from, right ? width - 1 : 0, low ? height - 1 : 0);
        ptaAddPt(to, right ? width * (1 - inset[2 * i]) : width * inset[2 * i],
                 low ? height * (1 - inset[2 * i + 1]) : height * inset[2 * i + 1]);
    }
    /* what is brought in from outside the sheet is black: lift all levels over it, then make that the desk */
    PIX *lifted = pixCopy(NULL, sheet);
    pixAddConstantGray(lifted, 1);
    PIX *warped = pixProjectivePta(lifted, to, from, L_BRING_IN_BLACK);
    PIX *outside = pixThresholdToBinary(warped, 1);
    pixSetMasked(warped, outside, level);
    pixDestroy(&lifted);
    pixDestroy(&outside);
    ptaDestroy(&from);
    ptaDestroy(&to);
    return warped;
}

static inline PIX *scan_ink(PIX *grey)
{
    return pixGetDepth(grey) == 1 ? pixClone(grey) : pixThresholdToBinary(grey, 160);
}

/* How much of the ink lies elsewhere in b than in a, as a share of all of it, seen as a coarse picture. */
static inline double scan_apart(PIX *a, PIX *b)
{
    enum { CELLS = 24 };
    double apart = 0;
    double total = 0;
    PIX *ink[2] = {scan_ink(a), scan_ink(b)};

    for (int y = 0; y < CELLS; y++) {
        for (int x = 0; x < CELLS; x++) {
            double share[2];
            for (int i = 0; i < 2; i++) {
                int width = pixGetWidth(ink[i]) / CELLS;
                int height = pixGetHeight(ink[i]) / CELLS;
                BOX *box = boxCreate(x * width, y * height, width, height);
                l_int32 count = 0;
                PIX *cell = pixClipRectangle(ink[i], box, NULL);
                pixCountPixels(cell, &count, NULL);
                share[i] = (double)count / (width * height);
                pixDestroy(&cell);
                boxDestroy(&box);
            }
            apart += fabs(share[0] - share[1]);
            total += share[0] + share[1];
        }
    }
    pixDestroy(&ink[0]);
    pixDestroy(&ink[1]);
    return apart / total;
}

#endif
