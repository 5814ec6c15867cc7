/* What reports are made of, worked out once for all of them: tables in the place of views. */
#include "store/parts.h"

#include <stdlib.h>
#include <string.h>

#define KEEP(view, order)                                                                                    \
    "CREATE TEMP TABLE kept_" view " AS SELECT * FROM " view " " order ";DROP VIEW temp." view               \
    ";CREATE TEMP VIEW " view " AS SELECT * FROM temp.kept_" view ";"

/* A report of which one part is of the accounts that all DCs show alike (alike.c): nearly all of its rows,
 * which come in order from what is kept in order. The rest is sorted, and the two are read as one. */
struct split {
    const char *report;
    bool findings;
    const char *rest;
    struct row_order order;
};

static const struct split splits[] = {
    {"hygiene",
     false,
     "SELECT * FROM hygiene_rest ORDER BY kind, account, account_guid, subject, detail",
     {{0, 2, 4, 5, 6}, 5, -1}},
    {"findings", true, "SELECT * FROM temp.report_findings_rest", {{1, 2, 3, 0}, 4, 1}},
};

/* report_findings of finding_rest alone. */
static enum spn_code make_findings_rest(struct store *store, struct spn_error *reterr)
{
    static const char select[] =
        "SELECT 'CREATE TEMP VIEW report_findings_rest AS ' || replace(substr(sql, instr(sql, 'SELECT')), "
        "'FROM finding f', 'FROM finding_rest f') FROM temp.sqlite_schema WHERE name = 'report_findings' AND "
        "instr(sql, 'FROM finding f')";
    sqlite3_stmt *stmt = db_prepare(store, select, reterr);
    bool any = false;
    enum spn_code code = stmt ? db_step(store, stmt, &any, reterr) : SPN_DATABASE;
    const char *text = any ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
    char *sql = text ? xstrdup(text) : NULL;
    if (code == SPN_OK && !any)
        code = spn_error_set(reterr, SPN_INTERNAL, 0,
                             "the view report_findings is not worded as parts.c expects");
    else if (code == SPN_OK && !text)
        code = db_error(store, "read", reterr);
    sqlite3_finalize(stmt);
    if (code == SPN_OK)
        code = db_exec(store, sql, "read", reterr);
    free(sql);
    return code;
}

enum spn_code parts_keep_faults(struct store *store, bool sorted, struct spn_error *reterr)
{
    return db_exec(store,
                   sorted ? KEEP("account_fault", "ORDER BY account, guid") : KEEP("account_fault", ""),
                   "make a temporary table for", reterr);
}

enum spn_code parts_drop_faults(struct store *store, struct spn_error *reterr)
{
    return db_exec(store, "DROP VIEW temp.account_fault; DROP TABLE temp.kept_account_fault", "write",
                   reterr);
}

/* account_fault is sorted once, and narrow. */
static enum spn_code keep_tables(struct store *store, struct spn_error *reterr)
{
    enum spn_code code = parts_keep_faults(store, true, reterr);
    if (code == SPN_OK)
        code = db_exec(store, KEEP("hygiene_rest", ""), "make a temporary table for", reterr);
    if (code == SPN_OK)
        code = make_findings_rest(store, reterr);
    store->split = code == SPN_OK;
    return code;
}

static enum spn_code keep_parts(struct store *store, bool faults, struct spn_error *reterr)
{
    enum spn_code code = db_exec(store, "BEGIN", "read", reterr);
    if (code != SPN_OK)
        return code;
    code = db_fast_guids(store, reterr);
    if (code == SPN_OK)
        code = delegations_make_up(store, reterr);
    if (code == SPN_OK && faults)
        code = keep_tables(store, reterr);
    /* The database is only read: it is the temporary file that has no room. */
    if (code != SPN_OK && reterr->native == SQLITE_FULL)
        spn_error_set(reterr, SPN_DATABASE, SQLITE_FULL,
                      "no room for temporary tables: set TMPDIR to a folder with more");
    if (code != SPN_OK)
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    return code;
}

enum spn_code store_begin_parts(struct store *store, bool faults, struct spn_error *reterr)
{
    enum spn_code code = db_begin_temp(store, "", reterr);
    if (code == SPN_OK)
        code = db_temp_views(store, reterr);
    if (code == SPN_OK)
        code = keep_parts(store, faults, reterr);
    return db_end_temp(store, code, reterr);
}

enum spn_code store_end_parts(struct store *store, enum spn_code code, struct spn_error *reterr)
{
    store->split = false;
    /* Whose parts they are goes with the transaction: the views are back, the tables gone. */
    enum spn_code closed = db_exec(store, "ROLLBACK", "read", code == SPN_OK ? reterr : NULL);
    return code == SPN_OK ? closed : code;
}

enum spn_code parts_report(struct store *store, const char *name, bool *ret_split, store_header_fn header,
                           store_row_fn row, void *ctx, struct spn_error *reterr)
{
    const struct split *split = NULL;
    for (size_t i = 0; store->split && i < sizeof splits / sizeof splits[0]; i++)
        if (strcmp(splits[i].report, name) == 0)
            split = &splits[i];
    *ret_split = split != NULL;
    if (!split)
        return SPN_OK;
    struct alike *alike = NULL;
    sqlite3_stmt *rest = db_prepare(store, split->rest, reterr);
    enum spn_code code = rest ? alike_begin(store, split->findings, &alike, reterr) : SPN_DATABASE;
    if (code == SPN_OK)
        code = db_header(rest, header, ctx, reterr);
    if (code == SPN_OK)
        code = db_merge_rows(store, alike_next, alike, rest, &split->order, row, ctx, reterr);
    alike_end(alike);
    sqlite3_finalize(rest);
    return code;
}
