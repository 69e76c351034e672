/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/slips.h"

#include <limits.h>
#include <string.h>

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

unsigned slips_between(const char *a, const char *b)
{
    unsigned rows[SLIPS_WORD_MAX + 1][SLIPS_WORD_MAX + 1];
    size_t height = strlen(a);
    size_t width = strlen(b);

    if (height > SLIPS_WORD_MAX || width > SLIPS_WORD_MAX)
        return UINT_MAX;
    for (size_t i = 0; i <= height; i++) {
        for (size_t j = 0; j <= width; j++) {
            if (i == 0 || j == 0) {
                rows[i][j] = (unsigned)(i + j);
                continue;
            }
            unsigned other = rows[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            rows[i][j] = least(other, least(rows[i - 1][j], rows[i][j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                rows[i][j] = least(rows[i][j], rows[i - 2][j - 2] + 1);
        }
    }
    return rows[height][width];
}
