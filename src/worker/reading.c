/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "worker/reading.h"

#include <stdlib.h>

#include "letter/explain.h"
#include "letter/stack.h"
#include "paper/paper.h"
#include "worker/bare.h"
#include "worker/cascade.h"
#include "worker/draft.h"
#include "worker/show.h"

struct reader {
    const struct catalogue *catalogue;
    struct ocr_engine *engine;
    unsigned extras; /* enum reader_extra */
    reader_page_fn *told; /* NULL: nobody listens */
    const void *told_context;
};

/* The letters of one file. */
struct file_reading {
    struct reader *reader;
    struct letter *letters;
    size_t count;
    struct draft draft;
    bool open;   /* `draft` holds a letter */
    bool turned; /* the page before did not lie upright in the file */
    struct sheet first; /* the first page of the letter in hand, while it may be needed; .page NULL: it is not */
    struct show show;   /* its pages, if painted pictures are wanted */
    size_t shown_bytes; /* of the pictures of all letters */
    struct bare bare;   /* its pages, if bare pictures are wanted */
    struct bare_spent bare_spent;
};

int reader_new(struct reader **out, const struct catalogue *catalogue, struct error *error)
{
    struct reader *reader = calloc(1, sizeof *reader);

    if (reader == NULL)
        return error_set(error, ERROR_OUT_OF_MEMORY, "no memory for the reader");
    reader->catalogue = catalogue;
    if (ocr_engine_new(&reader->engine, error) != 0) {
        free(reader);
        return -1;
    }
    *out = reader;
    return 0;
}

void reader_want(struct reader *reader, unsigned extras)
{
    reader->extras = extras;
}

void reader_tell(struct reader *reader, reader_page_fn *told, const void *context)
{
    reader->told = told;
    reader->told_context = context;
}

void reader_free(struct reader *reader)
{
    if (reader == NULL)
        return;
    ocr_engine_free(reader->engine);
    free(reader);
}

void letters_free(struct letter *letters, size_t count)
{
    for (size_t i = 0; i < count; i++)
        letter_dispose(&letters[i]);
    free(letters);
}

static void open_letter(struct file_reading *file)
{
    draft_init(&file->draft, file->reader->catalogue);
    file->open = true;
}

static void drop_letter(struct file_reading *file)
{
    draft_dispose(&file->draft);
    ocr_page_free(file->first.page);
    file->first.page = NULL;
    show_dispose(&file->show);
    bare_dispose(&file->bare);
    file->open = false;
}

/* Hands the letter in hand to the file's list. */
static int finish_letter(struct file_reading *file, struct error *error)
{
    struct letter *letters = realloc(file->letters, (file->count + 1) * sizeof *letters);
    struct draft *d = &file->draft;
    enum language language = (file->reader->extras & READER_SPANISH) != 0 ? LANGUAGE_ES : LANGUAGE_EN;

    if (letters == NULL)
        return error_set(error, ERROR_OUT_OF_MEMORY, "no memory for a letter");
    file->letters = letters;
    if (draft_close(d, error) != 0)
        return -1;
    if ((file->reader->extras & READER_REASONS) != 0 &&
        explain(&d->letter, d->catalogue, d->texts, d->text_count, error) != 0)
        return -1;
    if (show_paint(&file->show, &d->letter, language, &file->shown_bytes, error) != 0 ||
        bare_hand_over(&file->bare, &d->letter, error) != 0)
        return -1;
    file->letters[file->count++] = d->letter;
    letter_init(&d->letter);
    drop_letter(file);
    return 0;
}

/* Reads one page into the letter it belongs to, unless a glance at it does not do. */
static int take_page(struct file_reading *file, const struct sheet *sheet, bool *unsure, struct error *error)
{
    struct draft *draft = &file->draft;
    bool blank = ocr_page_blank(sheet->page);
    bool begins = false;

    *unsure = false;
    if (!file->open)
        open_letter(file);
    if (blank && sheet->glance) { /* there may be more below */
        *unsure = true;
        return 0;
    }
    if (!blank && draft->text_count > 0) {
        enum cascade_turn turn;
        if (cascade_later_page(draft, file->first.page != NULL ? &file->first : NULL, sheet, &turn, error) != 0)
            return -1;
        *unsure = turn == CASCADE_UNSURE;
        if (*unsure)
            return 0;
        begins = turn == CASCADE_BEGINS;
        if (begins) {
            if (finish_letter(file, error) != 0)
                return -1;
            open_letter(file);
        }
    }
    if (letter_add_page(&draft->letter, sheet->number) != 0)
        return error_set(error, ERROR_OUT_OF_MEMORY, "no memory for a page");
    if (blank && ocr_page_faint(sheet->page))
        draft->faint_page = sheet->number;
    if (blank || draft->text_count > 0)
        return 0;
    if (cascade_first_page(draft, sheet, error) != 0)
        return -1;
    draft->headless = begins && stack_printed_page(&draft->texts[0]) > 1;
    return 0;
}

/* The page is lost, but not the file: it is said in the letter that it came with. */
static int miss_page(struct file_reading *file, unsigned number, struct error *error)
{
    if (!file->open)
        open_letter(file);
    file->draft.damaged_page = number;
    if (letter_add_page(&file->draft.letter, number) != 0)
        return error_set(error, ERROR_OUT_OF_MEMORY, "no memory for a page");
    return 0;
}

static int keep_pictures(struct file_reading *file, const struct sheet *sheet, struct error *error)
{
    unsigned extras = file->reader->extras;

    if ((extras & READER_PICTURES) != 0 && show_keep(&file->show, sheet->page, sheet->number, error) != 0)
        return -1;
    if ((extras & READER_BARE) != 0)
        return bare_keep(&file->bare, sheet, &file->draft.letter, &file->bare_spent, error);
    return 0;
}

static bool is_first(const struct file_reading *file, const struct sheet *sheet)
{
    return file->open && file->draft.text_count > 0 && file->draft.texts[0].number == sheet->number;
}

/* Reads the page with that index as far as that much of its picture allows. */
static int read_detail(struct file_reading *file, struct paper *paper, size_t index, enum paper_detail detail, bool *lost,
                       bool *unsure, struct error *error)
{
    struct sheet sheet = {.engine = file->reader->engine, .number = (unsigned)index + 1, .glance = detail == PAPER_GLANCE};
    struct paper_page picture = {0};
    struct error loading = {0};
    int status = -1;

    if (paper_load(paper, index, detail, &picture, &loading) != 0) {
        *lost = loading.code == ERROR_DAMAGED && paper_page_count(paper) > 1;
        return *lost ? miss_page(file, sheet.number, error) : error_set(error, loading.code, "%s", loading.message);
    }
    if (ocr_page_new(&sheet.page, &picture, error) != 0 || take_page(file, &sheet, unsure, error) != 0)
        goto done;
    file->turned = ocr_page_turned(sheet.page);
    if (picture.incomplete)
        file->draft.damaged_page = sheet.number;
    status = *unsure ? 0 : keep_pictures(file, &sheet, error);
    if (status == 0 && is_first(file, &sheet) && file->draft.nameless && index + 1 < paper_page_count(paper)) {
        file->first = sheet;
        sheet.page = NULL;
    }
done:
    ocr_page_free(sheet.page);
    paper_page_dispose(&picture);
    return status;
}

/* A page that follows gets a glance first: mostly its header says all. `lost` tells that it is damaged. */
static int read_page(struct file_reading *file, struct paper *paper, size_t index, bool *lost, struct error *error)
{
    const struct draft *draft = &file->draft;
    bool glance = file->open && draft->text_count > 0 && !file->turned && !draft_wants_later_pages(draft) &&
                  !draft_lacks_date(draft) && (file->reader->extras & (READER_PICTURES | READER_BARE)) == 0;
    bool unsure = !glance;

    if (glance && read_detail(file, paper, index, PAPER_GLANCE, lost, &unsure, error) != 0)
        return -1;
    return unsure ? read_detail(file, paper, index, PAPER_FULL, lost, &unsure, error) : 0;
}

int reader_read(struct reader *reader, int descriptor, struct letter **letters, size_t *count, struct error *error)
{
    struct file_reading file = {.reader = reader};
    struct paper *paper = NULL;
    int status = -1;

    if (paper_open(&paper, descriptor, error) != 0)
        return -1;
    size_t pages = paper_page_count(paper);
    size_t losses = 0;
    for (size_t i = 0; i < pages; i++) {
        bool lost = false;
        if (reader->told != NULL)
            reader->told(reader->told_context, (unsigned)i + 1, (unsigned)pages);
        if (read_page(&file, paper, i, &lost, error) != 0)
            goto done;
        losses += lost;
    }
    if (losses == pages) {
        error_set(error, ERROR_DAMAGED, "every page of this file is damaged: copy or scan it again");
        goto done;
    }
    if (file.open && finish_letter(&file, error) != 0)
        goto done;
    status = 0;
done:
    paper_close(paper);
    if (file.open)
        drop_letter(&file);
    if (status != 0) {
        letters_free(file.letters, file.count);
        return -1;
    }
    *letters = file.letters;
    *count = file.count;
    return 0;
}
