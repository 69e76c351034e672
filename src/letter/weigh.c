/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "letter/weigh.h"

#include <ctype.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

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

/* Looks at one print share its damage: each after the first counts for half, and all together for no more than two prints. */
#define SECOND_LOOK 0.5
#define LOOKS_MOST 2.0

/* So many looks that read the same outvote one that does not. */
enum { LOOKS_AGREE = 3 };

/* Natural log units. */
#define TITLE_PER_CHARACTER 0.20
#define TITLE_MOST 7.0
#define TITLE_PART 0.30   /* share that counts where more stands in the heading */
#define PHRASE 0.8
#define EXPECTED 0.3      /* a phrase that no source shows */
#define TELLING 3.0       /* the words that set a notice apart from its twins */
#define ANOTHERS 5.0      /* an individual's notice on a business's account, or the other way */
enum { PHRASES_COUNTED = 3 };

/* What contradicts or agrees. */
#define IRS_FOOT 1.5         /* "Letter 1058 (Rev. 9-2017)" at the foot */
#define IRS_STUB 1.0
#define RIVAL 3.9            /* log 50: a reading that fits another number this much better contradicts */
#define RIVAL_TITLE 28       /* folded characters of a heading that weighs enough to contradict */
#define LINK_WORDS 0.8       /* one phrase that a source shows */

/* ---- hypotheses and their weights ---- */

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
    return w->fits[(size_t)(reading - w->readings) * w->hypothesis_count + (size_t)(h - w->hypotheses)];
}

/* They are asked for again and again. */
static int find_fits(struct weighing *w)
{
    w->fits = calloc(w->reading_count * w->hypothesis_count + 1, sizeof *w->fits);
    if (w->fits == NULL)
        return -1;
    for (size_t r = 0; r < w->reading_count; r++) {
        for (size_t i = 0; i < w->hypothesis_count; i++) {
            const struct hypothesis *h = &w->hypotheses[i];
            w->fits[r * w->hypothesis_count + i] = h->notice != NULL
                                                       ? fits_notice(w, &w->readings[r], h->notice)
                                                       : number_likelihood(w->catalogue, &w->readings[r], h->number);
        }
    }
    return 0;
}

/* What the reading counts for, as one of all looks at its print. */
static double look_weight(const struct weighing *w, const struct number_reading *reading)
{
    size_t looks = 0;

    for (size_t i = 0; i < w->reading_count; i++)
        looks += &w->readings[i] == reading || number_same_print(&w->readings[i], reading);
    return fmin(1 + SECOND_LOOK * (double)(looks - 1), LOOKS_MOST) / (double)looks;
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
    size_t count;

    w->wordings = marks_wordings(w->catalogue, &count);
    w->hits = calloc(count + 1, sizeof *w->hits);
    if (w->wordings == NULL || w->hits == NULL)
        return -1;
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
double weigh_words(const struct weighing *w, const struct hypothesis *h)
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
        h->words = weigh_words(w, h) + recipient_weight(w, h);
        h->score = h->share + h->words;
        for (size_t r = 0; r < w->reading_count; r++) {
            double junk = junk_share[w->readings[r].place];
            h->score += look_weight(w, &w->readings[r]) * log((1 - junk) * exp(fits(w, &w->readings[r], h)) + junk * JUNK_TOKEN);
        }
    }
    normalise(w);
}

/* ---- what the readings say of one of them ---- */

/* The reading fits this hypothesis about as well as any. */
bool weigh_supports(const struct weighing *w, const struct number_reading *reading, const struct hypothesis *h)
{
    double own = fits(w, reading, h);
    double best = own;

    for (size_t i = 0; i < w->hypothesis_count; i++)
        best = fmax(best, fits(w, reading, &w->hypotheses[i]));
    return own > log(JUNK_TOKEN) && best - own < 0.7;
}

/* A reading in a place of the letter's own (not a link) fits another hypothesis much better. It need not have the shape of
 * a number: "CP504)" is no CP77. A word that was taken for a number fits none. */
bool weigh_contradicts(const struct weighing *w, const struct number_reading *reading, const struct hypothesis *h)
{
    double own = fits(w, reading, h) + h->share;

    if (reading->place == PLACE_LINK)
        return false;
    for (size_t i = 0; i < w->hypothesis_count; i++) {
        double other = fits(w, reading, &w->hypotheses[i]);
        if (&w->hypotheses[i] != h && other > log(JUNK_TOKEN) && other + w->hypotheses[i].share - own > RIVAL)
            return true;
    }
    return false;
}

/* A second number is printed in a header that has this hypothesis's, and reads like nothing of it. */
bool weigh_is_second(const struct weighing *w, const struct number_reading *reading, const struct hypothesis *h)
{
    bool beside = false;

    if (reading->place != PLACE_HEADER || weigh_supports(w, reading, h))
        return false;
    for (size_t i = 0; i < w->reading_count; i++) {
        const struct number_reading *other = &w->readings[i];
        if (other == reading || other->place != PLACE_HEADER || other->page != reading->page ||
            !weigh_supports(w, other, h))
            continue;
        if (number_same_print(other, reading))
            return false;
        beside = true;
    }
    return beside;
}

/* The reading is this hypothesis's number and a letter more. */
static bool adds_a_letter(const struct number_reading *reading, const struct hypothesis *h)
{
    if (h->notice == NULL)
        return suffix_twins(reading->token, h->number) && strlen(reading->token) > strlen(h->number);
    for (unsigned i = 0; i < h->notice->numbers_count; i++) {
        const char *number = h->notice->numbers[i];
        if (strlen(reading->token) > strlen(number) && suffix_twins(reading->token, number))
            return true;
    }
    return false;
}

/* The reading was a slip: another look at the same print reads this hypothesis, and so does a print elsewhere; or most of many
 * looks at it do. */
bool weigh_outvoted(const struct weighing *w, const struct number_reading *reading, const struct hypothesis *h)
{
    bool elsewhere = false;
    size_t looks = 0;
    size_t others = 0;

    for (size_t i = 0; i < w->reading_count; i++) {
        const struct number_reading *other = &w->readings[i];
        bool same = other == reading || number_same_print(other, reading);
        if (!weigh_supports(w, other, h)) {
            others += same;
            continue;
        }
        looks += same;
        elsewhere |= other->place != PLACE_LINK && other->page != reading->page;
    }
    return (looks > 0 && elsewhere) || (looks >= LOOKS_AGREE * others && !adds_a_letter(reading, h));
}

size_t weigh_support(const struct weighing *w, const struct hypothesis *h, bool links)
{
    size_t count = 0;

    for (size_t i = 0; i < w->reading_count; i++)
        count += (links || w->readings[i].place != PLACE_LINK) && weigh_supports(w, &w->readings[i], h);
    return count;
}

/* Index of the likeliest listed notice but those that are taken (may be NULL); notice_count if there is none. */
size_t weigh_likeliest(const struct weighing *w, const bool *taken)
{
    size_t best = w->notice_count;

    for (size_t i = 0; i < w->notice_count; i++) {
        if ((taken == NULL || !taken[i]) && (best == w->notice_count || w->hypotheses[i].score > w->hypotheses[best].score))
            best = i;
    }
    return best;
}

/* How much better the words fit this hypothesis than any other letter whose words are known or shared. */
double weigh_words_margin(const struct weighing *w, size_t hypothesis)
{
    double margin = INFINITY;

    for (size_t i = 0; i < w->hypothesis_count; i++) {
        if (i != hypothesis)
            margin = fmin(margin, w->hypotheses[hypothesis].words - w->hypotheses[i].words);
    }
    return margin;
}

/* A long heading of another notice stands alone on the page, and none of this one's. */
const struct notice *weigh_rival_title(const struct weighing *w, size_t best)
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
const struct notice *weigh_rival_words(const struct weighing *w, size_t best)
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

    return h->notice != NULL && h->words >= LINK_WORDS && weigh_words_margin(w, hypothesis) >= 0;
}

/* Prints of the letter's own number. */
size_t weigh_own_support(const struct weighing *w)
{
    return weigh_support(w, &w->hypotheses[w->best], links_agree(w, w->best));
}

/* The foot of a form letter and the slip that goes back with the payment are the IRS's own print too. */
double weigh_sender(const struct weighing *w)
{
    bool foot = false;
    bool stub = false;

    for (size_t i = 0; i < w->reading_count; i++) {
        foot |= w->readings[i].place == PLACE_FOOTER && number_well_formed(&w->readings[i]);
        stub |= w->readings[i].place == PLACE_STUB && number_well_formed(&w->readings[i]);
    }
    return w->sender.irs - w->sender.imitation + (foot ? IRS_FOOT : 0) + (stub ? IRS_STUB : 0);
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
    double against = weigh_rival_title(w, notice) != NULL;
    double prints = 0;
    bool numbered = false;

    for (size_t i = 0; i < w->reading_count; i++) {
        const struct number_reading *reading = &w->readings[i];
        against += weigh_contradicts(w, reading, h);
        numbered |= reading->place != PLACE_LINK && number_well_formed(reading);
        if ((reading->place == PLACE_LINK && !links_agree(w, notice)) || !weigh_supports(w, reading, h))
            continue;
        confidence = fmax(confidence, (double)reading->confidence);
        prints++;
    }
    traits[TRAIT_BASE] = 1;
    traits[numbered || prints > 0 ? TRAIT_ODDS : TRAIT_WORDS] =
        between(log(h->score) - log1p(-fmin(h->score, 1 - DBL_EPSILON)), -6, 12);
    traits[TRAIT_NUMBER] = confidence;
    traits[TRAIT_PRINTS] = between(prints - 1, 0, 3);
    traits[TRAIT_SENDER] = between(weigh_sender(w), -3, 3);
    traits[TRAIT_MARGIN] = numbered || prints > 0 ? 0 : between(weigh_words_margin(w, notice), 0, 6);
    traits[TRAIT_AGAINST] = between(against, 0, 2);
}

int weigh(struct weighing *w, const struct catalogue *catalogue, const struct page_text *pages, size_t count, bool whole,
          double traits[TRAIT_COUNT])
{
    *w = (struct weighing){.catalogue = catalogue, .pages = pages, .page_count = count, .unnumbered = whole};
    w->notices = catalogue_notices(catalogue, &w->notice_count);
    for (size_t i = 0; i < count; i++)
        w->reading_count = number_find(&pages[i], w->readings, w->reading_count);
    for (size_t i = 0; i < w->reading_count; i++)
        w->unnumbered &= w->readings[i].place == PLACE_LINK;
    w->recipient = marks_recipient(pages, count);
    if (find_features(w) != 0 || make_hypotheses(w) != 0 || find_fits(w) != 0)
        return -1;
    marks_sender(catalogue, &pages[0], &w->sender);
    score(w);
    measure(w, weigh_likeliest(w, NULL), traits);
    w->probability = catalogue_confidence(catalogue, traits);
    return 0;
}

void weigh_dispose(struct weighing *w)
{
    free(w->wordings);
    free(w->hits);
    free(w->hypotheses);
    free(w->fits);
}
