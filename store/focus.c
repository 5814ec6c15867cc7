/* Which accounts the findings are worked out for again. A finding of an account hangs on what the DCs show of
 * it, of those who hold the names it delegates to, and of those who may act there: whatever of these a scan
 * touched is noted while the view is made. All others keep what was found of them, as long as the
 * circumstances (the frame) are the same. */
#include "store/alias.h"
#include "store/view.h"

/* More than that, and it costs less to work everything out. */
#define MAX_TOUCHED 50000

#define DROP_TABLES                                                                                          \
    "DROP TABLE IF EXISTS temp.again; DROP TABLE IF EXISTS temp.hot_key; DROP TABLE IF EXISTS temp.hot_sid;" \
    "DROP TABLE IF EXISTS temp.principal_before;"

/* hot_key, hot_sid: names and SIDs of what was touched, before and after. */
static const char begin_sql[] =
    DROP_TABLES "CREATE TEMP TABLE again (object INTEGER PRIMARY KEY, guid TEXT);"
                "CREATE TEMP TABLE hot_key (key TEXT PRIMARY KEY) WITHOUT ROWID;"
                "CREATE TEMP TABLE hot_sid (sid TEXT PRIMARY KEY) WITHOUT ROWID;"
                "CREATE TEMP TABLE principal_before AS SELECT sid, sam, dn FROM principal";

static const char hot_sql[] =
    "INSERT OR IGNORE INTO temp.hot_key SELECT key FROM target_holder WHERE object IN (SELECT object FROM "
    "temp.again);"
    "INSERT OR IGNORE INTO temp.hot_sid SELECT t.sid FROM temp.again a CROSS JOIN trustee_account t ON "
    "t.object = a.object";

/* Whoever delegates to a hot name, also by the class that stands for the one on its list. */
static const char pointing_sql[] =
    "INSERT OR IGNORE INTO temp.again SELECT g.object, g.guid FROM object_guid g WHERE g.object IN ("
    "SELECT d.object FROM delegation_state d, json_each(d.targets) j WHERE d.targets <> '[]' AND "
    "(lower(j.value) IN (SELECT key FROM temp.hot_key) OR EXISTS (SELECT 1 FROM spn_mapping m WHERE "
    "m.class = lower(substr(j.value, 1, instr(j.value, '/') - 1)) AND "
    "m.stands_for || lower(substr(j.value, instr(j.value, '/'))) IN (SELECT key FROM temp.hot_key))))";

static const char trusting_sql[] =
    "INSERT OR IGNORE INTO temp.again SELECT g.object, g.guid FROM object_guid g WHERE g.object IN ("
    "SELECT d.object FROM delegation_state d, json_each(d.trustees) j WHERE d.trustees <> '[]' AND "
    "j.value IN (SELECT sid FROM temp.hot_sid))";

/* Names of trustees came, went or are others now. */
static const char principals_sql[] = "INSERT OR IGNORE INTO temp.hot_sid SELECT sid FROM (SELECT sid, sam, "
                                     "dn FROM principal EXCEPT SELECT * FROM "
                                     "temp.principal_before);"
                                     "INSERT OR IGNORE INTO temp.hot_sid SELECT sid FROM (SELECT * FROM "
                                     "temp.principal_before EXCEPT SELECT sid, sam, dn "
                                     "FROM principal)";

/* What every finding hangs on: which DCs speak of which domains, mappings, which SIDs are whose, and whether
 * all that have no name were looked up. */
#define FRAME_SQL                                                                                            \
    "(SELECT coalesce((SELECT group_concat(dc || ' ' || name || ' ' || domain || ' ' || is_full, ';') FROM " \
    "(SELECT dc, name, domain, is_full FROM dc_scope ORDER BY 1, 3)), '') || '|' || " MAPPINGS_SQL           \
    " || '|' || "                                                                                            \
    "coalesce((SELECT group_concat(id || '=' || netbios, ' ') FROM (SELECT id, netbios FROM domain "         \
    "ORDER BY id)), '') || '|' || coalesce((SELECT group_concat(domain || ' ' || sids, ';') FROM "           \
    "(SELECT DISTINCT domain, sids FROM dc_account WHERE sids IS NOT NULL ORDER BY 1, 2)), '') || "          \
    "coalesce((SELECT '|unasked' FROM meta WHERE name = 'trustees_unasked'), ''))"

enum spn_code focus_begin(struct store *store, struct spn_error *reterr)
{
    store->focus_noted = false;
    return db_exec(store, begin_sql, "write", reterr);
}

enum spn_code focus_before(struct store *store, struct spn_error *reterr)
{
    const struct view_work *work = store->work;
    enum spn_code code = SPN_OK;
    if (work->anew || work->touched_count > MAX_TOUCHED)
        return SPN_OK;
    sqlite3_stmt *put = db_prepare(
        store, "INSERT INTO temp.again SELECT object, guid FROM object_guid WHERE object = ?1", reterr);
    if (!put)
        return SPN_DATABASE;
    for (size_t i = 0; code == SPN_OK && i < work->touched_count; i++)
        code = db_put(store, put, sqlite3_bind_int64(put, 1, work->touched[i].object), reterr);
    sqlite3_finalize(put);
    return code == SPN_OK ? db_exec(store, hot_sql, "write", reterr) : code;
}

enum spn_code focus_after(struct store *store, struct spn_error *reterr)
{
    int64_t hot = 0;
    if (store->work->anew || store->work->touched_count > MAX_TOUCHED)
        return SPN_OK;
    enum spn_code code = db_exec(store, hot_sql, "write", reterr);
    if (code == SPN_OK)
        code = db_int(store, "SELECT EXISTS (SELECT 1 FROM temp.hot_key)", &hot, reterr);
    if (code == SPN_OK && hot)
        code = db_exec(store, pointing_sql, "write", reterr);
    store->focus_noted = code == SPN_OK;
    return code;
}

enum spn_code focus_same_frame(struct store *store, bool *ret, struct spn_error *reterr)
{
    static const char sql[] =
        "SELECT (SELECT value FROM meta WHERE name = 'findings_scan') IS "
        "(SELECT max(id) FROM scan WHERE stored = 1 AND id < (SELECT id FROM current_scan)) AND "
        "(SELECT value FROM meta WHERE name = 'findings_frame') IS " FRAME_SQL;
    int64_t same = 0;
    enum spn_code code = db_int(store, sql, &same, reterr);
    *ret = same != 0;
    return code;
}

enum spn_code focus_all(struct store *store, struct spn_error *reterr)
{
    return db_exec(store, "DELETE FROM focus; INSERT INTO focus VALUES (-1)", "write", reterr);
}

enum spn_code focus_keep_frame(struct store *store, struct spn_error *reterr)
{
    static const char sql[] =
        "INSERT OR REPLACE INTO meta (name, value) SELECT 'findings_scan', id FROM current_scan;"
        "INSERT OR REPLACE INTO meta (name, value) VALUES ('findings_frame', " FRAME_SQL ")";
    return db_exec(store, sql, "write", reterr);
}

/* An empty focus is none: the reports would speak of all. There is no object 0. */
static const char set_sql[] =
    "DELETE FROM focus; INSERT INTO focus VALUES (0); INSERT INTO focus SELECT object FROM temp.again";

enum spn_code focus_set(struct store *store, bool *ret_any, struct spn_error *reterr)
{
    int64_t any = 0;
    enum spn_code code = db_exec(store, principals_sql, "write", reterr);
    if (code == SPN_OK)
        code = db_exec(store, trusting_sql, "write", reterr);
    if (code == SPN_OK)
        code = db_exec(store, set_sql, "write", reterr);
    if (code == SPN_OK)
        code = db_int(store, "SELECT EXISTS (SELECT 1 FROM temp.again)", &any, reterr);
    *ret_any = any != 0;
    return code;
}

enum spn_code focus_end(struct store *store, struct spn_error *reterr)
{
    store->focus_noted = false;
    return db_exec(store, "DELETE FROM focus;" DROP_TABLES, "write", reterr);
}
