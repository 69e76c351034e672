/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* PDF files, from their header to a page in grey; and whether their end is there. */
#include "paper/sniff.h"
#include "papers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (sniff(data, size) != KIND_PDF)
        return 0;
    papers_look_for_end(data, size);
    papers_read(data, size);
    return 0;
}
