/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The parent's side: a queue of files, a handful of children, one file a child at a time. A child is taken
 * for hostile: its answers are bounded and checked, and one that breaks a rule is ended. */
#include "worker/pool.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "worker/serve.h"
#include "worker/spawn.h"
#include "worker/wire.h"

enum {
    /* More children than this wait for memory, not for processors. */
    CHILDREN_MAX = WORKER_POLLED_MAX,

    /* Children that end without having taken a file, in a row, before it is said that none can be started. */
    FAILED_STARTS_MAX = 3,

    CHUNK = 64 * 1024,
};

struct job {
    struct job *next;
    void *tag;
    int descriptor;
    int64_t time_ms; /* it may take */
};

enum child_state { CHILD_NONE, CHILD_STARTING, CHILD_IDLE, CHILD_BUSY };

struct child {
    enum child_state state;
    pid_t pid;
    int socket;
    int64_t deadline;      /* ms on the monotonic clock, while starting or busy */
    struct job *job;       /* while busy; owned */
    uint32_t serial;       /* of the request under way; 0 for the greeting */
    unsigned page, pages;  /* that it last said to read; 0: none yet */
    struct buffer message; /* its length prefix and what has come of the rest */
};

struct worker_pool {
    struct child children[CHILDREN_MAX];
    unsigned count;
    unsigned failed_starts;
    struct error start_error; /* why the last one failed, where the child could say */
    unsigned start_ms;
    unsigned file_ms;
    unsigned extras; /* enum reader_extra */
    worker_page_fn *told; /* NULL: nobody listens */
    void *told_context;
    char *data_directory;
    struct job *first; /* waiting */
    struct job **last;
    size_t waiting;
};

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static unsigned choose_count(unsigned asked)
{
    if (asked == 0) {
        long processors = sysconf(_SC_NPROCESSORS_ONLN);
        asked = processors > 0 ? (unsigned)processors : 1;
    }
    return asked < CHILDREN_MAX ? asked : CHILDREN_MAX;
}

int pool_new(struct worker_pool **out, const struct pool_options *options, struct error *error)
{
    struct worker_pool *pool = calloc(1, sizeof *pool);
    char *directory = strdup(options->data_directory);

    if (pool == NULL || directory == NULL) {
        free(directory);
        free(pool);
        return error_set(error, ERROR_OUT_OF_MEMORY, "not enough memory to start reading");
    }
    pool->count = choose_count(options->count);
    pool->start_ms = options->start_ms;
    pool->file_ms = options->file_ms;
    pool->data_directory = directory;
    pool->last = &pool->first;
    for (unsigned i = 0; i < CHILDREN_MAX; i++)
        buffer_init(&pool->children[i].message, WIRE_PREFIX_SIZE + (size_t)WIRE_ANSWER_MAX);
    *out = pool;
    return 0;
}

int worker_pool_new(struct worker_pool **out, unsigned count, const char *data_directory, struct error *error)
{
    struct pool_options options = {count, data_directory, WORKER_START_MS, WORKER_FILE_MS};

    return pool_new(out, &options, error);
}

size_t worker_pool_memory(void)
{
    return choose_count(0) * WORKER_ADDRESS_SPACE_MAX;
}

void worker_pool_want(struct worker_pool *pool, unsigned extras)
{
    pool->extras = extras;
}

void worker_pool_listen(struct worker_pool *pool, worker_page_fn *told, void *context)
{
    pool->told = told;
    pool->told_context = context;
}

static void job_free(struct job *job)
{
    if (job == NULL)
        return;
    close(job->descriptor);
    free(job);
}

/* Ends the child; its job, if it had one, is handed to the caller. Returns its wait status. */
static int end_child(struct child *child, struct job **job)
{
    int status = spawn_end(child->pid);

    close(child->socket);
    *job = child->job;
    child->job = NULL;
    child->state = CHILD_NONE;
    buffer_dispose(&child->message);
    return status;
}

void worker_pool_free(struct worker_pool *pool)
{
    if (pool == NULL)
        return;
    for (unsigned i = 0; i < CHILDREN_MAX; i++) {
        struct child *child = &pool->children[i];
        struct job *job = NULL;
        if (child->state == CHILD_IDLE) {
            shutdown(child->socket, SHUT_RDWR);
            spawn_dismiss(child->pid);
        }
        if (child->state != CHILD_NONE)
            end_child(child, &job);
        job_free(job);
    }
    while (pool->first != NULL) {
        struct job *job = pool->first;
        pool->first = job->next;
        job_free(job);
    }
    free(pool->data_directory);
    free(pool);
}

void worker_result_dispose(struct worker_result *result)
{
    for (size_t i = 0; i < result->letter_count; i++)
        letter_dispose(&result->letters[i]);
    free(result->letters);
    *result = (struct worker_result){0};
}

int worker_pool_submit(struct worker_pool *pool, int descriptor, void *tag, struct error *error)
{
    struct job *job = calloc(1, sizeof *job);

    if (job == NULL) {
        close(descriptor);
        return error_set(error, ERROR_OUT_OF_MEMORY, "not enough memory to queue this file");
    }
    *job =
        (struct job){.tag = tag, .descriptor = descriptor, .time_ms = pool->file_ms + worker_extra_ms(descriptor)};
    *pool->last = job;
    pool->last = &job->next;
    pool->waiting++;
    return 0;
}

bool worker_pool_wants(const struct worker_pool *pool)
{
    return pool->waiting < pool->count;
}

static struct job *take_job(struct worker_pool *pool)
{
    struct job *job = pool->first;

    pool->first = job->next;
    if (pool->first == NULL)
        pool->last = &pool->first;
    job->next = NULL;
    pool->waiting--;
    return job;
}

static void put_back(struct worker_pool *pool, struct job *job)
{
    job->next = pool->first;
    pool->first = job;
    if (job->next == NULL)
        pool->last = &job->next;
    pool->waiting++;
}

static int start_child(struct worker_pool *pool, struct child *child, struct error *error)
{
    if (spawn_child(pool->data_directory, pool->extras, &child->pid, &child->socket, error) < 0)
        return -1;
    child->state = CHILD_STARTING;
    child->serial = 0;
    child->deadline = now_ms() + pool->start_ms;
    return 0;
}

/* Not to be guessed: a child that a file has taken over must not answer for the next one. 0 is the greeting's. */
static uint32_t draw_serial(void)
{
    uint32_t serial;

    do
        serial = arc4random();
    while (serial == 0);
    return serial;
}

static void hand_out(struct worker_pool *pool, struct child *child)
{
    struct job *job = take_job(pool);

    child->serial = draw_serial();
    if (spawn_has_ended(child->pid) || wire_send_file(child->socket, child->serial, job->descriptor) < 0) {
        /* it died in idleness: the file waits for another */
        struct job *none;
        put_back(pool, job);
        end_child(child, &none);
        pool->failed_starts++;
        return;
    }
    child->state = CHILD_BUSY;
    child->job = job;
    child->page = child->pages = 0;
    child->deadline = now_ms() + job->time_ms;
}

/* Gives waiting files to idle children and starts as many more as there are files left over. */
static int dispatch(struct worker_pool *pool, struct error *error)
{
    size_t starting = 0;

    for (unsigned i = 0; i < pool->count; i++) {
        struct child *child = &pool->children[i];
        if (child->state == CHILD_IDLE && pool->waiting > 0)
            hand_out(pool, child);
        starting += child->state == CHILD_STARTING;
    }
    if (pool->failed_starts >= FAILED_STARTS_MAX) {
        struct error said = pool->start_error;
        pool->failed_starts = 0; /* asked again later, it is tried again */
        pool->start_error = (struct error){0};
        if (said.code != ERROR_NONE)
            return error_set(error, said.code, "%s", said.message);
        return error_set(error, ERROR_SETUP, "the process that reads files ends as soon as it is started");
    }
    for (unsigned i = 0; i < pool->count && starting < pool->waiting; i++) {
        if (pool->children[i].state != CHILD_NONE)
            continue;
        if (start_child(pool, &pool->children[i], error) < 0)
            return -1;
        starting++;
    }
    return 0;
}

/* What became of the file whose child ended; 1 if there was one. */
static int bury(struct worker_pool *pool, struct child *child, bool late, bool nonsense,
                struct worker_result *out)
{
    struct job *job;
    int64_t seconds = child->job != NULL ? child->job->time_ms / 1000 : 0;
    int status = end_child(child, &job);

    if (job == NULL) {
        pool->failed_starts++;
        return 0;
    }
    pool->failed_starts = 0;
    *out = (struct worker_result){.tag = job->tag};
    if (late)
        error_set(
            &out->error, ERROR_TIMEOUT,
            "reading this file took longer than %lld seconds and was given up: split it, or scan it again",
            (long long)seconds);
    else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
        error_set(&out->error, ERROR_TIMEOUT,
                  "reading this file took more than its share of the processor and was given up: split it, or scan it "
                  "again");
    else if (nonsense)
        error_set(&out->error, ERROR_WORKER_DIED,
                  "reading this file gave an answer that makes no sense: scan it again, or save it in "
                  "another format");
    else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
        error_set(&out->error, ERROR_WORKER_DIED,
                  "reading this file went to do what no reading needs and was stopped: do not trust this file; "
                  "scan the paper again");
    else if (WIFSIGNALED(status))
        error_set(
            &out->error, ERROR_WORKER_DIED,
            "reading this file ended its process (signal %d%s): scan it again, or save it in another format",
            WTERMSIG(status), WTERMSIG(status) == SIGKILL ? ", perhaps for lack of memory" : "");
    else
        error_set(
            &out->error, ERROR_WORKER_DIED,
            "reading this file ended its process (status %d): scan it again, or save it in another format",
            WEXITSTATUS(status));
    job_free(job);
    return 1;
}

/* What one look at a child's socket brought. */
enum news { NEWS_NONE, NEWS_MESSAGE, NEWS_ENDED, NEWS_NONSENSE };

/* Reads what is there, up to the end of one message. */
static enum news receive(struct child *child)
{
    struct buffer *message = &child->message;
    size_t wanted = WIRE_PREFIX_SIZE;
    char chunk[CHUNK];

    for (;;) {
        if (message->length >= WIRE_PREFIX_SIZE) {
            size_t length = wire_length(message->data, child->serial);
            if (length == 0)
                return NEWS_NONSENSE;
            wanted = WIRE_PREFIX_SIZE + length;
            if (message->length == wanted)
                return NEWS_MESSAGE;
        }
        size_t rest = wanted - message->length;
        ssize_t got = recv(child->socket, chunk, rest < sizeof chunk ? rest : sizeof chunk, MSG_DONTWAIT);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return NEWS_NONE;
        if (got <= 0)
            return NEWS_ENDED;
        buffer_add(message, chunk, (size_t)got);
        if (message->failed)
            return NEWS_ENDED; /* no memory for its answer: as bad as no answer */
    }
}

/* Hands on which page is being read. 0 if the message is none of these. -1 if the child tells what cannot be: a page
 * that it had told before, or another count, so that it can tell no more than there can be pages. */
static int take_page(const struct worker_pool *pool, struct child *child)
{
    unsigned page;
    unsigned pages;
    int taken = wire_take_page(child->message.data + WIRE_PREFIX_SIZE, child->message.length - WIRE_PREFIX_SIZE, &page,
                               &pages);

    if (taken <= 0)
        return taken;
    if (page <= child->page || (child->pages != 0 && pages != child->pages))
        return -1;
    child->page = page;
    child->pages = pages;
    buffer_dispose(&child->message);
    if (pool->told != NULL)
        pool->told(pool->told_context, child->job->tag, page, pages);
    return 1;
}

static int take_answer(struct worker_pool *pool, struct child *child, struct worker_result *out)
{
    struct worker_result result = {.tag = child->job->tag};

    if (wire_take_answer(child->message.data + WIRE_PREFIX_SIZE, child->message.length - WIRE_PREFIX_SIZE,
                         &result.letters, &result.letter_count, &result.error) < 0)
        return bury(pool, child, false, true, out);
    job_free(child->job);
    child->job = NULL;
    child->state = CHILD_IDLE;
    buffer_dispose(&child->message);
    pool->failed_starts = 0;
    pool->start_error = (struct error){0};
    *out = result;
    return 1;
}

/* 1 with a result, 0 without. */
static int attend(struct worker_pool *pool, struct child *child, struct worker_result *out)
{
    enum news news = receive(child);
    struct error greeting = {0};
    struct job *none;
    int page = 0;

    while (news == NEWS_MESSAGE && child->state == CHILD_BUSY && (page = take_page(pool, child)) > 0)
        news = receive(child);
    if (page < 0)
        return bury(pool, child, false, true, out);
    if (news == NEWS_NONE)
        return child->state != CHILD_IDLE && now_ms() >= child->deadline ? bury(pool, child, true, false, out)
                                                                         : 0;
    if (news != NEWS_MESSAGE || child->state == CHILD_IDLE) /* no one asked an idle one */
        return bury(pool, child, false, news != NEWS_ENDED, out);
    if (child->state == CHILD_BUSY)
        return take_answer(pool, child, out);
    if (wire_take_greeting(child->message.data + WIRE_PREFIX_SIZE, child->message.length - WIRE_PREFIX_SIZE,
                           &greeting) < 0) {
        end_child(child, &none); /* it may have lacked memory for a moment: another is tried */
        pool->start_error = greeting;
        pool->failed_starts++;
        return 0;
    }
    child->state = CHILD_IDLE;
    buffer_dispose(&child->message);
    return 0;
}

size_t worker_pool_polled(const struct worker_pool *pool, struct pollfd *polled, int *timeout_ms)
{
    size_t count = 0;
    int64_t nearest = INT64_MAX;

    for (unsigned i = 0; i < pool->count; i++) {
        const struct child *child = &pool->children[i];
        if (child->state == CHILD_NONE)
            continue;
        polled[count++] = (struct pollfd){.fd = child->socket, .events = POLLIN};
        if (child->state != CHILD_IDLE && child->deadline < nearest)
            nearest = child->deadline;
    }
    int64_t left = nearest - now_ms();
    *timeout_ms = nearest == INT64_MAX ? -1 : left < 0 ? 0 : left < INT32_MAX ? (int)left : INT32_MAX;
    return count;
}

/* Waits until a child says something or the nearest deadline is over. */
static void wait_for_children(const struct worker_pool *pool)
{
    struct pollfd polled[WORKER_POLLED_MAX];
    int timeout_ms;
    size_t count = worker_pool_polled(pool, polled, &timeout_ms);

    poll(polled, count, timeout_ms < 0 ? INT32_MAX : timeout_ms);
}

/* Whether there is any result to wait for. */
static bool is_under_way(const struct worker_pool *pool)
{
    bool under_way = pool->waiting > 0;

    for (unsigned i = 0; i < pool->count; i++)
        under_way |= pool->children[i].state == CHILD_BUSY;
    return under_way;
}

/* What the children have said by now. */
static int attend_all(struct worker_pool *pool, struct worker_result *out)
{
    for (unsigned i = 0; i < pool->count; i++) {
        int result = pool->children[i].state != CHILD_NONE ? attend(pool, &pool->children[i], out) : 0;
        if (result != 0)
            return result;
    }
    return 0;
}

int worker_pool_try(struct worker_pool *pool, struct worker_result *out, struct error *error)
{
    int result = attend_all(pool, out);

    if (dispatch(pool, result == 0 ? error : NULL) < 0 && result == 0)
        return -1;
    return result;
}

int worker_pool_next(struct worker_pool *pool, struct worker_result *out, struct error *error)
{
    for (;;) {
        if (dispatch(pool, error) < 0)
            return -1;
        if (!is_under_way(pool))
            return 0;
        wait_for_children(pool);
        int result = attend_all(pool, out);
        if (result != 0)
            return result;
    }
}

int worker_try(const char *data_directory, bool *one_thread, struct error *error)
{
    struct worker_pool *pool = NULL;
    struct worker_result nothing;
    int result = -1;

    if (worker_pool_new(&pool, 1, data_directory, error) < 0)
        return -1;
    struct child *child = &pool->children[0];
    if (start_child(pool, child, error) < 0)
        goto done;
    while (child->state == CHILD_STARTING) {
        wait_for_children(pool);
        attend(pool, child, &nothing);
    }
    if (child->state != CHILD_IDLE) {
        if (pool->start_error.code != ERROR_NONE)
            *error = pool->start_error;
        else
            error_set(error, ERROR_SETUP, "the process that reads files ends as soon as it is started");
        goto done;
    }
    *one_thread = spawn_has_one_thread(child->pid);
    result = 0;
done:
    worker_pool_free(pool);
    return result;
}
