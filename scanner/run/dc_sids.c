/* dc_sids.c: names of SIDs, many in a question and some questions at once. */
#include "scanner/decode/clean.h"
#include "scanner/decode/sid.h"
#include "scanner/ldap/questions.h"
#include "scanner/run/dc_inside.h"

/* In one filter: some 10 KB, all of which a DC may want to take in before it answers. */
#define SIDS_AT_ONCE      200
#define QUESTIONS_AT_ONCE 24

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

/* All SIDs, of which how is the search but for its filter. */
static enum spn_code ask(struct conn *conn, const struct search *how, char *const *sids, size_t count,
                         struct sid_reading *reading, struct spn_error *reterr)
{
    struct text_buf filters[QUESTIONS_AT_ONCE] = {0};
    struct question questions[QUESTIONS_AT_ONCE];
    enum spn_code code = SPN_OK;
    for (size_t at = 0, n = 0; code == SPN_OK && at < count; n = 0) {
        while (n < QUESTIONS_AT_ONCE && at < count) {
            make_filter(&filters[n], sids, count, &at);
            questions[n] = (struct question){.search = *how, .found = on_principal, .ctx = reading};
            questions[n].search.filter = filters[n].data;
            n += filters[n].len > 0;
        }
        code = n ? questions_run(conn, questions, n, NULL, reterr) : SPN_OK;
    }
    for (size_t i = 0; i < QUESTIONS_AT_ONCE; i++)
        text_release(&filters[i]);
    return code;
}

enum spn_code dc_resolve_sids(const struct scan_context *scan, struct dc_job *job, char *const *sids,
                              size_t count, void (*found)(void *ctx, const struct principal_row *row),
                              void *ctx, struct spn_error *reterr)
{
    static const char *const attrs[] = {"sAMAccountName", "objectSid", NULL};
    const struct dc_info *dc = &scan->forest->dcs[job->index];
    const bool gc = dc->is_gc;
    struct sid_reading reading = {found, ctx};
    struct search search = {.base = "",
                            .scope = SCOPE_SUBTREE,
                            .attrs = attrs,
                            .page_size = scan->config->page_size,
                            .plain = scan->config->plain};
    _Atomic(int) phase = PHASE_WAITING;
    struct conn *conn = dc_take_kept(&job->kept_gc);
    if (!gc)
        search.base = dc->domain >= 0 ? scan->forest->domains[dc->domain].dn : scan->forest->root_dn;
    enum spn_code code = conn ? SPN_OK : dc_open(scan->config, dc, gc, &phase, &conn, reterr);
    if (code == SPN_OK)
        code = ask(conn, &search, sids, count, &reading, reterr);
    conn_close(conn);
    return code;
}
