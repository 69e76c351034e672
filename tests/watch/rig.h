/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A watched folder in a directory of the test's own, with a clock that the test sets and a reader that reads text:
 * a line of a dropped file is a letter, "LT11 2026-03-02 1234", "review", "unlisted" or "blank", or what goes wrong with
 * the file, "damaged" or "died". */
#ifndef TESTS_WATCH_RIG_H
#define TESTS_WATCH_RIG_H

#include "../report/sample.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "watch/watch.h"

/* Not shorter than any scan is. */
#define REVIEW "review                \n"
#define UNLISTED "unlisted              \n"
#define BLANK "blank                 \n"
#define DAMAGED "damaged               \n"
#define DIED "died                  \n"

enum { RIG_TEXT_MAX = 1 << 16, RIG_QUEUE = 64 };

static char base[64];
static char folder[96];
static char docket_path[96];
static struct catalogue *catalogue;
static struct docket *docket;
static struct watch *watch;
static struct hooks *hooks; /* NULL: nobody is told */
static struct outside outside;
static int64_t clock_ms;
static char told[RIG_TEXT_MAX]; /* the log */
static size_t reads;            /* files that were given to the reader */
static size_t turns;
static size_t turns_most;       /* then it runs hot */
static bool reader_waits;       /* holds what it was given */
static bool reader_broken;
static bool must_stop;

/* ---- the reader ---- */

struct rig_job {
    int descriptor;
    void *tag;
};

static struct rig_job jobs[RIG_QUEUE];
static size_t job_count;

static inline bool rig_wants(const void *context)
{
    (void)context;
    return job_count < 4;
}

static inline int rig_submit(void *context, int descriptor, void *tag, struct error *error)
{
    (void)context;
    (void)error;
    assert_true(job_count < RIG_QUEUE);
    jobs[job_count++] = (struct rig_job){descriptor, tag};
    reads++;
    return 0;
}

static inline void rig_read_line(const char *line, struct worker_result *out)
{
    char id[16] = "";
    char dated[16] = "";
    char last4[16] = "";
    static const struct {
        const char *word;
        enum letter_status status;
    } others[] = {{"review", LETTER_REVIEW}, {"unlisted", LETTER_IRS_UNLISTED}, {"blank", LETTER_BLANK}};
    enum letter_status status = LETTER_IDENTIFIED;

    sscanf(line, "%15s %15s %15s", id, dated, last4);
    if (strcmp(id, "damaged") == 0) {
        error_set(&out->error, ERROR_DAMAGED, "the file is damaged: scan it again");
        return;
    }
    if (strcmp(id, "died") == 0) {
        error_set(&out->error, ERROR_WORKER_DIED, "reading this file ended its process");
        return;
    }
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(id, others[i].word) == 0)
            status = others[i].status;
    }
    out->letters = realloc(out->letters, (out->letter_count + 1) * sizeof *out->letters);
    assert_non_null(out->letters);
    struct letter *letter = &out->letters[out->letter_count];
    sample_letter(letter, status, status == LETTER_IDENTIFIED ? id : NULL, dated[0] != '\0' ? dated : NULL);
    letter->pages[0] = (unsigned)out->letter_count + 1;
    letter->page_count = 1;
    if (last4[0] != '\0')
        sample_field(letter, FIELD_TIN_LAST4, last4);
    out->letter_count++;
}

static inline int rig_next(void *context, struct worker_result *out, struct error *error)
{
    char text[RIG_TEXT_MAX];

    (void)context;
    if (reader_broken)
        return error_set(error, ERROR_SETUP, "the reader is broken");
    if (job_count == 0 || reader_waits)
        return 0;
    struct rig_job job = jobs[0];
    memmove(jobs, jobs + 1, --job_count * sizeof *jobs);
    ssize_t length = pread(job.descriptor, text, sizeof text - 1, 0);
    assert_true(length >= 0);
    text[length] = '\0';
    close(job.descriptor);
    *out = (struct worker_result){.tag = job.tag};
    for (char *line = strtok(text, "\n"); line != NULL && out->error.code == ERROR_NONE; line = strtok(NULL, "\n"))
        rig_read_line(line, out);
    return 1;
}

static inline size_t rig_polled(const void *context, struct pollfd *polled, int *timeout_ms)
{
    (void)context;
    (void)polled;
    *timeout_ms = job_count > 0 && !reader_waits ? 0 : -1;
    return 0;
}

static const struct watch_reader rig_reader = {NULL, rig_wants, rig_submit, rig_next, rig_polled};

static inline void rig_drop_jobs(void)
{
    while (job_count > 0)
        close(jobs[--job_count].descriptor);
}

/* ---- the rest of the world ---- */

static inline int64_t rig_now(void)
{
    return clock_ms;
}

static inline date rig_today(void)
{
    return day("2026-03-02");
}

static inline int64_t rig_wall(void)
{
    return time(NULL);
}

static inline void rig_tell(void *context, enum watch_level level, const char *line)
{
    size_t length = strlen(told);

    (void)context;
    snprintf(told + length, sizeof told - length, "%d %s\n", (int)level, line);
}

static inline bool rig_go(void *context)
{
    (void)context;
    return !must_stop;
}

static inline int rig_remove(const char *path, const struct stat *status, int flag, struct FTW *walk)
{
    (void)status;
    (void)flag;
    (void)walk;
    return remove(path);
}

static inline int rig_setup(void **state)
{
    (void)state;
    if (catalogue == NULL)
        catalogue = sample_catalogue();
    snprintf(base, sizeof base, "%s/irsort-test-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (mkdtemp(base) == NULL)
        return -1;
    snprintf(folder, sizeof folder, "%s/in", base);
    snprintf(docket_path, sizeof docket_path, "%s/docket.db", base);
    outside = outside_real;
    outside.now_ms = rig_now;
    outside.wall_s = rig_wall;
    outside.today = rig_today;
    clock_ms = 1000000;
    told[0] = '\0';
    reads = turns = 0;
    turns_most = 100000;
    reader_waits = reader_broken = must_stop = false;
    return mkdir(folder, 0755);
}

static inline void rig_close(void)
{
    watch_close(watch);
    watch = NULL;
    rig_drop_jobs();
    docket_close(docket);
    docket = NULL;
}

static inline int rig_teardown(void **state)
{
    (void)state;
    rig_close();
    return nftw(base, rig_remove, 16, FTW_DEPTH | FTW_PHYS);
}

static inline int rig_try_open(bool once, struct error *error)
{
    struct watch_call call = {.folder = folder,
                              .outside = &outside,
                              .reader = &rig_reader,
                              .catalogue = catalogue,
                              .tell = rig_tell,
                              .keep_going = rig_go};

    watch_settings_init(&call.settings);
    call.settings.once = once;
    if (docket == NULL && docket_open(&docket, docket_path, DOCKET_START, error) < 0)
        return -1;
    call.docket = docket;
    call.hooks = hooks;
    return watch_open(&watch, &call, error);
}

static inline void rig_open(void)
{
    struct error error = {0};

    if (rig_try_open(false, &error) < 0)
        fail_msg("%s", error.message);
}

/* Turn after turn, until so much time has gone by. */
static inline void rig_run(int64_t ms)
{
    int64_t end = clock_ms + ms;
    struct pollfd polled[WATCH_POLLED_MAX];
    struct error error = {0};
    size_t count;
    int timeout_ms;

    for (;;) {
        if (watch_turn(watch, polled, &count, &timeout_ms, &error) < 0)
            fail_msg("%s", error.message);
        if (++turns > turns_most)
            fail_msg("it runs hot: %zu turns\n%s", turns, told);
        if (timeout_ms == 0)
            continue;
        if (clock_ms >= end)
            return;
        clock_ms += timeout_ms < end - clock_ms ? timeout_ms : end - clock_ms;
    }
}

/* One that takes what is there and ends; what watch_turn returned last. */
static inline int rig_once(struct error *error)
{
    struct pollfd polled[WATCH_POLLED_MAX];
    size_t count;
    int timeout_ms;
    int result;

    if (rig_try_open(true, error) < 0)
        return -1;
    while ((result = watch_turn(watch, polled, &count, &timeout_ms, error)) > 0)
        clock_ms += timeout_ms;
    return result;
}

/* ---- files ---- */

static inline const char *in_folder(const char *name)
{
    static char path[4][1024];
    static unsigned turn;
    char *out = path[turn++ % 4];

    snprintf(out, sizeof path[0], "%s/%s", folder, name);
    return out;
}

static inline void put(const char *path, const char *text)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

    if (file < 0)
        fail_msg("%s cannot be made", path);
    assert_int_equal(write(file, text, strlen(text)), strlen(text));
    assert_int_equal(close(file), 0);
}

static inline void drop(const char *name, const char *text)
{
    put(in_folder(name), text);
}

static inline bool is_there(const char *name)
{
    struct stat status;

    return lstat(in_folder(name), &status) == 0;
}

static inline size_t get(const char *path, char out[RIG_TEXT_MAX])
{
    int file = open(path, O_RDONLY | O_NOFOLLOW);
    ssize_t length = file >= 0 ? read(file, out, RIG_TEXT_MAX - 1) : 0;

    out[length > 0 ? length : 0] = '\0';
    if (file >= 0)
        close(file);
    return length > 0 ? (size_t)length : 0;
}

static const char *rig_wanted;
static size_t rig_found;
static char rig_path[1024]; /* of the last one that was found */

static inline int rig_match(const char *path, const struct stat *status, int flag, struct FTW *walk)
{
    char text[RIG_TEXT_MAX];

    (void)status;
    (void)walk;
    if (flag != FTW_F)
        return 0;
    get(path, text);
    if (strcmp(text, rig_wanted) == 0) {
        rig_found++;
        snprintf(rig_path, sizeof rig_path, "%s", path);
    }
    return 0;
}

/* Files with exactly that content below a folder of the watched one. */
static inline size_t count_in(const char *place, const char *text)
{
    rig_wanted = text;
    rig_found = 0;
    nftw(in_folder(place), rig_match, 16, FTW_PHYS);
    return rig_found;
}

/* The content is filed there, once, and nowhere else. */
static inline void assert_filed(const char *place, const char *text)
{
    static const char *const places[] = {"filed", "review", "failed"};

    for (size_t i = 0; i < 3; i++) {
        size_t wanted = strcmp(places[i], place) == 0 ? 1 : 0;
        size_t found = count_in(places[i], text);
        if (found != wanted)
            fail_msg("%zu times in %s, not %zu: %s\n%s", found, places[i], wanted, text, told);
    }
    count_in(place, text);
}

/* The record beside the file that count_in or assert_filed found last; a new reference. */
static inline json_t *record_beside(const char *name)
{
    char path[1100];
    json_error_t problem;

    snprintf(path, sizeof path, "%.*s/%s", (int)(strrchr(rig_path, '/') - rig_path), rig_path, name);
    json_t *json = json_load_file(path, 0, &problem);
    if (json == NULL)
        fail_msg("%s: %s", path, problem.text);
    return json;
}

static inline size_t count_entries(const char *name)
{
    DIR *list = opendir(in_folder(name));
    struct dirent *entry;
    size_t count = 0;

    assert_non_null(list);
    while ((entry = readdir(list)) != NULL)
        count += entry->d_name[0] != '.';
    closedir(list);
    return count;
}

/* Nothing is left over in irsort's own part. */
static inline void assert_own_is_empty(void)
{
    static const char *const parts[] = {".irsort/spool", ".irsort/journal", ".irsort/leaving"};

    for (size_t i = 0; i < 3; i++) {
        if (count_entries(parts[i]) != 0)
            fail_msg("%s is not empty\n%s", parts[i], told);
    }
}

/* ---- the docket ---- */

struct rig_letters {
    const char *file;
    size_t count;
    size_t taken, repeats; /* of their history */
    char filed[2048];
    int64_t id, rescan_of;
};

static inline int rig_event(void *context, const struct docket_event *event, struct error *error)
{
    struct rig_letters *letters = context;

    (void)error;
    letters->taken += strcmp(event->what, "taken") == 0;
    letters->repeats += strcmp(event->what, "repeat") == 0;
    return 0;
}

static inline int rig_letter(void *context, const struct docket_letter *letter, struct error *error)
{
    struct rig_letters *letters = context;

    (void)error;
    if (strcmp(letter->file, letters->file) != 0)
        return 0;
    letters->count++;
    letters->id = letter->id;
    letters->rescan_of = letter->rescan_of;
    snprintf(letters->filed, sizeof letters->filed, "%s", letter->filed != NULL ? letter->filed : "");
    return 0;
}

/* The letters on the docket that came first as that file. */
static inline struct rig_letters letters_of(const char *file)
{
    struct rig_letters letters = {.file = file};
    struct error error = {0};

    if (docket_letters(docket, rig_letter, &letters, &error) < 0 ||
        (letters.count > 0 && docket_history(docket, letters.id, rig_event, &letters, &error) < 0))
        fail_msg("%s", error.message);
    return letters;
}

static inline struct watch_counts counts(void)
{
    struct watch_counts counts;

    watch_count(watch, &counts);
    return counts;
}

#define rig_test(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)

static inline int rig_end(void **state)
{
    (void)state;
    catalogue_free(catalogue);
    catalogue = NULL;
    return 0;
}

#endif
