/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What lies in a folder is taken and filed as by `irsort watch --once`, by the rig's reader and clock, so within
 * milliseconds: once FOLDER DOCKET, or once with such lines on the standard input, each answered with "0" or what went
 * wrong, and all of them in processes of their own. */
#include "../rig.h"

#include <sys/wait.h>

static int take(const char *in, const char *on)
{
    struct error error = {0};

    snprintf(folder, sizeof folder, "%s", in);
    snprintf(docket_path, sizeof docket_path, "%s", on);
    outside = outside_real;
    outside.now_ms = rig_now;
    outside.today = rig_today;
    clock_ms = 1000000;
    int result = rig_once(&error);
    rig_close();
    if (result < 0)
        fprintf(stderr, "%s\n%s", error.message, told);
    return result < 0;
}

int main(int argc, char **argv)
{
    char in[sizeof folder];
    char on[sizeof docket_path];
    int status;

    catalogue = sample_catalogue();
    if (argc == 3)
        return take(argv[1], argv[2]);
    while (scanf("%95s %95s", in, on) == 2) {
        pid_t child = fork();
        if (child == 0)
            _exit(take(in, on));
        if (child < 0 || waitpid(child, &status, 0) != child)
            return 2;
        printf("%d\n", WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status));
        fflush(stdout);
    }
    catalogue_free(catalogue);
    return 0;
}
