#include "scanner/run/dc_worker.h"

#include <stdlib.h>
#include <string.h>

#include "scanner/ldap/stream.h"
#include "scanner/run/account_sink.h"
#include "scanner/run/forest_read.h"
#include "scanner/run/slices.h"
#include "spnscan/times.h"

#define ASK_AT_ONCE 50 /* GUIDs in one filter: a request of some 3 KB */

/* From here on a page is read faster than the next can be asked for. */
#define FAR_ROUND_TRIP_US 10000

/* A DC closes a connection that has been idle for 900 s (MaxConnIdleTime, MS-ADTS 3.1.1.3.4.6). */
#define IDLE_S 300

/* Holders of SPNs. */
static const char pas_filter[] = "(servicePrincipalName=*)";

/* Accounts with facts that the partial attribute set lacks, and accounts that may delegate whether they hold
 * an SPN or not: TRUSTED_FOR_DELEGATION 0x80000, TRUSTED_TO_AUTHENTICATE_FOR_DELEGATION 0x1000000
 * (MS-ADTS 2.2.16; LDAP_MATCHING_RULE_BIT_AND, MS-ADTS 3.1.1.3.4.4.1). */
#define REST_CLAUSES                                                                                         \
    "(msDS-SupportedEncryptionTypes=*)(msDS-AllowedToDelegateTo=*)(msDS-"                                    \
    "AllowedToActOnBehalfOfOtherIdentity=*)"                                                                 \
    "(userAccountControl:1.2.840.113556.1.4.803:=524288)(userAccountControl:1.2.840.113556.1.4.803:="        \
    "16777216)"
static const char rest_filter[] = "(&(sAMAccountName=*)(|" REST_CLAUSES "))";
static const char all_filter[] = "(|(servicePrincipalName=*)(&(sAMAccountName=*)(|" REST_CLAUSES ")))";

struct reading {
    const struct scan_context *scan;
    const struct dc_info *dc;
    struct dc_progress *progress;
    struct dc_result *result;
    struct account_sink sink;
    struct conn *conn;
    bool far;     /* its answers take so long that questions had better overlap */
    bool unpaged; /* it answers a search without pages, and faster so */
};

/* ---- errors ---- */

static enum dc_status status_for(enum dc_phase phase, enum spn_code code)
{
    if (code == SPN_CANCELLED)
        return DC_CANCELLED;
    switch (phase) {
    case PHASE_WAITING:
    case PHASE_RESOLVE:
        return DC_UNRESOLVED;
    case PHASE_CONNECT:
        return DC_UNREACHABLE;
    case PHASE_TLS:
        return DC_TLS_FAILED;
    case PHASE_BIND:
        return code == SPN_UNREACHABLE ? DC_CUT_OFF : DC_BIND_FAILED;
    default:
        return code == SPN_DIRECTORY ? DC_REFUSED : DC_CUT_OFF;
    }
}

static void fail(struct reading *r, const struct spn_error *error)
{
    struct dc_result *result = r->result;
    result->phase = (enum dc_phase)atomic_load(&r->progress->phase);
    if (result->status == DC_WAITING || result->status == DC_OK)
        result->status = status_for(result->phase, error->code);
    result->complete = false;
    result->ldap_code = error->native;
    snprintf(result->error, sizeof result->error, "%s", error->text);
}

/* The scan as a whole goes on whatever befalls one DC; only the store ends it. */
static enum spn_code finish(struct reading *r, enum spn_code code, const struct spn_error *error,
                            struct spn_error *reterr)
{
    struct dc_result *result = r->result;
    struct spn_error flush_error = {0};
    conn_close(r->conn);
    enum spn_code flushed = account_sink_flush(&r->sink, &flush_error);
    if (code == SPN_OK) {
        result->status = DC_OK;
        result->phase = PHASE_DONE;
        result->complete = true;
        atomic_store(&r->progress->phase, PHASE_DONE);
    } else {
        fail(r, error);
    }
    result->hidden_uac += r->sink.hidden_uac;
    result->objects = atomic_load(&r->progress->stats.entries);
    result->pages = atomic_load(&r->progress->stats.pages);
    result->bytes = atomic_load(&r->progress->stats.bytes);
    result->ended_us = time_now_us();
    if (result->complete && result->hidden_uac)
        snprintf(result->error, sizeof result->error,
                 "userAccountControl of %llu accounts is hidden from this reader: it lacks read access to "
                 "the property set "
                 "Account Restrictions (membership in Pre-Windows 2000 Compatible Access gives it)",
                 (unsigned long long)result->hidden_uac);
    atomic_store(&r->progress->status, result->status);
    if (flushed != SPN_OK) {
        *reterr = flush_error;
        return flushed;
    }
    if (code == SPN_DATABASE) {
        *reterr = *error;
        return code;
    }
    return SPN_OK;
}

/* ---- steps ---- */

static enum spn_code open_port(struct reading *r, bool gc, struct spn_error *reterr)
{
    const struct conn_target target = {r->dc->name, r->dc->address, gc ? r->dc->gc_port : r->dc->ldap_port};
    conn_close(r->conn);
    r->conn = NULL;
    enum spn_code code = conn_open(&target, &r->scan->config->login, &r->progress->phase, &r->conn, reterr);
    if (code == SPN_OK) {
        snprintf(r->result->address, sizeof r->result->address, "%s", conn_address(r->conn));
        snprintf(r->result->bind, sizeof r->result->bind, "%s", conn_bind_text(r->conn));
    }
    return code;
}

static enum spn_code check_identity(struct reading *r, const struct rootdse *rootdse,
                                    struct spn_error *reterr)
{
    enum spn_code code = rootdse_identify(rootdse, r->conn, r->dc->name, reterr);
    if (code != SPN_OK)
        r->result->status = DC_WRONG_DC;
    return code;
}

static enum spn_code meet(struct reading *r, struct own_dsa *own, struct spn_error *reterr)
{
    struct rootdse rootdse;
    enum spn_code code = open_port(r, false, reterr);
    if (code != SPN_OK)
        return code;
    atomic_store(&r->progress->phase, PHASE_ROOTDSE);
    code = rootdse_read(r->conn, &rootdse, reterr);
    if (code == SPN_OK)
        code = check_identity(r, &rootdse, reterr);
    if (code == SPN_OK)
        code = own_dsa_read(r->conn, &rootdse, r->scan->forest, own, reterr);
    if (code != SPN_OK)
        return code;
    r->result->highest_usn = rootdse.has_usn ? rootdse.highest_usn : 0;
    /* Samba has no page limit, and makes a page at a sixth of the speed of an answer without. */
    r->unpaged = rootdse.is_samba;
    r->far = rootdse.has_usn && rootdse.round_trip_us >= FAR_ROUND_TRIP_US;
    r->result->has_skew = rootdse.has_skew;
    r->result->skew_us = rootdse.skew_us;
    r->result->invocation_id = own->invocation_id;
    r->result->is_gc = own->is_gc;
    r->result->is_rodc = own->is_rodc;
    r->result->gc_ready = rootdse.gc_ready;
    return SPN_OK;
}

/* Reads accounts into the sink; mask: the facets that attrs tell. */
static enum spn_code stream(struct reading *r, const char *base, const char *filter, const char *const *attrs,
                            unsigned mask, struct spn_error *reterr)
{
    const struct scan_config *config = r->scan->config;
    struct search search = {
        .base = base, .scope = SCOPE_SUBTREE, .filter = filter, .attrs = attrs, .plain = config->plain};
    struct search_stats *stats = &r->progress->stats;
    r->sink.mask = mask;
    if (r->unpaged) {
        enum spn_code code = search_stream(r->conn, &search, account_sink_entry, &r->sink, stats, reterr);
        if (code != SPN_DIRECTORY || reterr->native != SEARCH_SIZE_LIMIT)
            return code;
        r->unpaged = false; /* it has a limit after all: from the start, by pages */
    }
    search.page_size = config->page_size;
    if (r->far && !config->plain && atomic_load(&r->progress->phase) != PHASE_ASK)
        return slices_run(r->conn, &search, r->result->highest_usn, account_sink_entry, &r->sink, stats,
                          reterr);
    return search_stream(r->conn, &search, account_sink_entry, &r->sink, stats, reterr);
}

/* The partial attribute set of every domain, from the GC port. */
static enum spn_code read_gc(struct reading *r, struct spn_error *reterr)
{
    struct conn *ldap = r->conn;
    const double start = time_steady_s();
    r->conn = NULL;
    enum spn_code code = open_port(r, true, reterr);
    if (code == SPN_OK) {
        atomic_store(&r->progress->phase, PHASE_GC_READ);
        code = stream(r, "", pas_filter, facet_pas_attrs, FACETS_PAS, reterr);
    }
    conn_close(r->conn);
    r->conn = ldap;
    /* The LDAP port has waited meanwhile. */
    return code == SPN_OK && time_steady_s() - start > IDLE_S ? open_port(r, false, reterr) : code;
}

/* The DC's own domain, from the LDAP port: all of it where there is no GC. */
static enum spn_code read_ldap(struct reading *r, bool gc, const enum replica_kind *replicas,
                               struct spn_error *reterr)
{
    const struct forest_info *forest = r->scan->forest;
    enum spn_code code = SPN_OK;
    atomic_store(&r->progress->phase, PHASE_LDAP_READ);
    for (size_t d = 0; code == SPN_OK && d < forest->domain_count; d++)
        if (replicas[d] == REPLICA_FULL)
            code = stream(r, forest->domains[d].dn, gc ? rest_filter : all_filter,
                          gc ? facet_rest_attrs : facet_all_attrs, gc ? FACETS_REST : FACETS_ALL, reterr);
    return code;
}

static void reading_init(struct reading *r, const struct scan_context *scan, size_t index,
                         struct dc_view *view, struct dc_progress *progress, struct dc_result *result)
{
    *r = (struct reading){
        .scan = scan, .dc = &scan->forest->dcs[index], .progress = progress, .result = result};
    account_sink_init(&r->sink, scan, view);
}

enum spn_code dc_read(const struct scan_context *scan, size_t index, struct dc_view *view,
                      struct dc_progress *progress, struct dc_result *result, struct spn_error *reterr)
{
    struct reading r;
    struct own_dsa own = {0};
    struct spn_error error = {0};
    reading_init(&r, scan, index, view, progress, result);
    result->started_us = time_now_us();
    enum spn_code code = meet(&r, &own, &error);
    bool gc = own.is_gc && result->gc_ready;
    if (code == SPN_OK && gc)
        code = read_gc(&r, &error);
    if (code == SPN_OK)
        code = read_ldap(&r, gc, own.replicas, &error);
    /* What it holds in part can be seen on the GC port alone. */
    for (size_t d = 0; own.replicas && !gc && d < scan->forest->domain_count; d++)
        if (own.replicas[d] == REPLICA_PARTIAL)
            own.replicas[d] = REPLICA_NONE;
    result->replicas = own.replicas;
    return finish(&r, code, &error, reterr);
}

/* ---- asking ---- */

static enum spn_code ask_some(struct reading *r, const char *base, const struct guid_list *wanted, size_t *at,
                              bool full, struct spn_error *reterr)
{
    struct text_buf filter = {0};
    size_t count = 0;
    text_append_str(&filter, "(|");
    for (; *at < wanted->count && count < ASK_AT_ONCE; (*at)++) {
        const struct wanted_object *object = &wanted->items[*at];
        if ((r->result->replicas[object->domain] == REPLICA_FULL) != full)
            continue;
        text_append_str(&filter, "(objectGUID=");
        search_filter_escape(&filter, (struct bytes){object->guid.b, sizeof object->guid.b});
        text_append_char(&filter, ')');
        count++;
    }
    text_append_char(&filter, ')');
    enum spn_code code = SPN_OK;
    if (count)
        code = stream(r, base, filter.data, full ? facet_all_attrs : facet_pas_attrs,
                      full ? FACETS_ALL : FACETS_PAS, reterr);
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
            code = open_port(r, false, reterr);
        atomic_store(&r->progress->phase, PHASE_ASK);
        for (size_t at = 0; code == SPN_OK && at < wanted->count;)
            code = ask_some(r, forest->domains[d].dn, wanted, &at, true, reterr);
    }
    if (code != SPN_OK || !wants(r, wanted, -1, false))
        return code;
    code = open_port(r, true, reterr);
    atomic_store(&r->progress->phase, PHASE_ASK);
    for (size_t at = 0; code == SPN_OK && at < wanted->count;)
        code = ask_some(r, "", wanted, &at, false, reterr);
    return code;
}

enum spn_code dc_ask(const struct scan_context *scan, size_t index, const struct guid_list *wanted,
                     struct dc_view *view, struct dc_progress *progress, struct dc_result *result,
                     struct spn_error *reterr)
{
    struct reading r;
    struct spn_error error = {0};
    reading_init(&r, scan, index, view, progress, result);
    enum spn_code code = ask_all(&r, wanted, &error);
    return finish(&r, code, &error, reterr);
}
