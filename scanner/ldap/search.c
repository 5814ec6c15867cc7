#include "scanner/ldap/search.h"

#include <ctype.h>

#include "scanner/ldap/range_follow.h"
#include "scanner/ldap/request.h"

struct run {
    struct request request;
    struct entry_buf buf;
    search_entry_fn found;
    void *ctx;
    struct search_stats *stats;
    uint64_t bytes_counted;
};

static void count_bytes(struct run *run)
{
    uint64_t now = conn_bytes(run->request.conn);
    if (run->stats)
        atomic_fetch_add_explicit(&run->stats->bytes, now - run->bytes_counted, memory_order_relaxed);
    run->bytes_counted = now;
}

static enum spn_code take_entry(struct run *run, LDAPMessage *msg, struct spn_error *reterr)
{
    bool gone = false;
    enum spn_code code = entry_buf_take(&run->buf, run->request.conn->ld, msg, run->request.what, reterr);

    if (code == SPN_OK && range_needed(&run->buf))
        code = range_follow(&run->request, &run->buf, &gone, reterr);
    /* An object that was deleted between two parts of its values is not there: as if it had been deleted a
     * moment earlier, it is no part of the answer. */
    if (code == SPN_OK && !gone) {
        struct entry entry = entry_buf_seal(&run->buf);
        if (run->stats)
            atomic_fetch_add_explicit(&run->stats->entries, 1, memory_order_relaxed);
        count_bytes(run);
        code = run->found(run->ctx, &entry, reterr);
    }
    entry_buf_clear(&run->buf);
    return code;
}

/* One page, or the whole of an unpaged search. *ret_entries: how many messages held one. */
static enum spn_code read_page(struct run *run, uint64_t *ret_entries, struct spn_error *reterr)
{
    LDAPMessage *msg = NULL;
    enum spn_code code = request_send(&run->request, reterr);

    *ret_entries = 0;
    while (code == SPN_OK) {
        code = request_next(&run->request, &msg, reterr);
        if (code != SPN_OK || !msg)
            break;
        ++*ret_entries;
        code = take_entry(run, msg, reterr);
    }
    if (code != SPN_OK)
        request_abandon(&run->request);
    else if (run->stats)
        atomic_fetch_add_explicit(&run->stats->pages, 1, memory_order_relaxed);
    count_bytes(run);
    return code;
}

enum spn_code search_run(struct conn *conn, const struct search *search, search_entry_fn found, void *ctx,
                         struct search_stats *stats, struct spn_error *reterr)
{
    struct run run = {.found = found, .ctx = ctx, .stats = stats, .bytes_counted = conn_bytes(conn)};
    enum spn_code code;
    uint64_t entries;
    int empty = 0;

    request_init(&run.request, conn, search, NULL);
    do {
        code = read_page(&run, &entries, reterr);
        empty = entries ? 0 : empty + 1;
        if (code == SPN_OK && run.request.more && empty > MAX_EMPTY_PAGES)
            code = spn_error_set(reterr, SPN_PROTOCOL, 0, "%s: %d empty pages in a row", run.request.what,
                                 empty);
    } while (code == SPN_OK && run.request.more);
    request_release(&run.request);
    entry_buf_release(&run.buf);
    return code;
}

void search_filter_escape(struct text_buf *buf, struct bytes value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = value.data[i];
        if (c < 0x80 && isalnum(c))
            text_append_char(buf, (char)c);
        else
            text_append_fmt(buf, "\\%02x", c);
    }
}

void search_filter_add_guid(struct text_buf *filter, const struct guid *guid)
{
    text_append_str(filter, "(objectGUID=");
    search_filter_escape(filter, (struct bytes){guid->b, sizeof guid->b});
    text_append_char(filter, ')');
}
