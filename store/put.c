/* Single rows that a scan puts at its end. */
#include "store/view.h"

#include "spnscan/times.h"

/* Else its rows of before, and its names, would stay. */
static enum spn_code check_touched(const struct store *store, int64_t object, struct spn_error *reterr)
{
    if (store->work->anew || id_set_has(&store->work->is_touched, object))
        return SPN_OK;
    return spn_error_set(reterr, SPN_INTERNAL, 0, "object %lld is put without being touched",
                         (long long)object);
}

#define CONSENSUS_COLUMNS 7

/* at: how many parameters stand before the row's own. */
static int bind_consensus(const struct store *store, sqlite3_stmt *stmt, int at,
                          const struct consensus_row *row)
{
    int rc = sqlite3_bind_int64(stmt, at + 1, row->object) |
             sqlite3_bind_blob(stmt, at + 2, row->guid.b, sizeof row->guid.b, SQLITE_STATIC) |
             sqlite3_bind_int64(stmt, at + 3, store->domain_ids[row->domain]) |
             sqlite3_bind_int(stmt, at + 4, row->shown);
    for (int facet = 0; facet < FACET_COUNT; facet++)
        rc |= db_bind_state(stmt, at + 5 + facet, row->state[facet]);
    return rc;
}

static enum spn_code put_consensus(struct store *store, const struct consensus_row *row,
                                   struct spn_error *reterr)
{
    sqlite3_stmt *stmt = db_stmt(store, STMT_PUT_CONSENSUS, reterr);
    return stmt ? db_put(store, stmt, bind_consensus(store, stmt, 0, row), reterr) : SPN_DATABASE;
}

static enum spn_code add_consensus(struct store *store, const struct consensus_row *rows,
                                   struct spn_error *reterr)
{
    /* OR ROLLBACK: as in writer_rows.c. */
    sqlite3_stmt *stmt =
        db_stmt_rows(store, STMT_ADD_CONSENSUS, "INSERT OR ROLLBACK INTO object (" OBJECT_COLUMNS ") VALUES ",
                     CONSENSUS_COLUMNS, ROWS_AT_ONCE, reterr);
    int rc = SQLITE_OK;
    for (int i = 0; stmt && i < ROWS_AT_ONCE; i++)
        rc |= bind_consensus(store, stmt, i * CONSENSUS_COLUMNS, &rows[i]);
    return db_put(store, stmt, rc, reterr);
}

enum spn_code view_put_waiting(struct store *store, struct spn_error *reterr)
{
    struct view_work *work = store->work;
    enum spn_code code = SPN_OK;
    if (work->waiting_count == ROWS_AT_ONCE)
        code = add_consensus(store, work->waiting, reterr);
    else
        for (size_t i = 0; code == SPN_OK && i < work->waiting_count; i++)
            code = put_consensus(store, &work->waiting[i], reterr);
    work->waiting_count = 0;
    return code;
}

enum spn_code store_put_consensus(struct store *store, const struct consensus_row *row,
                                  struct spn_error *reterr)
{
    enum spn_code code = check_touched(store, row->object, reterr);
    if (code != SPN_OK)
        return code;
    struct view_work *work = store->work;
    if (!work->empty)
        return put_consensus(store, row, reterr);
    work->guids = xgrow(work->guids, &work->guid_size, work->guid_count + 1, sizeof *work->guids);
    work->guids[work->guid_count++] = guid_entry(&row->guid, row->object);
    work->waiting[work->waiting_count++] = *row;
    return work->waiting_count == ROWS_AT_ONCE ? view_put_waiting(store, reterr) : SPN_OK;
}

/* A departure tells where it differs, a kept row all that is known. */
enum spn_code store_put_departure(struct store *store, const struct departure_row *row,
                                  struct spn_error *reterr)
{
    enum spn_code code = check_touched(store, row->object, reterr);
    sqlite3_stmt *stmt =
        code == SPN_OK ? db_stmt(store, row->kept ? STMT_PUT_KEPT : STMT_PUT_DEPARTURE, reterr) : NULL;
    if (!stmt)
        return code == SPN_OK ? SPN_DATABASE : code;
    int rc = sqlite3_bind_int64(stmt, 1, row->object) | sqlite3_bind_int64(stmt, 2, store->dc_ids[row->dc]) |
             sqlite3_bind_int(stmt, 3, row->shown);
    for (int facet = 0; facet < FACET_COUNT; facet++)
        if (row->kept ? row->shown : row->differs[facet])
            rc |= db_bind_state(stmt, 4 + facet, row->state[facet]);
    return db_put(store, stmt, rc, reterr);
}

enum spn_code store_put_change(struct store *store, const struct change_row *row, struct spn_error *reterr)
{
    sqlite3_stmt *stmt = db_stmt(store, STMT_PUT_CHANGE, reterr);
    if (!stmt)
        return SPN_DATABASE;
    const char *facet = row->facet < FACET_COUNT ? facet_name((enum facet)row->facet) : "object";
    return db_put(store, stmt,
                  sqlite3_bind_int64(stmt, 1, store->scan) | sqlite3_bind_int64(stmt, 2, row->object) |
                      sqlite3_bind_int64(stmt, 3, store->dc_ids[row->dc]) | db_bind_str(stmt, 4, facet) |
                      db_bind_state(stmt, 5, row->from) | db_bind_state(stmt, 6, row->to),
                  reterr);
}

enum spn_code store_put_difference(struct store *store, const struct difference_row *row,
                                   struct spn_error *reterr)
{
    char written[TIME_TEXT_SIZE], origin[GUID_TEXT_SIZE];
    enum spn_code code = check_touched(store, row->object, reterr);
    if (code == SPN_OK)
        code = view_put_waiting(store, reterr);
    sqlite3_stmt *stmt = code == SPN_OK ? db_stmt(store, STMT_PUT_DIFFERENCE, reterr) : NULL;
    if (!stmt)
        return code == SPN_OK ? SPN_DATABASE : code;
    int rc = sqlite3_bind_int64(stmt, 1, row->object) | sqlite3_bind_int64(stmt, 2, store->dc_ids[row->dc]) |
             db_bind_str(stmt, 3, row->attribute) | db_bind_str(stmt, 4, row->verdict) |
             db_bind_str(stmt, 5, row->severity) | db_bind_str(stmt, 13, row->note ? row->note : "") |
             sqlite3_bind_int64(stmt, 14, store->scan) | sqlite3_bind_int64(stmt, 15, row->young_s);
    if (row->winner != SIZE_MAX)
        rc |= sqlite3_bind_int64(stmt, 6, store->dc_ids[row->winner]);
    if (row->has_stamp)
        rc |= sqlite3_bind_int64(stmt, 7, row->stamp.version) |
              db_bind_str(stmt, 8, time_format(row->stamp.written_us, written)) |
              db_bind_str(stmt, 9, guid_format(&row->stamp.origin, origin)) |
              sqlite3_bind_int64(stmt, 10, (int64_t)row->stamp.usn);
    if (row->has_behind)
        rc |= sqlite3_bind_int64(stmt, 11, (int64_t)row->behind_usn);
    if (row->has_behind && row->behind_s >= 0)
        rc |= sqlite3_bind_int64(stmt, 12, row->behind_s);
    return db_put(store, stmt, rc, reterr);
}

enum spn_code store_put_stamp(struct store *store, int64_t object, const char *attribute,
                              const struct stamp_row *row, struct spn_error *reterr)
{
    char written[TIME_TEXT_SIZE], origin[GUID_TEXT_SIZE];
    enum spn_code code = store->work ? view_put_waiting(store, reterr) : SPN_OK;
    sqlite3_stmt *stmt = code == SPN_OK ? db_stmt(store, STMT_PUT_STAMP, reterr) : NULL;
    if (!stmt)
        return code == SPN_OK ? SPN_DATABASE : code;
    int rc = sqlite3_bind_int64(stmt, 1, object) | db_bind_str(stmt, 2, attribute) |
             sqlite3_bind_int64(stmt, 3, row->version) |
             db_bind_str(stmt, 4, time_format(row->written_us, written)) |
             db_bind_str(stmt, 5, guid_format(&row->origin, origin)) |
             sqlite3_bind_int64(stmt, 6, (int64_t)row->usn);
    code = db_put(store, stmt, rc, reterr);
    /* Within store_finish: it is not an old one. */
    return code == SPN_OK && store->work ? db_put_id(store, STMT_NOTE_STAMP, object, reterr) : code;
}

enum spn_code store_put_principal(struct store *store, const struct principal_row *row,
                                  struct spn_error *reterr)
{
    sqlite3_stmt *stmt = db_stmt(store, STMT_PUT_PRINCIPAL, reterr);
    if (!stmt)
        return SPN_DATABASE;
    return db_put(store, stmt,
                  db_bind_str(stmt, 1, row->sid) | db_bind_str(stmt, 2, row->sam) |
                      db_bind_str(stmt, 3, row->dn),
                  reterr);
}

enum spn_code store_put_trustees_unasked(struct store *store, bool unasked, struct spn_error *reterr)
{
    return db_exec(store,
                   unasked ? "INSERT OR REPLACE INTO meta (name, value) VALUES ('trustees_unasked', 1)"
                           : "DELETE FROM meta WHERE name = 'trustees_unasked'",
                   "write", reterr);
}
