/* Who holds the names that delegation points to (target_holder). Worked out anew each time, since delegation,
 * mappings and holders all change it, but over the few names alone and by the index of names. */
#include <stdlib.h>

#include "store/view.h"

static const char begin_sql[] =
    "CREATE TEMP TABLE target_now (key TEXT, object INTEGER, PRIMARY KEY (key, object)) WITHOUT ROWID";
static const char end_sql[] =
    "DELETE FROM target_holder WHERE (key, object) NOT IN (SELECT key, object FROM temp.target_now);"
    "INSERT OR IGNORE INTO target_holder SELECT key, object FROM temp.target_now;"
    "DROP TABLE temp.target_now";

/* What live states point to, also under the class that stands for theirs. */
static const char target_sql[] =
    "WITH target (key) AS MATERIALIZED ("
    "  SELECT DISTINCT lower(j.value) FROM delegation_state d, json_each(d.targets) j"
    "  WHERE d.targets <> '[]' AND"
    "  (EXISTS (SELECT 1 FROM consensus c WHERE c.object = d.object AND c.delegation = d.id) OR"
    "   EXISTS (SELECT 1 FROM departure p WHERE p.object = d.object AND p.delegation = d.id)))"
    "SELECT key FROM target UNION "
    "SELECT m.stands_for || substr(t.key, instr(t.key, '/')) FROM target t "
    "JOIN spn_mapping m ON m.class = substr(t.key, 1, instr(t.key, '/') - 1)";

static enum spn_code put_holders(struct store *store, sqlite3_stmt *put, const char *key, size_t len,
                                 struct object_list *holders, struct spn_error *reterr)
{
    enum spn_code code = names_holders(store, key, len, holders, reterr);
    for (size_t i = 0; code == SPN_OK && i < holders->count; i++)
        code = db_put(store, put,
                      db_bind_text(put, 1, key, len) | sqlite3_bind_int64(put, 2, holders->items[i]), reterr);
    return code;
}

enum spn_code targets_update(struct store *store, struct spn_error *reterr)
{
    struct object_list holders = {0};
    enum spn_code code = db_exec(store, begin_sql, "write", reterr);
    sqlite3_stmt *targets = code == SPN_OK ? db_prepare(store, target_sql, reterr) : NULL;
    sqlite3_stmt *put =
        targets ? db_prepare(store, "INSERT INTO temp.target_now (key, object) VALUES (?1, ?2)", reterr)
                : NULL;
    if (code == SPN_OK && !put)
        code = SPN_DATABASE;
    for (bool row = true; code == SPN_OK && row;) {
        code = db_step(store, targets, &row, reterr);
        const char *key = code == SPN_OK && row ? (const char *)sqlite3_column_text(targets, 0) : NULL;
        if (key)
            code = put_holders(store, put, key, (size_t)sqlite3_column_bytes(targets, 0), &holders, reterr);
    }
    sqlite3_finalize(put);
    sqlite3_finalize(targets);
    free(holders.items);
    return code == SPN_OK ? db_exec(store, end_sql, "write", reterr) : code;
}
