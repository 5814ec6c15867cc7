#include "store/db.h"

#include <limits.h>
#include <string.h>

static const char *const stmt_sql[STMT_COUNT] = {
    [STMT_INSERT_OBJECT] = "INSERT INTO object (id, guid, domain) VALUES (?1, ?2, ?3)",
    [STMT_INSERT_SPN] = "INSERT INTO spn_state (id, object, hash, spns) VALUES (?1, ?2, ?3, ?4)",
    [STMT_INSERT_ACCOUNT] = "INSERT INTO account_state (id, object, hash, dn, sam, uac, dns_host, upn, sid) "
                            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    [STMT_INSERT_DELEGATION] =
        "INSERT INTO delegation_state (id, object, hash, targets, trustees, rbcd, rbcd_note, enctypes) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    [STMT_PUT_CONSENSUS] =
        "INSERT INTO consensus (object, shown, spn, account, delegation) VALUES (?1, ?2, ?3, ?4, ?5) "
        "ON CONFLICT (object) DO UPDATE SET shown = ?2, spn = ?3, account = ?4, delegation = ?5",
    [STMT_DROP_CONSENSUS] = "DELETE FROM consensus WHERE object = ?1",
    [STMT_DROP_OBJECT] = "DELETE FROM object WHERE id = ?1",
    [STMT_DROP_SPN] = "DELETE FROM spn_state WHERE id = ?1",
    [STMT_DROP_ACCOUNT] = "DELETE FROM account_state WHERE id = ?1",
    [STMT_DROP_DELEGATION] = "DELETE FROM delegation_state WHERE id = ?1",
    [STMT_PUT_DEPARTURE] =
        "INSERT INTO departure (object, dc, shown, spn, account, delegation) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [STMT_PUT_CANDIDATE] = "INSERT OR IGNORE INTO temp.candidate (object) VALUES (?1)",
    [STMT_PUT_TARGET] = "INSERT OR IGNORE INTO temp.target_candidate (key, object) VALUES (?1, ?2)",
    [STMT_PUT_PRINCIPAL] = "INSERT OR REPLACE INTO principal (sid, sam, dn) VALUES (?1, ?2, ?3)",
    [STMT_PUT_SCAN_DC] = "INSERT INTO scan_dc (scan, dc, site, domain, is_gc, is_rodc, address, status, "
                         "phase, error, ldap_code, bind, "
                         "clock_skew_ms, highest_usn, invocation_id, objects, pages, bytes, hidden_uac, "
                         "complete, started, ended, seconds) "
                         "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, "
                         "?17, ?18, ?19, ?20, ?21, ?22, ?23)",
    [STMT_PUT_REPLICA] = "INSERT INTO replica (scan, dc, domain, is_full) VALUES (?1, ?2, ?3, ?4)",
};

enum spn_code db_error(const struct store *store, const char *doing, struct spn_error *reterr)
{
    int native = store->db ? sqlite3_extended_errcode(store->db) : SQLITE_NOMEM;
    const char *text = store->db ? sqlite3_errmsg(store->db) : "out of memory";
    return spn_error_set(reterr, SPN_DATABASE, native, "cannot %s database '%s': %s", doing, store->path,
                         text);
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
    sqlite3_stmt *stmt = store->stmt[id];
    if (!stmt) {
        if (sqlite3_prepare_v3(store->db, stmt_sql[id], -1, SQLITE_PREPARE_PERSISTENT, &store->stmt[id],
                               NULL) != SQLITE_OK)
            db_error(store, "prepare a statement for", reterr);
        return store->stmt[id];
    }
    /* The result of a reset repeats the error of the last step, which was reported then. */
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    return stmt;
}

enum spn_code db_run(struct store *store, sqlite3_stmt *stmt, const char *doing, struct spn_error *reterr)
{
    int rc = sqlite3_step(stmt);
    enum spn_code code = rc == SQLITE_DONE ? SPN_OK : db_error(store, doing, reterr);
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
