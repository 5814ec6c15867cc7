/* resolve.c: from an SPN to the account that a DC would take for it. */
#include <stdlib.h>

#include "store/view.h"

/* The names it may be held under: exactly, then with the class that stands for its own. ?1 is the SPN. */
#define WANTED                                                                                               \
    "WITH wanted (key, rule) AS MATERIALIZED ("                                                              \
    "  SELECT lower(?1), 'exact'"                                                                            \
    "  UNION SELECT m.stands_for || substr(lower(?1), instr(?1, '/')), 'alias' FROM spn_mapping m"           \
    "  WHERE instr(?1, '/') AND m.class = substr(lower(?1), 1, instr(?1, '/') - 1) AND m.class <> "          \
    "m.stands_for)"

/* Objects that may hold one of them, where there is no index of names: one pass over the text of the SPN
 * states, each looked into only where the name stands in it between quotes. */
static const char candidate_sql[] = WANTED "SELECT DISTINCT t.object FROM spn_state t CROSS JOIN wanted w"
                                           " WHERE t.id > 0 AND instr(lower(t.spns), json_quote(w.key))";

static const char wanted_sql[] = WANTED "SELECT key FROM wanted";

/* ?2 are the candidates. */
static const char resolve_sql[] = WANTED
    ", live AS MATERIALIZED ("
    "  SELECT c.object, c.spn FROM json_each(?2) n CROSS JOIN consensus c ON c.object = n.value WHERE c.spn "
    "> 0"
    "  UNION SELECT d.object, d.spn FROM json_each(?2) n CROSS JOIN departure d ON d.object = n.value"
    "  WHERE d.shown AND d.spn > 0),"
    " held AS MATERIALIZED ("
    "  SELECT w.key, w.rule, l.object, l.spn AS state, min(j.value) AS name"
    "  FROM live l CROSS JOIN spn_state t ON t.id = l.spn, json_each(t.spns) j CROSS JOIN wanted w"
    "  WHERE lower(j.value) = w.key GROUP BY w.key, w.rule, l.object, l.spn),"
    " shown AS MATERIALIZED ("
    "  SELECT s.dc, s.name AS dc_name, h.key, h.rule, h.name, h.object FROM held h"
    "  CROSS JOIN object c ON c.id = h.object CROSS JOIN dc_scope s ON s.domain = c.domain"
    "  LEFT JOIN departure d ON d.object = h.object AND d.dc = s.dc"
    "  WHERE coalesce(d.shown, c.shown) AND coalesce(d.spn, c.spn) = h.state)"
    "SELECT x.dc_name, x.rule, x.name, a.account, a.account_dn FROM shown x CROSS JOIN account a ON a.object "
    "= x.object "
    "WHERE x.rule = 'exact' OR x.dc NOT IN (SELECT dc FROM shown WHERE rule = 'exact') "
    "ORDER BY x.rule DESC, x.key, a.account, x.object, x.name, x.dc_name";

static enum spn_code run(struct store *store, const char *sql, const char *spn, const char *objects,
                         store_row_fn row, void *ctx, struct spn_error *reterr)
{
    sqlite3_stmt *stmt = db_prepare(store, sql, reterr);
    enum spn_code code;
    if (!stmt)
        return SPN_DATABASE;
    if (db_bind_str(stmt, 1, spn) != SQLITE_OK || (objects && db_bind_str(stmt, 2, objects) != SQLITE_OK))
        code = db_error(store, "read", reterr);
    else
        code = db_each_row(store, stmt, row, ctx, reterr);
    sqlite3_finalize(stmt);
    return code;
}

struct candidates {
    struct store *store;
    struct text_buf objects; /* JSON array without its end */
};

static void add_candidate(struct candidates *c, int64_t object)
{
    text_append_fmt(&c->objects, "%c%lld", c->objects.len ? ',' : '[', (long long)object);
}

static enum spn_code take_candidate(void *ctx, const struct store_cell *cells, size_t count,
                                    struct spn_error *reterr)
{
    (void)count;
    (void)reterr;
    add_candidate(ctx, cells[0].value);
    return SPN_OK;
}

static enum spn_code look_up_wanted(void *ctx, const struct store_cell *cells, size_t count,
                                    struct spn_error *reterr)
{
    struct candidates *c = ctx;
    struct object_list holders = {0};
    (void)count;
    enum spn_code code = names_holders(c->store, cells[0].text, cells[0].len, &holders, reterr);
    for (size_t i = 0; i < holders.count; i++)
        add_candidate(c, holders.items[i]);
    free(holders.items);
    return code;
}

enum spn_code store_resolve(struct store *store, const char *spn, store_row_fn row, void *ctx,
                            struct spn_error *reterr)
{
    struct candidates c = {.store = store};
    bool indexed = false;
    enum spn_code code = db_names_indexed(store, &indexed, reterr);
    if (code == SPN_OK)
        code = indexed ? run(store, wanted_sql, spn, NULL, look_up_wanted, &c, reterr)
                       : run(store, candidate_sql, spn, NULL, take_candidate, &c, reterr);
    text_append_str(&c.objects, c.objects.len ? "]" : "[]");
    if (code == SPN_OK)
        code = run(store, resolve_sql, spn, c.objects.data, row, ctx, reterr);
    text_release(&c.objects);
    return code;
}
