/* What several reports are made of, worked out once for all of them: tables in the place of views. */
#include "store/db.h"

#include <stdlib.h>

#define KEEP(view)                                                                                           \
    "CREATE TEMP TABLE kept_" view " AS SELECT * FROM " view ";DROP VIEW temp." view                         \
    ";CREATE TEMP VIEW " view " AS SELECT * FROM temp.kept_" view ";"

/* objectGUID is read in every row of these reports: what the view object_guid does in SQL, which anybody's
 * SQLite can do, costs a quarter of hygiene. */
static void guid_text(sqlite3_context *ctx, int count, sqlite3_value **values)
{
    struct guid guid;
    char text[GUID_TEXT_SIZE];
    if (count != 1 || sqlite3_value_type(values[0]) != SQLITE_BLOB ||
        sqlite3_value_bytes(values[0]) != sizeof guid.b)
        return; /* NULL */
    memcpy(guid.b, sqlite3_value_blob(values[0]), sizeof guid.b);
    sqlite3_result_text(ctx, guid_format(&guid, text), GUID_TEXT_SIZE - 1, SQLITE_TRANSIENT);
}

#define FAST_GUIDS                                                                                           \
    "DROP VIEW temp.object_guid;CREATE TEMP VIEW object_guid AS "                                            \
    "SELECT id AS object, guid_text(guid) AS guid, domain FROM object;"

/* The view finding, reading the table that hygiene is now as it goes, twice, where it copies the view. */
static enum spn_code read_in_place(struct store *store, struct spn_error *reterr)
{
    sqlite3_stmt *stmt = db_prepare(
        store,
        "SELECT 'DROP VIEW temp.finding;' || replace(replace(sql, 'CREATE VIEW', 'CREATE TEMP VIEW'), "
        "'found_hygiene AS MATERIALIZED', 'found_hygiene AS NOT MATERIALIZED') "
        "FROM temp.sqlite_schema WHERE name = 'finding' AND instr(sql, 'found_hygiene AS MATERIALIZED')",
        reterr);
    if (!stmt)
        return SPN_DATABASE;
    bool any = false;
    enum spn_code code = db_step(store, stmt, &any, reterr);
    const char *text = any ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
    char *sql = text ? xstrdup(text) : NULL;
    if (code == SPN_OK && !any)
        code = spn_error_set(reterr, SPN_INTERNAL, 0, "the view finding is not worded as parts.c expects");
    else if (code == SPN_OK && !text)
        code = db_error(store, "read", reterr);
    sqlite3_finalize(stmt);
    if (code == SPN_OK)
        code = db_exec(store, sql, "read", reterr);
    free(sql);
    return code;
}

static enum spn_code keep_parts(struct store *store, struct spn_error *reterr)
{
    enum spn_code code = db_exec(store, "BEGIN", "read", reterr);
    if (code != SPN_OK)
        return code;
    code =
        db_exec(store, FAST_GUIDS KEEP("delegation") KEEP("hygiene"), "make a temporary table for", reterr);
    /* The database is only read: it is the temporary file that has no room. */
    if (code != SPN_OK && reterr->native == SQLITE_FULL)
        spn_error_set(
            reterr, SPN_DATABASE, SQLITE_FULL,
            "no room for temporary tables of several reports: set TMPDIR to a folder with more, or write "
            "the reports one by one");
    if (code == SPN_OK)
        code = read_in_place(store, reterr);
    if (code != SPN_OK)
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    return code;
}

enum spn_code store_begin_parts(struct store *store, struct spn_error *reterr)
{
    enum spn_code code = db_begin_temp(store, "", reterr);
    if (code == SPN_OK)
        code = db_temp_views(store, reterr);
    if (code == SPN_OK &&
        sqlite3_create_function_v2(store->db, "guid_text", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
                                   guid_text, NULL, NULL, NULL) != SQLITE_OK)
        code = db_error(store, "read", reterr);
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
