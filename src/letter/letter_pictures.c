/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Pictures on their way from the process that reads to the one that writes. */
#include <stdlib.h>
#include <string.h>

#include <nettle/base64.h>

#include "letter/letter.h"

static const unsigned char png_signature[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

static json_t *png_json(const unsigned char *png, size_t size)
{
    size_t length = BASE64_ENCODE_RAW_LENGTH(size);
    char *text = malloc(length + 1);

    if (text == NULL)
        return NULL;
    base64_encode_raw(text, size, png);
    json_t *json = json_stringn_nocheck(text, length);
    free(text);
    return json;
}

static json_t *picture_json(const struct letter_picture *picture)
{
    json_t *json = json_pack("{s:i, s:o}", "page", (int)picture->page, "png", png_json(picture->png, picture->size));

    if (json != NULL && picture->full != NULL &&
        json_object_set_new(json, "full", png_json(picture->full, picture->full_size)) < 0) {
        json_decref(json);
        return NULL;
    }
    return json;
}

json_t *letter_pictures_to_json(const struct letter *letter)
{
    json_t *list = json_array();

    for (size_t i = 0; list != NULL && i < letter->picture_count; i++) {
        if (json_array_append_new(list, picture_json(&letter->pictures[i])) < 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static bool has_page(const struct letter *letter, json_int_t page)
{
    for (size_t i = 0; i < letter->page_count; i++) {
        if (letter->pages[i] == page)
            return true;
    }
    return false;
}

/* Takes a PNG out of its text, to be freed. 0; 1 if it makes no sense; -1 on lack of memory. */
static int take_png(const json_t *json, unsigned char **png, size_t *size)
{
    size_t length = json_string_length(json);
    struct base64_decode_ctx context;

    if (!json_is_string(json) || length > BASE64_ENCODE_RAW_LENGTH(LETTER_PICTURE_MAX))
        return 1;
    *size = BASE64_DECODE_LENGTH(length);
    *png = malloc(*size + 1);
    if (*png == NULL)
        return -1;
    base64_decode_init(&context);
    if (base64_decode_update(&context, size, *png, length, json_string_value(json)) == 1 &&
        base64_decode_final(&context) == 1 && *size <= LETTER_PICTURE_MAX && *size > sizeof png_signature &&
        memcmp(*png, png_signature, sizeof png_signature) == 0)
        return 0;
    free(*png);
    return 1;
}

static int take_full(struct letter *letter, const json_t *json)
{
    unsigned char *png;
    size_t size;
    int status = json != NULL ? take_png(json, &png, &size) : 0;

    if (json == NULL || status != 0)
        return status;
    status = letter_add_full_picture(letter, png, size);
    free(png);
    return status;
}

/* 0; 1 if it makes no sense; -1 on lack of memory. */
static int take_picture(struct letter *letter, const json_t *json)
{
    json_int_t page = json_integer_value(json_object_get(json, "page"));
    json_int_t before = letter->picture_count > 0 ? letter->pictures[letter->picture_count - 1].page : 0;
    unsigned char *png;
    size_t size;

    if (page <= before || !has_page(letter, page))
        return 1;
    int status = take_png(json_object_get(json, "png"), &png, &size);
    if (status != 0)
        return status;
    status = letter_add_picture(letter, (unsigned)page, png, size);
    free(png);
    return status == 0 ? take_full(letter, json_object_get(json, "full")) : status;
}

int letter_pictures_from_json(struct letter *letter, const json_t *json, struct error *error)
{
    if (json == NULL)
        return 0;
    int status = json_is_array(json) ? 0 : 1;
    for (size_t i = 0; status == 0 && i < json_array_size(json); i++)
        status = take_picture(letter, json_array_get(json, i));
    if (status == 0)
        return 0;
    letter_drop_pictures(letter);
    return status < 0 ? error_set(error, ERROR_OUT_OF_MEMORY, "not enough memory for a picture")
                      : error_set(error, ERROR_WORKER_DIED,
                                  "reading this file gave an answer that makes no sense (pictures)");
}
