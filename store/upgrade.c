/* Older files. */
#include "store/view.h"

static const char upgrade_2_sql[] = {
#include "upgrade_2.sql.inc"
    0};
static const char upgrade_3_sql[] = {
#include "upgrade_3.sql.inc"
    0};
static const char upgrade_4_sql[] = {
#include "upgrade_4.sql.inc"
    0};
static const char upgrade_5_sql[] = {
#include "upgrade_5.sql.inc"
    0};
static const char upgrade_6_sql[] = {
#include "upgrade_6.sql.inc"
    0};
static const char upgrade_7_sql[] = {
#include "upgrade_7.sql.inc"
    0};
static const char upgrade_8_sql[] = {
#include "upgrade_8.sql.inc"
    0};

/* Those of this program are made after it; and what renames a table is not to mend the text of older ones. */
static enum spn_code drop_views(struct store *store, struct spn_error *reterr)
{
    struct text_buf sql = {0};
    sqlite3_stmt *stmt = db_prepare(
        store, "SELECT printf('DROP VIEW \"%w\";', name) FROM sqlite_schema WHERE type = 'view'", reterr);
    enum spn_code code = stmt ? SPN_OK : SPN_DATABASE;
    for (bool row = true; code == SPN_OK && row;) {
        code = db_step(store, stmt, &row, reterr);
        if (code == SPN_OK && row)
            text_append_str(&sql, (const char *)sqlite3_column_text(stmt, 0));
    }
    sqlite3_finalize(stmt);
    if (code == SPN_OK && sql.len)
        code = db_exec(store, sql.data, "upgrade", reterr);
    text_release(&sql);
    return code;
}

enum spn_code db_upgrade_rest(struct store *store, struct spn_error *reterr)
{
    enum spn_code code = store->version < 7 ? index_build_guids(store, reterr) : SPN_OK;
    if (code == SPN_OK && store->version < 7)
        code = names_rebuild(store, reterr);
    return code == SPN_OK && store->version < 8 ? delegations_find(store, false, reterr) : code;
}

enum spn_code db_upgrade(struct store *store, struct spn_error *reterr)
{
    struct text_buf sql = {0};
    enum spn_code code = drop_views(store, reterr);
    if (code == SPN_OK && store->version < 2)
        code = db_exec(store, upgrade_2_sql, "upgrade", reterr);
    if (code == SPN_OK && store->version < 3)
        code = db_exec(store, upgrade_3_sql, "upgrade", reterr);
    if (code == SPN_OK && store->version < 4)
        code = db_exec(store, upgrade_4_sql, "upgrade", reterr);
    if (code == SPN_OK && store->version < 5)
        code = db_exec(store, upgrade_5_sql, "upgrade", reterr);
    if (code == SPN_OK && store->version < 6)
        code = db_exec(store, upgrade_6_sql, "upgrade", reterr);
    if (code == SPN_OK && store->version < 7)
        code = db_exec(store, upgrade_7_sql, "upgrade", reterr);
    if (code == SPN_OK && store->version < 8)
        code = db_exec(store, upgrade_8_sql, "upgrade", reterr);
    if (code == SPN_OK && store->version < 2) /* which had no such notes */
        code = db_mark_ends(store, reterr);
    text_append_fmt(&sql, "PRAGMA user_version = %d", STORE_SCHEMA_VERSION);
    if (code == SPN_OK)
        code = db_exec(store, sql.data, "upgrade", reterr);
    text_release(&sql);
    return code;
}
