/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the parts of `irsort doctor` share. */
#ifndef IRSORT_COMMANDS_DOCTOR_H
#define IRSORT_COMMANDS_DOCTOR_H

#include "catalogue/catalogue.h"
#include "report/sheet.h"
#include "settings/settings.h"

enum grade {
    GRADE_GOOD,
    GRADE_WARNING, /* it works, but somebody should look */
    GRADE_WRONG,
};

struct doctor {
    struct sheet sheet;
    const struct settings *settings;
    bool cannot_read; /* no letter can be read here */
    bool wrong;
    bool warned;
};

enum { DOCTOR_NO_MEND = WORD_COUNT }; /* nothing is to be mended, or an error's message has the mend in it */

/* A line: what was found, `value` in it as {0}; and below one that is not good the mend, with the same value. */
void doctor_say(struct doctor *doctor, enum grade grade, enum word word, unsigned mend, const char *value);

/* The settings' file, the docket and the clock. The catalogue may be NULL: then nothing is said of the clock. */
void doctor_look_at_places(struct doctor *doctor, const struct catalogue *catalogue);

/* The desk's users, address and certificate, where it has any. */
void doctor_look_at_desk(struct doctor *doctor);

/* Each folder that the settings name. In one that can be written a file is made for a try, and removed. */
void doctor_look_at_folders(struct doctor *doctor);

#endif
