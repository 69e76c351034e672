/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "source/source.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buffer.h"

static const struct place file_start = {1, 1};

static int read_all(FILE *file, struct source *source)
{
    struct stat status;

    if (fstat(fileno(file), &status) != 0)
        return -1;
    if (!S_ISREG(status.st_mode)) {
        errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
        return -1;
    }
    if (status.st_size > SOURCE_BYTES_MAX) {
        errno = EFBIG;
        return -1;
    }
    source->bytes = malloc((size_t)status.st_size + 1);
    if (source->bytes == NULL)
        return -1;
    source->length = fread(source->bytes, 1, (size_t)status.st_size, file);
    source->bytes[source->length] = '\0';
    return ferror(file) ? -1 : 0;
}

int source_open(struct source *source, const char *path, struct fault_log *log)
{
    int result = -1;
    FILE *file = NULL;

    *source = (struct source){.path = strdup(path)};
    if (source->path == NULL) {
        error_set(log->error, ERROR_OUT_OF_MEMORY, "no memory for the name of a file");
        log->count++;
        goto done;
    }
    file = fopen(path, "re");
    if (file == NULL || read_all(file, source) != 0) {
        fault_tell(log, path, file_start, "", "cannot read this file: %s", strerror(errno));
        goto done;
    }
    result = 0;
done:
    if (file != NULL)
        fclose(file);
    if (result != 0)
        source_dispose(source);
    return result;
}

void source_dispose(struct source *source)
{
    if (source->has_document)
        yaml_document_delete(&source->document);
    free(source->path);
    free(source->bytes);
    *source = (struct source){0};
}

void *source_memory(void *block, size_t size)
{
    return cyaml_mem(NULL, block, size);
}

static struct place place_of(yaml_mark_t mark)
{
    return (struct place){(unsigned)mark.line + 1, (unsigned)mark.column + 1};
}

/* The file as libyaml's tree; on failure the parser's mark and words. */
static bool parse(struct source *source, struct place *place, char *what, size_t size)
{
    yaml_parser_t parser;

    if (source->has_document)
        return true;
    if (!yaml_parser_initialize(&parser))
        return false;
    yaml_parser_set_input_string(&parser, (const unsigned char *)source->bytes, source->length);
    if (yaml_parser_load(&parser, &source->document)) {
        source->has_document = true;
    } else if (place != NULL) {
        *place = place_of(parser.problem_mark);
        snprintf(what, size, "%s%s%s", parser.context != NULL ? parser.context : "",
                 parser.context != NULL ? ": " : "", parser.problem != NULL ? parser.problem : "no memory");
    }
    yaml_parser_delete(&parser);
    return source->has_document;
}

bool source_syntax_error(struct source *source, struct place *place, char *what, size_t size)
{
    *place = file_start;
    what[0] = '\0';
    return !parse(source, place, what, size);
}

/* The pair of the mapping whose key is the `length` bytes at `key`; the last, as a repeated one is the fault.
 */
static const yaml_node_pair_t *find_pair(yaml_document_t *document, const yaml_node_t *node, const char *key,
                                         size_t length)
{
    const yaml_node_pair_t *found = NULL;

    if (node->type != YAML_MAPPING_NODE)
        return NULL;
    for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top;
         pair++) {
        const yaml_node_t *name = yaml_document_get_node(document, pair->key);
        if (name->type == YAML_SCALAR_NODE && name->data.scalar.length == length &&
            memcmp(name->data.scalar.value, key, length) == 0)
            found = pair;
    }
    return found;
}

/* Walks `path` down from the root as far as it goes. `whole`: the path was walked to its end. */
static const yaml_node_t *walk(struct source *source, const char *path, const yaml_node_t **last_key)
{
    yaml_document_t *document = &source->document;
    const yaml_node_t *node = yaml_document_get_root_node(document);

    *last_key = NULL;
    while (node != NULL && *path != '\0') {
        const yaml_node_t *next = NULL;
        if (*path == '[') {
            char *end;
            unsigned long index = strtoul(path + 1, &end, 10);
            if (node->type == YAML_SEQUENCE_NODE &&
                index < (size_t)(node->data.sequence.items.top - node->data.sequence.items.start))
                next = yaml_document_get_node(document, node->data.sequence.items.start[index]);
            *last_key = NULL;
            path = *end == ']' ? end + 1 : end;
        } else {
            path += *path == '.';
            size_t length = strcspn(path, ".[");
            const yaml_node_pair_t *pair = find_pair(document, node, path, length);
            *last_key = NULL;
            if (pair != NULL) {
                next = yaml_document_get_node(document, pair->value);
                *last_key = yaml_document_get_node(document, pair->key);
            }
            path += length;
        }
        if (next == NULL)
            break;
        node = next;
    }
    return node;
}

static struct place locate(struct source *source, const char *path, bool key)
{
    const yaml_node_t *last_key = NULL;

    if (!parse(source, NULL, NULL, 0))
        return file_start;
    const yaml_node_t *node = walk(source, path, &last_key);
    if (key && last_key != NULL)
        node = last_key;
    return node != NULL ? place_of(node->start_mark) : file_start;
}

struct place source_locate(struct source *source, const char *path)
{
    return locate(source, path, false);
}

struct place source_locate_key(struct source *source, const char *path)
{
    return locate(source, path, true);
}

void source_path(char out[SOURCE_PATH_SIZE], const char *path, const char *key, unsigned index)
{
    struct buffer buffer;

    buffer_init(&buffer, SOURCE_PATH_SIZE - 1);
    buffer_text(&buffer, path);
    if (key != NULL)
        buffer_printf(&buffer, "%s%s", path[0] != '\0' ? "." : "", key);
    else
        buffer_printf(&buffer, "[%u]", index);
    snprintf(out, SOURCE_PATH_SIZE, "%s", buffer.data != NULL ? buffer.data : "");
    buffer_dispose(&buffer);
}

void source_fault(struct source *source, struct fault_log *log, const char *path, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fault_tell_list(log, source->path, source_locate(source, path), path, format, args);
    va_end(args);
}
