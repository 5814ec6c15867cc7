/* What is told of replication and of the health of DCs: of the scan that is being finished, and of no other.
 */
#include "spnscan/times.h"
#include "store/db.h"

static int bind_time(sqlite3_stmt *stmt, int index, int64_t us, char text[TIME_TEXT_SIZE])
{
    return us > 0 ? db_bind_str(stmt, index, time_format(us, text)) : sqlite3_bind_null(stmt, index);
}

enum spn_code store_clear_replication(struct store *store, struct spn_error *reterr)
{
    return db_exec(store, "DELETE FROM cursor; DELETE FROM neighbour", "write", reterr);
}

enum spn_code store_put_origin(struct store *store, const struct guid *invocation, const char *name,
                               struct spn_error *reterr)
{
    char id[GUID_TEXT_SIZE];
    sqlite3_stmt *stmt = db_stmt(store, STMT_PUT_ORIGIN, reterr);
    if (!stmt)
        return SPN_DATABASE;
    return db_put(store, stmt, db_bind_str(stmt, 1, guid_format(invocation, id)) | db_bind_str(stmt, 2, name),
                  reterr);
}

enum spn_code store_put_cursor(struct store *store, size_t dc, int domain, const struct guid *origin,
                               uint64_t usn, int64_t synced_us, struct spn_error *reterr)
{
    char id[GUID_TEXT_SIZE], synced[TIME_TEXT_SIZE];
    sqlite3_stmt *stmt = db_stmt(store, STMT_PUT_CURSOR, reterr);
    if (!stmt)
        return SPN_DATABASE;
    return db_put(store, stmt,
                  sqlite3_bind_int64(stmt, 1, store->dc_ids[dc]) |
                      sqlite3_bind_int64(stmt, 2, store->domain_ids[domain]) |
                      db_bind_str(stmt, 3, guid_format(origin, id)) |
                      sqlite3_bind_int64(stmt, 4, (int64_t)usn) | bind_time(stmt, 5, synced_us, synced),
                  reterr);
}

enum spn_code store_put_neighbour(struct store *store, const struct neighbour_row *row,
                                  struct spn_error *reterr)
{
    char success[TIME_TEXT_SIZE], attempt[TIME_TEXT_SIZE];
    sqlite3_stmt *stmt = db_stmt(store, STMT_PUT_NEIGHBOUR, reterr);
    if (!stmt)
        return SPN_DATABASE;
    return db_put(
        store, stmt,
        sqlite3_bind_int64(stmt, 1, store->dc_ids[row->dc]) |
            sqlite3_bind_int64(stmt, 2, store->domain_ids[row->domain]) | db_bind_str(stmt, 3, row->source) |
            (row->usn ? sqlite3_bind_int64(stmt, 4, (int64_t)row->usn) : SQLITE_OK) |
            bind_time(stmt, 5, row->success_us, success) | bind_time(stmt, 6, row->attempt_us, attempt) |
            sqlite3_bind_int64(stmt, 7, row->failures) | sqlite3_bind_int64(stmt, 8, row->result),
        reterr);
}

/* What was found before and is found again keeps since when; the rest goes with store_end_health. */
enum spn_code store_put_health(struct store *store, const struct health_row *row, struct spn_error *reterr)
{
    static const char sql[] =
        "INSERT INTO temp.found_health (dc, kind, severity, detail, first_scan) "
        "VALUES (?1, ?2, ?3, ?4, coalesce((SELECT first_scan FROM health WHERE dc IS ?1 AND kind = ?2), ?5))";
    sqlite3_stmt *stmt = db_prepare(store, sql, reterr);
    if (!stmt)
        return SPN_DATABASE;
    enum spn_code code =
        db_put(store, stmt,
               (row->dc == SIZE_MAX ? sqlite3_bind_null(stmt, 1)
                                    : sqlite3_bind_int64(stmt, 1, store->dc_ids[row->dc])) |
                   db_bind_str(stmt, 2, row->kind) | db_bind_str(stmt, 3, row->severity) |
                   db_bind_str(stmt, 4, row->detail) | sqlite3_bind_int64(stmt, 5, store->scan),
               reterr);
    sqlite3_finalize(stmt);
    return code;
}

enum spn_code store_begin_health(struct store *store, struct spn_error *reterr)
{
    return db_exec(store,
                   "CREATE TEMP TABLE found_health (dc INTEGER, kind TEXT, severity TEXT, detail TEXT, "
                   "first_scan INTEGER)",
                   "write", reterr);
}

enum spn_code store_end_health(struct store *store, struct spn_error *reterr)
{
    return db_exec(store,
                   "DELETE FROM health;"
                   "INSERT INTO health (dc, kind, severity, detail, first_scan) SELECT dc, kind, severity, "
                   "detail, first_scan FROM temp.found_health;"
                   "DROP TABLE temp.found_health",
                   "write", reterr);
}

static int domain_index(const struct store *store, int64_t id)
{
    for (size_t d = 0; d < store->domain_count; d++)
        if (store->domain_ids[d] == id)
            return (int)d;
    return -1;
}

static enum spn_code take_cursor(struct store *store, sqlite3_stmt *stmt, struct known_cursor *ret,
                                 struct spn_error *reterr)
{
    *ret = (struct known_cursor){.dc = db_dc_index(store, sqlite3_column_int64(stmt, 0)),
                                 .domain = domain_index(store, sqlite3_column_int64(stmt, 1)),
                                 .usn = (uint64_t)sqlite3_column_int64(stmt, 3),
                                 .synced_us = sqlite3_column_int64(stmt, 4) * 1000000};
    if (!guid_parse((const char *)sqlite3_column_text(stmt, 2), &ret->origin))
        return db_damaged(store, "a cursor without an origin", reterr);
    return SPN_OK;
}

enum spn_code store_each_cursor(struct store *store,
                                void (*found)(void *ctx, const struct known_cursor *cursor), void *ctx,
                                struct spn_error *reterr)
{
    static const char sql[] =
        "SELECT dc, domain, origin, usn, CAST(strftime('%s', synced) AS INTEGER) FROM cursor";
    sqlite3_stmt *stmt = db_prepare(store, sql, reterr);
    enum spn_code code = stmt ? SPN_OK : SPN_DATABASE;
    for (bool row = true; code == SPN_OK && row;) {
        struct known_cursor cursor = {.domain = -1};
        code = db_step(store, stmt, &row, reterr);
        if (code == SPN_OK && row)
            code = take_cursor(store, stmt, &cursor, reterr);
        if (code == SPN_OK && row && cursor.domain >= 0)
            found(ctx, &cursor);
    }
    sqlite3_finalize(stmt);
    return code;
}
