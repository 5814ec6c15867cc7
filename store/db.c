#include "store/db.h"

#include <limits.h>
#include <string.h>

static const char *const stmt_sql[STMT_COUNT] = {
    [STMT_FIND_TEMPLATE] = "SELECT id FROM template WHERE text = ?1",
    [STMT_PUT_TEMPLATE] = "INSERT INTO template (id, text) VALUES (?1, ?2)",
    [STMT_PUT_TRAITS] = "INSERT INTO account_trait (state, object, traits) VALUES (?1, ?2, ?3)",
    [STMT_PUT_CONSENSUS] =
        "INSERT INTO object (" OBJECT_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) "
        "ON CONFLICT (id) DO UPDATE SET shown = ?4, spn = ?5, account = ?6, delegation = ?7",
    [STMT_PUT_DEPARTURE] =
        "INSERT INTO departure (object, dc, shown, spn, account, delegation) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [STMT_PUT_KEPT] =
        "INSERT INTO kept (object, dc, shown, spn, account, delegation) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [STMT_PUT_CHANGE] = "INSERT OR REPLACE INTO change (scan, object, dc, facet, from_state, to_state) "
                        "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [STMT_PUT_DIFFERENCE] =
        "INSERT OR REPLACE INTO difference (object, dc, attribute, verdict, severity, winner, version, "
        "written_at, origin, usn, behind_usn, behind_s, note, first_scan) "
        "SELECT ?1, ?2, ?3, ?4, CASE WHEN ?15 > 0 AND f.id > (SELECT min(id) FROM scan WHERE stored = 1) AND "
        "strftime('%s', n.started) - strftime('%s', f.started) < ?15 THEN 'info' ELSE ?5 END, "
        "?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, f.id FROM scan n JOIN scan f ON f.id = coalesce((SELECT "
        "first_scan FROM "
        "temp.difference_before b WHERE b.object = ?1 AND b.dc = ?2 AND b.attribute = ?3), n.id) "
        "WHERE n.id = ?14 AND EXISTS (SELECT 1 FROM consensus c WHERE c.object = ?1)", /* it may have been
                                                                           dropped since it was judged */
    [STMT_PUT_STAMP] =
        "INSERT OR REPLACE INTO stamp (object, attribute, version, written_at, origin, usn) "
        "SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE EXISTS (SELECT 1 FROM consensus c WHERE c.object = ?1)",
    [STMT_PUT_PRINCIPAL] = "INSERT OR REPLACE INTO principal (sid, sam, dn) VALUES (?1, ?2, ?3)",
    [STMT_PUT_SCAN_DC] = "INSERT INTO scan_dc (scan, dc, site, domain, is_gc, is_rodc, address, status, "
                         "phase, error, ldap_code, bind, "
                         "clock_skew_ms, highest_usn, invocation_id, objects, pages, bytes, hidden_uac, "
                         "complete, started, ended, seconds) "
                         "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, "
                         "?17, ?18, ?19, ?20, ?21, ?22, ?23)",
    [STMT_PUT_REPLICA] = "INSERT INTO replica (scan, dc, domain, is_full) VALUES (?1, ?2, ?3, ?4)",
    [STMT_FORGET_STAMP] = "DELETE FROM stamp WHERE object = ?1",
    [STMT_PUT_ORIGIN] = "INSERT INTO origin (invocation_id, name) VALUES (?1, ?2) "
                        "ON CONFLICT (invocation_id) DO UPDATE SET name = excluded.name",
    [STMT_PUT_CURSOR] =
        "INSERT OR REPLACE INTO cursor (dc, domain, origin, usn, synced) VALUES (?1, ?2, ?3, ?4, ?5)",
    [STMT_PUT_NEIGHBOUR] =
        "INSERT OR REPLACE INTO neighbour (dc, domain, source, usn, last_success, last_attempt, "
        "failures, result) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    [STMT_PUT_CANDIDATE] = "INSERT OR IGNORE INTO temp.candidate (object) VALUES (?1)",
    /* What something still speaks of stays. */
    [STMT_DROP_OBJECT] = "DELETE FROM object WHERE id = ?1 AND shown IS NULL "
                         "AND NOT EXISTS (SELECT 1 FROM departure m WHERE m.object = ?1) "
                         "AND NOT EXISTS (SELECT 1 FROM kept m WHERE m.object = ?1) "
                         "AND NOT EXISTS (SELECT 1 FROM change m WHERE m.object = ?1)",
    [STMT_DROP_SPN] =
        "DELETE FROM spn_set WHERE id = ?1 AND id > 0 "
        "AND NOT EXISTS (SELECT 1 FROM consensus m WHERE m.object = spn_set.object AND m.spn = ?1) "
        "AND NOT EXISTS (SELECT 1 FROM departure m WHERE m.object = spn_set.object AND m.spn = ?1) "
        "AND NOT EXISTS (SELECT 1 FROM kept m WHERE m.object = spn_set.object AND m.spn = ?1) "
        "AND NOT EXISTS (SELECT 1 FROM change m WHERE m.object = spn_set.object AND m.facet = 'spn' "
        "AND (m.from_state = ?1 OR m.to_state = ?1))",
    [STMT_DROP_ACCOUNT] =
        "DELETE FROM account_fact WHERE id = ?1 AND id > 0 "
        "AND NOT EXISTS (SELECT 1 FROM consensus m WHERE m.object = account_fact.object AND m.account = ?1) "
        "AND NOT EXISTS (SELECT 1 FROM departure m WHERE m.object = account_fact.object AND m.account = ?1) "
        "AND NOT EXISTS (SELECT 1 FROM kept m WHERE m.object = account_fact.object AND m.account = ?1) "
        "AND NOT EXISTS (SELECT 1 FROM change m WHERE m.object = account_fact.object AND m.facet = "
        "'account' "
        "AND (m.from_state = ?1 OR m.to_state = ?1))",
    [STMT_DROP_DELEGATION] = "DELETE FROM delegation_state WHERE id = ?1 AND id > 0 "
                             "AND NOT EXISTS (SELECT 1 FROM consensus m WHERE m.object = "
                             "delegation_state.object AND m.delegation = ?1) "
                             "AND NOT EXISTS (SELECT 1 FROM departure m WHERE m.object = "
                             "delegation_state.object AND m.delegation = ?1) "
                             "AND NOT EXISTS (SELECT 1 FROM kept m WHERE m.object = delegation_state.object "
                             "AND m.delegation = ?1) "
                             "AND NOT EXISTS (SELECT 1 FROM change m WHERE m.object = "
                             "delegation_state.object AND m.facet = 'delegation' "
                             "AND (m.from_state = ?1 OR m.to_state = ?1))",
    [STMT_NOTE_STAMP] = "INSERT OR IGNORE INTO temp.stamped (object) VALUES (?1)",
    [STMT_DROP_STAMPS] = "DELETE FROM stamp WHERE object = ?1",
    [STMT_TOUCH_CONSENSUS] = "UPDATE object SET " NO_CONSENSUS " WHERE id = ?1",
    [STMT_TOUCH_DEPARTURE] = "DELETE FROM departure WHERE object = ?1",
    [STMT_TOUCH_KEPT] = "DELETE FROM kept WHERE object = ?1",
    [STMT_TOUCH_DIFFERENCE] = "DELETE FROM difference WHERE object = ?1",
    [STMT_KEEP_FIRST_SCAN] =
        "INSERT INTO temp.difference_before SELECT object, dc, attribute, min(first_scan) FROM difference "
        "WHERE object = ?1 GROUP BY object, dc, attribute",
    [STMT_LIVE_SPNS] = "SELECT spn FROM consensus WHERE object = ?1 AND spn > 0 UNION "
                       "SELECT spn FROM departure WHERE object = ?1 AND spn > 0 ORDER BY 1",
    [STMT_SPN_NAMES] = "SELECT lower(j.value) FROM spn_state s, json_each(s.spns) j WHERE s.id = ?1",
    [STMT_HOLDS_NAME] =
        "SELECT 1 FROM (SELECT spn FROM consensus WHERE object = ?1 UNION ALL "
        "SELECT spn FROM departure WHERE object = ?1 AND spn IS NOT NULL) l "
        "CROSS JOIN spn_state s ON s.id = l.spn, json_each(s.spns) j WHERE lower(j.value) = ?2 LIMIT 1",
    [STMT_OBJECT_GUID] = "SELECT guid FROM object WHERE id = ?1",
    [STMT_DROP_SHARED] = "DELETE FROM shared_spn WHERE key = ?1",
    [STMT_PUT_SHARED] = "INSERT INTO shared_spn (key, object) VALUES (?1, ?2)",
    [STMT_FETCH_OBJECT] = "SELECT o.guid, d.dn, o.shown IS NOT NULL, o.shown, o.spn, o.account, o.delegation "
                          "FROM object o JOIN domain d ON d.id = o.domain WHERE o.id = ?1",
    [STMT_FETCH_ROWS] = "SELECT 0, dc, shown, spn, account, delegation FROM departure WHERE object = ?1 "
                        "UNION ALL SELECT 1, dc, shown, spn, account, delegation FROM kept WHERE object = ?1",
    [STMT_FETCH_HISTORY] = "SELECT facet, from_state, to_state FROM change WHERE object = ?1",
    [STMT_FETCH_SPN] = "SELECT object, hash, 0 FROM spn_set WHERE id = ?1",
    [STMT_FETCH_ACCOUNT] = "SELECT object, hash, uac FROM account_fact WHERE id = ?1",
    [STMT_FETCH_DELEGATION] = "SELECT object, hash, 0 FROM delegation_state WHERE id = ?1",
    [STMT_NAME_FIND] = "SELECT first, entries FROM name_index WHERE first <= ?1 ORDER BY first DESC LIMIT 1",
    [STMT_NAME_LOWEST] = "SELECT first, entries FROM name_index ORDER BY first LIMIT 1",
    [STMT_NAME_NEXT] = "SELECT first FROM name_index WHERE first > ?1 ORDER BY first LIMIT 1",
    [STMT_NAME_PUT] = "INSERT OR REPLACE INTO name_index (first, entries) VALUES (?1, ?2)",
    [STMT_NAME_DROP] = "DELETE FROM name_index WHERE first = ?1",
    [STMT_GUID_FIND] = "SELECT first, entries FROM guid_index WHERE first <= ?1 ORDER BY first DESC LIMIT 1",
    [STMT_GUID_LOWEST] = "SELECT first, entries FROM guid_index ORDER BY first LIMIT 1",
    [STMT_GUID_NEXT] = "SELECT first FROM guid_index WHERE first > ?1 ORDER BY first LIMIT 1",
    [STMT_GUID_PUT] = "INSERT OR REPLACE INTO guid_index (first, entries) VALUES (?1, ?2)",
    [STMT_GUID_DROP] = "DELETE FROM guid_index WHERE first = ?1",
};

enum spn_code db_error(const struct store *store, const char *doing, struct spn_error *reterr)
{
    int native = store->db ? sqlite3_extended_errcode(store->db) : SQLITE_NOMEM;
    const char *text = store->db ? sqlite3_errmsg(store->db) : "out of memory";
    if ((native & 0xff) == SQLITE_BUSY)
        text = store->mode == STORE_SCAN
                   ? "another program reads it (a report left open?); end that, and scan again"
                   : "a scan is writing to it; try again";
    return spn_error_set(reterr, SPN_DATABASE, native, "cannot %s database '%s': %s", doing, store->path,
                         text);
}

enum spn_code db_damaged(const struct store *store, const char *what, struct spn_error *reterr)
{
    return spn_error_set(reterr, SPN_DATABASE, SQLITE_CORRUPT,
                         "database '%s' is damaged (%s): move it away and scan again", store->path, what);
}

enum spn_code db_exec(struct store *store, const char *sql, const char *doing, struct spn_error *reterr)
{
    if (sqlite3_exec(store->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return db_error(store, doing, reterr);
    return SPN_OK;
}

sqlite3_stmt *db_prepare(struct store *store, const char *sql, struct spn_error *reterr)
{
    sqlite3_stmt *stmt = NULL;
    if (sqlite3_prepare_v2(store->db, sql, -1, &stmt, NULL) != SQLITE_OK)
        db_error(store, "read", reterr);
    return stmt;
}

sqlite3_stmt *db_stmt(struct store *store, enum stmt_id id, struct spn_error *reterr)
{
    return db_stmt_of(store, id, stmt_sql[id], reterr);
}

sqlite3_stmt *db_stmt_of(struct store *store, enum stmt_id id, const char *sql, struct spn_error *reterr)
{
    sqlite3_stmt *stmt = store->stmt[id];
    if (!stmt) {
        if (sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &store->stmt[id], NULL) !=
            SQLITE_OK)
            db_error(store, "prepare a statement for", reterr);
        return store->stmt[id];
    }
    /* The result of a reset repeats the error of the last step, which was reported then. */
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    return stmt;
}

sqlite3_stmt *db_stmt_rows(struct store *store, enum stmt_id id, const char *head, int columns, size_t rows,
                           struct spn_error *reterr)
{
    struct text_buf sql = {0};
    if (store->stmt[id]) {
        sqlite3_reset(store->stmt[id]);
        return store->stmt[id];
    }
    for (size_t row = 0; row < rows; row++) {
        text_append_str(&sql, row ? ", (" : head);
        text_append_str(&sql, row ? "?" : "(?");
        for (int i = 1; i < columns; i++)
            text_append_str(&sql, ", ?");
        text_append_char(&sql, ')');
    }
    sqlite3_stmt *stmt = db_stmt_of(store, id, sql.data, reterr);
    text_release(&sql);
    return stmt;
}

enum spn_code db_run(struct store *store, sqlite3_stmt *stmt, const char *doing, struct spn_error *reterr)
{
    int rc = sqlite3_step(stmt);
    enum spn_code code = rc == SQLITE_DONE ? SPN_OK : db_error(store, doing, reterr);
    sqlite3_reset(stmt);
    return code;
}

enum spn_code db_put(struct store *store, sqlite3_stmt *stmt, int rc, struct spn_error *reterr)
{
    if (!stmt)
        return SPN_DATABASE;
    if (rc != SQLITE_OK)
        return db_error(store, "write", reterr);
    return db_run(store, stmt, "write", reterr);
}

enum spn_code db_put_id(struct store *store, enum stmt_id id, int64_t value, struct spn_error *reterr)
{
    sqlite3_stmt *stmt = db_stmt(store, id, reterr);
    return db_put(store, stmt, stmt ? sqlite3_bind_int64(stmt, 1, value) : SQLITE_OK, reterr);
}

enum spn_code db_step(struct store *store, sqlite3_stmt *stmt, bool *ret_row, struct spn_error *reterr)
{
    int rc = sqlite3_step(stmt);
    *ret_row = rc == SQLITE_ROW;
    if (rc == SQLITE_ROW)
        return SPN_OK;
    enum spn_code code = rc == SQLITE_DONE ? SPN_OK : db_error(store, "read", reterr);
    sqlite3_reset(stmt);
    return code;
}

enum spn_code db_int(struct store *store, const char *sql, int64_t *ret, struct spn_error *reterr)
{
    sqlite3_stmt *stmt = db_prepare(store, sql, reterr);
    if (!stmt)
        return SPN_DATABASE;
    int rc = sqlite3_step(stmt);
    enum spn_code code = SPN_OK;
    if (rc == SQLITE_ROW)
        *ret = sqlite3_column_int64(stmt, 0);
    else if (rc == SQLITE_DONE)
        *ret = 0;
    else
        code = db_error(store, "read", reterr);
    sqlite3_finalize(stmt);
    return code;
}

int db_bind_text(sqlite3_stmt *stmt, int index, const char *text, size_t len)
{
    if (!text)
        return sqlite3_bind_null(stmt, index);
    if (len > INT_MAX)
        return SQLITE_TOOBIG;
    return sqlite3_bind_text(stmt, index, text, (int)len, SQLITE_STATIC);
}

int db_bind_str(sqlite3_stmt *stmt, int index, const char *text)
{
    return db_bind_text(stmt, index, text, text ? strlen(text) : 0);
}

int db_bind_ref(sqlite3_stmt *stmt, int index, const struct text_buf *buf, struct text_ref ref)
{
    if (ref.off == NO_TEXT)
        return sqlite3_bind_null(stmt, index);
    return db_bind_text(stmt, index, ref.len ? buf->data + ref.off : "", ref.len);
}

int db_bind_state(sqlite3_stmt *stmt, int index, int64_t state)
{
    return state == STATE_UNKNOWN ? sqlite3_bind_null(stmt, index) : sqlite3_bind_int64(stmt, index, state);
}
