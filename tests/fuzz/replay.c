/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Runs harnesses over the files of their seed folders: `fuzz-replay HARNESS PATH…`, where a path is a file or a
 * folder of files. Built with gcc and its sanitizers; what fuzzing found stays found. */
#include <dirent.h>
#include <limits.h>
#include <sys/stat.h>

#include "harness.h"

typedef int harness_fn(const uint8_t *data, size_t size);

#define HARNESS(name) harness_fn fuzz_##name;
#include "harnesses.def"
#undef HARNESS

static const struct {
    const char *name;
    harness_fn *run;
} harnesses[] = {
#define HARNESS(name) {#name, fuzz_##name},
#include "harnesses.def"
#undef HARNESS
};

static void run_file(harness_fn *run, const char *path)
{
    FILE *file = fopen(path, "rb");
    struct stat status;

    MUST(file != NULL && fstat(fileno(file), &status) == 0);
    size_t size = (size_t)status.st_size;
    uint8_t *data = malloc(size > 0 ? size : 1); /* of exactly that size */
    MUST(data != NULL && fread(data, 1, size, file) == size);
    fclose(file);
    run(data, size);
    free(data);
}

static int is_seed(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static size_t run_path(harness_fn *run, const char *path)
{
    struct dirent **entries;
    int count = scandir(path, &entries, is_seed, alphasort);

    if (count < 0) {
        run_file(run, path);
        return 1;
    }
    for (int i = 0; i < count; i++) {
        char name[PATH_MAX];
        MUST(snprintf(name, sizeof name, "%s/%s", path, entries[i]->d_name) < (int)sizeof name);
        fprintf(stderr, "%s\n", name); /* the last one named is the one that broke it */
        run_file(run, name);
        free(entries[i]);
    }
    free(entries);
    return (size_t)count;
}

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 2 && i < sizeof harnesses / sizeof *harnesses; i++) {
        size_t ran = 0;
        if (strcmp(harnesses[i].name, argv[1]) != 0)
            continue;
        for (int k = 2; k < argc; k++)
            ran += run_path(harnesses[i].run, argv[k]);
        printf("%s: %zu seeds\n", argv[1], ran);
        return ran > 0 ? 0 : 1;
    }
    fprintf(stderr, "usage: fuzz-replay HARNESS PATH...\n");
    return 2;
}
