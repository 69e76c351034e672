/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "letter/marks.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "catalogue/regex.h"
#include "letter/fuzzy.h"

/* Zones, as fractions of the upright page. */
#define TITLE_TOP 0.06F
#define TITLE_BOTTOM 0.62F
#define LETTERHEAD_BOTTOM 0.36F
#define FORM_TOP 0.22F
#define FORM_FOOT 0.86F

#define NAMES_IRS 2.5 /* weight of a letterhead mark that is a name of the sender */

enum {
    TITLE_LEAD = 3,       /* words that may stand before a heading in its line: "Final Notice:" */
    TITLE_TRAIL = 2,      /* and after it */
    TITLE_TRIES = 8,      /* places of its words that are looked at */
    TITLE_CONTAINED = 6,  /* a heading that lies in one this much longer says nothing of its own */
    HEADING_WORDS = 22,   /* a paragraph of more words is no heading */
    HEADER_WORDS = 6,     /* a line of more words is a sentence: "Taxpayer Identification Number: XX-XXX4417" */
};

/* ---- headings and phrases ---- */

/* One heading of one wording where it was found on the first page. */
struct title_hit {
    size_t wording;
    size_t title;
    size_t start, end; /* in the page's folded text */
    bool whole;
};

/* For each word of the page: its place in its line and the words of that line. */
struct line_place {
    size_t at, of;
};

static struct line_place *place_words(const struct page_text *page)
{
    struct line_place *places = calloc(page->word_count + 1, sizeof *places);

    for (size_t l = 0; places != NULL && l < page->line_count; l++) {
        for (size_t w = 0; w < page->lines[l].count; w++)
            places[page->lines[l].words[w]] = (struct line_place){w, page->lines[l].count};
    }
    return places;
}

static void mark_words(struct mark *out, const struct page_text *page, size_t first, size_t last)
{
    *out = (struct mark){.found = true, .page = page->number, .box = page->words[first].box};
    for (size_t i = first; i <= last; i++) {
        out->box = box_join(out->box, page->words[i].box);
        utf8_append(out->text, sizeof out->text, " ", i > first);
        utf8_append(out->text, sizeof out->text, page->words[i].text, SIZE_MAX);
    }
}

/* Words are stored line by line, so a run of folded characters is a run of words. */
static void mark_folded(struct mark *out, const struct page_text *page, size_t start, size_t end)
{
    mark_words(out, page, page->folded.words[start], page->folded.words[end - 1]);
}

static bool is_heading(const struct page_text *page, const struct line_place *places, const struct fuzzy_match *match,
                       bool *whole)
{
    size_t first = page->folded.words[match->start];
    size_t last = page->folded.words[match->end - 1];
    struct box box = page->words[first].box;

    if (box.top < TITLE_TOP || box.top > TITLE_BOTTOM || places[first].at > TITLE_LEAD)
        return false;
    size_t trail = places[last].of - 1 - places[last].at;
    *whole = trail <= TITLE_TRAIL;
    return true;
}

/* The words of a heading that stand as one in a part of the page's folded text. The text may say them too, even nearer to what
 * is known of them: then what stands before and behind is searched, so many times at the most. */
static bool find_heading(const char *needle, const struct page_text *page, const struct line_place *places, size_t from,
                         size_t to, unsigned *tries, struct fuzzy_match *match, bool *whole)
{
    if (*tries == 0 || !fuzzy_find(needle, page->folded.text + from, to - from, match))
        return false;
    --*tries;
    match->start += from;
    match->end += from;
    if (is_heading(page, places, match, whole))
        return true;
    size_t start = match->start;
    size_t end = match->end;
    return find_heading(needle, page, places, from, start, tries, match, whole) ||
           find_heading(needle, page, places, end, to, tries, match, whole);
}

/* Finds every heading of every wording on the page; `hits` has room for all. */
static int find_titles(const struct wording *wordings, size_t wording_count, const struct page_text *page,
                       struct title_hit *hits, size_t *count)
{
    struct line_place *places = place_words(page);
    int status = places == NULL ? -1 : 0;

    *count = 0;
    for (size_t n = 0; n < wording_count && status == 0; n++) {
        for (size_t t = 0; t < wordings[n].titles_count && status == 0; t++) {
            struct fuzzy_match match;
            bool whole = false;
            unsigned tries = TITLE_TRIES;
            char *needle = fold_text(wordings[n].titles[t].text);
            if (needle == NULL)
                status = -1;
            else if (find_heading(needle, page, places, 0, page->folded.length, &tries, &match, &whole))
                hits[(*count)++] = (struct title_hit){n, t, match.start, match.end, whole};
            free(needle);
        }
    }
    free(places);
    return status;
}

static bool contained(const struct title_hit *inner, const struct title_hit *outer)
{
    return inner->start + 2 >= outer->start && inner->end <= outer->end + 2 &&
           inner->end - inner->start + TITLE_CONTAINED <= outer->end - outer->start;
}

static int mark_titles(const struct wording *wordings, size_t wording_count, const struct page_text *page,
                       struct feature_hits *hits)
{
    size_t titles = 0;
    size_t count = 0;

    for (size_t n = 0; n < wording_count; n++)
        titles += wordings[n].titles_count;
    struct title_hit *found = calloc(titles + 1, sizeof *found);
    int status = found == NULL ? -1 : find_titles(wordings, wording_count, page, found, &count);

    for (size_t i = 0; i < count && status == 0; i++) {
        bool part = false;
        for (size_t k = 0; k < count; k++)
            part |= contained(&found[i], &found[k]);
        struct feature_hits *hit = &hits[found[i].wording];
        size_t length = found[i].end - found[i].start;
        bool better = !hit->title_mark.found || (found[i].whole && !hit->title_whole) ||
                      (found[i].whole == hit->title_whole && length > hit->title_length);
        if (part || !better)
            continue;
        hit->title = found[i].title;
        hit->title_whole = found[i].whole;
        hit->title_length = length;
        mark_folded(&hit->title_mark, page, found[i].start, found[i].end);
    }
    free(found);
    return status;
}

static void count_phrase(const struct feature *phrase, struct feature_hits *hits)
{
    if (phrase->unverified)
        hits->expected++;
    else
        hits->phrases++;
    hits->always |= phrase->always;
    hits->telling |= phrase->always && !phrase->unverified;
}

static int mark_phrases(const struct wording *wording, const struct page_text *pages, size_t count,
                        struct feature_hits *hits)
{
    for (size_t p = 0; p < wording->phrases_count; p++) {
        struct fuzzy_match match;
        bool found = false;
        char *needle = fold_text(wording->phrases[p].text);
        if (needle == NULL)
            return -1;
        for (size_t i = 0; i < count && !found; i++) {
            found = fuzzy_find(needle, pages[i].folded.text, pages[i].folded.length, &match);
            if (!found)
                continue;
            count_phrase(&wording->phrases[p], hits);
            if (!hits->phrase_mark.found) {
                hits->phrase = p;
                mark_folded(&hits->phrase_mark, &pages[i], match.start, match.end);
            }
        }
        hits->never |= wording->phrases[p].always && !found;
        free(needle);
    }
    hits->never &= !hits->always;
    return 0;
}

struct wording *marks_wordings(const struct catalogue *catalogue, size_t *count)
{
    const struct mail *mail = catalogue_mail(catalogue);
    size_t notices;
    const struct notice *notice = catalogue_notices(catalogue, &notices);
    struct wording *wordings = calloc(notices + mail->others_count + 1, sizeof *wordings);

    *count = notices + mail->others_count;
    for (size_t i = 0; wordings != NULL && i < notices; i++)
        wordings[i] = (struct wording){notice[i].titles, notice[i].titles_count, notice[i].phrases, notice[i].phrases_count};
    for (size_t i = 0; wordings != NULL && i < mail->others_count; i++) {
        const struct other_number *other = &mail->others[i];
        wordings[notices + i] =
            (struct wording){other->titles, other->titles_count, other->phrases, other->phrases_count};
    }
    return wordings;
}

int marks_features(const struct wording *wordings, size_t wording_count, const struct page_text *pages, size_t count,
                   struct feature_hits *hits)
{
    memset(hits, 0, wording_count * sizeof *hits);
    if (count == 0)
        return 0;
    if (mark_titles(wordings, wording_count, &pages[0], hits) != 0)
        return -1;
    for (size_t n = 0; n < wording_count; n++) {
        if (mark_phrases(&wordings[n], pages, count, &hits[n]) != 0)
            return -1;
    }
    return 0;
}

/* ---- whose account ---- */

/* The text has the shape, in which 9 is a digit or an X that hides one. */
static bool has_shape(const char *text, const char *shape)
{
    for (; *text != '\0' && *shape != '\0'; text++, shape++) {
        bool digit = isdigit((unsigned char)*text) || *text == 'X' || *text == '*';
        if (*shape == '9' ? !digit : *text != *shape)
            return false;
    }
    return *text == '\0' && *shape == '\0';
}

static bool is_one_of(const char *text, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(text, list[i]) == 0)
            return true;
    }
    return false;
}

enum recipient marks_recipient(const struct page_text *pages, size_t count)
{
    /* Returns that only an individual files, and that only a business does. */
    static const char *const persons_forms[] = {"1040", "1040-SR", "1040NR", "1040-NR", "1040A", "1040EZ"};
    static const char *const business_forms[] = {"941", "940", "943", "944", "945", "1120", "1120-S", "1120S", "1065", "720"};
    size_t person = 0;
    size_t business = 0;

    for (size_t p = 0; p < count; p++) {
        for (size_t i = 0; i < pages[p].word_count; i++) {
            char word[16];
            snprintf(word, sizeof word, "%s", pages[p].words[i].text);
            word[strcspn(word, ",.;:")] = '\0';
            person += has_shape(word, "999-99-9999") || is_one_of(word, persons_forms, sizeof persons_forms / sizeof *persons_forms);
            business += has_shape(word, "99-9999999") ||
                        is_one_of(word, business_forms, sizeof business_forms / sizeof *business_forms);
        }
    }
    if ((person > 0) == (business > 0))
        return RECIPIENT_ANYONE;
    return person > 0 ? RECIPIENT_INDIVIDUAL : RECIPIENT_BUSINESS;
}

/* ---- the sender ---- */

static void mark_match(struct mark *out, const struct page_text *page, const struct text_run *run,
                       const struct regex_match *match)
{
    bool named = match->start[1] != REGEX_NONE;
    size_t start = match->start[named];
    size_t end = match->end[named];

    *out = (struct mark){.found = true, .named = named, .page = page->number, .box = text_run_box(page, run, start, end)};
    utf8_append(out->text, sizeof out->text, run->text + start, end - start);
}

/* `undecided` is set where that is not known. */
static bool hits_run(const void *code, const struct page_text *page, const struct text_run *run, struct mark *where,
                     bool *undecided)
{
    struct regex_match match;
    int found = regex_find(code, run->text, strlen(run->text), 0, &match);

    *undecided |= found < 0;
    if (found != 1)
        return false;
    mark_match(where, page, run, &match);
    return true;
}

/* The mark in a line between those heights. */
static bool hits_lines(const void *code, const struct page_text *page, float top, float bottom, struct mark *where,
                       bool *undecided)
{
    for (size_t i = 0; i < page->line_count; i++) {
        if (page->lines[i].box.top >= top && page->lines[i].box.bottom <= bottom &&
            hits_run(code, page, &page->lines[i], where, undecided))
            return true;
    }
    return false;
}

/* The place lies in a paragraph in which the IRS warns of swindlers. */
static bool in_caution(const struct mail *mail, const struct page_text *page, struct box place)
{
    struct regex_match match;

    for (size_t p = 0; p < page->paragraph_count; p++) {
        const struct text_run *run = &page->paragraphs[p];
        for (size_t i = 0; box_holds(run->box, place) && i < mail->cautions_count; i++) {
            if (regex_find(mail->cautions[i].code, run->text, strlen(run->text), 0, &match) == 1)
                return true;
        }
    }
    return false;
}

/* The mark somewhere on the page, but in no such paragraph. */
static bool hits_page(const struct mail *mail, const void *code, const struct page_text *page, struct mark *where,
                      bool *undecided)
{
    const struct text_run *whole = &page->whole;
    struct regex_match match;
    int found;

    for (size_t from = 0; (found = regex_find(code, whole->text, strlen(whole->text), from, &match)) == 1;
         from = match.end[0]) {
        mark_match(where, page, whole, &match);
        if (!in_caution(mail, page, where->box))
            return true;
    }
    *undecided |= found < 0;
    return false;
}

void marks_sender(const struct catalogue *catalogue, const struct page_text *page, struct sender *out)
{
    const struct mail *mail = catalogue_mail(catalogue);
    struct mark where;

    *out = (struct sender){0};
    for (size_t i = 0; i < mail->letterhead_count; i++) {
        const struct mail_mark *mark = &mail->letterhead[i];
        out->names_irs |=
            mark->weight >= NAMES_IRS && hits_run(mark->code, page, &page->whole, &where, &out->undecided);
        if (!hits_lines(mark->code, page, 0, LETTERHEAD_BOTTOM, &where, &out->undecided))
            continue;
        out->irs += mark->weight;
        if (out->strongest_irs == NULL || mark->weight > out->strongest_irs->weight) {
            out->strongest_irs = mark;
            out->irs_mark = where;
        }
    }
    for (size_t i = 0; i < mail->imitations_count; i++) {
        const struct mail_mark *mark = &mail->imitations[i];
        if (mark->head ? !hits_lines(mark->code, page, 0, LETTERHEAD_BOTTOM, &where, &out->undecided)
                       : !hits_page(mail, mark->code, page, &where, &out->undecided))
            continue;
        out->imitation += mark->weight;
        if (out->strongest_imitation == NULL || mark->weight > out->strongest_imitation->weight) {
            out->strongest_imitation = mark;
            out->imitation_mark = where;
        }
    }
    for (size_t i = 0; i < mail->enclosures_count && out->enclosure == NULL; i++) {
        const struct mail_mark *mark = &mail->enclosures[i];
        if (hits_lines(mark->code, page, 0, FORM_TOP, &where, &out->undecided) ||
            hits_lines(mark->code, page, FORM_FOOT, 1, &where, &out->undecided)) {
            out->enclosure = mark;
            out->enclosure_mark = where;
        }
    }
}

const struct mail_mark *marks_insert(const struct catalogue *catalogue, const struct page_text *page, struct mark *where)
{
    struct sender sender;

    marks_sender(catalogue, page, &sender);
    *where = sender.enclosure_mark;
    where->undecided = sender.undecided;
    return sender.enclosure != NULL && sender.enclosure->moves_date ? sender.enclosure : NULL;
}

const struct exclusion *marks_exclusion(const struct notice *notice, const struct page_text *page, struct mark *where)
{
    bool undecided = false;

    *where = (struct mark){0};
    for (size_t e = 0; e < notice->excludes_count; e++) {
        for (size_t p = 0; p < page->paragraph_count; p++) {
            const struct text_run *run = &page->paragraphs[p];
            if (run->count <= HEADING_WORDS && run->box.top < TITLE_BOTTOM &&
                hits_run(notice->excludes[e].code, page, run, where, &undecided))
                return &notice->excludes[e];
        }
        for (size_t l = 0; l < page->line_count; l++) { /* a typed header is one long paragraph */
            const struct text_run *line = &page->lines[l];
            if (line->count <= HEADER_WORDS && line->box.bottom < LETTERHEAD_BOTTOM &&
                hits_run(notice->excludes[e].code, page, line, where, &undecided))
                return &notice->excludes[e];
        }
    }
    where->undecided = undecided;
    return NULL;
}

int marks_nearest(const struct page_text *page, const char *words, struct feature_place *out)
{
    struct fuzzy_match match;
    char *needle = fold_text(words);
    struct line_place *places = place_words(page);
    int status = needle == NULL || places == NULL ? -1 : 0;

    *out = (struct feature_place){0};
    if (status == 0) {
        out->allowed = fuzzy_tolerance(strnlen(needle, FUZZY_NEEDLE_MAX));
        if (fuzzy_nearest(needle, page->folded.text, page->folded.length, &match) && match.end > match.start) {
            out->errors = match.errors;
            out->heading = is_heading(page, places, &match, &out->whole);
            mark_folded(&out->mark, page, match.start, match.end);
        }
    }
    free(places);
    free(needle);
    return status;
}
