/* What several reports are made of, worked out once for all of them: tables in the place of views. */
#include "store/db.h"

#include <stdlib.h>

#define KEEP(view, order)                                                                                    \
    "CREATE TEMP TABLE kept_" view " AS SELECT * FROM " view " " order ";DROP VIEW temp." view               \
    ";CREATE TEMP VIEW " view " AS SELECT * FROM temp.kept_" view ";"

/* That of report_hygiene, which then reads the table as it stands; findings are sorted faster from it. */
#define HYGIENE_ORDER "ORDER BY kind, account, subject, account_guid, detail"

/* How a view is worded anew, to read the table that hygiene is now as it goes. */
struct rewording {
    const char *view, *from, *to;
};

/* It reads it twice, where it copies the view. */
static const struct rewording finding_in_place = {"finding", "found_hygiene AS MATERIALIZED",
                                                  "found_hygiene AS NOT MATERIALIZED"};

/* A table made by SELECT numbers its rows as they come. */
static const struct rewording hygiene_in_place = {"report_hygiene", "FROM hygiene\n" HYGIENE_ORDER,
                                                  "FROM temp.kept_hygiene ORDER BY rowid"};

static enum spn_code reword(struct store *store, const struct rewording *r, struct spn_error *reterr)
{
    sqlite3_stmt *stmt = db_prepare(store,
                                    "SELECT 'DROP VIEW temp.' || name || ';' || "
                                    "replace(replace(sql, 'CREATE VIEW', 'CREATE TEMP VIEW'), ?2, ?3) "
                                    "FROM temp.sqlite_schema WHERE name = ?1 AND instr(sql, ?2)",
                                    reterr);
    if (!stmt)
        return SPN_DATABASE;
    bool any = false;
    enum spn_code code = SPN_OK;
    if (db_bind_str(stmt, 1, r->view) != SQLITE_OK || db_bind_str(stmt, 2, r->from) != SQLITE_OK ||
        db_bind_str(stmt, 3, r->to) != SQLITE_OK)
        code = db_error(store, "read", reterr);
    if (code == SPN_OK)
        code = db_step(store, stmt, &any, reterr);
    const char *text = any ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
    char *sql = text ? xstrdup(text) : NULL;
    if (code == SPN_OK && !any)
        code =
            spn_error_set(reterr, SPN_INTERNAL, 0, "the view %s is not worded as parts.c expects", r->view);
    else if (code == SPN_OK && !text)
        code = db_error(store, "read", reterr);
    sqlite3_finalize(stmt);
    if (code == SPN_OK)
        code = db_exec(store, sql, "read", reterr);
    free(sql);
    return code;
}

static enum spn_code keep_tables(struct store *store, bool hygiene, struct spn_error *reterr)
{
    static const char what[] = "make a temporary table for";
    enum spn_code code = db_exec(store, KEEP("delegation", ""), what, reterr);
    /* The order is worth a sort only where report_hygiene is read too. */
    if (code == SPN_OK)
        code = db_exec(store, hygiene ? KEEP("hygiene", HYGIENE_ORDER) : KEEP("hygiene", ""), what, reterr);
    if (code == SPN_OK)
        code = reword(store, &finding_in_place, reterr);
    return code == SPN_OK && hygiene ? reword(store, &hygiene_in_place, reterr) : code;
}

static enum spn_code keep_parts(struct store *store, bool findings, bool hygiene, struct spn_error *reterr)
{
    enum spn_code code = db_exec(store, "BEGIN", "read", reterr);
    if (code != SPN_OK)
        return code;
    code = db_fast_guids(store, reterr);
    if (code == SPN_OK && findings)
        code = keep_tables(store, hygiene, reterr);
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

enum spn_code store_begin_parts(struct store *store, bool findings, bool hygiene, struct spn_error *reterr)
{
    enum spn_code code = db_begin_temp(store, "", reterr);
    if (code == SPN_OK)
        code = db_temp_views(store, reterr);
    if (code == SPN_OK)
        code = keep_parts(store, findings, hygiene, reterr);
    return db_end_temp(store, code, reterr);
}

enum spn_code store_end_parts(struct store *store, enum spn_code code, struct spn_error *reterr)
{
    /* Whose parts they are goes with the transaction: the views are back, the tables gone. */
    enum spn_code closed = db_exec(store, "ROLLBACK", "read", code == SPN_OK ? reterr : NULL);
    return code == SPN_OK ? closed : code;
}
