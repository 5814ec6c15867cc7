/* plan.c: the questions of `spnscan plan`. What is asked for goes into temporary tables, so that one pass
 * over the accounts or the SPNs answers for all of it. */
#include <string.h>

#include "store/db.h"

enum spn_code store_hold(struct store *store, struct spn_error *reterr)
{
    /* The lock is taken by the first read. */
    enum spn_code code = db_exec(store, "BEGIN", "read", reterr);
    int64_t scans;
    return code == SPN_OK ? db_int(store, "SELECT count(*) FROM scan", &scans, reterr) : code;
}

enum spn_code store_domains(struct store *store, store_row_fn row, void *ctx, struct spn_error *reterr)
{
    return db_query(store, "SELECT id, dns, netbios FROM domain ORDER BY id", NULL, row, ctx, reterr);
}

enum spn_code store_unread_dcs(struct store *store, store_row_fn row, void *ctx, struct spn_error *reterr)
{
    static const char sql[] =
        "SELECT d.name, x.status, x.error FROM current_scan s JOIN scan_dc x ON x.scan = s.id "
        "JOIN dc d ON d.id = x.dc WHERE x.complete = 0 AND x.status <> 'excluded' ORDER BY d.name";
    return db_query(store, sql, NULL, row, ctx, reterr);
}

static enum spn_code put_names(struct store *store, const char *const *names, size_t count,
                               struct spn_error *reterr)
{
    sqlite3_stmt *stmt = db_prepare(store,
                                    "INSERT INTO temp.plan_name (id, name, place) SELECT ?1, lower(?2), 0 "
                                    "UNION ALL SELECT ?1, lower(?2) || '$', 1",
                                    reterr);
    enum spn_code code = stmt ? SPN_OK : SPN_DATABASE;
    for (size_t i = 0; i < count && code == SPN_OK; i++) {
        if (sqlite3_bind_int64(stmt, 1, (int64_t)i) | db_bind_str(stmt, 2, names[i]))
            code = db_error(store, "read", reterr);
        else
            code = db_run(store, stmt, "write temporary rows of", reterr);
    }
    sqlite3_finalize(stmt);
    return code;
}

enum spn_code store_plan_accounts(struct store *store, const char *const *names, size_t count,
                                  store_row_fn row, void *ctx, struct spn_error *reterr)
{
    static const char tables[] =
        "DROP TABLE IF EXISTS temp.plan_name;"
        "CREATE TEMP TABLE plan_name (name TEXT, id INTEGER, place INTEGER, PRIMARY KEY (name, id, place)) "
        "WITHOUT ROWID;";
    /* CROSS JOIN: each account is looked for among the names, once; not the other way round. */
    static const char sql[] =
        "WITH met AS MATERIALIZED ("
        "  SELECT n.id, c.object,"
        "    CASE WHEN n.name IN (lower(a.sam), lower(d.netbios) || '\\' || lower(a.sam)) THEN n.place"
        "         WHEN n.name = lower(a.dn) THEN 0 ELSE 2 END AS place"
        "  FROM consensus c CROSS JOIN account_state a ON a.id = c.account CROSS JOIN object o ON o.id = "
        "c.object CROSS JOIN domain d ON d.id = o.domain CROSS JOIN temp.plan_name n"
        "    ON n.name IN (lower(a.sam), lower(a.dn), lower(a.upn), lower(d.netbios) || '\\' || lower(a.sam))"
        "  WHERE n.place = 0 OR n.name IN (lower(a.sam), lower(d.netbios) || '\\' || lower(a.sam))"
        "  UNION ALL SELECT n.id, a.object, 0 FROM account a CROSS JOIN temp.plan_name n ON n.name = a.guid"
        "  WHERE n.place = 0 AND EXISTS (SELECT 1 FROM temp.plan_name WHERE length(name) = 36)) "
        "SELECT m.id, min(m.place) AS place, m.object, o.domain,"
        " CASE WHEN s.sam IS NOT NULL THEN d.netbios || '\\' || s.sam END, s.dn, d.dns "
        "FROM met m JOIN object o ON o.id = m.object JOIN domain d ON d.id = o.domain"
        " JOIN consensus c ON c.object = m.object JOIN account_state s ON s.id = c.account "
        "GROUP BY m.id, m.object ORDER BY m.id, place, m.object";
    enum spn_code code = db_begin_temp(store, tables, reterr);
    if (code == SPN_OK)
        code = put_names(store, names, count, reterr);
    code = db_end_temp(store, code, reterr);
    return code == SPN_OK ? db_query(store, sql, NULL, row, ctx, reterr) : code;
}

static enum spn_code put_wants(struct store *store, const struct plan_want *wants, size_t count,
                               struct spn_error *reterr)
{
    sqlite3_stmt *stmt =
        db_prepare(store, "INSERT INTO temp.plan_want VALUES (?1, ?2, ?3, ?4, lower(?5))", reterr);
    enum spn_code code = stmt ? SPN_OK : SPN_DATABASE;
    for (size_t i = 0; i < count && code == SPN_OK; i++) {
        const struct plan_want *w = &wants[i];
        if (sqlite3_bind_int64(stmt, 1, (int64_t)i) | sqlite3_bind_int64(stmt, 2, w->object) |
            sqlite3_bind_int64(stmt, 3, w->domain) | sqlite3_bind_int(stmt, 4, w->delegates) |
            db_bind_str(stmt, 5, w->name))
            code = db_error(store, "read", reterr);
        else
            code = db_run(store, stmt, "write temporary rows of", reterr);
    }
    sqlite3_finalize(stmt);
    return code;
}

static const char want_tables[] =
    "DROP TABLE IF EXISTS temp.plan_want; DROP TABLE IF EXISTS temp.plan_scope;"
    "DROP TABLE IF EXISTS temp.plan_state; DROP TABLE IF EXISTS temp.plan_seen;"
    "DROP TABLE IF EXISTS temp.plan_shown; DROP TABLE IF EXISTS temp.plan_grant;"
    "DROP TABLE IF EXISTS temp.plan_holder;"
    "CREATE TEMP TABLE plan_want (id INTEGER PRIMARY KEY, object INTEGER, domain INTEGER, delegates INTEGER, "
    "  key TEXT);"
    /* Domain 0 is all of them. */
    "CREATE TEMP TABLE plan_scope (domain INTEGER, name TEXT, dc INTEGER, is_full INTEGER, "
    "  PRIMARY KEY (domain, name)) WITHOUT ROWID;"
    "CREATE TEMP TABLE plan_state (key TEXT, state INTEGER, object INTEGER, PRIMARY KEY (key, state)) "
    "WITHOUT "
    "  ROWID;"
    "CREATE TEMP TABLE plan_seen (key TEXT, dc INTEGER, object INTEGER, PRIMARY KEY (key, dc, object)) "
    "WITHOUT "
    "  ROWID;"
    "CREATE TEMP TABLE plan_shown (object INTEGER, dc INTEGER, delegation INTEGER, hidden INTEGER, "
    "  PRIMARY KEY (object, dc)) WITHOUT ROWID;"
    "CREATE TEMP TABLE plan_grant (state INTEGER, key TEXT, PRIMARY KEY (state, key)) WITHOUT ROWID;"
    "CREATE TEMP TABLE plan_holder (object INTEGER PRIMARY KEY, name TEXT);";

/* In this order: which states have a wanted name, which DC shows such a state; and what each DC shows of the
 * accounts of the plan. CROSS JOIN only fixes the order of the loops: the planner would begin with the DCs.
 */
static const char want_fill[] =
    "INSERT INTO temp.plan_scope SELECT domain, name, dc, is_full FROM dc_scope;"
    "INSERT INTO temp.plan_scope SELECT 0, name, dc, max(is_full) FROM dc_scope GROUP BY dc;"
    "INSERT OR IGNORE INTO temp.plan_state "
    "  SELECT lower(j.value), s.id, l.object"
    "  FROM live_state l CROSS JOIN spn_state s ON s.id = l.spn CROSS JOIN json_each(s.spns) j"
    "  WHERE lower(j.value) IN (SELECT key FROM temp.plan_want WHERE NOT delegates);"
    "INSERT OR IGNORE INTO temp.plan_seen "
    "  SELECT t.key, x.dc, x.object FROM temp.plan_state t CROSS JOIN dc_object x ON x.object = t.object AND "
    "    x.spn = t.state;"
    "INSERT INTO temp.plan_shown "
    "  SELECT x.object, x.dc, x.delegation, a.uac IS NULL"
    "  FROM (SELECT DISTINCT object FROM temp.plan_want WHERE object > 0) w CROSS JOIN dc_object x"
    "    ON x.object = w.object JOIN account_state a ON a.id = x.account;"
    "INSERT OR IGNORE INTO temp.plan_grant "
    "  SELECT d.id, lower(j.value)"
    "  FROM (SELECT DISTINCT delegation FROM temp.plan_shown) g CROSS JOIN delegation_state d ON d.id = "
    "    g.delegation CROSS JOIN json_each(d.targets) j"
    "  WHERE lower(j.value) IN (SELECT key FROM temp.plan_want WHERE delegates);"
    "INSERT INTO temp.plan_holder "
    "  SELECT a.object, CASE WHEN s.sam IS NULL THEN s.dn ELSE d.netbios || '\\' || s.sam END"
    "  FROM (SELECT DISTINCT object FROM temp.plan_seen) p CROSS JOIN consensus a ON a.object = p.object"
    "    JOIN account_state s ON s.id = a.account JOIN object o ON o.id = a.object JOIN domain d ON d.id = "
    "    o.domain;";

enum spn_code store_plan_look(struct store *store, const struct plan_want *wants, size_t count,
                              store_row_fn row, void *ctx, struct spn_error *reterr)
{
    static const char sql[] =
        "SELECT w.id, s.name,"
        " CASE WHEN w.delegates THEN EXISTS (SELECT 1 FROM temp.plan_grant g WHERE g.state = x.delegation "
        "AND "
        "   g.key = w.key)"
        "  ELSE EXISTS (SELECT 1 FROM temp.plan_seen p WHERE p.key = w.key AND p.dc = s.dc AND p.object = "
        "   w.object) END,"
        " CASE WHEN x.object IS NOT NULL THEN 1 WHEN s.is_full THEN 0 END,"
        " coalesce(x.hidden, 0), h.name "
        "FROM temp.plan_want w CROSS JOIN temp.plan_scope s ON s.domain = w.domain AND s.is_full >= "
        "w.delegates"
        " LEFT JOIN temp.plan_shown x ON x.object = w.object AND x.dc = s.dc"
        " LEFT JOIN temp.plan_seen o ON NOT w.delegates AND o.key = w.key AND o.dc = s.dc AND o.object <> "
        "   w.object"
        " LEFT JOIN temp.plan_holder h ON h.object = o.object "
        "ORDER BY w.id, s.name, h.name";
    enum spn_code code = db_begin_temp(store, want_tables, reterr);
    if (code == SPN_OK)
        code = put_wants(store, wants, count, reterr);
    if (code == SPN_OK)
        code = db_exec(store, want_fill, "read", reterr);
    code = db_end_temp(store, code, reterr);
    return code == SPN_OK ? db_query(store, sql, NULL, row, ctx, reterr) : code;
}

enum spn_code store_plan_services(struct store *store, store_row_fn row, void *ctx, struct spn_error *reterr)
{
    /* The accounts are sorted, not their names, of which there may be millions; the limit, which is none,
     * keeps SQLite from dropping that order as idle. */
    static const char sql[] =
        "SELECT q.object, q.netbios, q.sam, q.guid, q.uac, q.dns_host, q.dns, k.column1, j.value "
        "FROM (SELECT a.object, d.netbios, s.sam, a.guid, s.uac, s.dns_host, d.dns, t.spns,"
        "        coalesce(g.targets, '[]') AS targets"
        "      FROM account a JOIN consensus c ON c.object = a.object JOIN account_state s ON s.id = "
        "c.account"
        "        JOIN domain d ON d.id = a.domain JOIN spn_state t ON t.id = a.spn"
        "        LEFT JOIN delegation_state g ON g.id = a.delegation"
        "      WHERE a.shown = 1 AND (a.spn > 0 OR g.targets <> '[]')"
        "      ORDER BY lower(d.netbios), lower(s.sam), a.object LIMIT -1) q"
        "  CROSS JOIN (VALUES (0), (1)) k"
        "  CROSS JOIN json_each(CASE k.column1 WHEN 0 THEN q.spns ELSE q.targets END) j";
    return db_query(store, sql, NULL, row, ctx, reterr);
}
