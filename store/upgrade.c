/* Older files. */
#include "store/view.h"

static const char upgrade_2_sql[] = {
#include "upgrade_2.sql.inc"
    0};
static const char upgrade_3_sql[] = {
#include "upgrade_3.sql.inc"
    0};

/* The indexes are made at once, since objects are looked for by them from here on. */
static enum spn_code to_2(struct store *store, struct spn_error *reterr)
{
    enum spn_code code = db_exec(store, upgrade_2_sql, "upgrade", reterr);
    if (code == SPN_OK)
        code = index_build_guids(store, reterr);
    if (code == SPN_OK)
        code = names_rebuild(store, reterr);
    return code == SPN_OK ? db_mark_ends(store, reterr) : code;
}

enum spn_code db_upgrade(struct store *store, struct spn_error *reterr)
{
    struct text_buf sql = {0};
    enum spn_code code = SPN_OK;
    if (store->version < 2)
        code = to_2(store, reterr);
    if (code == SPN_OK && store->version < 3)
        code = db_exec(store, upgrade_3_sql, "upgrade", reterr);
    text_append_fmt(&sql, "PRAGMA user_version = %d", STORE_SCHEMA_VERSION);
    if (code == SPN_OK)
        code = db_exec(store, sql.data, "upgrade", reterr);
    text_release(&sql);
    return code;
}
