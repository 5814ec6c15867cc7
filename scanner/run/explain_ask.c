#include <stdlib.h>
#include <string.h>

#include "scanner/ldap/stream.h"
#include "scanner/run/dc_reach.h"
#include "scanner/run/explain_inside.h"
#include "scanner/run/tombstones.h"
#include "spnscan/times.h"

#define ASK_AT_ONCE 50 /* GUIDs in one filter: a request of some 3 KB */
#define OUTSTANDING 4  /* requests, so that a DC far away is not waited for after each */

/* A DC closes a connection that has been idle for 900 s (MaxConnIdleTime, MS-ADTS 3.1.1.3.4.6). */
#define IDLE_S 300

#define MOST_CLIMBS 3
#define MOST_ATTRS  32

enum port { PORT_LDAP, PORT_GC };

/* Questions of one kind: one port, base and list of attributes. Sorted by GUID. */
struct inquiry {
    struct asker *asker;
    struct account_sink *sink;
    struct inquiry_item *questions;
    size_t count;
    struct search search;
    const char *attrs[MOST_ATTRS];
    struct search_stats *stats;
    /* The run over what is pending: */
    size_t at; /* the next to be sent */
    struct stream *stream;
    struct text_buf *filters; /* per request; the stream reads them */
    size_t filter_count;
};

/* ---- questions ---- */

void asker_add(struct asker *asker, struct dispute *dispute, size_t row, bool sd)
{
    asker->questions =
        xgrow(asker->questions, &asker->question_size, asker->question_count + 1, sizeof *asker->questions);
    asker->questions[asker->question_count++] =
        (struct inquiry_item){.dispute = dispute, .row = row, .full = dispute->rows[row].said.full, .sd = sd};
}

/* <0: a comes before b. 0: they are of one inquiry. */
static int compare_kind(const struct inquiry_item *a, const struct inquiry_item *b)
{
    if (a->full != b->full)
        return a->full ? -1 : 1;
    if (a->full && a->dispute->domain != b->dispute->domain)
        return a->dispute->domain < b->dispute->domain ? -1 : 1;
    return (a->sd > b->sd) - (a->sd < b->sd);
}

static int compare_guid(const struct guid *a, const struct guid *b)
{
    return memcmp(a->b, b->b, sizeof a->b);
}

static int compare_questions(const void *va, const void *vb)
{
    const struct inquiry_item *a = va, *b = vb;
    int kind = compare_kind(a, b);
    return kind ? kind : compare_guid(&a->dispute->guid, &b->dispute->guid);
}

static struct inquiry_item *find_question(const struct inquiry *q, const struct guid *guid)
{
    size_t low = 0, high = q->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_guid(&q->questions[middle].dispute->guid, guid);
        if (order == 0)
            return &q->questions[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* ---- answers ---- */

static bool has_moved(const struct inquiry *q, const struct dispute_row *row, enum presence presence)
{
    const struct note *told = &q->sink->told;
    if (row->said.shown != (presence == SHOWS_LIVE))
        return true;
    for (int f = 0; presence == SHOWS_LIVE && f < FACET_COUNT; f++)
        if ((q->sink->mask & FACET_BIT(f)) && told->state[f] != row->said.state[f])
            return true;
    return false;
}

static enum spn_code take_word(const struct inquiry *q, struct inquiry_item *question,
                               const struct witness *word, const struct entry *entry,
                               struct spn_error *reterr)
{
    const struct scan_context *scan = q->asker->scan;
    enum spn_code code;
    if (word->presence == SHOWS_LIVE)
        code = account_sink_entry(q->sink, entry, reterr);
    else
        code = ledger_gone(scan->ledger, q->asker->view, &question->dispute->guid, reterr);
    question->moved = has_moved(q, &question->dispute->rows[question->row], word->presence);
    if (!question->word)
        question->word = xmalloc(sizeof *question->word);
    *question->word = *word;
    return code;
}

static enum spn_code on_entry(void *ctx, size_t index, const struct entry *entry, struct spn_error *reterr)
{
    const struct inquiry *q = ctx;
    struct witness word;
    struct guid guid;
    (void)index;
    struct inquiry_item *question = entry_guid(entry, "objectGUID", &guid) ? find_question(q, &guid) : NULL;
    if (!question) /* not asked for: no word on anything */
        return SPN_OK;
    account_sink_usn(q->sink, entry);
    word_of_entry(entry, q->asker->scan->seed, &word);
    return take_word(q, question, &word, entry, reterr);
}

static enum spn_code on_found(void *ctx, const struct entry *entry, struct spn_error *reterr)
{
    return on_entry(ctx, 0, entry, reterr);
}

/* ---- one run over what is pending ---- */

/* false: nothing is left to be sent. */
static bool next_filter(struct inquiry *q, struct text_buf *filter)
{
    size_t count = 0;
    for (; q->at < q->count && count < ASK_AT_ONCE; q->at++) {
        if (!q->questions[q->at].pending)
            continue;
        if (count++ == 0)
            text_append_str(filter, "(|");
        search_filter_add_guid(filter, &q->questions[q->at].dispute->guid);
    }
    if (count)
        text_append_char(filter, ')');
    return count;
}

static enum spn_code send_next(void *ctx, size_t index, struct spn_error *reterr)
{
    struct inquiry *q = ctx;
    struct text_buf *filter = &q->filters[q->filter_count];
    (void)index;
    if (!next_filter(q, filter))
        return SPN_OK;
    q->filter_count++;
    q->search.filter = filter->data;
    return stream_add(q->stream, &q->search, reterr);
}

static enum spn_code run_stream(struct inquiry *q, struct conn *conn, struct spn_error *reterr)
{
    const struct stream_sink sink = {.ctx = q, .found = on_entry, .ended = send_next};
    enum spn_code code = SPN_OK;
    q->filters = xcalloc(q->count / ASK_AT_ONCE + 2, sizeof *q->filters);
    q->filter_count = 0;
    q->stream = stream_new(conn, &sink, q->stats);
    for (int i = 0; code == SPN_OK && i < OUTSTANDING; i++)
        code = send_next(q, 0, reterr);
    if (code == SPN_OK && q->filter_count)
        code = stream_run(q->stream, reterr);
    stream_free(q->stream);
    for (size_t i = 0; i < q->filter_count; i++)
        text_release(&q->filters[i]);
    free(q->filters);
    return code;
}

static enum spn_code run_plain(struct inquiry *q, struct conn *conn, struct spn_error *reterr)
{
    struct text_buf filter = {0};
    enum spn_code code = SPN_OK;
    while (code == SPN_OK && next_filter(q, &filter)) {
        q->search.filter = filter.data;
        code = search_run(conn, &q->search, on_found, q, q->stats, reterr);
        text_clear(&filter);
    }
    text_release(&filter);
    return code;
}

static void list_attrs(struct inquiry *q, enum stamp_way way)
{
    static const char *const metadata[] = {[STAMPS_RAW] = "replPropertyMetaData",
                                           [STAMPS_BINARY] = "msDS-ReplAttributeMetaData;binary",
                                           [STAMPS_XML] = "msDS-ReplAttributeMetaData"};
    const char *const *facts = q->questions->full ? facet_all_news_attrs : facet_pas_news_attrs;
    size_t n = 0;
    for (; n < MOST_ATTRS - 3 && facts[n]; n++)
        q->attrs[n] = facts[n];
    q->attrs[n++] = metadata[way];
    if (q->questions->sd)
        q->attrs[n++] = "nTSecurityDescriptor";
    q->attrs[n] = NULL;
}

static enum spn_code run_pending(struct inquiry *q, struct conn *conn, enum stamp_way way,
                                 struct spn_error *reterr)
{
    list_attrs(q, way);
    q->at = 0;
    return q->asker->scan->config->plain ? run_plain(q, conn, reterr) : run_stream(q, conn, reterr);
}

/* What came without stamps is pending again. */
static size_t mark_stampless(struct inquiry *q)
{
    size_t count = 0;
    for (size_t i = 0; i < q->count; i++) {
        struct inquiry_item *question = &q->questions[i];
        question->pending = question->pending && question->word && !question->word->has_metadata;
        count += question->pending;
    }
    return count;
}

/* All questions, by the way that has worked; those that come without stamps by the other ways too. That is a
 * missing right more often than a DC which knows no other way, hence not for ever. */
static enum spn_code run_ways(struct inquiry *q, struct conn *conn, struct spn_error *reterr)
{
    struct asker *asker = q->asker;
    enum stamp_way way = asker->way;
    bool climbed = false, helped = false;
    for (size_t i = 0; i < q->count; i++)
        q->questions[i].pending = true;
    enum spn_code code = run_pending(q, conn, way, reterr);
    size_t left = code == SPN_OK ? mark_stampless(q) : 0;
    while (code == SPN_OK && left && way < STAMPS_XML && asker->climbs < MOST_CLIMBS) {
        way = (enum stamp_way)(way + 1);
        climbed = true;
        code = run_pending(q, conn, way, reterr);
        size_t still = code == SPN_OK ? mark_stampless(q) : 0;
        if (code == SPN_OK && still < left) {
            asker->way = way;
            helped = true;
        }
        left = still;
    }
    asker->climbs += climbed && !helped;
    return code;
}

/* ---- one inquiry ---- */

static void hang_up(struct asker *asker, enum port port)
{
    conn_close(asker->ports[port]);
    asker->ports[port] = NULL;
}

static enum spn_code reach(struct asker *asker, enum port port, struct dc_progress *progress,
                           struct dc_result *result, struct spn_error *reterr)
{
    const struct dc_info *dc = &asker->scan->forest->dcs[asker->dc];
    enum spn_code code = SPN_OK;
    if (asker->ports[port] && time_steady_s() - asker->used_s[port] > IDLE_S)
        hang_up(asker, port);
    if (!asker->ports[port]) {
        code =
            dc_open(asker->scan->config, dc, port == PORT_GC, &progress->phase, &asker->ports[port], reterr);
        if (code == SPN_OK)
            snprintf(result->address, sizeof result->address, "%s", conn_address(asker->ports[port]));
    }
    if (code == SPN_OK)
        atomic_store(&progress->phase, PHASE_ASK);
    return code;
}

/* Asked for and not in the answer: not there. Whether a tombstone would have shown is found out once. */
static enum spn_code take_absent(struct inquiry *q, struct conn *conn, struct spn_error *reterr)
{
    const struct forest_info *forest = q->asker->scan->forest;
    const struct witness nothing = {.fresh = true, .like = SIZE_MAX, .presence = SHOWS_NOTHING};
    enum spn_code code = SPN_OK;
    for (size_t i = 0; code == SPN_OK && i < q->count; i++) {
        struct inquiry_item *question = &q->questions[i];
        int domain = question->dispute->domain;
        bool readable = false;
        if (question->word)
            continue;
        enum sight *sight = &q->asker->tombstones[domain];
        if (*sight == SIGHT_UNKNOWN) {
            code = tombstones_readable(conn, forest->domains[domain].dn, &readable, q->stats, reterr);
            if (code == SPN_OK)
                *sight = readable ? SIGHT_CLEAR : SIGHT_NONE;
        }
        if (code == SPN_OK)
            code = take_word(q, question, &nothing, NULL, reterr);
    }
    return code;
}

static enum spn_code ask_kind(struct inquiry *q, struct dc_progress *progress, struct dc_result *result,
                              struct spn_error *reterr)
{
    struct asker *asker = q->asker;
    const enum port port = q->questions->full ? PORT_LDAP : PORT_GC;
    bool kept = asker->ports[port];
    enum spn_code code = reach(asker, port, progress, result, reterr);
    if (code == SPN_OK)
        code = run_ways(q, asker->ports[port], reterr);
    /* A connection that has waited meanwhile may have been closed: that says nothing of the DC. */
    if (kept && (code == SPN_UNREACHABLE || code == SPN_PROTOCOL)) {
        hang_up(asker, port);
        code = reach(asker, port, progress, result, reterr);
        if (code == SPN_OK)
            code = run_ways(q, asker->ports[port], reterr);
    }
    if (code == SPN_OK)
        code = take_absent(q, asker->ports[port], reterr);
    asker->used_s[port] = time_steady_s();
    return code;
}

/* ---- one DC ---- */

static enum spn_code ask_all(struct asker *asker, struct account_sink *sink, struct dc_progress *progress,
                             struct dc_result *result, struct spn_error *reterr)
{
    const struct scan_context *scan = asker->scan;
    enum spn_code code = SPN_OK;
    qsort(asker->questions, asker->question_count, sizeof *asker->questions, compare_questions);
    for (size_t at = 0, count; code == SPN_OK && at < asker->question_count; at += count) {
        struct inquiry_item *first = &asker->questions[at];
        for (count = 1; at + count < asker->question_count && compare_kind(first, &first[count]) == 0;
             count++)
            ;
        struct inquiry q = {
            .asker = asker,
            .sink = sink,
            .questions = first,
            .count = count,
            .stats = &progress->stats,
            .search = {.base = first->full ? scan->forest->domains[first->dispute->domain].dn : "",
                       .scope = SCOPE_SUBTREE,
                       .show_deleted = true,
                       .sd_flags = first->sd ? SEARCH_SD_READABLE : 0,
                       .page_size = scan->config->page_size}};
        q.search.attrs = q.attrs;
        sink->mask = first->full ? FACETS_ALL : FACETS_PAS;
        code = ask_kind(&q, progress, result, reterr);
    }
    return code;
}

enum spn_code asker_ask(struct asker *asker, struct dc_progress *progress, struct dc_result *result,
                        struct spn_error *reterr)
{
    struct account_sink sink;
    struct spn_error error = {0};
    account_sink_init(&sink, asker->scan, asker->view);
    enum spn_code code = ask_all(asker, &sink, progress, result, &error);
    enum spn_code flushed = account_sink_end(&sink, reterr);
    dc_result_count(result, progress);
    if (sink.usn > result->seen_usn)
        result->seen_usn = sink.usn;
    result->ended_us = time_now_us();
    if (flushed != SPN_OK)
        return flushed;
    if (code == SPN_DATABASE) {
        *reterr = error;
        return code;
    }
    if (code == SPN_OK) {
        atomic_store(&progress->phase, PHASE_DONE);
        return SPN_OK;
    }
    dc_result_fail(result, progress, &error);
    asker->failed = true;
    asker_release(asker);
    return SPN_OK;
}

void asker_release(struct asker *asker)
{
    hang_up(asker, PORT_LDAP);
    hang_up(asker, PORT_GC);
    for (size_t i = 0; i < asker->question_count; i++)
        free(asker->questions[i].word);
    free(asker->questions);
    asker->questions = NULL;
    asker->question_count = asker->question_size = 0;
}
