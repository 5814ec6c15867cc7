/* dc_sids.c: names of SIDs, many in a question. */
#include "scanner/decode/clean.h"
#include "scanner/decode/sid.h"
#include "scanner/run/dc_worker.h"

#define SIDS_AT_ONCE 200 /* in one filter: some 20 KB */

struct sid_reading {
    void (*found)(void *ctx, const struct principal_row *row);
    void *ctx;
};

static enum spn_code on_principal(void *ctx, const struct entry *entry, struct spn_error *reterr)
{
    const struct sid_reading *s = ctx;
    char sam[256], sid[SID_TEXT_SIZE];
    struct text_buf dn = {0};
    (void)reterr;
    if (!entry_text(entry, "sAMAccountName", sam, sizeof sam) ||
        !sid_format(entry_value(entry, "objectSid"), sid))
        return SPN_OK;
    clean_append(&dn, entry->dn);
    const struct principal_row row = {.sid = sid, .sam = sam, .dn = dn.data ? dn.data : ""};
    s->found(s->ctx, &row);
    text_release(&dn);
    return SPN_OK;
}

/* (|(objectSid=...)...) over the next SIDs from *at; empty: none of them is one. */
static void make_filter(struct text_buf *filter, char *const *sids, size_t count, size_t *at)
{
    uint8_t sid[SID_MAX_SIZE];
    text_clear(filter);
    for (size_t n = 0; *at < count && n < SIDS_AT_ONCE; (*at)++) {
        size_t len = sid_parse(sids[*at], sid);
        if (!len)
            continue;
        text_append_str(filter, n++ ? "(objectSid=" : "(|(objectSid=");
        search_filter_escape(filter, (struct bytes){sid, len});
        text_append_char(filter, ')');
    }
    if (filter->len)
        text_append_char(filter, ')');
}

enum spn_code dc_resolve_sids(const struct scan_context *scan, size_t index, char *const *sids, size_t count,
                              void (*found)(void *ctx, const struct principal_row *row), void *ctx,
                              struct spn_error *reterr)
{
    static const char *const attrs[] = {"sAMAccountName", "objectSid", NULL};
    const struct dc_info *dc = &scan->forest->dcs[index];
    const bool gc = dc->is_gc;
    const struct conn_target target = {dc->name, dc->address, gc ? dc->gc_port : dc->ldap_port};
    struct sid_reading reading = {found, ctx};
    struct text_buf filter = {0};
    _Atomic(int) phase = PHASE_WAITING;
    struct conn *conn = NULL;
    enum spn_code code = conn_open(&target, &scan->config->login, &phase, &conn, reterr);
    for (size_t at = 0; code == SPN_OK && at < count;) {
        make_filter(&filter, sids, count, &at);
        struct search search = {.base = "",
                                .scope = SCOPE_SUBTREE,
                                .filter = filter.data,
                                .attrs = attrs,
                                .page_size = scan->config->page_size};
        if (!gc)
            search.base = dc->domain >= 0 ? scan->forest->domains[dc->domain].dn : scan->forest->root_dn;
        if (filter.len)
            code = search_run(conn, &search, on_principal, &reading, NULL, reterr);
    }
    conn_close(conn);
    text_release(&filter);
    return code;
}
