/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Every bound on what paper from a stranger may ask of this machine, with its reason. What is over one of them ends as a
 * named error or as `review`, never as a page or a word left out in silence. docs/untrusted-paper.md tells it for users. */
#ifndef IRSORT_BASE_LIMITS_H
#define IRSORT_BASE_LIMITS_H

/* ---- a file: ERROR_TOO_LARGE, ERROR_TOO_MANY_PAGES, ERROR_DAMAGED ---- */

/* Bytes of a file. A 100-page colour scan at 300 dpi is about 60 MB; the whole file is held in memory. */
#define PAPER_FILE_MAX (256ul << 20)

enum {
    /* A day's mail fed through a scanner in one go is a few hundred pages. */
    PAPER_PAGES_MAX = 2000,

    /* Pixels of one picture before decoding, looked up in its header. A letter page at 1200 dpi has 135
     * million; in colour this many take 600 MB. */
    PAPER_PIXELS_MAX = 150 * 1000 * 1000,

    /* Bytes of a picture while it is decoded, the decoder's own rows beside the result: with libraries, models and the
     * file it has to stay under WORKER_ADDRESS_SPACE_MAX. 95 million pixels in colour: a letter page at 1000 dpi. */
    PICTURE_BYTES_MAX = 640 << 20,

    /* A page's longer side in shorter ones: a till roll may have 20. Longer ones are lines, and leave nothing
       to read when they are made smaller. */
    PAGE_RATIO_MAX = 30,

    /* Texts, strokes, pictures and clips of one PDF page. A map has tens of thousands; what has more would
       not be drawn in the time that a file gets. */
    PDF_MARKS_MAX = 200 * 1000,
};

/* Bytes of decoded fonts and pictures that MuPDF keeps for reuse; pages of a scan share nothing, so little is
 * enough. */
#define PDF_STORE_MAX (32ul << 20)

/* Bytes that MuPDF may hold in all, which bounds what a compressed stream may unfold to: a colour picture of
 * PAPER_PIXELS_MAX and what surrounds it. ERROR_OUT_OF_MEMORY. */
#define PDF_MEMORY_MAX (1ul << 30)

/* ---- the process that reads: ERROR_OUT_OF_MEMORY, ERROR_TIMEOUT ---- */

/* Bytes of address space of a process that reads: 0.2 GB for libraries and models, the rest for a picture. It is
 * what a small clinic's machine can spare, and what bounds every decoder that keeps no account of its own. */
#define WORKER_ADDRESS_SPACE_MAX (1ul << 30)

enum {
    /* Descriptors of a process that reads: three that lead nowhere, its socket, its file. */
    WORKER_DESCRIPTORS_MAX = 5,

    /* Seconds of processor for a small file; larger ones get more, as below. What is stuck in a loop ends sooner than
     * by the clock, which also runs while others are served. */
    WORKER_FILE_CPU_S = 60,

    /* Loading patterns and models takes half a second; a slow disk at boot, a minute. */
    WORKER_START_MS = 60 * 1000,

    /* A page in the worst case (every orientation, every cleaning) takes 20 s on the slowest machine in use.
     */
    WORKER_FILE_MS = 120 * 1000,

    /* A stack of letters has more pages and gets more time: a second for so many bytes, which is a fax page's
       size. */
    WORKER_BYTES_PER_SECOND = 20 * 1000,

    /* However large the file, someone is waiting. */
    WORKER_EXTRA_MS_MAX = 30 * 60 * 1000,
};

/* ---- the wire: ERROR_WORKER_DIED ---- */

enum {
    /* Bytes of one answer: a letter with all its lists full takes about 20 KB, a file of 2,000 of them 40 MB. */
    WIRE_ANSWER_MAX = 64 << 20,

    /* Bytes of memory that an answer may take once it is taken apart: those 2,000 letters take 140 MB. Text alone says
     * little of it, for {} takes a hundred times the room of its two characters. */
    WIRE_MEMORY_MAX = 256 << 20,

    /* Lists in lists in an answer: what letter/letter_json.c writes has 7. */
    WIRE_NESTING_MAX = 16,

    /* A letter has at least one page. */
    WIRE_LETTERS_MAX = PAPER_PAGES_MAX,

    /* Bytes of the word that a page is being read: {"page":2000,"pages":2000} has 27. Each page is told once at the most,
     * in order, so that PAPER_PAGES_MAX bounds their number. */
    WIRE_PAGE_MAX = 64,
};

/* ---- what was read: `review` ---- */

enum {
    /* Milliseconds of processor for recognition on one page: a full page takes 2 to 4 s, in every orientation four times
     * that. Past this the page is noise or an attack, and what was read is not to be trusted. */
    PAGE_RECOGNISE_MS = 20 * 1000,

    /* Words of one page, and bytes of their texts. A dense page holds about 1,000 words, 6,000 bytes. */
    PAGE_WORDS_MAX = 5000,
    PAGE_TEXT_MAX = 128 << 10,

    /* Pieces of print that stand apart. A dense page has 150; noise has more, and comparing them all takes time. */
    PAGE_STRIPS_MAX = 4000,

    /* Backtracking steps from one starting place. An honest pattern needs some tens; PCRE2's default of
     * 10,000,000 lets a careless one stand still for 0.2 s a page. */
    REGEX_MATCH_LIMIT = 100000,
    REGEX_DEPTH_LIMIT = 10000,   /* nested backtracking points */
    REGEX_HEAP_LIMIT_KIB = 4096, /* of memory for them; PCRE2's default is 20 GB */
};

/* Share of ink in a zone that is recognised: print has 0.03 to 0.25. In noise Tesseract's search for paragraphs takes
 * minutes, and cannot be stopped. */
#define ZONE_INK_MAX 0.40F

#endif
