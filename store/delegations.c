/* delegations.c: what delegation_fact says, kept in delegation_found. */
#include "store/db.h"

#define WORK_OUT "INSERT INTO delegation_found SELECT * FROM delegation_fact"

enum spn_code delegations_find(struct store *store, bool narrow, struct spn_error *reterr)
{
    return db_exec(store,
                   narrow
                       ? "DELETE FROM delegation_found WHERE object IN (SELECT object FROM focus);" WORK_OUT
                       : "DELETE FROM delegation_found;" WORK_OUT,
                   "write", reterr);
}

enum spn_code delegations_make_up(struct store *store, struct spn_error *reterr)
{
    static const char table[] =
        "CREATE TEMP TABLE IF NOT EXISTS delegation_found AS SELECT * FROM delegation_fact";
    int64_t stale = 0;
    enum spn_code code = db_int(store,
                                "SELECT (SELECT value FROM meta WHERE name = 'findings_scan') IS NOT "
                                "(SELECT id FROM current_scan)",
                                &stale, reterr);
    if (code == SPN_OK && stale)
        code = db_temp_views(store, reterr);
    return code == SPN_OK && stale ? db_exec(store, table, "make a temporary table for", reterr) : code;
}
