/* Up to where each DC is known, and how it was read. Once a DC and scan, so that no statement is kept for it.
 */
#include "store/view.h"

#include "spnscan/times.h"

enum spn_code store_put_mark(struct store *store, const struct mark_row *row, struct spn_error *reterr)
{
    char invocation[GUID_TEXT_SIZE], full[TIME_TEXT_SIZE], deletions[TIME_TEXT_SIZE];
    sqlite3_stmt *stmt = db_prepare(store,
                                    "INSERT OR REPLACE INTO mark (dc, scan, invocation_id, usn, seen_usn, "
                                    "full_at, deletions_at) VALUES (?1, ?2, ?3, ?4, ?7, ?5, ?6)",
                                    reterr);
    if (!stmt)
        return SPN_DATABASE;
    enum spn_code code = db_put(store, stmt,
                                sqlite3_bind_int64(stmt, 1, store->dc_ids[row->dc]) |
                                    sqlite3_bind_int64(stmt, 2, store->scan) |
                                    db_bind_str(stmt, 3, guid_format(&row->invocation_id, invocation)) |
                                    sqlite3_bind_int64(stmt, 4, (int64_t)row->usn) |
                                    sqlite3_bind_int64(stmt, 7, (int64_t)row->seen_usn) |
                                    db_bind_str(stmt, 5, time_format(row->full_us, full)) |
                                    db_bind_str(stmt, 6, time_format(row->deletions_us, deletions)),
                                reterr);
    sqlite3_finalize(stmt);
    return code;
}

enum spn_code store_drop_mark(struct store *store, size_t dc, struct spn_error *reterr)
{
    sqlite3_stmt *stmt = db_prepare(store, "DELETE FROM mark WHERE dc = ?1", reterr);
    if (!stmt)
        return SPN_DATABASE;
    enum spn_code code = db_put(store, stmt, sqlite3_bind_int64(stmt, 1, store->dc_ids[dc]), reterr);
    sqlite3_finalize(stmt);
    return code == SPN_OK ? view_drop_kept(store, store->dc_ids[dc], reterr) : code;
}

enum spn_code store_put_reading(struct store *store, const struct reading_row *row, struct spn_error *reterr)
{
    sqlite3_stmt *stmt =
        db_prepare(store,
                   "INSERT OR REPLACE INTO reading (scan, dc, mode, deletions, changed, asked) "
                   "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                   reterr);
    if (!stmt)
        return SPN_DATABASE;
    enum spn_code code =
        db_put(store, stmt,
               sqlite3_bind_int64(stmt, 1, store->scan) |
                   sqlite3_bind_int64(stmt, 2, store->dc_ids[row->dc]) | db_bind_str(stmt, 3, row->mode) |
                   db_bind_str(stmt, 4, row->deletions) | sqlite3_bind_int64(stmt, 5, (int64_t)row->changed) |
                   sqlite3_bind_int64(stmt, 6, (int64_t)row->asked),
               reterr);
    sqlite3_finalize(stmt);
    return code;
}
