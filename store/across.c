/* across.c: names that accounts of several forests hold, each forest in a database of its own.
 *
 * The keys of an index of names are hashes with a seed that each database has for itself, so that two indexes
 * cannot be merged: the names of one are walked and looked up in the others, each by its own seed, past a
 * filter that knows most of those that are not there. Names that meet go into a temporary table shared_spn of
 * each store, where view name_holder takes them for its own; the rows that it then has are judged in the
 * first. So memory holds the filters, some bytes an SPN, and no names. */
#include <stdlib.h>
#include <string.h>

#include "store/block_index.h"
#include "store/view.h"

enum spn_code store_forest(struct store *store, char ret[static 256], struct spn_error *reterr)
{
    sqlite3_stmt *stmt = db_prepare(store, "SELECT forest FROM current_scan", reterr);
    bool row = false;
    enum spn_code code = stmt ? db_step(store, stmt, &row, reterr) : SPN_DATABASE;
    if (code == SPN_OK && !row)
        code = spn_error_set(reterr, SPN_DATABASE, 0,
                             "database '%s' holds no scan that read a DC whole: run spnscan scan first",
                             store->path);
    if (code == SPN_OK)
        snprintf(ret, 256, "%s", (const char *)sqlite3_column_text(stmt, 0));
    sqlite3_finalize(stmt);
    return code;
}

struct across {
    struct side {
        struct store *store;
        struct index_filter filter;
        sqlite3_stmt *put; /* into shared_spn */
    } sides[STORE_FORESTS_MAX];
    size_t count;
    size_t at; /* whose names are being walked */
    struct object_list met;
};

static enum spn_code put_shared(const struct side *side, const char *name, size_t len, uint32_t object,
                                struct spn_error *reterr)
{
    return db_put(side->store, side->put,
                  db_bind_text(side->put, 1, name, len) | sqlite3_bind_int64(side->put, 2, object), reterr);
}

/* A name of the side that is walked: who has it of those behind it? Those before it have looked here. Whom
 * the key alone leads to is no holder yet: view name_holder compares the strings. */
static enum spn_code look_up(void *ctx, uint32_t object, const char *name, size_t len,
                             struct spn_error *reterr)
{
    struct across *a = ctx;
    enum spn_code code = SPN_OK;
    bool met = false;
    for (size_t i = a->at + 1; code == SPN_OK && i < a->count; i++) {
        const struct side *side = &a->sides[i];
        struct spn_key key = names_key(side->store, name, len);
        if (!index_filter_may_have(&side->filter, key.host, spn_key_bit(key)))
            continue;
        a->met.count = 0;
        code = index_find(side->store, INDEX_NAME, key.host, spn_key_bit(key), &a->met, reterr);
        met |= a->met.count > 0;
        for (size_t m = 0; code == SPN_OK && m < a->met.count; m++)
            code = put_shared(side, name, len, a->met.items[m], reterr);
    }
    return code == SPN_OK && met ? put_shared(&a->sides[a->at], name, len, object, reterr) : code;
}

static enum spn_code begin_side(struct side *side, struct spn_error *reterr)
{
    static const char table[] = "CREATE TEMP TABLE shared_spn (key TEXT, object INTEGER, "
                                "PRIMARY KEY (key, object)) WITHOUT ROWID";
    enum spn_code code = db_load_seed(side->store, reterr);
    if (code == SPN_OK)
        code = index_filter_make(side->store, INDEX_NAME, &side->filter, reterr);
    if (code == SPN_OK)
        code = db_begin_temp(side->store, table, reterr);
    if (code == SPN_OK)
        code = db_temp_views(side->store, reterr);
    if (code != SPN_OK)
        return code;
    side->put = db_prepare(side->store, "INSERT OR IGNORE INTO temp.shared_spn VALUES (?1, ?2)", reterr);
    return side->put ? SPN_OK : SPN_DATABASE;
}

static enum spn_code end_side(struct side *side, enum spn_code code, struct spn_error *reterr)
{
    sqlite3_finalize(side->put);
    index_filter_release(&side->filter);
    return db_end_temp(side->store, code, reterr);
}

/* Fills shared_spn of each store. */
static enum spn_code find_names(struct store *const *stores, size_t count, struct spn_error *reterr)
{
    struct across a = {.count = count};
    enum spn_code code = SPN_OK;
    for (size_t i = 0; i < count; i++)
        a.sides[i].store = stores[i];
    for (size_t i = 0; code == SPN_OK && i < count; i++)
        code = begin_side(&a.sides[i], reterr);
    for (; code == SPN_OK && a.at + 1 < count; a.at++)
        code = names_each(a.sides[a.at].store, look_up, &a, reterr);
    for (size_t i = 0; i < count; i++)
        code = end_side(&a.sides[i], code, reterr);
    free(a.met.items);
    return code;
}

/* ---- their rows ---- */

/* A row of name_holder on its way into the first store. */
struct carry {
    struct store *to;
    sqlite3_stmt *put;
    size_t forest;
    const char *name;
};

static enum spn_code carry_row(void *ctx, const struct store_cell *cells, size_t count,
                               struct spn_error *reterr)
{
    const struct carry *c = ctx;
    int rc = sqlite3_bind_int64(c->put, 1, (int64_t)c->forest) | db_bind_str(c->put, 2, c->name);
    for (size_t i = 0; i < count; i++)
        rc |= cells[i].is_int ? sqlite3_bind_int64(c->put, (int)i + 3, cells[i].value)
                              : db_bind_text(c->put, (int)i + 3, cells[i].text, cells[i].len);
    return db_put(c->to, c->put, rc, reterr);
}

/* What every forest has by design is not shared: kadmin/changepw on its krbtgt accounts, and the account of
 * seamless single sign-on, whose names are those of a service in the cloud. */
static enum spn_code carry_rows(struct store *const *stores, size_t count, sqlite3_stmt *put,
                                struct spn_error *reterr)
{
    static const char sql[] = "SELECT key, account, account_guid, account_dn, spn, seen_by, since, "
                              "written_at, written_on, stays, goes, lingers, removal_abroad FROM name_holder "
                              "WHERE NOT by_design AND lower(account) <> 'azureadssoacc$'";
    enum spn_code code = SPN_OK;
    for (size_t i = 0; code == SPN_OK && i < count; i++) {
        char forest[256];
        struct carry carry = {.to = stores[0], .put = put, .forest = i, .name = forest};
        code = store_forest(stores[i], forest, reterr);
        if (code == SPN_OK)
            code = db_query(stores[i], sql, NULL, carry_row, &carry, reterr);
    }
    return code;
}

/* What it means is told by the name: KDCs look for a name in their own forest first, and route it to another
 * by its DNS suffix. So one without a dot is looked for at home by everybody, and is no trouble as long as
 * nobody means the other forest's; one with a dot names one host, and is served by another account in each
 * forest. */
static enum spn_code judge_rows(struct store *store, store_row_fn row, void *ctx, struct spn_error *reterr)
{
    static const char sql[] =
        "WITH judged AS MATERIALIZED ("
        "  SELECT key, count(DISTINCT iif(stays AND NOT goes, forest, NULL)) AS keep,"
        "    iif(instr(substr(key, instr(key, '/')), '.') AND count(DISTINCT iif(stays, forest, NULL)) > 1,"
        "        'warning', 'info') AS severity"
        "  FROM temp.across_row GROUP BY key HAVING count(DISTINCT forest) > 1) "
        "SELECT r.spn, 'cross-forest', r.account, r.account_dn, r.account_guid, r.seen_by, r.since,"
        "  r.written_at, r.written_on,"
        "  CASE WHEN r.lingers THEN r.removal"
        "       WHEN j.severity = 'info' OR NOT r.stays OR (j.keep = 1 AND NOT r.goes) THEN NULL"
        "       ELSE r.removal END,"
        "  j.severity, r.forest_name "
        "FROM temp.across_row r JOIN judged j ON j.key = r.key "
        "ORDER BY r.key, r.forest, r.account, r.account_guid";
    return db_query(store, sql, NULL, row, ctx, reterr);
}

enum spn_code store_across(struct store *const *stores, size_t count, store_row_fn row, void *ctx,
                           struct spn_error *reterr)
{
    static const char table[] =
        "CREATE TEMP TABLE across_row (forest INTEGER, forest_name TEXT, key TEXT, account TEXT, "
        "account_guid TEXT, account_dn TEXT, spn TEXT, seen_by TEXT, since TEXT, written_at TEXT, "
        "written_on TEXT, stays INTEGER, goes INTEGER, lingers INTEGER, removal TEXT, "
        "PRIMARY KEY (key, forest, account, account_guid)) WITHOUT ROWID";
    enum spn_code code = find_names(stores, count, reterr);
    if (code == SPN_OK)
        code = db_begin_temp(stores[0], table, reterr);
    sqlite3_stmt *put =
        code == SPN_OK
            ? db_prepare(stores[0],
                         "INSERT INTO temp.across_row VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, "
                         "?12, ?13, ?14, ?15)",
                         reterr)
            : NULL;
    code = put ? carry_rows(stores, count, put, reterr) : SPN_DATABASE;
    sqlite3_finalize(put);
    code = db_end_temp(stores[0], code, reterr);
    return code == SPN_OK ? judge_rows(stores[0], row, ctx, reterr) : code;
}
