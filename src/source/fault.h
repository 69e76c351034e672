/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef IRSORT_SOURCE_FAULT_H
#define IRSORT_SOURCE_FAULT_H

/* One fault, as it is told. `field` is a path such as "rights[2].clock", or "" for the file as a whole. */
struct fault {
    const char *file;
    unsigned line;
    unsigned column;
    const char *field;
    const char *what;   /* what is wrong, and the mend */
};

typedef void fault_fn(void *context, const struct fault *fault);

#endif
