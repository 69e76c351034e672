/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "desk/checker.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "desk/users.h"

struct job {
    void *asker;
    bool right;
    char hash[USER_HASH_SIZE];
    char password[USER_PASSWORD_MOST];
};

/* A ring: [first, done) wait to be fetched, [done, last) to be checked. The numbers only grow. */
struct checker {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wanted;
    bool running;
    bool stop;
    int told; /* descriptor */
    unsigned first, done, last;
    struct job jobs[CHECKER_WAITING_MAX];
};

static struct job *job_at(struct checker *checker, unsigned number)
{
    return &checker->jobs[number % CHECKER_WAITING_MAX];
}

/* The job is its own while it is checked: neither end of the ring reaches it. */
static void *work(void *context)
{
    struct checker *checker = context;
    const uint64_t one = 1;

    pthread_mutex_lock(&checker->lock);
    while (!checker->stop) {
        if (checker->done == checker->last) {
            pthread_cond_wait(&checker->wanted, &checker->lock);
            continue;
        }
        struct job *job = job_at(checker, checker->done);
        pthread_mutex_unlock(&checker->lock);
        job->right = users_is_right(job->hash, job->password);
        explicit_bzero(job->password, sizeof job->password);
        pthread_mutex_lock(&checker->lock);
        checker->done++;
        while (write(checker->told, &one, sizeof one) < 0 && errno == EINTR)
            continue;
    }
    pthread_mutex_unlock(&checker->lock);
    return NULL;
}

int checker_open(struct checker **out, struct error *error)
{
    struct checker *checker = calloc(1, sizeof *checker);

    if (checker == NULL)
        return error_set(error, ERROR_OUT_OF_MEMORY, "out of memory");
    pthread_mutex_init(&checker->lock, NULL);
    pthread_cond_init(&checker->wanted, NULL);
    checker->told = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    checker->running = checker->told >= 0 && pthread_create(&checker->thread, NULL, work, checker) == 0;
    if (!checker->running) {
        checker_close(checker);
        return error_set(error, ERROR_SETUP, "a thread for passwords cannot be started");
    }
    *out = checker;
    return 0;
}

void checker_close(struct checker *checker)
{
    if (checker == NULL)
        return;
    if (checker->running) {
        pthread_mutex_lock(&checker->lock);
        checker->stop = true;
        pthread_cond_signal(&checker->wanted);
        pthread_mutex_unlock(&checker->lock);
        pthread_join(checker->thread, NULL);
    }
    if (checker->told >= 0)
        close(checker->told);
    pthread_cond_destroy(&checker->wanted);
    pthread_mutex_destroy(&checker->lock);
    explicit_bzero(checker->jobs, sizeof checker->jobs);
    free(checker);
}

bool checker_ask(struct checker *checker, const char *hash, const char *password, void *asker)
{
    bool room;

    pthread_mutex_lock(&checker->lock);
    room = checker->last - checker->first < CHECKER_WAITING_MAX;
    if (room) {
        struct job *job = job_at(checker, checker->last++);
        job->asker = asker;
        snprintf(job->hash, sizeof job->hash, "%s", hash);
        snprintf(job->password, sizeof job->password, "%s", password);
        pthread_cond_signal(&checker->wanted);
    }
    pthread_mutex_unlock(&checker->lock);
    return room;
}

bool checker_answer(struct checker *checker, void **asker, bool *right)
{
    uint64_t count;
    bool there;

    pthread_mutex_lock(&checker->lock);
    there = checker->first != checker->done;
    if (there) {
        const struct job *job = job_at(checker, checker->first++);
        *asker = job->asker;
        *right = job->right;
    } else if (read(checker->told, &count, sizeof count) < 0) {
        count = 0; /* it was not told of anything */
    }
    pthread_mutex_unlock(&checker->lock);
    return there;
}

int checker_descriptor(const struct checker *checker)
{
    return checker->told;
}
