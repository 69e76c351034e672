/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/warning.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/words.h"

static bool is_end_of_plan(const struct rights_warning *warning)
{
    return warning->right != NULL && *warning->right->rule->clock->printed == FIELD_TERMINATION_DATE;
}

void warning_text(struct buffer *out, const struct rights_warning *warning, enum language language)
{
    static const struct {
        const char *code;
        enum word word;
    } known[] = {
        {"notice-date-ahead", WORD_WARN_AHEAD},
        {"notice-date-in-the-future", WORD_WARN_FUTURE},
        {"notice-date-implausible", WORD_WARN_IMPLAUSIBLE},
        {"lien-filed-in-the-future", WORD_WARN_FILED},
        {"lien-filed-implausible", WORD_WARN_FILED},
        {"lien-filed-after-letter", WORD_WARN_FILED_LATER},
        {"printed-date-implausible", WORD_WARN_PRINTED},
        {"printed-date-not-a-workday", WORD_WARN_NOT_A_WORKDAY},
        {"printed-date-differs", WORD_WARN_DATE_DIFFERS_LATER},
    };
    enum word word = WORD_WARN_OTHER;
    struct short_text day = words_date(warning->day, language);
    struct short_text days = words_day_count((unsigned)abs(warning->days), language);
    const char *const values[] = {day.text, days.text};
    const char *const code = warning->code;

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].code, warning->code) == 0)
            word = known[i].word;
    }
    if (word == WORD_WARN_DATE_DIFFERS_LATER && warning->days < 0)
        word = WORD_WARN_DATE_DIFFERS_EARLIER;
    else if (word == WORD_WARN_DATE_DIFFERS_LATER && is_end_of_plan(warning))
        word = WORD_WARN_ENDS_LATER;
    if (word == WORD_WARN_OTHER)
        words_fill(out, word, language, &code, 1);
    else
        words_fill(out, word, language, values, 2);
}

const char *warning_of_reading(const char *code, const char *text, enum language language)
{
    static const struct {
        const char *code;
        const char *spanish;
    } known[] = {
        {"excluded", "en la página hay algo que no debería estar en esta carta"},
        {"first-page-missing", "falta la primera página de esta carta delante de esta"},
        {"hearing-dates-differ", "el último día para pedir una audiencia se lee distinto en dos lugares; "
                                 "respete el más temprano y que una persona "
                                 "lo revise: una carta posterior o un aviso adjunto puede cambiarlo"},
        {"heading-differs", "el número dice una carta, pero el título es de otra"},
        {"insert-may-move-date", "entre las páginas hay un aviso adjunto que puede fijar otro último día que "
                                 "la carta; léalo: un día posterior que "
                                 "este dé es válido"},
        {"not-read-to-the-end", "la página no se pudo leer hasta el final"},
        {"notice-date-impossible", "donde está la fecha de la carta se leyó una fecha que no puede existir; "
                                   "no se usó: busque la fecha en el papel"},
        {"notice-date-unsure", "la fecha de la carta se lee distinta en dos lugares"},
        {"number-not-read", "el número no se pudo leer, y las palabras pueden ser de más de una carta"},
        {"number-unsure", "el número se puede leer de más de una manera"},
        {"page-damaged", "una página está dañada en el archivo y no se pudo leer entera; escanee la carta otra vez"},
        {"page-differs", "una página puede ser de otra carta: su fecha o número no concuerda"},
        {"page-unproven", "una página no muestra fecha ni número que concuerde: vea si es de esta carta"},
        {"pages-missing", "parece que faltan páginas de la carta"},
        {"reading-cut-short", "la lectura se cortó antes del final; revise el papel"},
        {"scan-too-coarse",
         "la imagen tiene muy poca resolución para estar seguro; escanee el papel otra vez a 200 o más"},
        {"sender-unsure", "puede ser una carta del IRS, pero no es seguro"},
        {"two-numbers", "donde la carta dice qué es hay también otro número"},
    };

    for (size_t i = 0; language == LANGUAGE_ES && i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].code, code) == 0)
            return known[i].spanish;
    }
    return text;
}
