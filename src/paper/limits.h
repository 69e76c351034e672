/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Every bound on what an input may ask of this machine. */
#ifndef IRSORT_PAPER_LIMITS_H
#define IRSORT_PAPER_LIMITS_H

/* Bytes of a file. A 100-page colour scan at 300 dpi is about 60 MB; the whole file is held in memory. */
#define PAPER_FILE_MAX (256ul << 20)

enum {
    /* A day's mail fed through a scanner in one go is a few hundred pages. */
    PAPER_PAGES_MAX = 2000,

    /* Pixels of one picture before decoding, looked up in its header. A letter page at 1200 dpi has 135
     * million; in colour this many take 600 MB. */
    PAPER_PIXELS_MAX = 150 * 1000 * 1000,

    /* A page's longer side in shorter ones: a till roll may have 20. Longer ones are lines, and leave nothing
       to read when they are made smaller. */
    PAGE_RATIO_MAX = 30,

    /* Texts, strokes, pictures and clips of one PDF page. A map has tens of thousands; what has more would
       not be drawn in the time that a file gets. */
    PDF_MARKS_MAX = 200 * 1000,

    /* Above this resolution recognition gets slower, not better. */
    PAGE_DPI_MAX = 400,

    /* Pixels of a page as handed on: a legal sheet (8.5 x 14 in) at PAGE_DPI_MAX. */
    PAGE_PIXELS_MAX = 400 * 400 * 17 / 2 * 14,

    /* Text drawn from a PDF is sharp: more dots would cost time and add nothing. */
    RENDER_DPI = 200,

    /* What a file may claim as its resolution; outside, it is taken for nonsense and estimated. */
    CLAIMED_DPI_MIN = 50,
    CLAIMED_DPI_MAX = 1200,

    /* The longer side of a piece of paper in inches, from a receipt's stub to a tabloid sheet. A resolution
     * that gives another size (a photo's 72 dpi) is not believed. */
    PAPER_INCHES_MIN = 4,
    PAPER_INCHES_MAX = 18,
};

/* Bytes of decoded fonts and pictures that MuPDF keeps for reuse; pages of a scan share nothing, so little is
 * enough. */
#define PDF_STORE_MAX (32ul << 20)

/* Bytes that MuPDF may hold in all: a colour picture of PAPER_PIXELS_MAX, its grey copy and what surrounds
 * them. */
#define PDF_MEMORY_MAX (1ul << 30)

/* Missing rows up to this share of a picture's height are forgiven: scanners miscount by a few. */
#define MISSING_ROWS_FORGIVEN 0.03

#endif
