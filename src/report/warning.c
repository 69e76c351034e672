/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/warning.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/words.h"

void warning_text(struct buffer *out, const struct rights_warning *warning, enum language language)
{
    static const struct {
        const char *code;
        enum word word;
    } known[] = {
        {"notice-date-in-the-future", WORD_WARN_FUTURE},
        {"notice-date-implausible", WORD_WARN_IMPLAUSIBLE},
        {"lien-filed-in-the-future", WORD_WARN_FILED},
        {"lien-filed-implausible", WORD_WARN_FILED},
        {"printed-date-implausible", WORD_WARN_PRINTED},
        {"printed-date-not-a-workday", WORD_WARN_NOT_A_WORKDAY},
        {"printed-date-differs", WORD_WARN_DATE_DIFFERS_LATER},
    };
    enum word word = WORD_WARN_OTHER;
    const char *value = warning->code;
    char days[12];

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].code, warning->code) == 0)
            word = known[i].word;
    }
    if (word == WORD_WARN_DATE_DIFFERS_LATER) {
        snprintf(days, sizeof days, "%d", abs(warning->days));
        value = days;
        if (warning->days < 0)
            word = WORD_WARN_DATE_DIFFERS_EARLIER;
    }
    words_fill(out, word, language, &value, 1);
}

const char *warning_of_reading(const char *code, const char *text, enum language language)
{
    static const struct {
        const char *code;
        const char *spanish;
    } known[] = {
        {"excluded", "en la página hay algo que no debería estar en esta carta"},
        {"first-page-missing", "falta la primera página de esta carta delante de esta"},
        {"heading-differs", "el número dice una carta, pero el título es de otra"},
        {"not-read-to-the-end", "la página no se pudo leer hasta el final"},
        {"notice-date-unsure", "la fecha de la carta se lee distinta en dos lugares"},
        {"number-not-read", "el número no se pudo leer, y las palabras pueden ser de más de una carta"},
        {"number-unsure", "el número se puede leer de más de una manera"},
        {"page-differs", "una página puede ser de otra carta: su fecha o número no concuerda"},
        {"page-unproven", "una página no muestra ni fecha ni número del contribuyente: vea si es de esta carta"},
        {"pages-missing", "parece que faltan páginas de la carta"},
        {"reading-cut-short", "la lectura se cortó antes del final; revise el papel"},
        {"scan-too-coarse", "la imagen tiene muy poca resolución para estar seguro; escanee el papel otra vez a 200 o más"},
        {"sender-unsure", "puede ser una carta del IRS, pero no es seguro"},
        {"two-numbers", "donde la carta dice qué es hay también otro número"},
    };

    for (size_t i = 0; language == LANGUAGE_ES && i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].code, code) == 0)
            return known[i].spanish;
    }
    return text;
}
