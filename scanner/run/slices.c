#include "scanner/run/slices.h"

#include <stdlib.h>

#include "spnscan/text_buf.h"

#define FIRST_SLICES 8
#define FEW          10   /* a tenth of a page or less says little of how dense the others are */
#define FADE         0.95 /* the density that was met weighs less with each slice */
#define FADE_EMPTY   0.8
/* Two for each entry, and so many more: else the DC says of each part anew that it was not all. */
#define SPARE_QUESTIONS 10000

/* Low and high USN, both in it; it is asked for in parts no wider than most. */
struct slice {
    uint64_t low, high, most;
};

/* One question and what came of it. */
struct question {
    struct text_buf filter;
    struct slice slice;
    uint64_t entries;
};

struct slices {
    struct stream *stream;
    const struct search *search;
    search_entry_fn found;
    void *ctx;
    struct question **asked; /* by index of the stream; they must not move, the stream reads their filters;
                                NULL: answered */
    uint64_t entries;        /* of all answers */
    size_t asked_count, asked_size, outstanding;
    struct slice *waiting; /* the last comes first */
    size_t waiting_count, waiting_size;
    uint64_t top;
    struct gauge gauge;
    bool last_asked;
};

static double four_fifths(uint64_t page)
{
    return (double)page * 4 / 5;
}

uint64_t gauge_width(const struct gauge *gauge, uint64_t page)
{
    if (gauge->density <= 0)
        return UINT64_MAX;
    double width = four_fifths(page) / gauge->density;
    /* A USN stands for one change, and an object has one uSNChanged: so many USNs always fit the page. */
    if (width < (double)page || width < 1)
        return page ? page : 1;
    return width < (double)INT64_MAX ? (uint64_t)width : INT64_MAX;
}

void gauge_fitted(struct gauge *gauge, uint64_t width, uint64_t entries, uint64_t page)
{
    if (entries < page / FEW) {
        /* Twice as wide at most: dozens of such answers come together, and what lies behind may be dense. */
        const double least = four_fifths(page) / (2 * (double)width);
        double faded = gauge->density * FADE_EMPTY;
        if (faded < least)
            faded = least;
        if (faded < gauge->density)
            gauge->density = faded;
        return;
    }
    /* A part too narrow costs a small question, one too wide a page that is read again. */
    const double met = (double)entries / (double)width, faded = gauge->density * FADE;
    gauge->density = met > faded || gauge->guessed ? met : faded;
    gauge->guessed = false;
    if (met > gauge->peak)
        gauge->peak = met;
}

void gauge_overflowed(struct gauge *gauge, uint64_t width, uint64_t page)
{
    if (gauge->peak <= 0) {
        gauge->density = 1; /* then a page of USNs is asked for, which fits */
        gauge->guessed = true;
        return;
    }
    double at_least = 2 * four_fifths(page) / (double)width;
    if (at_least < gauge->peak)
        at_least = gauge->peak;
    if (gauge->density < at_least)
        gauge->density = at_least;
}

static void wait_for(struct slices *s, struct slice slice)
{
    s->waiting = xgrow(s->waiting, &s->waiting_size, s->waiting_count + 1, sizeof *s->waiting);
    s->waiting[s->waiting_count++] = slice;
}

/* The lowest part of the slice that waits at the end of the list: as much as is thought to fit a page now. */
static struct slice next_slice(struct slices *s)
{
    struct slice *rest = &s->waiting[s->waiting_count - 1], part = *rest;
    uint64_t width = gauge_width(&s->gauge, (uint64_t)s->search->page_size);
    if (width > rest->most)
        width = rest->most;
    if (rest->high - rest->low < width) {
        s->waiting_count--;
    } else {
        part.high = rest->low + width - 1;
        rest->low = part.high + 1;
    }
    return part;
}

static void question_free(struct question *question)
{
    if (!question)
        return;
    text_release(&question->filter);
    free(question);
}

static enum spn_code ask(struct slices *s, struct slice slice, bool last, struct spn_error *reterr)
{
    struct question *question = xcalloc(1, sizeof *question);
    struct search search = *s->search;
    s->asked = xgrow(s->asked, &s->asked_size, s->asked_count + 1, sizeof(struct question *));
    s->asked[s->asked_count++] = question;
    question->slice = slice;
    text_append_fmt(&question->filter, "(&%s(uSNChanged>=%llu)", s->search->filter,
                    (unsigned long long)slice.low);
    if (!last)
        text_append_fmt(&question->filter, "(uSNChanged<=%llu)", (unsigned long long)slice.high);
    text_append_char(&question->filter, ')');
    search.filter = question->filter.data;
    /* The last one has no upper end, and one USN can't be split: page by page. */
    search.one_page = !last && slice.high > slice.low;
    s->outstanding++;
    return stream_add(s->stream, &search, reterr);
}

static enum spn_code ask_more(struct slices *s, struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    while (code == SPN_OK && s->outstanding < SLICES_AT_ONCE && s->waiting_count)
        code = ask(s, next_slice(s), false, reterr);
    if (code == SPN_OK && !s->outstanding && !s->last_asked) {
        s->last_asked = true;
        code = ask(s, (struct slice){.low = s->top + 1}, true, reterr);
    }
    return code;
}

static enum spn_code on_entry(void *ctx, size_t index, const struct entry *entry, struct spn_error *reterr)
{
    struct slices *s = ctx;
    s->entries++;
    if (s->asked[index]) /* else it has values in ranges, and comes when all others have */
        s->asked[index]->entries++;
    return s->found(s->ctx, entry, reterr);
}

static bool on_known(void *ctx, size_t index, struct bytes body)
{
    struct slices *s = ctx;
    bool known = s->search->known(s->ctx, body);
    s->asked[index]->entries += known;
    s->entries += known;
    return known;
}

static enum spn_code on_end(void *ctx, size_t index, struct spn_error *reterr)
{
    struct slices *s = ctx;
    const struct question question = *s->asked[index];
    uint64_t width = question.slice.high - question.slice.low + 1;
    question_free(s->asked[index]);
    s->asked[index] = NULL;
    s->outstanding--;
    if (s->last_asked)
        return SPN_OK;
    if (s->asked_count > SPARE_QUESTIONS + 2 * s->entries)
        return spn_error_set(reterr, SPN_PROTOCOL, 0,
                             "%zu questions for parts of the accounts brought %llu entries, and no end",
                             s->asked_count, (unsigned long long)s->entries);
    uint64_t page = (uint64_t)s->search->page_size;
    if (stream_has_more(s->stream, index)) {
        gauge_overflowed(&s->gauge, width, page);
        wait_for(s, (struct slice){question.slice.low, question.slice.high, width / 2});
    } else {
        gauge_fitted(&s->gauge, width, question.entries, page);
    }
    return ask_more(s, reterr);
}

enum spn_code slices_run(struct conn *conn, const struct search *search, uint64_t top, search_entry_fn found,
                         void *ctx, struct search_stats *stats, struct spn_error *reterr)
{
    struct slices s = {.search = search, .found = found, .ctx = ctx, .top = top};
    const struct stream_sink sink = {
        .ctx = &s, .found = on_entry, .known = search->known ? on_known : NULL, .ended = on_end};
    s.stream = stream_new(conn, &sink, stats);
    const uint64_t first = top / FIRST_SLICES + 1;
    for (uint64_t low = 1, n = 0; n < FIRST_SLICES && low <= top; n++, low += first)
        wait_for(&s, (struct slice){low, top - low < first ? top : low + first - 1, UINT64_MAX});
    enum spn_code code = ask_more(&s, reterr);
    if (code == SPN_OK)
        code = stream_run(s.stream, reterr);
    stream_free(s.stream);
    for (size_t i = 0; i < s.asked_count; i++)
        question_free(s.asked[i]);
    free(s.asked);
    free(s.waiting);
    return code;
}
