/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Letters into the docket from what `irsort read --json` printed. */
#ifndef IRSORT_COMMANDS_TAKE_H
#define IRSORT_COMMANDS_TAKE_H

#include "docket/docket.h"

struct take {
    struct docket *docket;
    const struct docket_actor *actor;
    date received;
    bool came_again; /* a letter that is there already came again on that day */
    const char *ref; /* NULL if not given */
    struct take_counts {
        size_t taken;
        size_t rescans; /* of those */
        size_t repeats;
        size_t known;
    } kept;         /* letters, as far as they are kept */
    size_t refused; /* lines, or whole files, each told on stderr */
};

/* Takes every line of the file ("-" is standard input). A line that is no letter is told on stderr and passed
 * over; what stands before it is kept. -1 only where the docket itself fails. */
int take_file(struct take *take, const char *name, struct error *error);

#endif
