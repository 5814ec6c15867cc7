/* findings.c: which findings are known, and which of them somebody has accepted. */
#include "store/db.h"

#include "spnscan/times.h"

#define MANY_OBJECTS 10000

#define BEFORE "(SELECT value FROM meta WHERE name = 'findings_scan')"
#define NOW    "(SELECT id FROM current_scan)"
/* WHERE TRUE: else SQLite takes ON for that of a join. */
#define FOUND(which)                                                                                         \
    "INSERT INTO finding_seen (id, report, first_scan, last_scan, account) "                                 \
    "SELECT f.id, f.report, s.id, s.id, f.account FROM finding f JOIN current_scan s WHERE "                 \
    "f.severity <> 'info' AND " which                                                                        \
    " ON CONFLICT (id) DO UPDATE SET last_scan = excluded.last_scan, account = excluded.account"

/* Nothing has changed since the scan before: what was found of accounts is found again. */
static const char unchanged_sql[] =
    "UPDATE finding_seen SET last_scan = " NOW " WHERE report <> 'health' AND last_scan = " BEFORE
    ";" FOUND("f.report = 'health'");

/* What hangs on one account alone is found again where nothing of it was touched; all else is worked out. */
static const char changed_sql[] =
    "UPDATE finding_seen SET last_scan = " NOW " WHERE last_scan = " BEFORE
    " AND account IS NOT NULL AND account NOT IN (SELECT guid FROM temp.again);" FOUND("TRUE");

/* So many that it is worth its time to have the views made anew. */
static enum spn_code many_objects(struct store *store, bool *ret, struct spn_error *reterr)
{
    int64_t highest = 0;
    enum spn_code code = db_int(store, "SELECT coalesce(max(id), 0) FROM object", &highest, reterr);
    *ret = highest > MANY_OBJECTS;
    return code;
}

/* All of them. */
static enum spn_code find_all(struct store *store, struct spn_error *reterr)
{
    bool many = false;
    enum spn_code code = focus_all(store, reterr);
    if (code == SPN_OK)
        code = many_objects(store, &many, reterr);
    if (code == SPN_OK && many)
        code = db_fast_guids(store, reterr);
    if (code == SPN_OK)
        code = delegations_find(store, false, reterr);
    if (code == SPN_OK && many)
        code = parts_keep_faults(store, false, reterr);
    if (code == SPN_OK)
        code = db_exec(store, FOUND("TRUE"), "write", reterr);
    return code == SPN_OK && many ? parts_drop_faults(store, reterr) : code;
}

/* Those of what was noted. */
static enum spn_code find_again(struct store *store, bool unchanged, struct spn_error *reterr)
{
    bool any = false;
    enum spn_code code = focus_set(store, &any, reterr);
    if (code == SPN_OK && any)
        code = delegations_find(store, true, reterr);
    return code == SPN_OK ? db_exec(store, unchanged && !any ? unchanged_sql : changed_sql, "write", reterr)
                          : code;
}

enum spn_code findings_remember(struct store *store, bool unchanged, struct spn_error *reterr)
{
    bool same = false;
    enum spn_code code = focus_same_frame(store, &same, reterr);
    if (code == SPN_OK)
        code = same && store->focus_noted ? find_again(store, unchanged, reterr) : find_all(store, reterr);
    if (code == SPN_OK)
        code = focus_keep_frame(store, reterr);
    return code == SPN_OK ? focus_end(store, reterr) : code;
}

static enum spn_code first_int(void *ctx, const struct store_cell *cells, size_t count,
                               struct spn_error *reterr)
{
    int64_t *value = ctx;
    (void)count;
    (void)reterr;
    *value = cells[0].value;
    return SPN_OK;
}

enum spn_code finding_is_known(struct store *store, const char *id, bool *ret, struct spn_error *reterr)
{
    int64_t known = 0;
    enum spn_code code = delegations_make_up(store, reterr);
    if (code == SPN_OK)
        code = db_query(store, "SELECT EXISTS (SELECT 1 FROM finding WHERE id = ?1)", id, first_int, &known,
                        reterr);
    *ret = known != 0;
    return code;
}

/* A scan writes in pieces, and at its end for as long as its view takes. */
static enum spn_code edit_error(struct store *store, struct spn_error *reterr)
{
    if ((sqlite3_errcode(store->db) & 0xff) == SQLITE_BUSY)
        return spn_error_set(reterr, SPN_DATABASE, SQLITE_BUSY,
                             "database '%s' is being written by a scan: try again when it is done",
                             store->path);
    return db_error(store, "write", reterr);
}

/* One statement, which is a transaction of its own. */
static enum spn_code edit(struct store *store, const char *sql, const char *const *texts, int count,
                          struct spn_error *reterr)
{
    sqlite3_stmt *stmt = db_prepare(store, sql, reterr);
    enum spn_code code = SPN_OK;
    int rc = SQLITE_OK;
    if (!stmt)
        return SPN_DATABASE;
    for (int i = 0; i < count; i++)
        rc |= db_bind_str(stmt, i + 1, texts[i]);
    if (rc != SQLITE_OK || sqlite3_step(stmt) != SQLITE_DONE)
        code = edit_error(store, reterr);
    sqlite3_finalize(stmt);
    return code;
}

enum spn_code finding_accept(struct store *store, const char *id, const char *until, const char *why,
                             struct spn_error *reterr)
{
    static const char sql[] = "INSERT INTO accepted (id, until, why, at) VALUES (?1, ?2, ?3, ?4) "
                              "ON CONFLICT (id) DO UPDATE SET until = ?2, why = ?3, at = ?4";
    char at[TIME_TEXT_SIZE];
    const char *texts[] = {id, until, why, time_format(time_now_us(), at)};
    return edit(store, sql, texts, 4, reterr);
}

enum spn_code finding_unaccept(struct store *store, const char *id, bool *ret, struct spn_error *reterr)
{
    enum spn_code code = edit(store, "DELETE FROM accepted WHERE id = ?1", &id, 1, reterr);
    *ret = code == SPN_OK && sqlite3_changes(store->db) > 0;
    return code;
}

enum spn_code findings_accepted(struct store *store, store_row_fn row, void *ctx, struct spn_error *reterr)
{
    static const char sql[] =
        "SELECT id, until, why, at, until < date('now'), id IN (SELECT id FROM finding) "
        "FROM accepted ORDER BY id";
    enum spn_code code = db_begin_temp(store, "", reterr);
    if (code == SPN_OK)
        code = delegations_make_up(store, reterr);
    code = db_end_temp(store, code, reterr);
    return code == SPN_OK ? db_query(store, sql, NULL, row, ctx, reterr) : code;
}

enum spn_code db_count_accepted(struct store *store, int64_t *ret, struct spn_error *reterr)
{
    return db_int(
        store,
        "SELECT count(*) FROM finding_seen f JOIN current_scan s ON s.id = f.last_scan JOIN accepted a "
        "ON a.id = f.id WHERE a.until >= date('now')",
        ret, reterr);
}
