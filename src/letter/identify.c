/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "letter/identify.h"

#include <ctype.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "letter/marks.h"
#include "letter/number.h"
#include "letter/values.h"

/* ---- how evidence becomes a probability ---- */

/* Shares of the mail that a clinic sees, before anything is read. */
#define SHARE_LISTED 0.60
#define SHARE_KIN 0.125  /* not listed, but their words are known: those that are seen beside the listed ones */
#define SHARE_OTHER 0.125
#define SHARE_UNKNOWN 0.15
#define UNKNOWN_NUMBERS 1500.0 /* numbers that exist and stand in no list */

/* Probability that what stands in a number's place is not this letter's number, and the chance of each junk token. */
static const double junk_share[] = {
    [PLACE_HEADER] = 0.01, [PLACE_FOOTER] = 0.01, [PLACE_STUB] = 0.03, [PLACE_LINK] = 0.20};
#define JUNK_TOKEN (1.0 / 20000)

/* Two looks at one print share its damage: the second counts for half. */
#define SECOND_LOOK 0.5

/* Natural log units. */
#define TITLE_PER_CHARACTER 0.20
#define TITLE_MOST 7.0
#define TITLE_PART 0.30   /* share that counts where more stands in the heading */
#define PHRASE 0.8
#define EXPECTED 0.3      /* a phrase that no source shows */
#define TELLING 3.0       /* the words that set a notice apart from its twins */
#define ANOTHERS 5.0      /* an individual's notice on a business's account, or the other way */
enum { PHRASES_COUNTED = 3 };

/* What it takes. */
#define SURE 0.98            /* with a number */
#define SURE_BY_WORDS 0.97   /* without one */
#define IMITATION_PLAIN 2.0  /* from here on another sender shows so plainly that naming the IRS changes nothing */
#define WORDS_OF_LISTED 0.6  /* two expected phrases or one seen: it may be a listed letter */
#define LISTED_MOST 0.05     /* probability left for all listed letters, if it is to be an unlisted one */
#define LISTED_PERHAPS 0.1   /* of the model: a letter of the IRS without a number is none of the listed ones below this */
#define IRS_SURE 3.0         /* letterhead minus imitations: the labels of a notice alone are in a clinic's sheet too */
#define IRS_NOT 1.0
#define IRS_FOOT 1.5         /* "Letter 1058 (Rev. 9-2017)" at the foot */
#define IRS_STUB 1.0
#define IRS_LETTERHEAD 5.0   /* the department and the service in a letterhead: with a number, never surely another's */
#define SURE_NUMBER 0.9      /* of an unlisted letter, to print it */
#define OFFICIAL_TITLE 5.0   /* weight of an enclosure's mark that needs no mention of the IRS beside it */
#define CANDIDATE_LEAST 0.02
#define RIVAL 3.9            /* log 50: a reading that fits another number this much better contradicts */
#define RIVAL_TITLE 28       /* folded characters of a heading that weighs enough to contradict */
#define WORDS_MARGIN 3.0     /* log 20 */
#define LINK_WORDS 0.8       /* one phrase that a source shows */
enum { LEGIBLE_LETTERS = 60 };

/* What the letter could be: a notice of the catalogue, another number that is listed, or one that was just read. */
struct hypothesis {
    const struct notice *notice;     /* or NULL */
    const struct other_number *other; /* or NULL */
    double words;                    /* log, what headings, words and recipient say */
    const char *number;              /* of others and of unknown ones */
    const char *printed;             /* or NULL */
    double share;                    /* log, before anything is read */
    double score;                    /* log, later probability */
};

struct weighing {
    const struct catalogue *catalogue;
    const struct page_text *pages;
    size_t page_count;
    struct number_reading readings[NUMBER_READINGS_MAX];
    size_t reading_count;
    const struct notice *notices;
    size_t notice_count;
    struct wording *wordings;        /* of the notices, then of the others */
    struct feature_hits *hits;       /* of each wording */
    bool unnumbered;                 /* read to the end, and no number where one stands: what is missing speaks too */
    enum recipient recipient;
    struct sender sender;
    struct hypothesis *hypotheses;   /* the notices first, in catalogue order */
    size_t hypothesis_count;
    size_t best;                     /* index of the likeliest */
    double probability;              /* that the likeliest listed notice is the right one, by the model */
};

/* How well the reading fits the notice: the best of its numbers. */
static double fits_notice(const struct weighing *w, const struct number_reading *reading, const struct notice *notice)
{
    double best = -INFINITY;

    for (unsigned i = 0; i < notice->numbers_count; i++)
        best = fmax(best, number_likelihood(w->catalogue, reading, notice->numbers[i]));
    return best;
}

static double fits(const struct weighing *w, const struct number_reading *reading, const struct hypothesis *h)
{
    return h->notice ? fits_notice(w, reading, h->notice) : number_likelihood(w->catalogue, reading, h->number);
}

static bool is_listed(const struct weighing *w, const char *token)
{
    const struct mail *mail = catalogue_mail(w->catalogue);

    if (catalogue_find_notice(w->catalogue, token) != NULL)
        return true;
    for (size_t i = 0; i < mail->others_count; i++) {
        if (strcmp(mail->others[i].number, token) == 0)
            return true;
    }
    return false;
}

static int make_hypotheses(struct weighing *w)
{
    const struct mail *mail = catalogue_mail(w->catalogue);
    size_t room = w->notice_count + mail->others_count + w->reading_count;
    struct hypothesis *h = calloc(room + 1, sizeof *h);
    size_t count = 0;
    size_t kin = 0;

    w->hypotheses = h;
    if (h == NULL)
        return -1;
    for (size_t i = 0; i < mail->others_count; i++)
        kin += mail->others[i].titles_count > 0;
    for (size_t i = 0; i < w->notice_count; i++)
        h[count++] = (struct hypothesis){.notice = &w->notices[i],
                                         .printed = w->notices[i].printed,
                                         .share = log(SHARE_LISTED / (double)w->notice_count)};
    for (size_t i = 0; i < mail->others_count; i++)
        h[count++] = (struct hypothesis){.number = mail->others[i].number,
                                         .other = &mail->others[i],
                                         .printed = mail->others[i].printed,
                                         .share = mail->others[i].titles_count > 0
                                                      ? log(SHARE_KIN / (double)kin)
                                                      : log(SHARE_OTHER / (double)(mail->others_count - kin))};
    for (size_t i = 0; i < w->reading_count; i++) {
        const char *token = w->readings[i].token;
        bool known = !number_well_formed(&w->readings[i]) || is_listed(w, token);
        for (size_t k = 0; k < i; k++)
            known |= strcmp(w->readings[k].token, token) == 0;
        if (!known)
            h[count++] = (struct hypothesis){.number = token, .share = log(SHARE_UNKNOWN / UNKNOWN_NUMBERS)};
    }
    w->hypothesis_count = count;
    return 0;
}

/* The headings and words of every letter that has some, on these pages. */
static int find_features(struct weighing *w)
{
    const struct mail *mail = catalogue_mail(w->catalogue);
    size_t count = w->notice_count + mail->others_count;

    w->wordings = calloc(count + 1, sizeof *w->wordings);
    w->hits = calloc(count + 1, sizeof *w->hits);
    if (w->wordings == NULL || w->hits == NULL)
        return -1;
    for (size_t i = 0; i < w->notice_count; i++)
        w->wordings[i] = (struct wording){w->notices[i].titles, w->notices[i].titles_count, w->notices[i].phrases,
                                          w->notices[i].phrases_count};
    for (size_t i = 0; i < mail->others_count; i++)
        w->wordings[w->notice_count + i] = (struct wording){mail->others[i].titles, mail->others[i].titles_count,
                                                            mail->others[i].phrases, mail->others[i].phrases_count};
    return marks_features(w->wordings, count, w->pages, w->page_count, w->hits);
}

static double title_weight(const struct feature_hits *hits)
{
    if (!hits->title_mark.found)
        return 0;
    double weight = fmin(TITLE_PER_CHARACTER * (double)hits->title_length, TITLE_MOST);
    return hits->title_whole ? weight : weight * TITLE_PART;
}

static double hits_weight(const struct feature_hits *hits)
{
    double weight = title_weight(hits) + PHRASE * fmin(hits->phrases, PHRASES_COUNTED) +
                    EXPECTED * fmin(hits->expected, PHRASES_COUNTED);

    return hits->telling ? weight + TELLING : weight;
}

/* Scores become probabilities that sum to 1. */
static void normalise(struct weighing *w)
{
    double most = -INFINITY;
    double sum = 0;

    for (size_t i = 0; i < w->hypothesis_count; i++)
        most = fmax(most, w->hypotheses[i].score);
    for (size_t i = 0; i < w->hypothesis_count; i++)
        sum += exp(w->hypotheses[i].score - most);
    for (size_t i = 0; i < w->hypothesis_count; i++) {
        w->hypotheses[i].score = exp(w->hypotheses[i].score - most) / sum;
        if (w->hypotheses[i].score > w->hypotheses[w->best].score)
            w->best = i;
    }
}

/* Another number is this one plus or minus its last letter: CP504 and CP504B carry the same words. */
static bool suffix_twins(const char *a, const char *b)
{
    size_t shorter = strlen(a) < strlen(b) ? strlen(a) : strlen(b);
    size_t longer = strlen(a) < strlen(b) ? strlen(b) : strlen(a);
    const char *ending = (strlen(a) < strlen(b) ? b : a) + shorter;

    return longer == shorter + 1 && strncmp(a, b, shorter) == 0 && isalpha((unsigned char)*ending);
}

/* What the headings and words say for the hypothesis. A number of which no words are known has those of its listed twin. */
static double words_weight(const struct weighing *w, const struct hypothesis *h)
{
    const struct mail *mail = catalogue_mail(w->catalogue);
    double most = 0;

    if (h->notice != NULL)
        return hits_weight(&w->hits[h->notice - w->notices]);
    if (h->other != NULL && h->other->titles_count > 0)
        return hits_weight(&w->hits[w->notice_count + (size_t)(h->other - mail->others)]);
    for (size_t i = 0; i < w->notice_count; i++) {
        for (unsigned n = 0; n < w->notices[i].numbers_count; n++) {
            if (suffix_twins(h->number, w->notices[i].numbers[n]))
                most = fmax(most, hits_weight(&w->hits[i]));
        }
    }
    return most;
}

static double recipient_weight(const struct weighing *w, const struct hypothesis *h)
{
    enum recipient own = h->notice ? h->notice->recipient : h->other ? h->other->recipient : RECIPIENT_ANYONE;

    return w->unnumbered && own != RECIPIENT_ANYONE && w->recipient != RECIPIENT_ANYONE && own != w->recipient ? -ANOTHERS : 0;
}

static void score(struct weighing *w)
{
    for (size_t i = 0; i < w->hypothesis_count; i++) {
        struct hypothesis *h = &w->hypotheses[i];
        h->words = words_weight(w, h) + recipient_weight(w, h);
        h->score = h->share + h->words;
        for (size_t r = 0; r < w->reading_count; r++) {
            double junk = junk_share[w->readings[r].place];
            double weight = w->readings[r].second_look ? SECOND_LOOK : 1;
            h->score += weight * log((1 - junk) * exp(fits(w, &w->readings[r], h)) + junk * JUNK_TOKEN);
        }
    }
    normalise(w);
}

/* ---- evidence and candidates ---- */

static void add_evidence(struct letter *letter, const char *kind, const char *owner, const char *name, unsigned page,
                         struct box box, const char *text)
{
    if (letter->evidence_count >= LETTER_EVIDENCE_MAX)
        return;
    struct evidence *e = &letter->evidence[letter->evidence_count++];
    *e = (struct evidence){.page = page, .box = box};
    snprintf(e->kind, sizeof e->kind, "%s", kind);
    snprintf(e->rule, sizeof e->rule, "%s/%s", owner, name);
    snprintf(e->text, sizeof e->text, "%s", text);
    utf8_trim(e->text);
    value_mask(e->text);
}

static void add_mark(struct letter *letter, const char *kind, const char *owner, const char *name,
                     const struct mark *mark)
{
    add_evidence(letter, kind, owner, name, mark->page, mark->box, mark->text);
}

/* The reading fits this hypothesis about as well as any. */
static bool supports(const struct weighing *w, const struct number_reading *reading, const struct hypothesis *h)
{
    double own = fits(w, reading, h);
    double best = own;

    for (size_t i = 0; i < w->hypothesis_count; i++)
        best = fmax(best, fits(w, reading, &w->hypotheses[i]));
    return own > log(JUNK_TOKEN) && best - own < 0.7;
}

/* A reading in a place of the letter's own (not a link) is a number, and fits another hypothesis much better. */
static bool contradicts(const struct weighing *w, const struct number_reading *reading, const struct hypothesis *h)
{
    double own = fits(w, reading, h) + h->share;

    if (reading->place == PLACE_LINK || !number_well_formed(reading))
        return false;
    for (size_t i = 0; i < w->hypothesis_count; i++) {
        double other = fits(w, reading, &w->hypotheses[i]);
        if (&w->hypotheses[i] != h && other > log(JUNK_TOKEN) && other + w->hypotheses[i].share - own > RIVAL)
            return true;
    }
    return false;
}

/* Another look at the same print reads this hypothesis, and so does a print elsewhere: the reading was a slip. */
static bool outvoted(const struct weighing *w, const struct number_reading *reading, const struct hypothesis *h)
{
    bool same_print = false;
    bool elsewhere = false;

    for (size_t i = 0; i < w->reading_count; i++) {
        const struct number_reading *other = &w->readings[i];
        if (other == reading || other->place == PLACE_LINK || !supports(w, other, h))
            continue;
        if (other->page != reading->page)
            elsewhere = true;
        else
            same_print |= box_overlap_x(other->box, reading->box) > 0.5F && box_overlap_y(other->box, reading->box) > 0.5F;
    }
    return same_print && elsewhere;
}

static size_t count_support(const struct weighing *w, const struct hypothesis *h, bool links)
{
    size_t count = 0;

    for (size_t i = 0; i < w->reading_count; i++)
        count += (links || w->readings[i].place != PLACE_LINK) && supports(w, &w->readings[i], h);
    return count;
}

/* Index of the likeliest listed notice but those that are taken (may be NULL); notice_count if there is none. */
static size_t likeliest(const struct weighing *w, const bool *taken)
{
    size_t best = w->notice_count;

    for (size_t i = 0; i < w->notice_count; i++) {
        if ((taken == NULL || !taken[i]) && (best == w->notice_count || w->hypotheses[i].score > w->hypotheses[best].score))
            best = i;
    }
    return best;
}

/* The first candidate's confidence is the model's; the others share the rest by their weights. */
static void list_candidates(const struct weighing *w, struct letter *letter)
{
    bool *taken = calloc(w->notice_count + 1, sizeof *taken);
    double most = 1;
    double rest = 1;

    letter->candidate_count = 0;
    while (taken != NULL && letter->candidate_count < LETTER_CANDIDATES_MAX) {
        size_t next = likeliest(w, taken);
        if (next == w->notice_count)
            break;
        double score = w->hypotheses[next].score;
        double confidence = w->probability;
        if (letter->candidate_count == 0) {
            most = score;
            rest = 1 - score;
        } else {
            confidence = fmin(rest > 0 ? (1 - w->probability) * score / rest : 0, w->probability * score / most);
        }
        if (confidence < CANDIDATE_LEAST)
            break;
        taken[next] = true;
        struct candidate *candidate = &letter->candidates[letter->candidate_count++];
        snprintf(candidate->id, sizeof candidate->id, "%s", w->notices[next].id);
        candidate->confidence = fmin(confidence, 1);
    }
    free(taken);
}

static void list_evidence(const struct weighing *w, struct letter *letter)
{
    const struct hypothesis *best = &w->hypotheses[w->best];
    const char *owner = best->notice ? best->notice->id : "number";

    for (size_t i = 0; i < w->reading_count; i++) {
        const struct number_reading *r = &w->readings[i];
        add_evidence(letter, "number", supports(w, r, best) ? owner : "other", "number", r->page, r->box, r->text);
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

/* ---- what decides ---- */

/* How much better the words fit this hypothesis than any other letter whose words are known or shared. */
static double words_margin(const struct weighing *w, size_t hypothesis)
{
    double margin = INFINITY;

    for (size_t i = 0; i < w->hypothesis_count; i++) {
        if (i != hypothesis)
            margin = fmin(margin, w->hypotheses[hypothesis].words - w->hypotheses[i].words);
    }
    return margin;
}

/* Nothing but headings and words says what it is, and they are those of this notice alone. */
static bool known_by_words(const struct weighing *w)
{
    const struct feature_hits *hits = &w->hits[w->best];

    if (w->probability < SURE_BY_WORDS || !hits->title_whole || words_margin(w, w->best) < WORDS_MARGIN)
        return false;
    bool seen = !w->hypotheses[w->best].notice->titles[hits->title].unverified;
    return hits->phrases + hits->expected > 0 || seen;
}

/* A long heading of another notice stands alone on the page, and none of this one's. */
static const struct notice *rival_title(const struct weighing *w, size_t best)
{
    if (w->hits[best].title_mark.found)
        return NULL;
    for (size_t i = 0; i < w->notice_count; i++) {
        if (w->hits[i].title_mark.found && w->hits[i].title_whole && w->hits[i].title_length >= RIVAL_TITLE &&
            strcmp(w->notices[i].class_name, w->notices[best].class_name) != 0)
            return &w->notices[i];
    }
    return NULL;
}

/* The words that a twin never goes without are there, and not those that this notice never goes without. */
static const struct notice *rival_words(const struct weighing *w, size_t best)
{
    if (!w->hits[best].never)
        return NULL;
    for (size_t i = 0; i < w->notice_count; i++) {
        if (w->hits[i].always && i != best)
            return &w->notices[i];
    }
    return NULL;
}

/* A link to the IRS's page about a notice is a print of the letter's own number where the words agree; alone it may be
 * about another notice. */
static bool links_agree(const struct weighing *w, size_t hypothesis)
{
    const struct hypothesis *h = &w->hypotheses[hypothesis];

    return h->notice != NULL && h->words >= LINK_WORDS && words_margin(w, hypothesis) >= 0;
}

/* Prints of the letter's own number. */
static size_t own_support(const struct weighing *w)
{
    return count_support(w, &w->hypotheses[w->best], links_agree(w, w->best));
}

/* The foot of a form letter and the slip that goes back with the payment are the IRS's own print too. */
static double irs_odds(const struct weighing *w)
{
    bool foot = false;
    bool stub = false;

    for (size_t i = 0; i < w->reading_count; i++) {
        foot |= w->readings[i].place == PLACE_FOOTER && number_well_formed(&w->readings[i]);
        stub |= w->readings[i].place == PLACE_STUB && number_well_formed(&w->readings[i]);
    }
    return w->sender.irs - w->sender.imitation + (foot ? IRS_FOOT : 0) + (stub ? IRS_STUB : 0);
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

/* ---- the probability ---- */

static double between(double value, double least, double most)
{
    return fmin(fmax(value, least), most);
}

/* What was found of the likeliest listed notice, in numbers: see models/README.md. */
static void measure(const struct weighing *w, size_t notice, double traits[TRAIT_COUNT])
{
    const struct hypothesis *h = &w->hypotheses[notice];
    double confidence = 0;
    double against = rival_title(w, notice) != NULL;
    double prints = 0;
    bool numbered = false;

    for (size_t i = 0; i < w->reading_count; i++) {
        const struct number_reading *reading = &w->readings[i];
        against += contradicts(w, reading, h);
        numbered |= reading->place != PLACE_LINK && number_well_formed(reading);
        if ((reading->place == PLACE_LINK && !links_agree(w, notice)) || !supports(w, reading, h))
            continue;
        confidence = fmax(confidence, (double)reading->confidence);
        prints++;
    }
    traits[TRAIT_BASE] = 1;
    traits[numbered || prints > 0 ? TRAIT_ODDS : TRAIT_WORDS] =
        between(log(h->score) - log1p(-fmin(h->score, 1 - DBL_EPSILON)), -6, 12);
    traits[TRAIT_NUMBER] = confidence;
    traits[TRAIT_PRINTS] = between(prints - 1, 0, 3);
    traits[TRAIT_SENDER] = between(irs_odds(w), -3, 3);
    traits[TRAIT_MARGIN] = numbered || prints > 0 ? 0 : between(words_margin(w, notice), 0, 6);
    traits[TRAIT_AGAINST] = between(against, 0, 2);
}

/* ---- the verdict ---- */

/* Everything that forbids to call a listed letter identified; each says why. True if there is nothing. */
static bool nothing_against(const struct weighing *w, struct letter *letter)
{
    size_t best = w->best;
    const struct hypothesis *h = &w->hypotheses[best];
    const struct notice *notice = h->notice;
    size_t support = own_support(w);
    struct mark where;

    if (irs_odds(w) < IRS_SURE)
        letter_warn(letter, "sender-unsure", "it looks like %s, but not surely like a letter from the IRS itself",
                    notice->printed);
    if (support == 0 && !known_by_words(w))
        letter_warn(letter, "number-not-read", "the number could not be read, and the words fit more than one notice");
    if (support > 0 && fmin(h->score, w->probability) < SURE)
        letter_warn(letter, "number-unsure", "the number could be read in more than one way");
    for (size_t i = 0; i < w->reading_count; i++) {
        if (contradicts(w, &w->readings[i], h) && !outvoted(w, &w->readings[i], h))
            letter_warn(letter, "two-numbers", "another number stands where a letter says what it is: %s",
                        w->readings[i].text);
    }
    const struct notice *rival = rival_title(w, best);
    if (rival != NULL)
        letter_warn(letter, "heading-differs", "the number says %s, but the heading is that of %s", notice->printed,
                    rival->printed);
    const struct notice *words = support > 0 ? rival_words(w, best) : NULL;
    if (words != NULL)
        letter_warn(letter, "heading-differs", "the number says %s, but the words are those of %s", notice->printed,
                    words->printed);
    const struct exclusion *exclusion = marks_exclusion(notice, &w->pages[0], &where);
    if (exclusion != NULL) {
        letter_warn(letter, "excluded", "%s", exclusion->why);
        add_mark(letter, "exclusion", notice->id, "excludes", &where);
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

    snprintf(letter->printed, sizeof letter->printed, "%.*s", (int)sizeof letter->printed - 1,
             sender->enclosure_mark.named ? sender->enclosure_mark.text : sender->enclosure->name);
    utf8_trim(letter->printed);
}

static void decide(const struct weighing *w, struct letter *letter, bool whole)
{
    const struct hypothesis *h = &w->hypotheses[w->best];
    size_t support = count_support(w, h, true);
    bool any_title = false;

    for (size_t i = 0; i < w->notice_count; i++)
        any_title |= w->hits[i].title_mark.found;
    if (legible(w) < LEGIBLE_LETTERS && support == 0) {
        letter->status = LETTER_UNREADABLE;
        return;
    }
    if (w->sender.enclosure != NULL && own_support(w) == 0) {
        bool official = w->sender.names_irs || w->sender.enclosure->weight >= OFFICIAL_TITLE;
        letter->status = official ? LETTER_IRS_UNLISTED : LETTER_NOT_IRS;
        name_enclosure(w, letter);
        return;
    }
    bool outdone = w->sender.imitation > w->sender.irs && w->sender.irs < IRS_LETTERHEAD;
    bool speaks_of_irs = (w->sender.names_irs || any_title) && w->sender.imitation < IMITATION_PLAIN;
    if (irs_odds(w) < IRS_NOT && (support == 0 || outdone) && !speaks_of_irs) {
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
    if (support == 0 && (words_weight(w, h) >= WORDS_OF_LISTED || w->probability >= LISTED_PERHAPS)) {
        letter->status = LETTER_REVIEW;
        letter_warn(letter, "number-not-read", "the number could not be read, so it may be a listed letter");
        return;
    }
    if (irs_odds(w) < IRS_SURE) {
        letter->status = LETTER_REVIEW;
        letter_warn(letter, "sender-unsure", "this may be a letter from the IRS, but not surely");
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

int identify(struct letter *letter, const struct catalogue *catalogue, const struct page_text *pages, size_t count,
             bool whole, bool *enough, struct error *error)
{
    struct weighing w = {.catalogue = catalogue, .pages = pages, .page_count = count};
    int status = -1;

    reset(letter);
    *enough = false;
    w.notices = catalogue_notices(catalogue, &w.notice_count);
    for (size_t i = 0; i < count; i++)
        w.reading_count = number_find(&pages[i], w.readings, w.reading_count);
    w.unnumbered = whole;
    for (size_t i = 0; i < w.reading_count; i++)
        w.unnumbered &= w.readings[i].place == PLACE_LINK;
    w.recipient = marks_recipient(pages, count);
    if (find_features(&w) != 0 || make_hypotheses(&w) != 0) {
        error_set(error, ERROR_OUT_OF_MEMORY, "no memory to identify a letter");
        goto done;
    }
    marks_sender(catalogue, &pages[0], &w.sender);
    score(&w);
    size_t likeliest_notice = likeliest(&w, NULL);
    snprintf(letter->likeliest, sizeof letter->likeliest, "%s", w.notices[likeliest_notice].id);
    measure(&w, likeliest_notice, letter->traits);
    w.probability = catalogue_confidence(catalogue, letter->traits);
    letter->language = tell_language(&pages[0]);
    decide(&w, letter, whole);
    bool listed = letter->status == LETTER_IDENTIFIED || letter->status == LETTER_REVIEW;
    letter->confidence = listed ? w.probability : 1 - w.probability;
    list_candidates(&w, letter);
    list_evidence(&w, letter);
    look_for_inserts(&w, letter);
    *enough = letter->status == LETTER_IDENTIFIED && w.hits[w.best].title_mark.found;
    status = 0;
done:
    free(w.wordings);
    free(w.hits);
    free(w.hypotheses);
    return status;
}

bool identify_lacks_number(const struct letter *letter)
{
    for (size_t i = 0; i < letter->warning_count; i++) {
        if (strcmp(letter->warnings[i].code, "number-not-read") == 0)
            return true;
    }
    return false;
}
