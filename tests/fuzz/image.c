/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Pictures of every kind but PDF: told by their first bytes, their directories and headers read, decoded. A directory
 * stays inside its file, and a chain of them ends. Whether the file's own end is there. */
#include "paper/ifd.h"
#include "paper/sniff.h"
#include "papers.h"

/* Pixels: a larger one is decoded by the same lines, only slower. Its header is read all the same. */
enum { DECODED_MAX = 4 * 1000 * 1000 };

static bool is_large(const uint8_t *data, size_t size)
{
    l_int32 width = 0;
    l_int32 height = 0;

    if (pixReadHeaderMem(data, size, NULL, &width, &height, NULL, NULL, NULL) != 0)
        return false;
    return (int64_t)width * height > DECODED_MAX;
}

static void follow_directories(const uint8_t *data, size_t size)
{
    struct ifd_file file;
    struct ifd ifd;

    if (!ifd_open(&file, data, size))
        return;
    uint64_t offset = file.first;
    for (int i = 0; i < 100 && offset != 0 && ifd_read(&file, offset, &ifd); i++) {
        MUST(offset < size);
        MUST(ifd.orientation >= 0 && ifd.orientation <= 8 && !(ifd.xres < 0) && !(ifd.yres < 0));
        offset = ifd.next;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum paper_kind kind = sniff(data, size);

    follow_directories(data, size);
    papers_look_for_end(data, size);
    setMsgSeverity(L_SEVERITY_NONE);
    if (kind != KIND_PDF && size > 0 && !is_large(data, size))
        papers_read(data, size);
    return 0;
}
