/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A harness under AFL++ in persistent mode, its input in shared memory. */
#include "harness.h"

enum { ROUNDS = 10000 }; /* inputs a process: a leak must not grow for ever */

__AFL_FUZZ_INIT();

int main(void)
{
    __AFL_INIT();
    const uint8_t *shared = __AFL_FUZZ_TESTCASE_BUF;
    while (__AFL_LOOP(ROUNDS)) {
        size_t size = (size_t)__AFL_FUZZ_TESTCASE_LEN;
        uint8_t *data = malloc(size > 0 ? size : 1); /* of exactly that size, for the sanitizers */
        MUST(data != NULL);
        memcpy(data, shared, size);
        LLVMFuzzerTestOneInput(data, size);
        free(data);
    }
    return 0;
}
