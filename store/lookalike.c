/* lookalike.c: see lookalike.h. */
#include "store/lookalike.h"

/* Names by account and by skeleton; sole: the account's only name of that skeleton. Pairs first that nobody
 * was asked about yet, so that a bound can't keep them out for ever; then those to be asked about again, the
 * oldest answer first. */
static const char begin_sql[] =
    "CREATE TEMP TABLE alike_name AS SELECT DISTINCT skeleton, object, lower(spn) AS key, dc FROM "
    "lookalike_name;"
    "CREATE INDEX temp.alike_name_object ON alike_name (object, key, dc);"
    "CREATE TEMP TABLE alike_one AS SELECT skeleton, object, key, "
    "count(*) OVER (PARTITION BY skeleton, object) = 1 AS sole FROM "
    "(SELECT DISTINCT skeleton, object, key FROM temp.alike_name);"
    "CREATE INDEX temp.alike_one_skeleton ON alike_one (skeleton, object);"
    "CREATE INDEX temp.alike_one_object ON alike_one (object, key)";
static const char end_sql[] = "DROP TABLE IF EXISTS temp.alike_name; DROP TABLE IF EXISTS temp.alike_one";

#define SHOWS(object, key)                                                                                   \
    "EXISTS (SELECT 1 FROM temp.alike_name n WHERE n.object = p." object " AND n.key = p." key " AND "       \
    "(n.dc = s.dc OR (n.dc IS NULL AND NOT EXISTS "                                                          \
    "(SELECT 1 FROM departure d WHERE d.object = p." object " AND d.dc = s.dc))))"

/* ?1: also what was answered already; ?2: how many at most. A DC that could not tell is not the first to be
 * asked again. */
static const char pairs_sql[] =
    "WITH scope AS MATERIALIZED (SELECT dc, name, domain FROM dc_scope),"
    " pair AS MATERIALIZED (SELECT * FROM ("
    "  SELECT a.object, a.key, a.sole, b.object AS other, b.key AS other_key, b.sole AS other_sole, NULL AS "
    "  silent "
    "  FROM temp.alike_one a CROSS JOIN temp.alike_one b "
    "       ON b.skeleton = a.skeleton AND b.object > a.object AND b.key <> a.key "
    "  WHERE NOT EXISTS (SELECT 1 FROM lookalike_answer l WHERE l.object = a.object AND l.key = a.key AND "
    "                    l.other = b.object AND l.other_key = b.key)"
    "  UNION ALL SELECT * FROM ("
    "  SELECT l.object, l.key, a.sole, l.other, l.other_key, b.sole, iif(l.answer = 'unknown', l.dc, NULL) "
    "  FROM lookalike_answer l JOIN temp.alike_one a ON a.object = l.object AND a.key = l.key "
    "       JOIN temp.alike_one b ON b.object = l.other AND b.key = l.other_key "
    "  WHERE ?1 OR l.answer = 'unknown' ORDER BY l.scan)) LIMIT ?2)"
    "SELECT p.object, x.guid, x.domain, p.key, p.sole, p.other, y.guid, y.domain, p.other_key, p.other_sole,"
    " (SELECT dc FROM (SELECT s.dc, s.dc IS p.silent AS later, s.name FROM scope s WHERE s.domain = x.domain "
    "  AND (s.dc, y.domain) IN (SELECT dc, domain FROM scope) "
    "  AND " SHOWS("object", "key") " AND " SHOWS(
        "other", "other_key") ") ORDER BY later, name LIMIT 1) "
                              "FROM pair p JOIN object x ON x.id = p.object JOIN object y ON y.id = p.other";

static void read_side(const struct store *store, sqlite3_stmt *stmt, int from, struct lookalike_side *ret)
{
    const void *guid = sqlite3_column_blob(stmt, from + 1);
    *ret = (struct lookalike_side){.object = sqlite3_column_int64(stmt, from),
                                   .domain = db_domain_index(store, sqlite3_column_int64(stmt, from + 2)),
                                   .key = (const char *)sqlite3_column_text(stmt, from + 3),
                                   .sole = sqlite3_column_int(stmt, from + 4) != 0};
    if (guid && sqlite3_column_bytes(stmt, from + 1) == sizeof ret->guid.b)
        memcpy(ret->guid.b, guid, sizeof ret->guid.b);
}

static enum spn_code each_pair(struct store *store, bool anew, size_t limit,
                               void (*found)(void *ctx, const struct lookalike_pair *pair), void *ctx,
                               struct spn_error *reterr)
{
    sqlite3_stmt *stmt = db_prepare(store, pairs_sql, reterr);
    enum spn_code code = stmt ? SPN_OK : SPN_DATABASE;
    if (stmt && (sqlite3_bind_int(stmt, 1, anew) | sqlite3_bind_int64(stmt, 2, (int64_t)limit)))
        code = db_error(store, "read", reterr);
    for (bool row = true; code == SPN_OK && row;) {
        struct lookalike_pair pair = {.dc = SIZE_MAX};
        code = db_step(store, stmt, &row, reterr);
        if (code != SPN_OK || !row)
            break;
        read_side(store, stmt, 0, &pair.side[0]);
        read_side(store, stmt, 5, &pair.side[1]);
        if (sqlite3_column_type(stmt, 10) != SQLITE_NULL)
            pair.dc = db_dc_index(store, sqlite3_column_int64(stmt, 10));
        if (pair.side[0].key && pair.side[1].key)
            found(ctx, &pair);
    }
    sqlite3_finalize(stmt);
    return code;
}

enum spn_code store_each_lookalike(struct store *store, bool anew, size_t limit,
                                   void (*found)(void *ctx, const struct lookalike_pair *pair), void *ctx,
                                   struct spn_error *reterr)
{
    enum spn_code code = db_exec(store, begin_sql, "read", reterr);
    if (code == SPN_OK)
        code = each_pair(store, anew, limit, found, ctx, reterr);
    if (code == SPN_OK)
        return db_exec(store, end_sql, "read", reterr);
    sqlite3_exec(store->db, end_sql, NULL, NULL, NULL); /* the error is in hand */
    return code;
}

enum spn_code store_put_lookalike(struct store *store, const struct lookalike_row *row,
                                  struct spn_error *reterr)
{
    static const char sql[] =
        "INSERT OR REPLACE INTO lookalike_answer VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    sqlite3_stmt *stmt = db_stmt_of(store, STMT_PUT_LOOKALIKE, sql, reterr);
    if (!stmt)
        return SPN_DATABASE;
    int rc = sqlite3_bind_int64(stmt, 1, row->object) | db_bind_str(stmt, 2, row->key) |
             sqlite3_bind_int64(stmt, 3, row->other) | db_bind_str(stmt, 4, row->other_key) |
             db_bind_str(stmt, 6, row->answer) | db_bind_str(stmt, 7, row->why) |
             sqlite3_bind_int64(stmt, 8, store->scan);
    if (row->dc != SIZE_MAX)
        rc |= sqlite3_bind_int64(stmt, 5, store->dc_ids[row->dc]);
    return db_put(store, stmt, rc, reterr);
}

enum spn_code lookalike_forget(struct store *store, struct spn_error *reterr)
{
    return db_exec(store,
                   "DELETE FROM lookalike_answer WHERE "
                   "(object, key) NOT IN (SELECT object, lower(spn) FROM lookalike_name) OR "
                   "(other, other_key) NOT IN (SELECT object, lower(spn) FROM lookalike_name)",
                   "write", reterr);
}
