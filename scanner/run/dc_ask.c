/* Single objects by GUID: absent from a stream is not absent from the DC. */
#include <stdlib.h>

#include "scanner/run/dc_inside.h"

#define ASK_AT_ONCE 50 /* GUIDs in one filter: a request of some 3 KB */

/* What was asked for in one question, and what came. */
struct asking {
    struct reading *r;
    const struct wanted_object *asked[ASK_AT_ONCE];
    bool came[ASK_AT_ONCE];
    size_t count;
};

static enum spn_code on_entry(void *ctx, const struct entry *entry, struct spn_error *reterr)
{
    struct asking *a = ctx;
    struct guid guid;
    if (entry_guid(entry, "objectGUID", &guid))
        for (size_t i = 0; i < a->count; i++)
            a->came[i] |= guid_equal(&a->asked[i]->guid, &guid);
    account_sink_usn(&a->r->sink, entry);
    return account_sink_entry(&a->r->sink, entry, reterr);
}

static enum spn_code ask_some(struct reading *r, const char *base, const struct guid_list *wanted, size_t *at,
                              int domain, bool full, struct spn_error *reterr)
{
    struct text_buf filter = {0};
    struct asking a = {.r = r};
    text_append_str(&filter, "(|");
    for (; *at < wanted->count && a.count < ASK_AT_ONCE; (*at)++) {
        const struct wanted_object *object = &wanted->items[*at];
        if ((r->result->replicas[object->domain] == REPLICA_FULL) != full ||
            (domain >= 0 && object->domain != domain))
            continue;
        search_filter_add_guid(&filter, &object->guid);
        a.asked[a.count++] = object;
    }
    text_append_char(&filter, ')');
    const struct search search = {.base = base,
                                  .scope = SCOPE_SUBTREE,
                                  .filter = filter.data,
                                  .attrs = full ? facet_all_news_attrs : facet_pas_news_attrs,
                                  .page_size = r->unpaged ? 0 : r->scan->config->page_size,
                                  .plain = r->scan->config->plain};
    enum spn_code code = SPN_OK;
    r->sink.mask = full ? FACETS_ALL : FACETS_PAS;
    r->sink.increment = false;
    if (a.count)
        code = search_stream(r->conn, &search, on_entry, &a, &r->progress->stats, reterr);
    for (size_t i = 0; code == SPN_OK && i < a.count; i++)
        if (!a.came[i])
            code = ledger_gone(r->scan->ledger, r->sink.view, &a.asked[i]->guid, reterr);
    r->result->asked += a.count;
    text_release(&filter);
    return code;
}

static bool wants(const struct reading *r, const struct guid_list *wanted, int domain, bool full)
{
    for (size_t i = 0; i < wanted->count; i++)
        if ((domain < 0 || wanted->items[i].domain == domain) &&
            (r->result->replicas[wanted->items[i].domain] == REPLICA_FULL) == full)
            return true;
    return false;
}

/* Full replicas on the LDAP port, one domain after the other; partial ones on the GC port, all at once. */
static enum spn_code ask_all(struct reading *r, const struct guid_list *wanted, struct spn_error *reterr)
{
    const struct forest_info *forest = r->scan->forest;
    enum spn_code code = SPN_OK;
    for (size_t d = 0; code == SPN_OK && d < forest->domain_count; d++) {
        if (r->result->replicas[d] != REPLICA_FULL || !wants(r, wanted, (int)d, true))
            continue;
        if (!r->conn)
            code = dc_open_port(r, false, reterr);
        atomic_store(&r->progress->phase, PHASE_ASK);
        for (size_t at = 0; code == SPN_OK && at < wanted->count;)
            code = ask_some(r, forest->domains[d].dn, wanted, &at, (int)d, true, reterr);
    }
    if (code != SPN_OK || !wants(r, wanted, -1, false))
        return code;
    code = dc_open_port(r, true, reterr);
    atomic_store(&r->progress->phase, PHASE_ASK);
    for (size_t at = 0; code == SPN_OK && at < wanted->count;)
        code = ask_some(r, "", wanted, &at, -1, false, reterr);
    return code;
}

enum spn_code dc_ask(const struct scan_context *scan, struct dc_job *job, struct spn_error *reterr)
{
    struct reading r;
    struct spn_error error = {0};
    dc_reading_init(&r, scan, job);
    enum spn_code code = ask_all(&r, &job->wanted, &error);
    return dc_finish(&r, code, &error, reterr);
}
