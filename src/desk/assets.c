/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The files of web/, in the program itself. A new one needs a line here, and is then a part of the build. */
#include <string.h>

#include "desk/inside.h"

#define TEXT_JS "text/javascript; charset=utf-8"
#define TEXT_CSS "text/css; charset=utf-8"
#define TEXT_HTML "text/html; charset=utf-8"

#define ASSETS                                                                                                         \
    ASSET(desk_html, "desk.html", TEXT_HTML)                                                                           \
    ASSET(entered_html, "entered.html", TEXT_HTML)                                                                     \
    ASSET(locked_html, "locked.html", TEXT_HTML)                                                                       \
    ASSET(desk_css, "desk.css", TEXT_CSS)                                                                              \
    ASSET(sheet_css, "sheet.css", TEXT_CSS)                                                                            \
    ASSET(app_js, "app.js", TEXT_JS)                                                                                   \
    ASSET(kit_js, "kit.js", TEXT_JS)                                                                                   \
    ASSET(paper_js, "paper.js", TEXT_JS)                                                                               \
    ASSET(inbox_js, "inbox.js", TEXT_JS)                                                                               \
    ASSET(letter_js, "letter.js", TEXT_JS)                                                                             \
    ASSET(review_js, "review.js", TEXT_JS)                                                                             \
    ASSET(docket_js, "docket.js", TEXT_JS)                                                                             \
    ASSET(notices_js, "notices.js", TEXT_JS)                                                                           \
    ASSET(audit_js, "audit.js", TEXT_JS)                                                                               \
    ASSET(print_js, "print.js", TEXT_JS)                                                                               \
    ASSET(icon_svg, "icon.svg", "image/svg+xml")

#define ASSET(name, file, type)                                                                                        \
    extern const unsigned char asset_##name[];                                                                         \
    extern const unsigned char asset_##name##_end[];                                                                   \
    __asm__(".pushsection .rodata\n.global asset_" #name "\nasset_" #name ":\n.incbin \"" IRSORT_SOURCE_DATA                \
            "/src/desk/web/" file "\"\n.global asset_" #name "_end\nasset_" #name "_end:\n.byte 0\n.popsection\n");
ASSETS
#undef ASSET

bool asset_find(const char *name, struct asset *out)
{
    static const struct {
        const char *name;
        const char *type;
        const unsigned char *bytes;
        const unsigned char *end;
    } assets[] = {
#define ASSET(name, file, type) {file, type, asset_##name, asset_##name##_end},
        ASSETS
#undef ASSET
    };

    for (size_t i = 0; i < sizeof assets / sizeof *assets; i++) {
        if (strcmp(assets[i].name, name) == 0) {
            *out = (struct asset){assets[i].type, assets[i].bytes, (size_t)(assets[i].end - assets[i].bytes)};
            return true;
        }
    }
    return false;
}
