/* Which accounts have the SIDs that may act by resource-based delegation (trustee_account): found when a SID
 * is met first, by a pass over all accounts, or over what the writer has noted of them where it has written
 * all; and kept up to date with the accounts that change. */
#include <stdlib.h>

#include "store/view.h"

void account_rids_free(struct account_rids *rids)
{
    if (!rids)
        return;
    free(rids->items);
    free(rids);
}

static const char wanted_sql[] =
    "CREATE TEMP TABLE wanted_sid AS SELECT DISTINCT j.value AS sid FROM delegation_state s, "
    "json_each(s.trustees) j "
    "WHERE s.trustees <> '[]';"
    "DELETE FROM trustee_sid WHERE sid NOT IN (SELECT sid FROM temp.wanted_sid);"
    "DELETE FROM trustee_account WHERE sid NOT IN (SELECT sid FROM temp.wanted_sid);"
    "DELETE FROM temp.wanted_sid WHERE sid IN (SELECT sid FROM trustee_sid)";

/* States that no DC shows any more lead nowhere: the views look at live ones. */
static const char changed_sql[] =
    "INSERT OR IGNORE INTO trustee_account (sid, object) "
    "SELECT a.sid, a.object FROM consensus c JOIN account_state a ON a.id = c.account "
    "WHERE c.object = ?1 AND a.sid IN (SELECT sid FROM trustee_sid) "
    "UNION SELECT a.sid, a.object FROM departure d JOIN account_state a ON a.id = d.account "
    "WHERE d.object = ?1 AND a.sid IN (SELECT sid FROM trustee_sid)";

/* The RID that a SID ends in. */
#define RID_SQL "CAST(substr(sid, length(rtrim(sid, '0123456789')) + 1) AS INTEGER)"

/* By its RID first, so that the SID need not be put together for each account. */
static const char new_sql[] =
    "INSERT OR IGNORE INTO trustee_account (sid, object) "
    "SELECT a.sid, a.object FROM account_fact f CROSS JOIN account_state a ON a.id = f.id "
    "WHERE (f.template IS NULL OR f.rest IN ("
    "SELECT " RID_SQL " FROM temp.wanted_sid)) AND a.sid IN (SELECT sid FROM temp.wanted_sid)";

/* Where every account there is was written by this scan. */
static const char noted_sql[] =
    "INSERT OR IGNORE INTO trustee_account (sid, object) "
    "SELECT a.sid, a.object FROM temp.noted_account n CROSS JOIN account_state a ON a.id = n.id "
    "WHERE a.sid IN (SELECT sid FROM temp.wanted_sid);"
    "DROP TABLE temp.noted_account";

/* A bit for each RID that is wanted, by its lowest bits. */
#define RID_BITS 22
struct rid_set {
    uint64_t bits[(1 << RID_BITS) / 64];
};

static enum spn_code want_rid(void *ctx, const struct store_cell *cells, size_t count,
                              struct spn_error *reterr)
{
    struct rid_set *set = ctx;
    const uint64_t bit = (uint64_t)cells[0].value & ((1 << RID_BITS) - 1);
    (void)count;
    (void)reterr;
    set->bits[bit / 64] |= UINT64_C(1) << bit % 64;
    return SPN_OK;
}

static enum spn_code note_accounts(struct store *store, const struct rid_set *set, struct spn_error *reterr)
{
    const struct account_rids *rids = store->rids;
    enum spn_code code =
        db_exec(store, "CREATE TEMP TABLE noted_account (id INTEGER PRIMARY KEY)", "write", reterr);
    sqlite3_stmt *put =
        code == SPN_OK ? db_prepare(store, "INSERT INTO temp.noted_account VALUES (?1)", reterr) : NULL;
    if (!put)
        return SPN_DATABASE;
    for (size_t i = 0; code == SPN_OK && i < rids->count; i++) {
        const uint32_t bit = rids->items[i].rid & ((1 << RID_BITS) - 1);
        if (set->bits[bit / 64] >> bit % 64 & 1)
            code = db_put(store, put, sqlite3_bind_int64(put, 1, rids->items[i].account), reterr);
    }
    sqlite3_finalize(put);
    return code;
}

static enum spn_code find_noted(struct store *store, struct spn_error *reterr)
{
    struct rid_set *set = xcalloc(1, sizeof *set);
    enum spn_code code =
        db_query(store, "SELECT " RID_SQL " FROM temp.wanted_sid", NULL, want_rid, set, reterr);
    if (code == SPN_OK)
        code = note_accounts(store, set, reterr);
    free(set);
    return code == SPN_OK ? db_exec(store, noted_sql, "write", reterr) : code;
}

static enum spn_code find_new(struct store *store, struct spn_error *reterr)
{
    enum spn_code code = store->work->empty && store->rids ? find_noted(store, reterr)
                                                           : db_exec(store, new_sql, "write", reterr);
    return code == SPN_OK ? db_exec(store, "INSERT INTO trustee_sid (sid) SELECT sid FROM temp.wanted_sid",
                                    "write", reterr)
                          : code;
}

static enum spn_code put_changed(struct store *store, struct spn_error *reterr)
{
    const struct view_work *work = store->work;
    sqlite3_stmt *drop = db_prepare(store, "DELETE FROM trustee_account WHERE object = ?1", reterr);
    sqlite3_stmt *put = drop ? db_prepare(store, changed_sql, reterr) : NULL;
    enum spn_code code = put ? SPN_OK : SPN_DATABASE;
    for (size_t i = 0; code == SPN_OK && i < work->touched_count; i++) {
        code = db_put(store, drop, sqlite3_bind_int64(drop, 1, work->touched[i].object), reterr);
        if (code == SPN_OK)
            code = db_put(store, put, sqlite3_bind_int64(put, 1, work->touched[i].object), reterr);
    }
    sqlite3_finalize(put);
    sqlite3_finalize(drop);
    return code;
}

enum spn_code trustees_update(struct store *store, struct spn_error *reterr)
{
    int64_t met_first = 0;
    enum spn_code code =
        store->work->anew
            ? db_exec(store, "DELETE FROM trustee_sid; DELETE FROM trustee_account", "write", reterr)
            : SPN_OK;
    if (code == SPN_OK)
        code = db_exec(store, wanted_sql, "write", reterr);
    if (code == SPN_OK && !store->work->anew)
        code = put_changed(store, reterr);
    if (code == SPN_OK)
        code = db_int(store, "SELECT EXISTS (SELECT 1 FROM temp.wanted_sid)", &met_first, reterr);
    if (code == SPN_OK && met_first)
        code = find_new(store, reterr);
    return code == SPN_OK ? db_exec(store, "DROP TABLE temp.wanted_sid", "write", reterr) : code;
}
