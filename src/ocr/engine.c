/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "ocr/engine.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <tesseract/capi.h>

#include "base/limits.h"

enum { HAND_ON_MS = 500 }; /* a dense page's words take some 10 */

struct ocr_engine {
    TessBaseAPI *api;
};

int ocr_engine_new(struct ocr_engine **out, struct error *error)
{
    struct ocr_engine *engine = calloc(1, sizeof *engine);

    if (engine == NULL)
        return error_set(error, ERROR_OUT_OF_MEMORY, "no memory for the recognition engine");
    engine->api = TessBaseAPICreate();
    if (engine->api == NULL || TessBaseAPIInit2(engine->api, NULL, "eng", OEM_LSTM_ONLY) != 0) {
        ocr_engine_free(engine);
        return error_set(error, ERROR_SETUP,
                         "Tesseract's English language data cannot be loaded: install the package tesseract-ocr-eng");
    }
    TessBaseAPISetVariable(engine->api, "debug_file", "/dev/null");
    TessBaseAPISetVariable(engine->api, "textord_all_prop", "1"); /* typewriting is not looked for: it reads the same without */
    *out = engine;
    return 0;
}

void ocr_engine_free(struct ocr_engine *engine)
{
    if (engine == NULL)
        return;
    if (engine->api != NULL) {
        TessBaseAPIEnd(engine->api);
        TessBaseAPIDelete(engine->api);
    }
    free(engine);
}

/* Milliseconds of processor that this process has taken. */
static int64_t spent_ms(void)
{
    struct timespec spent = {0};

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return (int64_t)spent.tv_sec * 1000 + spent.tv_nsec / 1000000;
}

/* Asked by the engine before each of so many words. What Tesseract does with all of them afterwards takes its time for
 * each pair of them, and does not ask. */
static bool is_over(void *until, int words)
{
    return words > PAGE_WORDS_MAX || spent_ms() >= *(const int64_t *)until;
}

/* Hands on every word of the last recognition. Tesseract takes longer for each the more there are, so that noise could take
 * minutes: 1 if it was not done by then. */
static int hand_on_words(struct ocr_engine *engine, int64_t until, ocr_word_fn *on_word, void *context)
{
    TessResultIterator *result = TessBaseAPIGetIterator(engine->api);
    int status = 0;

    if (result == NULL)
        return 0; /* nothing was found */
    const TessPageIterator *place = TessResultIteratorGetPageIteratorConst(result);
    do {
        int left;
        int top;
        int right;
        int bottom;
        char *text = TessResultIteratorGetUTF8Text(result, RIL_WORD);
        if (text == NULL || !TessPageIteratorBoundingBox(place, RIL_WORD, &left, &top, &right, &bottom)) {
            TessDeleteText(text);
            status = spent_ms() >= until;
            continue;
        }
        BOX *box = boxCreate(left, top, right - left, bottom - top);
        status = on_word(context, text, box, TessResultIteratorConfidence(result, RIL_WORD) / 100.0F);
        boxDestroy(&box);
        TessDeleteText(text);
        if (status == 0 && spent_ms() >= until)
            status = 1;
    } while (status == 0 && TessResultIteratorNext(result, RIL_WORD));
    TessResultIteratorDelete(result);
    return status;
}

int ocr_engine_recognise(struct ocr_engine *engine, PIX *picture, int dpi, enum engine_layout layout, int64_t *left_ms,
                         ocr_word_fn *on_word, void *context, struct error *error)
{
    /* Labels, values and columns of a letter are islands of text: the engine's own idea of columns is worse than
     * putting its words together by their places (lines.c). */
    static const TessPageSegMode modes[] = {
        [ENGINE_SCATTERED] = PSM_SPARSE_TEXT, [ENGINE_BLOCK] = PSM_SINGLE_BLOCK, [ENGINE_LINE] = PSM_SINGLE_LINE};
    int64_t start = spent_ms();
    int64_t until = start + *left_ms;
    int status = 0;

    if (*left_ms <= 0)
        return 1;
    ETEXT_DESC *monitor = TessMonitorCreate();
    if (monitor == NULL)
        return error_set(error, ERROR_OUT_OF_MEMORY, "no memory to watch the recognition engine");
    TessMonitorSetCancelFunc(monitor, is_over);
    TessMonitorSetCancelThis(monitor, &until);
    TessBaseAPISetPageSegMode(engine->api, modes[layout]);
    TessBaseAPISetImage2(engine->api, picture);
    TessBaseAPISetSourceResolution(engine->api, dpi);
    if (TessBaseAPIRecognize(engine->api, monitor) != 0)
        status = 1;
    int handed_on = hand_on_words(engine, spent_ms() + HAND_ON_MS, on_word, context);
    if (handed_on < 0)
        status = error_set(error, ERROR_OUT_OF_MEMORY, "no memory for the words of a page");
    else if (handed_on > 0)
        status = 1;
    TessBaseAPIClear(engine->api);
    TessMonitorDelete(monitor);
    *left_ms -= spent_ms() - start;
    return status == 0 && *left_ms <= 0 ? 1 : status;
}

int ocr_engine_read_line(struct ocr_engine *engine, PIX *picture, int dpi, char **out, struct error *error)
{
    TessBaseAPISetPageSegMode(engine->api, PSM_SINGLE_LINE);
    TessBaseAPISetImage2(engine->api, picture);
    TessBaseAPISetSourceResolution(engine->api, dpi);
    char *text = TessBaseAPIGetUTF8Text(engine->api); /* NULL: nothing was recognised */
    TessBaseAPIClear(engine->api);
    *out = strdup(text != NULL ? text : "");
    TessDeleteText(text);
    return *out != NULL ? 0 : error_set(error, ERROR_OUT_OF_MEMORY, "no memory for the text of a line");
}
