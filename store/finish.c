#include "store/db.h"
#include "store/forest.h"
#include "store/view.h"

#include <stdlib.h>
#include <string.h>

#include "spnscan/times.h"

static int bind_bool(sqlite3_stmt *stmt, int index, bool known, bool value)
{
    return known ? sqlite3_bind_int(stmt, index, value) : sqlite3_bind_null(stmt, index);
}

/* What the DC said of itself wins over what the configuration NC said of it. */
static int bind_who(sqlite3_stmt *stmt, const struct forest_info *forest, const struct dc_info *dc,
                    const struct dc_result *r)
{
    bool told = r->phase > PHASE_ROOTDSE;
    bool known = told || dc->located;
    return db_bind_str(stmt, 3, dc->site) |
           db_bind_str(stmt, 4, dc->domain >= 0 ? forest->domains[dc->domain].dns_name : "") |
           bind_bool(stmt, 5, known, told ? r->is_gc : dc->is_gc) |
           bind_bool(stmt, 6, known, told ? r->is_rodc : dc->is_rodc) |
           db_bind_str(stmt, 7, r->address[0] ? r->address : dc->address);
}

static int bind_outcome(sqlite3_stmt *stmt, const struct dc_result *r)
{
    return db_bind_str(stmt, 8, dc_status_name(r->status)) | db_bind_str(stmt, 9, dc_phase_name(r->phase)) |
           db_bind_str(stmt, 10, r->error) | sqlite3_bind_int(stmt, 11, r->ldap_code) |
           db_bind_str(stmt, 12, r->bind) |
           (r->has_skew ? sqlite3_bind_int64(stmt, 13, r->skew_us / 1000) : SQLITE_OK) |
           (r->highest_usn ? sqlite3_bind_int64(stmt, 14, (int64_t)r->highest_usn) : SQLITE_OK) |
           sqlite3_bind_int64(stmt, 16, (int64_t)r->objects) |
           sqlite3_bind_int64(stmt, 17, (int64_t)r->pages) | sqlite3_bind_int64(stmt, 18, (int64_t)r->bytes) |
           sqlite3_bind_int64(stmt, 19, (int64_t)r->hidden_uac) | sqlite3_bind_int(stmt, 20, r->complete);
}

static enum spn_code put_scan_dc(struct store *store, const struct forest_info *forest, size_t i,
                                 const struct dc_result *r, struct spn_error *reterr)
{
    const struct dc_info *dc = &forest->dcs[i];
    char started[TIME_TEXT_SIZE], ended[TIME_TEXT_SIZE], invocation[GUID_TEXT_SIZE];
    const struct guid *id = guid_is_zero(&r->invocation_id) ? &dc->invocation_id : &r->invocation_id;
    sqlite3_stmt *stmt = db_stmt(store, STMT_PUT_SCAN_DC, reterr);
    if (!stmt)
        return SPN_DATABASE;
    int rc = sqlite3_bind_int64(stmt, 1, store->scan) | sqlite3_bind_int64(stmt, 2, store->dc_ids[i]) |
             bind_who(stmt, forest, dc, r) | bind_outcome(stmt, r);
    if (!guid_is_zero(id))
        rc |= db_bind_str(stmt, 15, guid_format(id, invocation));
    if (r->started_us)
        rc |= db_bind_str(stmt, 21, time_format(r->started_us, started));
    if (r->ended_us)
        rc |= db_bind_str(stmt, 22, time_format(r->ended_us, ended));
    rc |= sqlite3_bind_double(stmt, 23, (double)(r->ended_us - r->started_us) / 1e6);
    if (rc)
        return db_error(store, "write", reterr);
    return db_run(store, stmt, "write", reterr);
}

static enum spn_code put_replicas(struct store *store, size_t i, const struct dc_result *r,
                                  struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    for (size_t d = 0; code == SPN_OK && r->complete && r->replicas && d < store->domain_count; d++) {
        if (r->replicas[d] == REPLICA_NONE)
            continue;
        sqlite3_stmt *stmt = db_stmt(store, STMT_PUT_REPLICA, reterr);
        if (!stmt)
            return SPN_DATABASE;
        if (sqlite3_bind_int64(stmt, 1, store->scan) | sqlite3_bind_int64(stmt, 2, store->dc_ids[i]) |
            sqlite3_bind_int64(stmt, 3, store->domain_ids[d]) |
            sqlite3_bind_int(stmt, 4, r->replicas[d] == REPLICA_FULL))
            return db_error(store, "write", reterr);
        code = db_run(store, stmt, "write", reterr);
    }
    return code;
}

static enum spn_code put_scan(struct store *store, const struct forest_info *forest,
                              const struct dc_result *results, bool stored, struct spn_error *reterr)
{
    char ended[TIME_TEXT_SIZE];
    int64_t dcs = 0, complete = 0;
    for (size_t i = 0; i < forest->dc_count; i++) {
        dcs += !forest->dcs[i].excluded;
        complete += results[i].complete;
    }
    sqlite3_stmt *stmt = db_prepare(
        store,
        "UPDATE scan SET ended = ?2, forest = ?3, dcs = ?4, dcs_complete = ?5, stored = ?6 WHERE id = ?1",
        reterr);
    enum spn_code code = SPN_DATABASE;
    if (!stmt)
        return code;
    time_format(time_now_us(), ended);
    if (sqlite3_bind_int64(stmt, 1, store->scan) | db_bind_str(stmt, 2, ended) |
        db_bind_str(stmt, 3, forest->root_domain) | sqlite3_bind_int64(stmt, 4, dcs) |
        sqlite3_bind_int64(stmt, 5, complete) | sqlite3_bind_int(stmt, 6, stored))
        db_error(store, "write", reterr);
    else
        code = db_run(store, stmt, "write", reterr);
    sqlite3_finalize(stmt);
    return code;
}

static enum spn_code put_view(struct store *store, const struct scan_view *view, struct spn_error *reterr)
{
    struct view_work work;
    enum spn_code code = view_begin(store, &work, view->anew, reterr);
    if (code == SPN_OK)
        code = view->emit(view->ctx, store, reterr);
    if (code == SPN_OK)
        code = view_end(store, reterr);
    view_release(&work);
    store->work = NULL;
    return code;
}

static enum spn_code put_all(struct store *store, const struct forest_info *forest,
                             const struct dc_result *results, const struct scan_view *view,
                             struct spn_error *reterr)
{
    /* Not yet known where not even a start answered. */
    enum spn_code code = store->forest == forest ? SPN_OK : db_know_forest(store, forest, reterr);
    for (size_t i = 0; code == SPN_OK && i < forest->dc_count; i++) {
        code = put_scan_dc(store, forest, i, &results[i], reterr);
        if (code == SPN_OK)
            code = put_replicas(store, i, &results[i], reterr);
    }
    if (code == SPN_OK)
        code = put_scan(store, forest, results, view != NULL, reterr);
    /* Without a single whole DC the forest's settings of the scan before stay, with its accounts. */
    if (code == SPN_OK && view)
        code = forest_put(store, forest, reterr);
    return code == SPN_OK && view ? put_view(store, view, reterr) : code;
}

enum spn_code store_finish(struct store *store, const struct forest_info *forest,
                           const struct dc_result *results, const struct scan_view *view,
                           struct spn_error *reterr)
{
    /* Loading only appends; from here on pages are looked at again and again. */
    const bool all_anew = view && view->anew;
    enum spn_code code = db_exec(
        store, all_anew ? "PRAGMA cache_size = -65536; BEGIN IMMEDIATE" : "BEGIN IMMEDIATE", "write", reterr);
    if (code == SPN_OK)
        code = put_all(store, forest, results, view, reterr);
    if (code == SPN_OK)
        code = db_exec(store, "COMMIT", "write", reterr);
    if (code != SPN_OK) /* the error is in hand; SQLite may have rolled back by itself */
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    return code;
}

enum spn_code store_put_later(struct store *store, const struct scan_view *view, struct spn_error *reterr)
{
    enum spn_code code = db_exec(store, "BEGIN IMMEDIATE", "write", reterr);
    if (code == SPN_OK)
        code = view->emit(view->ctx, store, reterr);
    if (code == SPN_OK)
        code = db_exec(store, "COMMIT", "write", reterr);
    if (code != SPN_OK)
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    return code;
}
