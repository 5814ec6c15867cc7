/* What several reports are made of, worked out once for all of them: tables in the place of views. */
#include "store/db.h"

#define KEEP(view)                                                                                           \
    "CREATE TEMP TABLE kept_" view " AS SELECT * FROM " view ";DROP VIEW temp." view                         \
    ";CREATE TEMP VIEW " view " AS SELECT * FROM temp.kept_" view ";"

static enum spn_code keep_parts(struct store *store, struct spn_error *reterr)
{
    enum spn_code code = db_exec(store, "BEGIN", "read", reterr);
    if (code != SPN_OK)
        return code;
    code = db_exec(store, KEEP("delegation") KEEP("hygiene"), "make a temporary table for", reterr);
    /* The database is only read: it is the temporary file that has no room. */
    if (code != SPN_OK && reterr->native == SQLITE_FULL)
        spn_error_set(
            reterr, SPN_DATABASE, SQLITE_FULL,
            "no room for temporary tables of several reports: set TMPDIR to a folder with more, or write "
            "the reports one by one");
    if (code != SPN_OK)
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    return code;
}

enum spn_code store_begin_parts(struct store *store, struct spn_error *reterr)
{
    enum spn_code code = db_begin_temp(store, "", reterr);
    if (code == SPN_OK)
        code = db_temp_views(store, reterr);
    if (code == SPN_OK)
        code = keep_parts(store, reterr);
    return db_end_temp(store, code, reterr);
}

enum spn_code store_end_parts(struct store *store, enum spn_code code, struct spn_error *reterr)
{
    /* Whose parts they are goes with the transaction: the views are back, the tables gone. */
    enum spn_code closed = db_exec(store, "ROLLBACK", "read", code == SPN_OK ? reterr : NULL);
    return code == SPN_OK ? closed : code;
}
