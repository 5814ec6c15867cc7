/* lookup.c: the SPNs of a pattern, of a name and of an account, and which DCs show them. */
#include <stdlib.h>
#include <string.h>

#include "store/view.h"

/* setspn's '*' as SQLite's GLOB, everything else literal; in lower case, as spn_sighting.key is. */
static void glob_pattern(struct text_buf *buf, const char *pattern)
{
    for (const char *p = pattern; *p; p++) {
        if (*p == '?' || *p == '[')
            text_append_fmt(buf, "[%c]", *p);
        else
            text_append_char(buf, *p >= 'A' && *p <= 'Z' ? (char)(*p | 0x20) : *p);
    }
}

/* ---- few objects ---- */

/* More, and a pass over all SPNs is the cheaper way. */
#define MAX_LOOKED_UP 1000

/* All is looked at in one moment, and what narrow does ends with it. */
static enum spn_code begin(struct store *store, struct spn_error *reterr)
{
    enum spn_code code = db_begin_temp(store, "", reterr);
    if (code == SPN_OK)
        code = db_temp_views(store, reterr);
    if (code == SPN_OK)
        code = db_exec(store, "BEGIN", "read", reterr);
    return code == SPN_OK ? code : db_end_temp(store, code, reterr);
}

static enum spn_code end(struct store *store, enum spn_code code, struct spn_error *reterr)
{
    return db_end_temp(store, store_end_parts(store, code, reterr), reterr);
}

/* As numbers, which SQLite takes down to each of the tables that a view is made of. */
static void append_in(struct text_buf *sql, const struct object_list *objects)
{
    text_append_str(sql, "IN (");
    for (size_t i = 0; i < objects->count; i++)
        text_append_fmt(sql, "%s%lld", i ? ", " : "", (long long)objects->items[i]);
    text_append_char(sql, ')');
}

/* spn_sighting makes a pass over all that live_spn has, whatever is asked of it. So that it looks at these
 * objects alone, a table of what they hold takes the place of live_spn. */
static enum spn_code narrow(struct store *store, const struct object_list *objects, struct spn_error *reterr)
{
    struct text_buf sql = {0};
    text_append_str(&sql, "CREATE TEMP TABLE looked_up AS SELECT * FROM live_spn WHERE object ");
    append_in(&sql, objects);
    text_append_str(&sql, "; DROP VIEW temp.live_spn;"
                          "CREATE TEMP VIEW live_spn AS SELECT * FROM temp.looked_up");
    enum spn_code code = db_exec(store, sql.data, "read", reterr);
    text_release(&sql);
    return code;
}

/* ---- a pattern, a name ---- */

#define QUERY_SQL                                                                                            \
    "SELECT spn, account, account_dn, seen_by, not_seen_by, seen_by_all FROM spn_sighting WHERE "

static enum spn_code query_exact(struct store *store, const char *name, store_row_fn row, void *ctx,
                                 struct spn_error *reterr)
{
    static const char sql[] = QUERY_SQL "key = lower(?1) ORDER BY account, account_dn, spn";
    struct object_list holders = {0};
    char *folded = xstrdup(name);
    bool indexed = false;
    text_lower(folded);
    enum spn_code code = db_names_indexed(store, &indexed, reterr);
    if (code == SPN_OK && indexed)
        code = names_holders(store, folded, strlen(folded), &holders, reterr);
    if (code == SPN_OK && indexed && holders.count <= MAX_LOOKED_UP)
        code = narrow(store, &holders, reterr);
    if (code == SPN_OK)
        code = db_query(store, sql, name, row, ctx, reterr);
    free(holders.items);
    free(folded);
    return code;
}

enum spn_code store_query(struct store *store, const char *pattern, store_row_fn row, void *ctx,
                          struct spn_error *reterr)
{
    static const char sql[] = QUERY_SQL "key GLOB ?1 ORDER BY account, account_dn, key";
    struct text_buf glob = {0};
    if (!strchr(pattern, '*')) {
        enum spn_code code = begin(store, reterr);
        return code == SPN_OK ? end(store, query_exact(store, pattern, row, ctx, reterr), reterr) : code;
    }
    glob_pattern(&glob, pattern);
    enum spn_code code = db_query(store, sql, glob.data, row, ctx, reterr);
    text_release(&glob);
    return code;
}

/* ---- an account ---- */

/* A look-up of its own, for those alone that it is worth for. */
#define UPN_SQL "(SELECT s.upn FROM account_state s WHERE s.id = f.id)"

/* One pass over the account facts tells who may be meant, the domain who is. ?2: the name as a GUID, or NULL.
 */
static const char named_sql[] =
    "WITH asked (name, bare) AS MATERIALIZED (SELECT lower(?1), lower(substr(?1, instr(?1, '\\') + 1))),"
    " near AS MATERIALIZED ("
    "  SELECT f.id, f.object, lower(f.sam) AS sam, lower(f.dn) AS dn, lower(" UPN_SQL ") AS upn"
    "  FROM asked n CROSS JOIN account_fact f"
    "  WHERE f.sam = n.bare COLLATE NOCASE OR f.sam = n.bare || '$' COLLATE NOCASE OR"
    "    f.dn = n.name COLLATE NOCASE OR"
    /* A UPN that is told by a template begins like the account: others need not be put together. */
    "    ((f.template IS NULL OR instr(n.name, lower(rtrim(f.sam, '$'))) = 1) AND " UPN_SQL
    "     = n.name COLLATE NOCASE)),"
    " named AS MATERIALIZED ("
    "  SELECT c.object, n.name, a.sam, a.dn, a.upn, lower(d.netbios) || '\\' || a.sam AS short,"
    "    d.dns || '\\' || a.sam AS long"
    "  FROM asked n CROSS JOIN near a CROSS JOIN consensus c ON c.object = a.object AND c.account = a.id"
    "    CROSS JOIN object o ON o.id = c.object CROSS JOIN domain d ON d.id = o.domain)"
    "SELECT object, min(guessed) FROM ("
    "  SELECT object, NOT coalesce(name IN (sam, dn, upn, short, long), 0) AS guessed FROM named"
    "  WHERE name IN (sam, dn, upn, short, long) OR name || '$' IN (sam, short, long)"
    "  UNION ALL SELECT c.object, 0 FROM object o JOIN consensus c ON c.object = o.id WHERE o.guid = ?2)"
    "GROUP BY object ORDER BY 2, 1";

enum spn_code accounts_named(struct store *store, const char *name, bool guessed, struct object_list *ret,
                             struct spn_error *reterr)
{
    struct guid guid;
    sqlite3_stmt *stmt = db_prepare(store, named_sql, reterr);
    enum spn_code code = stmt ? SPN_OK : SPN_DATABASE;
    int rc = stmt ? db_bind_str(stmt, 1, name) : SQLITE_OK;
    if (stmt && guid_parse(name, &guid))
        rc |= sqlite3_bind_blob(stmt, 2, guid.b, sizeof guid.b, SQLITE_STATIC);
    if (rc != SQLITE_OK)
        code = db_error(store, "read", reterr);
    bool exact = false;
    for (bool row = true; code == SPN_OK && row;) {
        code = db_step(store, stmt, &row, reterr);
        if (code != SPN_OK || !row)
            continue;
        bool guess = sqlite3_column_int(stmt, 1) != 0;
        exact |= !guess;
        if (guessed || !guess || !exact)
            object_list_add(ret, (uint32_t)sqlite3_column_int64(stmt, 0));
    }
    sqlite3_finalize(stmt);
    return code;
}

static enum spn_code list(struct store *store, const char *account, store_row_fn row, void *ctx,
                          struct spn_error *reterr)
{
    static const char head[] =
        "SELECT a.account, a.account_dn, a.guid, s.spn, s.seen_by, s.not_seen_by, s.seen_by_all "
        "FROM account a LEFT JOIN spn_sighting s ON s.object = a.object WHERE a.object ";
    struct object_list objects = {0};
    struct text_buf sql = {0};
    enum spn_code code = accounts_named(store, account, true, &objects, reterr);
    text_append_str(&sql, head);
    append_in(&sql, &objects);
    text_append_str(&sql, " ORDER BY a.account, a.account_dn, s.key");
    if (code == SPN_OK)
        code = narrow(store, &objects, reterr);
    if (code == SPN_OK)
        code = db_query(store, sql.data, NULL, row, ctx, reterr);
    free(objects.items);
    text_release(&sql);
    return code;
}

enum spn_code store_list(struct store *store, const char *account, store_row_fn row, void *ctx,
                         struct spn_error *reterr)
{
    enum spn_code code = begin(store, reterr);
    return code == SPN_OK ? end(store, list(store, account, row, ctx, reterr), reterr) : code;
}
