/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Calls that fail on order. The library's objects are linked here with their calls to allocate, open, read, write, send
 * and so on renamed to fault_…; those count, and the one whose turn it is fails. What other libraries do is left
 * alone, but for jansson's and libcyaml's memory, which is ours to lend. */
#ifndef IRSORT_TESTS_FAULTS_H
#define IRSORT_TESTS_FAULTS_H

#include <stdint.h>

enum fault_side { FAULT_PARENT, FAULT_WORKER };

/* Lies in the file `faults` of the data directory, mapped by the parent and its workers alike: a worker is killed, and
 * what it counted must outlive it. */
struct fault_control {
    uint32_t side;      /* enum fault_side: whose call fails */
    uint32_t target;    /* from 1; 0: none */
    uint32_t onward;    /* every call from then on fails, not only that one */
    uint32_t counted[2];
    uint32_t fired;
};

/* Never NULL: where no such file is, the control is this process's own. */
extern struct fault_control *fault_control;

#endif
