/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "desk/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    LINE_SIZE = 512,
    LOOK_BACK = 512 << 10, /* bytes of the end that are looked through: some 3,000 lines */
};

static const char *const act_names[AUDIT_ACT_COUNT] = {
    [AUDIT_NONE] = "none",         [AUDIT_LOGIN] = "login",     [AUDIT_LOGOUT] = "logout",
    [AUDIT_LOOK] = "look",         [AUDIT_PRINT] = "print",     [AUDIT_CALENDAR] = "calendar",
    [AUDIT_CASE] = "case",         [AUDIT_CORRECT] = "correct", [AUDIT_CONFIRM] = "confirm",
    [AUDIT_FINISH] = "finish",     [AUDIT_NOTE] = "note",       [AUDIT_ASSIGN] = "assign",
    [AUDIT_REFER] = "refer",       [AUDIT_UPLOAD] = "upload",   [AUDIT_FORGET] = "forget",
    [AUDIT_READ] = "audit",        [AUDIT_USER] = "user",       [AUDIT_REMOVE_USER] = "remove-user",
};

struct audit {
    int descriptor;
    char *path;
};

const char *audit_act_name(enum audit_act act)
{
    return act_names[act];
}

/* A line that a power cut left without its end must not take in the next one. */
static bool end_last_line(int file, off_t size)
{
    char last = '\n';

    return size == 0 || (pread(file, &last, 1, size - 1) == 1 && (last == '\n' || write(file, "\n", 1) == 1));
}

int audit_open(struct audit **out, const char *path, struct error *error)
{
    struct audit *audit = calloc(1, sizeof *audit);
    struct stat status;

    if (audit == NULL || (audit->path = strdup(path)) == NULL) {
        free(audit);
        return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
    }
    audit->descriptor = open(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
    if (audit->descriptor < 0 || fstat(audit->descriptor, &status) < 0)
        error_set(error, ERROR_SETUP, "the audit log %s cannot be opened: %s", path, strerror(errno));
    else if (!S_ISREG(status.st_mode) || status.st_uid != geteuid())
        error_set(error, ERROR_SETUP, "the audit log %s is no file, or another user's; move it away", path);
    else if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        error_set(error, ERROR_SETUP, "the audit log %s can be read or written by others; `chmod 600 %s`", path, path);
    else if (!end_last_line(audit->descriptor, status.st_size))
        error_set(error, ERROR_SETUP, "the audit log %s cannot be written: %s", path, strerror(errno));
    else {
        *out = audit;
        return 0;
    }
    audit_close(audit);
    return -1;
}

void audit_close(struct audit *audit)
{
    if (audit == NULL)
        return;
    if (audit->descriptor >= 0)
        close(audit->descriptor);
    free(audit->path);
    free(audit);
}

int audit_add(struct audit *audit, const struct audit_line *line, struct error *error)
{
    static const char *const outcomes[] = {[AUDIT_DONE] = "done", [AUDIT_REFUSED] = "refused", [AUDIT_FAILED] = "failed"};
    char at[32];
    char text[LINE_SIZE];
    time_t now = time(NULL);
    struct tm utc;
    json_t *json;
    size_t length = 0;

    strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    json = json_pack("{s:s, s:s*, s:s*, s:s, s:s*, s:s}", "at", at, "who", line->who, "from", line->from, "act",
                     audit_act_name(line->act), "about", line->about, "outcome", outcomes[line->outcome]);
    if (json != NULL && line->letter > 0)
        json_object_set_new(json, "letter", json_integer((json_int_t)line->letter));
    if (json != NULL)
        length = json_dumpb(json, text, sizeof text - 1, JSON_COMPACT);
    json_decref(json);
    if (length == 0 || length >= sizeof text)
        return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
    text[length] = '\n';
    /* In one piece, so that the lines of two programs do not run into each other. */
    if (write(audit->descriptor, text, length + 1) != (ssize_t)(length + 1))
        return error_set(error, ERROR_SETUP, "the audit log %s cannot be written: %s", audit->path, strerror(errno));
    return 0;
}

json_t *audit_last(const struct audit *audit, size_t most)
{
    off_t size = lseek(audit->descriptor, 0, SEEK_END);
    off_t from = size > LOOK_BACK ? size - LOOK_BACK : 0;
    char *bytes = malloc(LOOK_BACK + 1);
    json_t *list = json_array();
    ssize_t got = bytes != NULL ? pread(audit->descriptor, bytes, LOOK_BACK, from) : -1;

    if (bytes == NULL || list == NULL) {
        free(bytes);
        json_decref(list);
        return NULL;
    }
    while (got > 0 && json_array_size(list) < most) {
        const char *end = bytes + got;
        const char *before = end[-1] == '\n' ? memrchr(bytes, '\n', (size_t)got - 1) : memrchr(bytes, '\n', (size_t)got);
        const char *start = before != NULL ? before + 1 : bytes;
        json_t *line = json_loadb(start, (size_t)(end - start), JSON_REJECT_DUPLICATES, NULL);
        if (json_is_object(line)) /* not what was cut off at the start, or broke off */
            json_array_append_new(list, line);
        else
            json_decref(line);
        got = start - bytes;
    }
    free(bytes);
    return list;
}
