#include "scanner/run/slices.h"

#include <stdlib.h>

#include "spnscan/text_buf.h"

#define FIRST_SLICES 8
#define MOST_PARTS   1024
#define FEW          10   /* a tenth of a page or less says nothing of how dense the others are */
#define FADE         0.95 /* the density that was met weighs less with each slice */

/* Low and high USN, both in it. */
struct slice {
    uint64_t low, high;
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
    struct question **asked; /* by index of the stream; they must not move, the stream reads their filters */
    size_t asked_count, asked_size, outstanding;
    struct slice *waiting; /* the last comes first */
    size_t waiting_count, waiting_size;
    uint64_t top;
    double density; /* entries a USN in slices that fitted their page, rather too high than too low */
    bool last_asked;
};

uint64_t slices_part_width(uint64_t width, double density, uint64_t page)
{
    /* A USN stands for one change, and an object has one uSNChanged: so many USNs always fit the page. */
    double part = (double)page;
    if (density > 0 && part < (double)(page - page / 5) / density)
        part = (double)(page - page / 5) / density;
    if (part < (double)width / MOST_PARTS)
        part = (double)width / MOST_PARTS;
    if (part > (double)width / 2)
        part = (double)width / 2;
    return part < 1 ? 1 : (uint64_t)part;
}

static void split(struct slices *s, struct slice whole, uint64_t width)
{
    for (uint64_t low = whole.low;; low += width) {
        uint64_t high = whole.high - low < width ? whole.high : low + width - 1;
        s->waiting = xgrow(s->waiting, &s->waiting_size, s->waiting_count + 1, sizeof *s->waiting);
        s->waiting[s->waiting_count++] = (struct slice){low, high};
        if (high == whole.high)
            break;
    }
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
        code = ask(s, s->waiting[--s->waiting_count], false, reterr);
    if (code == SPN_OK && !s->outstanding && !s->last_asked) {
        s->last_asked = true;
        code = ask(s, (struct slice){s->top + 1, UINT64_MAX}, true, reterr);
    }
    return code;
}

static enum spn_code on_entry(void *ctx, size_t index, const struct entry *entry, struct spn_error *reterr)
{
    struct slices *s = ctx;
    s->asked[index]->entries++;
    return s->found(s->ctx, entry, reterr);
}

static bool on_known(void *ctx, size_t index, struct bytes body)
{
    struct slices *s = ctx;
    bool known = s->search->known(s->ctx, body);
    s->asked[index]->entries += known;
    return known;
}

static enum spn_code on_end(void *ctx, size_t index, struct spn_error *reterr)
{
    struct slices *s = ctx;
    const struct question *question = s->asked[index];
    uint64_t width = question->slice.high - question->slice.low + 1;
    s->outstanding--;
    if (s->last_asked)
        return SPN_OK;
    uint64_t page = (uint64_t)s->search->page_size;
    if (stream_has_more(s->stream, index)) {
        split(s, question->slice, slices_part_width(width, s->density, page));
    } else if (question->entries >= page / FEW) {
        /* A part too narrow costs a small question, one too wide a page that is read again. */
        double density = (double)question->entries / (double)width, faded = s->density * FADE;
        s->density = density > faded ? density : faded;
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
    split(&s, (struct slice){1, top ? top : 1}, top / FIRST_SLICES + 1);
    enum spn_code code = ask_more(&s, reterr);
    if (code == SPN_OK)
        code = stream_run(s.stream, reterr);
    stream_free(s.stream);
    for (size_t i = 0; i < s.asked_count; i++) {
        text_release(&s.asked[i]->filter);
        free(s.asked[i]);
    }
    free(s.asked);
    free(s.waiting);
    return code;
}
