#include "scanner/run/dc_inside.h"

#include <stdlib.h>
#include <string.h>

#include "scanner/run/slices.h"
#include "spnscan/times.h"

/* From here on a page is read faster than the next can be asked for; the longer, the more other DCs are read
 * meanwhile. */
#define FAR_ROUND_TRIP_S 0.01
#define PAGE_OF_OTHERS_S 0.0003

/* ---- its end ---- */

/* The scan as a whole goes on whatever befalls one DC; only the store ends it. */
enum spn_code dc_finish(struct reading *r, enum spn_code code, const struct spn_error *error,
                        struct spn_error *reterr)
{
    struct dc_result *result = r->result;
    struct spn_error flush_error = {0};
    conn_close(r->conn);
    conn_close(r->gc);
    enum spn_code flushed = account_sink_end(&r->sink, &flush_error);
    if (code == SPN_OK) {
        result->status = DC_OK;
        result->phase = PHASE_DONE;
        result->complete = true;
        atomic_store(&r->progress->phase, PHASE_DONE);
    } else {
        dc_result_fail(result, r->progress, error);
    }
    result->hidden_uac += r->sink.hidden_uac;
    if (r->sink.usn > result->seen_usn)
        result->seen_usn = r->sink.usn;
    /* What did not change is hidden as before. */
    if (result->incremental && result->hidden_uac < r->job->mark->hidden_uac)
        result->hidden_uac = r->job->mark->hidden_uac;
    dc_result_count(result, r->progress);
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

/* A bind by Kerberos is four round trips, with TLS more. */
struct conn *dc_take_kept(struct kept_conn *kept)
{
    struct conn *conn = kept->conn;
    kept->conn = NULL;
    if (conn && conn_is_idle(conn) && time_steady_s() - kept->since < DC_IDLE_S)
        return conn;
    conn_close(conn);
    return NULL;
}

static void note_conn(struct reading *r)
{
    snprintf(r->result->address, sizeof r->result->address, "%s", conn_address(r->conn));
    snprintf(r->result->bind, sizeof r->result->bind, "%s", conn_bind_text(r->conn));
}

enum spn_code dc_open_port(struct reading *r, bool gc, struct spn_error *reterr)
{
    conn_close(r->conn);
    r->conn = NULL;
    enum spn_code code = dc_open(r->scan->config, r->dc, gc, &r->progress->phase, &r->conn, reterr);
    if (code == SPN_OK)
        note_conn(r);
    return code;
}

/* Where this machine is busy one answer may come late, hardly two. */
static bool is_far(const struct scan_context *scan, const struct conn *conn, const struct rootdse *rootdse)
{
    const double far_s = FAR_ROUND_TRIP_S + PAGE_OF_OTHERS_S * (double)scan->at_once;
    return (double)rootdse->round_trip_us / 1e6 >= far_s && conn_bind_seconds(conn) >= far_s;
}

enum spn_code dc_meet(struct reading *r, struct own_dsa *own, struct spn_error *reterr)
{
    struct rootdse rootdse = {0};
    enum spn_code code = SPN_OK;
    if (r->conn)
        note_conn(r);
    else
        code = dc_open_port(r, false, reterr);
    if (code != SPN_OK)
        return code;
    atomic_store(&r->progress->phase, PHASE_ROOTDSE);
    r->result->usn_asked_us = time_now_us();
    code = own_dsa_meet(r->conn, r->dc->dsa_dn, r->dc->name, r->scan->forest, &rootdse, own, reterr);
    if (code != SPN_OK && rootdse.host[0] && strcasecmp(rootdse.host, r->dc->name) != 0)
        r->result->status = DC_WRONG_DC;
    if (code != SPN_OK)
        return code;
    r->result->highest_usn = rootdse.has_usn ? rootdse.highest_usn : 0;
    /* Samba has no page limit, and makes a page at a sixth of the speed of an answer without. */
    r->unpaged = rootdse.is_samba;
    r->has_usn = rootdse.has_usn;
    r->far = rootdse.has_usn && is_far(r->scan, r->conn, &rootdse);
    r->result->far = r->far;
    r->result->has_skew = rootdse.has_skew;
    r->result->skew_us = rootdse.skew_us;
    r->result->invocation_id = own->invocation_id;
    r->result->is_gc = own->is_gc;
    r->result->is_rodc = own->is_rodc;
    r->result->gc_ready = rootdse.gc_ready;
    return SPN_OK;
}

static enum spn_code stream(struct reading *r, struct search *search, bool sliced, struct spn_error *reterr)
{
    const struct scan_config *config = r->scan->config;
    struct search_stats *stats = &r->progress->stats;
    if (r->unpaged) {
        enum spn_code code = search_stream(r->conn, search, account_sink_entry, &r->sink, stats, reterr);
        if (code != SPN_DIRECTORY || reterr->native != SEARCH_SIZE_LIMIT)
            return code;
        r->unpaged = false; /* it has a limit after all: from the start, by pages */
    }
    search->page_size = config->page_size;
    if (r->far && sliced && !config->plain && !config->serial)
        return slices_run(r->conn, search, r->result->highest_usn, account_sink_entry, &r->sink, stats,
                          reterr);
    return search_stream(r->conn, search, account_sink_entry, &r->sink, stats, reterr);
}

enum spn_code dc_stream(struct reading *r, const struct search *wanted, unsigned mask, bool sliced,
                        struct spn_error *reterr)
{
    struct search search = *wanted;
    search.scope = SCOPE_SUBTREE;
    search.plain = r->scan->config->plain;
    search.known = r->scan->forest->dc_count > 1 ? account_sink_known : NULL;
    r->sink.mask = mask;
    enum spn_code code = stream(r, &search, sliced, reterr);
    r->sink.raw_at = NULL; /* one that came in ranges may have gone before it was whole */
    return code;
}

void dc_reading_init(struct reading *r, const struct scan_context *scan, struct dc_job *job)
{
    *r = (struct reading){.scan = scan,
                          .job = job,
                          .dc = &scan->forest->dcs[job->index],
                          .progress = job->progress,
                          .result = job->result};
    account_sink_init(&r->sink, scan, job->view);
}

/* What it holds in part can be seen on the GC port alone. */
static void narrow(struct reading *r, struct own_dsa *own)
{
    const bool gc = own->is_gc && r->result->gc_ready;
    for (size_t d = 0; own->replicas && !gc && d < r->scan->forest->domain_count; d++)
        if (own->replicas[d] == REPLICA_PARTIAL)
            own->replicas[d] = REPLICA_NONE;
}

/* Can it be read on from its mark? USNs are comparable within one invocationId alone (MS-ADTS 3.1.1.1.9), and
 * what was not read then is not known now. */
static bool goes_on(const struct reading *r, const struct own_dsa *own)
{
    const struct known_mark *mark = r->job->mark;
    const struct forest_info *forest = r->scan->forest;
    if (!mark || !r->has_usn || !guid_equal(&mark->invocation_id, &own->invocation_id) ||
        r->result->highest_usn < mark->seen_usn)
        return false;
    for (size_t d = 0; d < forest->domain_count; d++) {
        enum replica_kind known = REPLICA_NONE;
        for (size_t i = 0; i < mark->replica_count; i++)
            if (strcasecmp(mark->replicas[i].domain_dn, forest->domains[d].dn) == 0)
                known = mark->replicas[i].full ? REPLICA_FULL : REPLICA_PARTIAL;
        if (known != own->replicas[d])
            return false;
    }
    return true;
}

static enum spn_code read_everything(struct reading *r, const struct own_dsa *own, struct spn_error *reterr)
{
    const bool gc = own->is_gc && r->result->gc_ready;
    enum spn_code code = ledger_load_rest(r->scan->ledger, reterr);
    r->result->incremental = false;
    r->result->full_us = time_now_us();
    r->result->deletions = DELETIONS_SEEN;
    return code == SPN_OK ? dc_read_ports(r, gc, own->replicas, reterr) : code;
}

enum spn_code dc_read(const struct scan_context *scan, struct dc_job *job, struct spn_error *reterr)
{
    struct reading r;
    struct own_dsa own = {0};
    struct spn_error error = {0};
    dc_reading_init(&r, scan, job);
    job->result->started_us = time_now_us();
    r.conn = dc_take_kept(&job->kept);
    enum spn_code code = dc_meet(&r, &own, &error);
    narrow(&r, &own);
    job->result->replicas = own.replicas;
    job->result->mark_usn = r.has_usn ? job->result->highest_usn : 0;
    if (code == SPN_OK && goes_on(&r, &own)) {
        job->result->incremental = true;
        job->result->full_us = job->mark->full_us;
        code = dc_changes(&r, job, own.replicas, job->mark->usn, &error);
        /* It declines such a question: then everything is read. */
        if (code == SPN_DIRECTORY && error.native != 0)
            code = read_everything(&r, &own, &error);
    } else if (code == SPN_OK) {
        job->mark_broken = job->mark != NULL;
        code = read_everything(&r, &own, &error);
    }
    if (code == SPN_OK && scan_keeps(scan) && r.far && !job->result->incremental) {
        job->kept = (struct kept_conn){r.conn, time_steady_s()};
        job->kept_gc = (struct kept_conn){r.gc, time_steady_s()};
        r.conn = r.gc = NULL;
    }
    return dc_finish(&r, code, &error, reterr);
}

/* unavailableCriticalExtension, inappropriateMatching (RFC 4511 appendix A): no AD, or none that shows
 * deleted objects. */
static bool cannot_tell_changes(int result)
{
    return result == 12 || result == 18;
}

enum spn_code dc_cut(const struct scan_context *scan, struct dc_job *job, struct spn_error *reterr)
{
    struct reading r;
    struct own_dsa own = {0};
    struct spn_error error = {0};
    const uint64_t since = job->result->mark_usn;
    const struct guid before = job->result->invocation_id;
    dc_reading_init(&r, scan, job);
    r.conn = dc_take_kept(&job->kept);
    enum spn_code code = dc_meet(&r, &own, &error);
    if (code == SPN_OK &&
        (!guid_equal(&before, &own.invocation_id) || !r.has_usn || job->result->highest_usn < since))
        code = spn_error_set(&error, SPN_PROTOCOL, 0,
                             "'%s' was restored while it was read: its USNs do not go on", r.dc->name);
    if (code == SPN_OK)
        code = dc_changes(&r, job, job->result->replicas, since, &error);
    if (code == SPN_OK)
        job->result->mark_usn = job->result->highest_usn;
    /* It was read whole, and knows no such question: next time it is read whole again. */
    if (code == SPN_DIRECTORY && cannot_tell_changes(error.native)) {
        job->result->mark_usn = 0;
        code = SPN_OK;
    }
    free(own.replicas);
    return dc_finish(&r, code, &error, reterr);
}

void guid_list_add(struct guid_list *list, const struct guid *guid, int domain)
{
    list->items = xgrow(list->items, &list->size, list->count + 1, sizeof *list->items);
    list->items[list->count].guid = *guid;
    list->items[list->count++].domain = domain;
}
