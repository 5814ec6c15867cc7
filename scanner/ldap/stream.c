#include "scanner/ldap/stream.h"

#include <stdlib.h>
#include <string.h>

#include "scanner/decode/ldap_message.h"
#include "scanner/ldap/fault.h"
#include "scanner/ldap/later.h"
#include "scanner/ldap/request.h"
#include "spnscan/times.h"

/* Empty pages in a row are a fault sooner than MAX_EMPTY_PAGES where the server takes no time for them. */
#define MAX_QUICK_PAGES 100
#define QUICK_PAGE_S    0.5

/* A server that drips keeps every single wait short, and the scan for days. At least this much has to come
 * within one time limit, or the rest of a page: about a thousandth of what a slow link carries. */
#define LEAST_BYTES 16384

#define NOTICE_OF_DISCONNECTION "1.3.6.1.4.1.1466.20036" /* RFC 4511 section 4.4.1 */

/* One search. Its answers pass by twice: look_ahead() finds the result message of a page and asks for the
 * next one, so request.msgid may be a page ahead of msgid; take_message() hands the entries on. */
struct slot {
    size_t index;
    struct request request;
    bool one_page;
    int msgid;               /* of the page that is handed on; -1: all is */
    bool answered;           /* the page's result was seen by look_ahead: */
    enum spn_code code;      /* ... what came of it */
    struct spn_error *error; /* ... when that is not SPN_OK; owned */
    bool any;                /* the page had an entry */
    int empty_pages;         /* in a row */
    double empty_since;      /* when the first of them came */
    struct later later;
};

struct stream {
    struct conn *conn;
    struct stream_sink sink;
    struct search_stats *stats;
    struct slot **slots;
    size_t slot_count, slot_size;
    struct slot *last; /* that a message was for */
    size_t open;       /* slots with a msgid */
    struct entry_scan scan;
    uint64_t entries, bytes_counted;
    uint64_t bytes_at_start; /* of the wait in progress */
    bool page_ended;         /* since then */
};

static void count(struct stream *s)
{
    uint64_t now = conn_bytes(s->conn);
    if (s->stats) {
        atomic_fetch_add_explicit(&s->stats->bytes, now - s->bytes_counted, memory_order_relaxed);
        atomic_fetch_add_explicit(&s->stats->entries, s->entries, memory_order_relaxed);
    }
    s->bytes_counted = now;
    s->entries = 0;
}

static struct slot *find_slot(struct stream *s, int msgid)
{
    if (s->last && s->last->msgid == msgid)
        return s->last;
    for (size_t i = s->slot_count; i-- > 0;) /* the last asked are the ones that are open */
        if (s->slots[i] && s->slots[i]->msgid == msgid)
            return s->last = s->slots[i];
    return NULL;
}

static void slot_free(struct slot *slot)
{
    if (!slot)
        return;
    request_release(&slot->request);
    later_release(&slot->later);
    free(slot->error);
    free(slot);
}

/* Of thousands of searches one after the other only those under way take room, and those with objects to be
 * read later; the first stays for the words of errors. */
static void drop_ended(struct stream *s, struct slot *slot)
{
    if (slot->index == 0 || slot->later.names.len)
        return;
    s->slots[slot->index] = NULL;
    s->last = NULL;
    slot_free(slot);
}

/* ---- objects with ranges ---- */

struct reading_later {
    struct stream *stream;
    size_t index;
};

static enum spn_code on_later(void *ctx, const struct entry *entry, struct spn_error *reterr)
{
    const struct reading_later *r = ctx;
    struct stream *s = r->stream;
    s->entries++;
    count(s);
    return s->sink.found(s->sink.ctx, r->index, entry, reterr);
}

static enum spn_code read_later(struct stream *s, struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    for (size_t i = 0; code == SPN_OK && i < s->slot_count; i++) {
        struct reading_later r = {s, i};
        if (!s->slots[i])
            continue;
        code = later_read(&s->slots[i]->later, &s->slots[i]->request, on_later, &r, reterr);
    }
    count(s);
    return code;
}

/* ---- messages ---- */

static enum spn_code take_entry(struct stream *s, struct slot *slot, struct bytes body,
                                struct spn_error *reterr)
{
    struct entry entry;
    const char *what = slot->request.what;
    slot->any = true;
    if (s->sink.known && s->sink.known(s->sink.ctx, slot->index, body)) {
        s->entries++;
        return SPN_OK;
    }
    switch (entry_scan_read(&s->scan, body, &entry)) {
    case SCAN_OK:
        break;
    case SCAN_MALFORMED:
        return spn_error_set(reterr, SPN_PROTOCOL, 0, "%s: an entry can't be decoded", what);
    case SCAN_HUGE:
        return spn_error_set(
            reterr, SPN_PROTOCOL, 0,
            "%s: an entry has a longer name, or more attributes or values, than any real one", what);
    }
    if (entry_has_range(&entry))
        return later_add(&slot->later, &entry, what, reterr);
    s->entries++;
    return s->sink.found(s->sink.ctx, slot->index, &entry, reterr);
}

static enum spn_code stray(const struct stream *s, struct spn_error *reterr)
{
    return spn_error_set(reterr, SPN_PROTOCOL, 0, "%s: an answer came to a question that was not asked",
                         s->slots[0]->request.what);
}

static void note_empty(struct slot *slot)
{
    if (slot->any)
        slot->empty_pages = 0;
    else if (++slot->empty_pages == 1)
        slot->empty_since = time_steady_s();
    slot->any = false;
}

static bool too_many_empty(const struct slot *slot)
{
    return slot->empty_pages > MAX_EMPTY_PAGES ||
           (slot->empty_pages > MAX_QUICK_PAGES &&
            time_steady_s() - slot->empty_since < slot->empty_pages * QUICK_PAGE_S);
}

/* The page is handed on: go to the next one, which was asked for by look_ahead. */
static enum spn_code end_page(struct stream *s, struct slot *slot, struct spn_error *reterr)
{
    if (!slot->answered) /* it came before its question */
        return stray(s, reterr);
    if (slot->code != SPN_OK) {
        if (reterr)
            *reterr = *slot->error;
        return slot->code;
    }
    slot->answered = false;
    note_empty(slot);
    slot->msgid = slot->request.msgid;
    if (slot->msgid < 0) {
        s->open--;
        enum spn_code code = s->sink.ended ? s->sink.ended(s->sink.ctx, slot->index, reterr) : SPN_OK;
        drop_ended(s, slot);
        return code;
    }
    if (too_many_empty(slot))
        return spn_error_set(reterr, SPN_PROTOCOL, 0, "%s: %d empty pages in a row", slot->request.what,
                             slot->empty_pages);
    return SPN_OK;
}

static enum spn_code take_unsolicited(struct stream *s, const struct ldap_message *msg,
                                      struct spn_error *reterr)
{
    const struct bytes notice = bytes_of(NOTICE_OF_DISCONNECTION);
    const char *what = s->slots[0]->request.what;
    struct ldap_result result;
    struct spn_error words;
    char text[300], begin[900];

    if (msg->op != LDAP_OP_EXTENDED || !ldap_result_read(msg->body, &result))
        return conn_read_fault(s->conn, what, reterr);
    if (result.name.len != notice.len || memcmp(result.name.data, notice.data, notice.len) != 0)
        return SPN_OK; /* RFC 4511 section 4.4: notifications not known are passed over */
    snprintf(text, sizeof text, "%.*s", result.diagnostic.len > 299 ? 299 : (int)result.diagnostic.len,
             (const char *)result.diagnostic.data);
    snprintf(begin, sizeof begin, "%s: the server ends the connection", what);
    fault_result(begin, result.code, text, NULL, &words);
    s->conn->broken = true;
    return spn_error_set(reterr, SPN_UNREACHABLE, result.code, "%s", words.text);
}

static enum spn_code take_message(struct stream *s, struct bytes whole, struct spn_error *reterr)
{
    struct ldap_message msg;
    struct slot *slot;
    if (!ldap_message_read(whole, &msg))
        return conn_read_fault(s->conn, s->slots[0]->request.what, reterr);
    if (msg.id == 0)
        return take_unsolicited(s, &msg, reterr);
    slot = find_slot(s, msg.id);
    if (!slot && s->conn->abandoned)
        return SPN_OK;
    if (!slot)
        return stray(s, reterr);
    switch (msg.op) {
    case LDAP_OP_ENTRY:
        return take_entry(s, slot, msg.body, reterr);
    case LDAP_OP_DONE:
        return end_page(s, slot, reterr);
    case LDAP_OP_REFERENCE:
    case LDAP_OP_INTERMEDIATE:
        return SPN_OK;
    default:
        return spn_error_set(reterr, SPN_PROTOCOL, 0, "%s: answer of another kind", slot->request.what);
    }
}

/* libldap takes the result of slot's page; the next page is asked for. What comes of it is said when the
 * entries before it are handed on. */
static void take_result(struct stream *s, struct slot *slot, struct bytes whole)
{
    LDAPMessage *none = NULL;
    struct spn_error error = {0};
    slot->answered = true;
    s->page_ended = true;
    tap_lend(&s->conn->tap, whole);
    slot->code = request_next(&slot->request, &none, &error);
    bool read = tap_unlend(&s->conn->tap);
    if (slot->code == SPN_OK && (none || !read))
        slot->code = conn_read_fault(s->conn, slot->request.what, &error);
    ldap_msgfree(none);
    if (slot->code == SPN_OK && s->stats)
        atomic_fetch_add_explicit(&s->stats->pages, 1, memory_order_relaxed);
    if (slot->code == SPN_OK && slot->request.more && !slot->one_page)
        slot->code = request_send(&slot->request, &error);
    if (slot->code != SPN_OK) {
        slot->error = xmalloc(sizeof *slot->error);
        *slot->error = error;
    }
}

static void look_ahead(struct stream *s)
{
    struct bytes have = tap_have(&s->conn->tap);
    struct ldap_message msg;
    size_t len;
    while (ldap_frame(have, CONN_MAX_MESSAGE, &len) == FRAME_WHOLE) {
        struct bytes whole = {have.data, len};
        if (!ldap_message_read(whole, &msg))
            return;
        struct slot *slot = msg.op == LDAP_OP_DONE ? find_slot(s, msg.id) : NULL;
        if (slot && msg.id > 0 && !slot->answered)
            take_result(s, slot, whole);
        have = (struct bytes){have.data + len, have.len - len};
    }
}

/* All whole messages that are there. *ret_need: bytes that the next one takes. */
static enum spn_code take_messages(struct stream *s, size_t *ret_need, struct spn_error *reterr)
{
    struct tap *tap = &s->conn->tap;
    enum spn_code code = SPN_OK;
    while (code == SPN_OK && s->open) {
        struct bytes have = tap_have(tap);
        switch (ldap_frame(have, CONN_MAX_MESSAGE, ret_need)) {
        case FRAME_PART:
            return SPN_OK;
        case FRAME_BAD:
            return conn_read_fault(s->conn, s->slots[0]->request.what, reterr);
        case FRAME_WHOLE:
            code = take_message(s, (struct bytes){have.data, *ret_need}, reterr);
            tap_drop(tap, *ret_need);
        }
    }
    return code;
}

static void abandon_all(struct stream *s)
{
    for (size_t i = 0; i < s->slot_count; i++) {
        if (!s->slots[i])
            continue;
        request_abandon(&s->slots[i]->request);
        /* What has come of it already, its result too perhaps, is passed over by whoever reads next. */
        if (s->slots[i]->msgid >= 0)
            s->conn->abandoned = true;
        s->slots[i]->msgid = -1;
    }
    s->open = 0;
}

/* ---- the whole ---- */

struct stream *stream_new(struct conn *conn, const struct stream_sink *sink, struct search_stats *stats)
{
    struct stream *s = xcalloc(1, sizeof *s);
    *s = (struct stream){.conn = conn, .sink = *sink, .stats = stats, .bytes_counted = conn_bytes(conn)};
    return s;
}

enum spn_code stream_add(struct stream *s, const struct search *search, struct spn_error *reterr)
{
    struct slot *slot = xcalloc(1, sizeof *slot);
    s->slots = xgrow(s->slots, &s->slot_size, s->slot_count + 1, sizeof(struct slot *));
    slot->index = s->slot_count;
    slot->msgid = -1;
    slot->one_page = search->one_page;
    s->slots[s->slot_count++] = slot;
    request_init(&slot->request, s->conn, search, NULL);
    enum spn_code code = request_send(&slot->request, reterr);
    if (code != SPN_OK)
        return code;
    slot->msgid = slot->request.msgid;
    s->open++;
    return SPN_OK;
}

bool stream_has_more(const struct stream *s, size_t index)
{
    return s->slots[index]->request.more;
}

static void start_wait(struct stream *s)
{
    wire_start_wait(&s->conn->wire);
    s->bytes_at_start = conn_bytes(s->conn);
    s->page_ended = false;
}

static enum spn_code read_answers(struct stream *s, struct spn_error *reterr)
{
    struct conn *conn = s->conn;
    enum spn_code code = SPN_OK;
    size_t need;
    start_wait(s);
    while (s->open) {
        double began = time_steady_s();
        look_ahead(s);
        code = take_messages(s, &need, reterr);
        count(s);
        if (code != SPN_OK || !s->open)
            break;
        /* Time that the callbacks took (a slow disk holds them back) is not the server's. */
        if (s->page_ended || conn_bytes(conn) - s->bytes_at_start >= LEAST_BYTES ||
            time_steady_s() - began > 0.5)
            start_wait(s);
        if (!tap_fill(&conn->tap, need))
            return conn_read_fault(conn, s->slots[0]->request.what, reterr);
    }
    return code;
}

enum spn_code stream_run(struct stream *s, struct spn_error *reterr)
{
    enum spn_code code = read_answers(s, reterr);
    if (code == SPN_OK)
        code = read_later(s, reterr);
    else
        abandon_all(s);
    tap_trim(&s->conn->tap);
    return code;
}

void stream_free(struct stream *s)
{
    if (!s)
        return;
    abandon_all(s);
    for (size_t i = 0; i < s->slot_count; i++)
        slot_free(s->slots[i]);
    free(s->slots);
    entry_scan_release(&s->scan);
    free(s);
}
