/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "letter/identify.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/taxpayer.h"
#include "base/utf8.h"
#include "letter/weigh.h"

/* What it takes. */
#define SURE 0.98            /* with a number */
#define SURE_BY_WORDS 0.97   /* without one */
#define IMITATION_PLAIN 2.0  /* from here on another sender shows so plainly that naming the IRS changes nothing */
#define WORDS_OF_LISTED 0.6  /* two expected phrases or one seen: it may be a listed letter */
#define LISTED_MOST 0.05     /* probability left for all listed letters, if it is to be an unlisted one */
#define LISTED_PERHAPS 0.1   /* of the model: a letter of the IRS without a number is none of the listed ones below this */
#define IRS_SURE 3.0         /* letterhead minus imitations: the labels of a notice alone are in a clinic's sheet too */
#define IRS_NOT 1.0
#define IRS_LETTERHEAD 5.0   /* the department and the service in a letterhead: with a number, never surely another's */
#define SURE_NUMBER 0.9      /* of an unlisted letter, to print it */
#define CLEAR_NUMBER 0.9F    /* OCR's trust in a number that is not torn, faded or blurred */
#define OFFICIAL_TITLE 5.0   /* weight of an enclosure's mark that needs no mention of the IRS beside it */
#define CANDIDATE_LEAST 0.02
#define WORDS_MARGIN 3.0     /* log 20 */
#define WORDS_AHEAD 0.5      /* the same where the number was read: twins that share the words have none */
enum {
    LEGIBLE_LETTERS = 60,
    LISTED_TITLE = 28, /* folded characters of a heading that no unheard-of letter has by chance */
};

/* ---- evidence and candidates ---- */

static bool is_listed(const struct letter *letter, const struct evidence *evidence)
{
    for (size_t i = 0; i < letter->evidence_count; i++) {
        if (strcmp(letter->evidence[i].rule, evidence->rule) == 0 && strcmp(letter->evidence[i].text, evidence->text) == 0)
            return true;
    }
    return false;
}

/* Where the list is full, what says the same as an entry of it is no loss. */
static void add_evidence(struct letter *letter, const char *kind, const char *owner, const char *name, unsigned page,
                         struct box box, const char *text)
{
    struct evidence evidence = {.page = page, .box = box};

    snprintf(evidence.kind, sizeof evidence.kind, "%s", kind);
    snprintf(evidence.rule, sizeof evidence.rule, "%s/%s", owner, name);
    utf8_append(evidence.text, sizeof evidence.text, text, SIZE_MAX);
    taxpayer_mask(evidence.text);
    if (letter->evidence_count < LETTER_EVIDENCE_MAX)
        letter->evidence[letter->evidence_count++] = evidence;
    else if (!is_listed(letter, &evidence))
        letter_warn_cut_short(letter);
}

static void add_mark(struct letter *letter, const char *kind, const char *owner, const char *name,
                     const struct mark *mark)
{
    add_evidence(letter, kind, owner, name, mark->page, mark->box, mark->text);
}

/* The first candidate's confidence is the model's; the others share the rest by their weights. -1
 * without memory: a letter for review must not lack what it may be. */
static int list_candidates(const struct weighing *w, struct letter *letter)
{
    bool *taken = calloc(w->notice_count + 1, sizeof *taken);
    double most = 1;
    double rest = 1;

    letter->candidate_count = 0;
    if (taken == NULL)
        return -1;
    while (letter->candidate_count < LETTER_CANDIDATES_MAX) {
        size_t next = weigh_likeliest(w, taken);
        if (next == w->notice_count)
            break;
        double score = w->hypotheses[next].score;
        double confidence = w->probability;
        if (letter->candidate_count == 0) {
            most = score;
            rest = 1 - score;
        } else {
            /* no share is over 1, so that none comes out above the first by rounding */
            confidence = fmin(rest > 0 ? (1 - w->probability) * score / rest : 0, w->probability * (score / most));
        }
        bool asked = letter->candidate_count == 0 && letter->status == LETTER_REVIEW; /* a person is asked about something */
        if (confidence < CANDIDATE_LEAST && !asked)
            break;
        taken[next] = true;
        struct candidate *candidate = &letter->candidates[letter->candidate_count++];
        snprintf(candidate->id, sizeof candidate->id, "%s", w->notices[next].id);
        candidate->confidence = fmin(confidence, 1);
    }
    free(taken);
    return 0;
}

/* The look at that print that is shown for it: one that says the same as the verdict, if there is one. NULL if the print
 * was shown before. */
static const struct number_reading *look_to_show(const struct weighing *w, size_t reading)
{
    const struct number_reading *first = &w->readings[reading];
    const struct number_reading *shown = first;

    for (size_t i = 0; i < reading; i++) {
        if (number_same_print(&w->readings[i], first))
            return NULL;
    }
    for (size_t i = w->reading_count; i-- > reading;) {
        if (number_same_print(&w->readings[i], first) && weigh_supports(w, &w->readings[i], &w->hypotheses[w->best]))
            shown = &w->readings[i];
    }
    return shown;
}

static void list_evidence(const struct weighing *w, struct letter *letter)
{
    const struct hypothesis *best = &w->hypotheses[w->best];
    const char *owner = best->notice ? best->notice->id : "number";

    for (size_t i = 0; i < w->reading_count; i++) {
        const struct number_reading *r = look_to_show(w, i);
        if (r != NULL)
            add_evidence(letter, "number", weigh_supports(w, r, best) ? owner : "other", "number", r->page, r->box, r->text);
    }
    if (best->notice != NULL) {
        char name[32];
        const struct feature_hits *hits = &w->hits[w->best];
        if (hits->title_mark.found) {
            snprintf(name, sizeof name, "titles[%zu]", hits->title);
            add_mark(letter, "title", owner, name, &hits->title_mark);
        }
        if (hits->phrase_mark.found) {
            snprintf(name, sizeof name, "phrases[%zu]", hits->phrase);
            add_mark(letter, "phrase", owner, name, &hits->phrase_mark);
        }
    }
    if (w->sender.strongest_irs != NULL)
        add_mark(letter, "letterhead", "mail", w->sender.strongest_irs->name, &w->sender.irs_mark);
    if (w->sender.strongest_imitation != NULL)
        add_mark(letter, "imitation", "mail", w->sender.strongest_imitation->name, &w->sender.imitation_mark);
    if (w->sender.enclosure != NULL)
        add_mark(letter, "enclosure", "mail", w->sender.enclosure->name, &w->sender.enclosure_mark);
}

/* A number is printed clearly that no notice has: some letter that nobody has told of. */
static bool has_clear_number(const struct weighing *w)
{
    for (size_t i = 0; i < w->reading_count; i++) {
        const struct number_reading *r = &w->readings[i];
        if (r->place != PLACE_LINK && r->confidence > CLEAR_NUMBER && number_well_formed(r))
            return true;
    }
    return false;
}

/* Nothing but headings and words says what it is, and they are those of this notice alone. */
static bool known_by_words(const struct weighing *w)
{
    const struct feature_hits *hits = &w->hits[w->best];

    if (has_clear_number(w) || w->probability < SURE_BY_WORDS || !hits->title_whole || weigh_words_margin(w, w->best) < WORDS_MARGIN)
        return false;
    bool seen = !w->hypotheses[w->best].notice->titles[hits->title].unverified;
    return hits->phrases + hits->expected > 0 || seen;
}

static double legible(const struct weighing *w)
{
    double letters = 0;

    for (size_t p = 0; p < w->page_count; p++) {
        for (size_t i = 0; i < w->pages[p].word_count; i++) {
            const struct ocr_word *word = &w->pages[p].words[i];
            size_t length = strlen(word->text);
            if (word->confidence > 0.6F && length >= 3)
                letters += (double)length;
        }
    }
    return letters;
}

/* ---- the verdict ---- */

/* Everything that forbids to call a listed letter identified; each says why. True if there is nothing. */
static bool nothing_against(const struct weighing *w, struct letter *letter)
{
    size_t best = w->best;
    const struct hypothesis *h = &w->hypotheses[best];
    const struct notice *notice = h->notice;
    size_t support = weigh_own_support(w);
    struct mark where;

    if (weigh_sender(w) < IRS_SURE)
        letter_warn(letter, "sender-unsure", "it looks like %s, but not surely like a letter from the IRS itself",
                    notice->printed);
    if (support == 0 && !known_by_words(w))
        letter_warn(letter, "number-not-read", "the number could not be read, and the words fit more than one notice");
    if (support > 0 && fmin(h->score, w->probability) < SURE)
        letter_warn(letter, "number-unsure", "the number could be read in more than one way");
    for (size_t i = 0; i < w->reading_count; i++) {
        if (weigh_is_second(w, &w->readings[i], h) ||
            (weigh_contradicts(w, &w->readings[i], h) && !weigh_outvoted(w, &w->readings[i], h)))
            letter_warn(letter, "two-numbers", "another number stands where a letter says what it is: %s",
                        w->readings[i].text);
    }
    const struct notice *rival = weigh_rival_title(w, best);
    if (rival != NULL)
        letter_warn(letter, "heading-differs", "the number says %s, but the heading is that of %s", notice->printed,
                    rival->printed);
    const struct notice *words = support > 0 ? weigh_rival_words(w, best) : NULL;
    if (words != NULL)
        letter_warn(letter, "heading-differs", "the number says %s, but the words are those of %s", notice->printed,
                    words->printed);
    const struct exclusion *exclusion = marks_exclusion(notice, &w->pages[0], &where);
    if (exclusion != NULL) {
        letter_warn(letter, "excluded", "%s", exclusion->why);
        add_mark(letter, "exclusion", notice->id, "excludes", &where);
    } else if (where.undecided) {
        letter_warn_cut_short(letter);
    }
    return letter->warning_count == 0;
}

static void name_it(struct letter *letter, const struct hypothesis *h)
{
    if (h->printed != NULL)
        snprintf(letter->printed, sizeof letter->printed, "%s", h->printed);
    else
        number_print(h->number, letter->printed, sizeof letter->printed);
}

/* "Form 12153": what the mark took for its name, or the mark's own. */
static void name_enclosure(const struct weighing *w, struct letter *letter)
{
    const struct sender *sender = &w->sender;

    letter->printed[0] = '\0';
    utf8_append(letter->printed, sizeof letter->printed,
                sender->enclosure_mark.named ? sender->enclosure_mark.text : sender->enclosure->name, SIZE_MAX);
}

/* The whole heading of a listed notice stands on its own line. */
static bool heads_like_listed(const struct weighing *w)
{
    for (size_t i = 0; i < w->notice_count; i++) {
        if (w->hits[i].title_mark.found && w->hits[i].title_whole && w->hits[i].title_length >= LISTED_TITLE)
            return true;
    }
    return false;
}

/* A number that nobody knows is a listed one but for a single character: damage that every look shares can make it so. */
static bool nearly_listed(const struct weighing *w, const char *number)
{
    for (size_t i = 0; i < w->notice_count; i++) {
        for (unsigned n = 0; n < w->notices[i].numbers_count; n++) {
            const char *listed = w->notices[i].numbers[n];
            size_t apart = 0;
            for (size_t c = 0; number[c] != '\0' && listed[c] != '\0'; c++)
                apart += number[c] != listed[c];
            if (strlen(number) == strlen(listed) && apart == 1)
                return true;
        }
    }
    return false;
}

static void decide(const struct weighing *w, struct letter *letter, bool whole)
{
    const struct hypothesis *h = &w->hypotheses[w->best];
    size_t support = weigh_support(w, h, true);
    bool any_title = false;

    for (size_t i = 0; i < w->notice_count; i++)
        any_title |= w->hits[i].title_mark.found;
    if (legible(w) < LEGIBLE_LETTERS && support == 0) {
        letter->status = LETTER_UNREADABLE;
        return;
    }
    if (w->sender.enclosure != NULL && weigh_own_support(w) == 0) {
        bool official = w->sender.names_irs || w->sender.enclosure->weight >= OFFICIAL_TITLE;
        letter->status = official ? LETTER_IRS_UNLISTED : LETTER_NOT_IRS;
        name_enclosure(w, letter);
        return;
    }
    bool outdone = w->sender.imitation > w->sender.irs && w->sender.irs < IRS_LETTERHEAD;
    bool speaks_of_irs = (w->sender.names_irs || any_title) && w->sender.imitation < IMITATION_PLAIN;
    if (weigh_sender(w) < IRS_NOT && (support == 0 || outdone) && !speaks_of_irs) {
        letter->status = LETTER_NOT_IRS;
        return;
    }
    if (h->notice != NULL && (support > 0 || any_title)) {
        bool sure = nothing_against(w, letter);
        letter->status = sure && (whole || support > 0) ? LETTER_IDENTIFIED : LETTER_REVIEW;
        if (letter->status == LETTER_IDENTIFIED)
            snprintf(letter->id, sizeof letter->id, "%s", h->notice->id);
        if (support > 0 || letter->status == LETTER_IDENTIFIED)
            name_it(letter, h);
        if (sure && letter->status == LETTER_REVIEW)
            letter_warn(letter, "not-read-to-the-end", "the page could not be read to its end");
        return;
    }
    double listed = 0;
    for (size_t i = 0; i < w->notice_count; i++)
        listed += w->hypotheses[i].score;
    if (support > 0 && (h->notice != NULL || fmax(listed, w->probability) > LISTED_MOST)) {
        letter->status = LETTER_REVIEW;
        letter_warn(letter, "number-unsure", "the number could be read in more than one way");
        return;
    }
    if (support == 0 && (weigh_words(w, h) >= WORDS_OF_LISTED || w->probability >= LISTED_PERHAPS)) {
        letter->status = LETTER_REVIEW;
        letter_warn(letter, "number-not-read", "the number could not be read, so it may be a listed letter");
        return;
    }
    if (weigh_sender(w) < IRS_SURE) {
        letter->status = LETTER_REVIEW;
        letter_warn(letter, "sender-unsure", "this may be a letter from the IRS, but not surely");
        return;
    }
    if (support > 0 && h->other == NULL && (heads_like_listed(w) || nearly_listed(w, h->number))) {
        letter->status = LETTER_REVIEW;
        letter_warn(letter, "number-unsure", "the number could be read in more than one way");
        return;
    }
    letter->status = LETTER_IRS_UNLISTED;
    if (support > 0 && h->score >= SURE_NUMBER)
        name_it(letter, h);
}

/* An insert among the later pages can set another last day: that one rules, if it can be read. */
static void look_for_inserts(const struct weighing *w, struct letter *letter)
{
    if (letter->status != LETTER_IDENTIFIED && letter->status != LETTER_REVIEW)
        return;
    for (size_t i = 1; i < w->page_count; i++) {
        struct mark where;
        const struct mail_mark *insert = marks_insert(w->catalogue, &w->pages[i], &where);
        if (where.undecided)
            letter_warn_cut_short(letter);
        if (insert == NULL)
            continue;
        letter_warn(letter, "insert-may-move-date",
                    "page %u is an insert (%s) that can set another last day than the letter; read it: a later day that "
                    "it gives counts",
                    w->pages[i].number, where.named ? where.text : insert->name);
        add_mark(letter, "enclosure", "mail", insert->name, &where);
    }
}

/* Spanish, if its little words outnumber the English ones. */
static enum language tell_language(const struct page_text *page)
{
    static const char *const spanish[] = {"de", "la", "el", "su", "que", "del", "los", "usted"};
    static const char *const english[] = {"the", "of", "your", "you", "to", "we", "and", "this"};
    size_t es = 0;
    size_t en = 0;

    for (size_t i = 0; i < page->word_count; i++) {
        for (size_t k = 0; k < sizeof spanish / sizeof *spanish; k++) {
            es += strcasecmp(page->words[i].text, spanish[k]) == 0;
            en += strcasecmp(page->words[i].text, english[k]) == 0;
        }
    }
    return es > en ? LANGUAGE_ES : LANGUAGE_EN;
}

static void reset(struct letter *letter)
{
    memset(letter->traits, 0, sizeof letter->traits);
    letter->status = LETTER_REVIEW;
    letter->id[0] = '\0';
    letter->printed[0] = '\0';
    letter->confidence = 0;
    letter->candidate_count = 0;
    letter->evidence_count = 0;
    letter->warning_count = 0;
}

/* Its heading agrees with the number, or, as form letters may have none, words that are clearly more its own than any other's. */
static bool says_the_same(const struct weighing *w)
{
    const struct feature_hits *hits = &w->hits[w->best];

    return hits->title_mark.found || (hits->phrases + hits->expected > 0 && weigh_words_margin(w, w->best) >= WORDS_AHEAD);
}

int identify(struct letter *letter, const struct catalogue *catalogue, const struct page_text *pages, size_t count,
             bool whole, bool *enough, struct error *error)
{
    struct weighing w;
    int status = -1;

    reset(letter);
    *enough = false;
    if (weigh(&w, catalogue, pages, count, whole, letter->traits) != 0) {
        error_set(error, ERROR_OUT_OF_MEMORY, "no memory to identify a letter");
        goto done;
    }
    snprintf(letter->likeliest, sizeof letter->likeliest, "%s", w.notices[weigh_likeliest(&w, NULL)].id);
    letter->language = tell_language(&pages[0]);
    decide(&w, letter, whole);
    bool listed = letter->status == LETTER_IDENTIFIED || letter->status == LETTER_REVIEW;
    letter->confidence = listed ? w.probability : 1 - w.probability;
    if (list_candidates(&w, letter) != 0) {
        error_set(error, ERROR_OUT_OF_MEMORY, "no memory to identify a letter");
        goto done;
    }
    list_evidence(&w, letter);
    look_for_inserts(&w, letter);
    if (w.sender.undecided || (w.reading_count > 0 && w.readings[w.reading_count - 1].more))
        letter_warn_cut_short(letter);
    *enough = letter->status == LETTER_IDENTIFIED && says_the_same(&w);
    status = 0;
done:
    weigh_dispose(&w);
    return status;
}

bool identify_lacks_number(const struct letter *letter)
{
    return letter_has_warning(letter, "number-not-read");
}
