/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef IRSORT_COMMANDS_SIGNALS_H
#define IRSORT_COMMANDS_SIGNALS_H

#include "base/error.h"

/* From now on SIGTERM, SIGINT and SIGHUP are read, as struct signalfd_siginfo, from the descriptor that is returned, and
 * never waited for; -1 with ERROR_SETUP. */
int signals_open(struct error *error);

#endif
