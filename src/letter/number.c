/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "letter/number.h"

#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* Zones of the upright page, as fractions. */
#define HEADER_BOTTOM 0.32F
#define HEADER_LEFT 0.45F
#define FOOTER_TOP 0.80F
#define CORNER_TOP 0.90F
#define CORNER_LEFT 0.50F
#define STUB_TOP 0.60F
#define EDGE 0.012F
#define DEBRIS 0.3F   /* confidence of what is read out of dashes and torn edges */

enum {
    SHORT_LINE = 4,       /* words; a longer line is a sentence, and a number in it is a mention */
    FOOTER_LINE = 9,      /* "Letter 3172 (DO) (Rev. 6-2011) Catalog Number 34456F" */
    LOOKALIKE_TRUST = 60, /* percent: a cent sign stands for a C, but that is a guess */
};

/* ---- from words to a token ---- */

/* Adds the word's characters in upper case without blanks and hyphens. `guess` if one of them stands for another. */
static void add_characters(char token[NUMBER_TOKEN_SIZE], const char *word, bool *guess)
{
    size_t length = strlen(token);

    for (unsigned c; (c = utf8_next(&word)) != 0;) {
        if (c == '-' || c == 0x2010 || c == 0x2011 || c == 0x2013 || c == 0x2014)
            continue;
        if (c == 0xA2 || c == 0xA9 || c == 0x20AC || c == 0x20B5 || c == 0xC7) { /* cent, copyright, euro, cedi */
            c = 'C';
            *guess = true;
        } else if (c == 0xA7) { /* section sign */
            c = 'S';
            *guess = true;
        } else if (c > 0x7E || c <= ' ') {
            c = '?';
            *guess = true;
        }
        if (length + 1 < NUMBER_TOKEN_SIZE)
            token[length++] = (char)toupper((int)c);
    }
    token[length] = '\0';
}

/* Strips what strayed to the front, and a closing comma, stop or colon: never more from the end, where a letter that
 * tells CP297 from CP297C may have become a mark. */
static void strip(char token[NUMBER_TOKEN_SIZE])
{
    size_t skip = 0;

    while (token[skip] != '\0' && !isalnum((unsigned char)token[skip]))
        skip++;
    memmove(token, token + skip, strlen(token + skip) + 1);
    size_t length = strlen(token);
    while (length > 0 && strchr(".,:;_", token[length - 1]) != NULL)
        token[--length] = '\0';
}

static bool has_digit(const char *text)
{
    return strpbrk(text, "0123456789") != NULL;
}

/* The folded word, for comparing with labels. */
static bool is_word(const char *word, const char *label)
{
    size_t at = 0;

    for (unsigned c; (c = utf8_next(&word)) != 0;) {
        char plain = fold_character(c);
        if (plain == 0)
            continue;
        if (label[at] == '\0' || fold_character((unsigned char)label[at]) != plain)
            return false;
        at++;
    }
    return at > 0 && label[at] == '\0';
}

static const struct ocr_word *word_at(const struct page_text *page, const struct text_run *run, size_t i)
{
    return i < run->count ? &page->words[run->words[i]] : NULL;
}

/* "(DO)", "(CG)", "(P)", "(SP)": an office or language, not part of the number. */
static bool is_office(const char *word)
{
    size_t length = strlen(word);

    return length >= 3 && length <= 8 && word[0] == '(' && word[length - 1] == ')' && !has_digit(word);
}

/* Builds a reading of the words first..last (not included). */
static void make_reading(struct number_reading *out, const struct page_text *page, const struct text_run *run,
                         size_t first, size_t last, const char *prefix, enum number_place place)
{
    bool guess = false;

    *out = (struct number_reading){
        .place = place, .letter = prefix[0] != '\0', .page = page->number, .confidence = 1};
    snprintf(out->token, sizeof out->token, "%s", prefix);
    for (size_t i = first; i < last; i++) {
        const struct ocr_word *word = word_at(page, run, i);
        char part[NUMBER_TOKEN_SIZE] = "";
        add_characters(part, word->text, &guess);
        if (i == first)
            strip(part);
        add_characters(out->token, part, &guess);
        out->box = i == first ? word->box : box_join(out->box, word->box);
        if (word->confidence < out->confidence)
            out->confidence = word->confidence;
        utf8_append(out->text, sizeof out->text, " ", i > first);
        utf8_append(out->text, sizeof out->text, word->text, SIZE_MAX);
    }
    strip(out->token);
    char *paren = strchr(out->token, '('); /* "3172(DO)" in one word */
    if (paren != NULL)
        *paren = '\0';
    if (guess)
        out->confidence *= LOOKALIKE_TRUST / 100.0F;
    out->cut = out->box.right > 1 - EDGE || out->box.left < EDGE;
}

/* The word after `last` is a lone capital: "CP 575 E". */
static bool lone_capital(const struct page_text *page, const struct text_run *run, size_t last)
{
    const struct ocr_word *word = word_at(page, run, last);

    return word != NULL && word->text[0] >= 'A' && word->text[0] <= 'Z' && word->text[1] == '\0';
}

/* A CP or LT number that begins at word i: how many words it takes, 0 if none begins there. */
static size_t cp_words(const struct page_text *page, const struct text_run *run, size_t i)
{
    char token[NUMBER_TOKEN_SIZE] = "";
    bool guess = false;
    const struct ocr_word *word = word_at(page, run, i);

    if (word == NULL)
        return 0;
    add_characters(token, word->text, &guess);
    strip(token);
    bool family = (strncmp(token, "CP", 2) == 0 || strncmp(token, "LT", 2) == 0) && strcmp(token, "LTR") != 0;
    if (!family)
        return 0;
    size_t taken = 1;
    if (token[2] == '\0') { /* "CP 504" */
        const struct ocr_word *next = word_at(page, run, i + 1);
        if (next == NULL || !has_digit(next->text) || strlen(next->text) > 6)
            return 0;
        taken = 2;
    } else if (!has_digit(token)) {
        return 0;
    }
    if (lone_capital(page, run, i + taken))
        taken++;
    return taken;
}

/* The word Letter, or with one character misread: "Leiter", "better". */
static bool is_damaged_letter(const char *word)
{
    static const char letter[] = "letter";
    size_t length = 0;
    size_t wrong = 0;

    for (unsigned c; (c = utf8_next(&word)) != 0; length++)
        wrong += length >= sizeof letter - 1 || fold_character(c) != letter[length];
    return length == sizeof letter - 1 && wrong <= 1;
}

/* A letter number that begins with the word "Letter" or "LTR" at word i; `damaged` allows for a misread character. */
static size_t letter_words(const struct page_text *page, const struct text_run *run, size_t i, bool damaged)
{
    const struct ocr_word *word = word_at(page, run, i);
    const struct ocr_word *next = word_at(page, run, i + 1);

    if (word == NULL || next == NULL || cp_words(page, run, i + 1) > 0 || /* "LTR LT11" */
        !(is_word(word->text, "letter") || is_word(word->text, "ltr") || (damaged && is_damaged_letter(word->text))) ||
        strcspn(next->text, "(") > 7 || strpbrk(next->text, "/:") != NULL ||
        (strchr(next->text, ')') != NULL && strchr(next->text, '(') == NULL)) /* the end of "(Rev. 8-2018)" */
        return 0;
    size_t digits = 0;
    for (const char *c = next->text; *c != '\0' && *c != '('; c++)
        digits += isdigit((unsigned char)*c) != 0;
    return digits >= 2 ? 2 : 0;
}

/* "(Rev. 9-2017)", "(5-2004)", "Catalog Number 40488S". */
static bool has_revision(const struct page_text *page, const struct text_run *line)
{
    for (size_t i = 0; i < line->count; i++) {
        const char *word = word_at(page, line, i)->text;
        if (strncasecmp(word, "(rev", 4) == 0 || strncasecmp(word, "rev.", 4) == 0 ||
            strncasecmp(word, "catalog", 7) == 0 || strcasecmp(word, "cat.") == 0 ||
            (word[0] == '(' && isdigit((unsigned char)word[1]) && strchr(word, '-') != NULL))
            return true;
    }
    return false;
}

/* ---- where it stands ---- */

struct collector {
    const struct page_text *page;
    struct number_reading *readings;
    size_t before; /* that were there before this page's */
    size_t count;
};

static void collect(struct collector *all, const struct text_run *run, size_t first, size_t last, const char *prefix,
                    enum number_place place)
{
    struct number_reading reading;

    make_reading(&reading, all->page, run, first, last, prefix, place);
    if (strlen(reading.token) < 3)
        return;
    for (size_t i = all->before; i < all->count; i++) { /* one print, found by way of a line and of a row */
        const struct number_reading *known = &all->readings[i];
        if (box_overlap_x(known->box, reading.box) > 0.5F && box_overlap_y(known->box, reading.box) > 0.5F)
            return;
    }
    if (all->count < NUMBER_READINGS_MAX) {
        all->readings[all->count++] = reading;
        return;
    }
    bool told = false; /* what says the same as one that is there is no loss */
    for (size_t i = 0; i < all->count; i++)
        told |= strcmp(all->readings[i].token, reading.token) == 0;
    all->readings[all->count - 1].more |= !told;
}

static bool in_header(struct box box)
{
    return box.bottom < HEADER_BOTTOM && box.right > HEADER_LEFT;
}

/* Where the word stands in its row: in a table, the label before it is in another line. */
static const struct text_run *row_of(const struct page_text *page, size_t word, size_t *at)
{
    for (size_t r = 0; r < page->row_count; r++) {
        for (*at = 0; *at < page->rows[r].count; (*at)++) {
            if (page->rows[r].words[*at] == word)
                return &page->rows[r];
        }
    }
    return NULL;
}

static bool is_any(const char *word, const char *const *labels, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (is_word(word, labels[i]))
            return true;
    }
    return false;
}

/* "RE: Notice CP504", "Subject: LT11": what someone else's letter is about. */
static bool is_subject(const struct page_text *page, size_t number)
{
    static const char *const leads[] = {"re", "ref", "subject", "regarding", "concerning", "asunto"};
    static const char *const between[] = {"notice", "letter", "ltr", "aviso", "carta", "irs", "your", "number"};
    size_t at = 0;
    const struct text_run *row = row_of(page, number, &at);

    while (row != NULL && at-- > 0) {
        const char *word = word_at(page, row, at)->text;
        if (is_any(word, leads, sizeof leads / sizeof *leads))
            return true;
        if (!is_any(word, between, sizeof between / sizeof *between))
            return false;
    }
    return false;
}

/* Upper right: a CP or LT number, or "LTR 2272C", in a line that is no sentence. */
static void header_line(struct collector *all, const struct text_run *line)
{
    if (line->count > SHORT_LINE + 3)
        return;
    for (size_t i = 0; i < line->count; i++) {
        if (is_subject(all->page, line->words[i]))
            continue;
        size_t taken = cp_words(all->page, line, i);
        if (taken > 0 && in_header(all->page->words[line->words[i]].box) && line->count <= SHORT_LINE + taken)
            collect(all, line, i, i + taken, "", PLACE_HEADER);
        taken = letter_words(all->page, line, i, false);
        if (taken > 0 && line->box.bottom < HEADER_BOTTOM && line->box.right > HEADER_LEFT)
            collect(all, line, i + 1, i + taken, "L", PLACE_HEADER);
    }
}

/* "this notice that", "of this notice. You": a word of a sentence. What begins as numbers do ("cpan") is none. */
static bool is_of_a_sentence(const char *before, const char *word)
{
    size_t length = strlen(before);
    bool stopped = length > 0 && before[length - 1] == '.';

    return (islower((unsigned char)word[0]) || (stopped && isupper((unsigned char)word[0]))) && !has_digit(word) &&
           strncasecmp(word, "cp", 2) != 0 && strncasecmp(word, "lt", 2) != 0;
}

/* "Notice Number: CP504", "Notice LTR LT11"; a label that was misread still ends in its colon. */
static bool is_lead(const char *word)
{
    size_t length = strlen(word);

    return is_word(word, "number") || is_word(word, "ltr") || (!has_digit(word) && length > 0 && word[length - 1] == ':');
}

/* "Notice" in the header box, and right of it the number, however badly it was read. */
static void header_label(struct collector *all, const struct text_run *row)
{
    for (size_t i = 0; i + 1 < row->count; i++) {
        const struct ocr_word *label = word_at(all->page, row, i);
        size_t value = i + 1;
        if (!in_header(label->box) || label->box.left < HEADER_LEFT ||
            !(is_word(label->text, "notice") || is_word(label->text, "aviso")))
            continue;
        if (is_lead(word_at(all->page, row, value)->text))
            value++;
        const struct ocr_word *word = word_at(all->page, row, value);
        if (word == NULL || is_word(word->text, "date") || strlen(word->text) > 8 || value + 2 < row->count ||
            is_of_a_sentence(label->text, word->text) || is_subject(all->page, row->words[value]))
            continue; /* "Notice date" is another label */
        size_t taken = cp_words(all->page, row, value);
        collect(all, row, value, value + (taken ? taken : 1), "", PLACE_HEADER);
    }
}

/* "Number of this notice: CP 575 E", "Letter Number: 3172", "Number of this Letter: 1153". */
static void numbered_label(struct collector *all, const struct text_run *line)
{
    if (line->box.bottom > HEADER_BOTTOM)
        return;
    for (size_t i = 0; i + 1 < line->count; i++) {
        bool number = is_word(word_at(all->page, line, i)->text, "number");
        bool before = i > 0 && is_word(word_at(all->page, line, i - 1)->text, "letter");
        bool after = i + 3 < line->count && is_word(word_at(all->page, line, i + 1)->text, "of") &&
                     is_word(word_at(all->page, line, i + 2)->text, "this");
        size_t value = after ? i + 4 : i + 1;
        if (!number || !(before || after) || value >= line->count)
            continue;
        size_t taken = cp_words(all->page, line, value);
        bool letter = taken == 0 && (before || is_word(word_at(all->page, line, i + 3)->text, "letter"));
        if (letter)
            taken = 1;
        if (taken > 0 && has_digit(word_at(all->page, line, value + taken - 1)->text))
            collect(all, line, value, value + taken, letter ? "L" : "", PLACE_HEADER);
    }
}

/* "Letter 1058 (Rev. 9-2017)" at the foot; without a revision only in the very corner, where no list runs. */
static void footer_line(struct collector *all, const struct text_run *line)
{
    bool revision = has_revision(all->page, line);
    bool corner = line->box.top > CORNER_TOP && line->box.left > CORNER_LEFT;

    if (line->box.top < FOOTER_TOP || line->count > (revision ? FOOTER_LINE : SHORT_LINE) || !(revision || corner))
        return;
    for (size_t i = 0; i < line->count; i++) {
        size_t taken = letter_words(all->page, line, i, revision);
        if (taken == 0 || (i > 0 && !revision))
            continue;
        const struct ocr_word *office = word_at(all->page, line, i + taken);
        if (!revision && i + taken < line->count && !(office != NULL && is_office(office->text)))
            continue;
        collect(all, line, i + 1, i + taken, "L", PLACE_FOOTER);
    }
}

/* Words of a payment stub that stand in one row with the number. */
static bool is_stub(const struct page_text *page, const struct text_run *row)
{
    static const char *const companions[] = {"date", "amount", "payment", "due", "xxx", "ssn", "fecha", "pago"};

    for (size_t i = 0; i < row->count; i++) {
        const char *word = page->words[row->words[i]].text;
        for (size_t k = 0; k < sizeof companions / sizeof *companions; k++) {
            if (is_word(word, companions[k]))
                return true;
        }
        if (strncmp(word, "XXX-", 4) == 0 || word[0] == '$')
            return true;
    }
    return false;
}

static bool is_number_label(const char *word)
{
    return is_word(word, "notice") || is_word(word, "number") || is_word(word, "aviso");
}

/* "Notice CP504" on the stub: beside its date, the amount or the taxpayer number, or alone in its row. */
static void stub_row(struct collector *all, const struct text_run *row)
{
    if (row->box.top < STUB_TOP || !(row->count <= SHORT_LINE || is_stub(all->page, row)))
        return;
    for (size_t i = 1; i < row->count; i++) {
        const char *label = word_at(all->page, row, i - 1)->text;
        size_t taken = cp_words(all->page, row, i);
        if (taken > 0 && is_number_label(label))
            collect(all, row, i, i + taken, "", PLACE_STUB);
    }
}

/* Nothing that was read with any trust stands between the two words. */
static bool side_by_side(const struct page_text *page, const struct ocr_word *left, const struct ocr_word *right)
{
    for (size_t i = 0; i < page->word_count; i++) {
        const struct ocr_word *word = &page->words[i];
        if (word->box.left >= left->box.right && word->box.right <= right->box.left && word->confidence > DEBRIS &&
            box_overlap_y(word->box, left->box) > 0.5F)
            return false;
    }
    return true;
}

/* The stub's number in a column of its own, its label in the column beside it: the dashes of the cutting line above tear
 * such rows apart. */
static void stub_line(struct collector *all, const struct text_run *line)
{
    const struct page_text *page = all->page;
    size_t taken = line->box.top < STUB_TOP ? 0 : cp_words(page, line, 0);

    if (taken == 0 || line->count > SHORT_LINE)
        return;
    const struct ocr_word *number = word_at(page, line, 0);
    for (size_t l = 0; l < page->line_count; l++) {
        const struct text_run *other = &page->lines[l];
        const struct ocr_word *label = other->count == 0 ? NULL : word_at(page, other, other->count - 1);
        if (label != NULL && other->count <= SHORT_LINE && is_number_label(label->text) &&
            label->box.right <= number->box.left && box_overlap_y(label->box, number->box) > 0.5F &&
            side_by_side(page, label, number))
            collect(all, line, 0, taken, "", PLACE_STUB);
    }
}

/* "www.irs.gov/cp504". */
static void link_words(struct collector *all, const struct text_run *line)
{
    for (size_t i = 0; i < line->count; i++) {
        const char *text = word_at(all->page, line, i)->text;
        char lower[64];
        size_t length = 0;
        for (; text[length] != '\0' && length + 1 < sizeof lower; length++)
            lower[length] = (char)tolower((unsigned char)text[length]);
        lower[length] = '\0';
        const char *link = strstr(lower, "irs.gov/");
        if (link == NULL)
            continue;
        link += strlen("irs.gov/");
        if ((strncmp(link, "cp", 2) != 0 && strncmp(link, "lt", 2) != 0) || !isdigit((unsigned char)link[2]))
            continue;
        size_t before = all->count;
        collect(all, line, i, i + 1, "", PLACE_LINK);
        if (all->count > before) { /* the token is the last part only */
            struct number_reading *reading = &all->readings[all->count - 1];
            bool guess = false;
            reading->token[0] = '\0';
            add_characters(reading->token, link, &guess);
            strip(reading->token);
        }
    }
}

size_t number_find(const struct page_text *page, struct number_reading *readings, size_t count)
{
    struct collector all = {page, readings, count, count};

    for (size_t i = 0; i < page->row_count; i++) {
        header_label(&all, &page->rows[i]);
        stub_row(&all, &page->rows[i]);
        footer_line(&all, &page->rows[i]); /* where a line fell apart */
    }
    for (size_t i = 0; i < page->line_count; i++) {
        numbered_label(&all, &page->lines[i]);
        header_line(&all, &page->lines[i]);
        footer_line(&all, &page->lines[i]);
        if (page->lines[i].count <= SHORT_LINE)
            stub_row(&all, &page->lines[i]);
        stub_line(&all, &page->lines[i]);
        link_words(&all, &page->lines[i]);
    }
    return all.count;
}

/* ---- the noisy channel ---- */

#define CUT_LOSS (-2.3)       /* log of 0.1: a last character lost where the picture ends */
#define BLIND_SHARE 0.5       /* of the reading that is chance at confidence 0 */
#define ALPHABET 36.0
#define BLIND_SLIP 0.04       /* chance that blind reading loses or makes up a given character */

/* A character lost or made up, as likely as the model says, and likelier the less the engine trusts its reading. */
static double slip(double log_model, double trust)
{
    return log(trust * exp(log_model) + (1 - trust) * BLIND_SLIP);
}

static bool is_letter(const char *number)
{
    return number[0] == 'L' && isdigit((unsigned char)number[1]);
}

double number_likelihood(const struct catalogue *catalogue, const struct number_reading *reading, const char *number)
{
    double best[NUMBER_TOKEN_SIZE + 1][NUMBER_TOKEN_SIZE + 1];
    size_t printed = strlen(number);
    size_t read = strlen(reading->token);
    double trust = 1 - BLIND_SHARE * (1 - (double)reading->confidence);

    if (printed > NUMBER_TOKEN_SIZE || is_letter(number) != reading->letter)
        return -INFINITY;
    for (size_t p = 0; p <= printed; p++) {
        for (size_t r = 0; r <= read; r++) {
            double score = p == 0 && r == 0 ? 0 : -INFINITY;
            if (p > 0 && r > 0) {
                double seen = exp(catalogue_confusion(catalogue, number[p - 1], reading->token[r - 1]));
                double next = best[p - 1][r - 1] + log(trust * seen + (1 - trust) / ALPHABET);
                score = fmax(score, next);
            }
            if (p > 0) {
                double lost = slip(catalogue_confusion(catalogue, number[p - 1], 0), trust);
                if (reading->cut && r == read)
                    lost = fmax(lost, CUT_LOSS);
                score = fmax(score, best[p - 1][r] + lost);
            }
            if (r > 0)
                score = fmax(score, best[p][r - 1] + slip(catalogue_confusion(catalogue, 0, reading->token[r - 1]), trust));
            best[p][r] = score;
        }
    }
    return best[printed][read];
}

bool number_well_formed(const struct number_reading *reading)
{
    const char *token = reading->token;
    size_t at = reading->letter ? 1 : 2;
    size_t digits = 0;
    size_t letters = 0;

    if (!reading->letter && strncmp(token, "CP", 2) != 0 && strncmp(token, "LT", 2) != 0)
        return false;
    for (; isdigit((unsigned char)token[at]); at++)
        digits++;
    for (; token[at] >= 'A' && token[at] <= 'Z'; at++)
        letters++;
    return token[at] == '\0' && digits >= 2 && digits <= 4 && letters <= 2;
}

bool number_same_print(const struct number_reading *a, const struct number_reading *b)
{
    return a->page == b->page && box_overlap_x(a->box, b->box) > 0.5F && box_overlap_y(a->box, b->box) > 0.5F;
}

/* How many bytes of `text` spell `number`, blanks and hyphens between its characters left out; 0 if they do not. */
static size_t spelled(const char *text, const char *number)
{
    size_t at = 0;

    for (const char *c = number; *c != '\0'; c++) {
        while (at > 0 && (text[at] == ' ' || text[at] == '-'))
            at++;
        if (toupper((unsigned char)text[at]) != *c)
            return 0;
        at++;
    }
    return at;
}

bool number_named(const char *text, const char *number)
{
    const char *core = number[0] == 'L' && isdigit((unsigned char)number[1]) ? number + 1 : number;

    for (const char *c = text; *c != '\0'; c++) {
        bool inside = c > text && (isdigit((unsigned char)c[-1]) || (core == number && isalpha((unsigned char)c[-1])));
        size_t length = inside ? 0 : spelled(c, core);
        if (length == 0 || isalnum((unsigned char)c[length]))
            continue;
        const char *next = c + length + strspn(c + length, " -");
        if (!isalpha((unsigned char)next[0]) || isalnum((unsigned char)next[1])) /* "CP297 C" is not CP297 */
            return true;
    }
    return false;
}

void number_print(const char *token, char *out, size_t size)
{
    if (is_letter(token))
        snprintf(out, size, "Letter %s", token + 1);
    else if (strncmp(token, "CP", 2) == 0)
        snprintf(out, size, "CP %s", token + 2);
    else
        snprintf(out, size, "%s", token);
}
