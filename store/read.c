#include "store/db.h"

#include <string.h>

#define MAX_COLUMNS 32

static void fetch_row(sqlite3_stmt *stmt, struct store_cell *cells, int columns)
{
    for (int i = 0; i < columns; i++) {
        cells[i] = (struct store_cell){0};
        switch (sqlite3_column_type(stmt, i)) {
        case SQLITE_NULL:
            break;
        case SQLITE_INTEGER:
            cells[i].is_int = true;
            cells[i].value = sqlite3_column_int64(stmt, i);
            break;
        default:
            cells[i].text = (const char *)sqlite3_column_text(stmt, i);
            cells[i].len = (size_t)sqlite3_column_bytes(stmt, i);
        }
    }
}

static enum spn_code each_row(struct store *store, sqlite3_stmt *stmt, store_row_fn row, void *ctx,
                              struct spn_error *reterr)
{
    struct store_cell cells[MAX_COLUMNS];
    int columns = sqlite3_column_count(stmt);
    enum spn_code code = SPN_OK;
    int rc = SQLITE_DONE;
    while (code == SPN_OK && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        fetch_row(stmt, cells, columns);
        code = row(ctx, cells, (size_t)columns, reterr);
    }
    if (code == SPN_OK && rc != SQLITE_DONE)
        code = db_error(store, "read", reterr);
    return code;
}

enum spn_code store_report(struct store *store, const char *name, store_header_fn header, store_row_fn row,
                           void *ctx, struct spn_error *reterr)
{
    const char *names[MAX_COLUMNS];
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT * FROM report_%s", name);
    sqlite3_stmt *stmt = db_prepare(store, sql, reterr);
    if (!stmt)
        return SPN_DATABASE;
    int columns = sqlite3_column_count(stmt);
    for (int i = 0; i < columns; i++)
        names[i] = sqlite3_column_name(stmt, i);
    enum spn_code code = header(ctx, names, (size_t)columns, reterr);
    if (code == SPN_OK)
        code = each_row(store, stmt, row, ctx, reterr);
    sqlite3_finalize(stmt);
    return code;
}

/* text: the only parameter, or NULL when the query has none. */
static enum spn_code run_query(struct store *store, const char *sql, const char *text, store_row_fn row,
                               void *ctx, struct spn_error *reterr)
{
    sqlite3_stmt *stmt = db_prepare(store, sql, reterr);
    enum spn_code code;
    if (!stmt)
        return SPN_DATABASE;
    if (text && db_bind_str(stmt, 1, text) != SQLITE_OK)
        code = db_error(store, "read", reterr);
    else
        code = each_row(store, stmt, row, ctx, reterr);
    sqlite3_finalize(stmt);
    return code;
}

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

enum spn_code store_query(struct store *store, const char *pattern, store_row_fn row, void *ctx,
                          struct spn_error *reterr)
{
    static const char head[] =
        "SELECT spn, account, account_dn, seen_by, not_seen_by, seen_by_all FROM spn_sighting WHERE key ";
    struct text_buf sql = {0}, glob = {0};
    /* An equality is cheaper than a pattern. */
    bool exact = !strchr(pattern, '*');
    text_append_fmt(&sql, "%s%s ORDER BY account, account_dn, key", head, exact ? "= lower(?1)" : "GLOB ?1");
    glob_pattern(&glob, pattern);
    enum spn_code code = run_query(store, sql.data,
                                   exact       ? pattern
                                   : glob.data ? glob.data
                                               : "",
                                   row, ctx, reterr);
    text_release(&glob);
    text_release(&sql);
    return code;
}

enum spn_code store_list(struct store *store, const char *account, store_row_fn row, void *ctx,
                         struct spn_error *reterr)
{
    static const char sql[] =
        "WITH wanted AS MATERIALIZED ("
        "  SELECT c.object FROM consensus c JOIN account_state a ON a.id = c.account JOIN object o ON o.id = "
        "c.object"
        "  JOIN domain d ON d.id = o.domain"
        "  WHERE lower(a.sam) IN (lower(?1), lower(?1) || '$') OR lower(a.dn) = lower(?1) OR lower(a.upn) = "
        "lower(?1)"
        "  OR lower(d.netbios) || '\\' || lower(a.sam) IN (lower(?1), lower(?1) || '$')"
        "  UNION SELECT object FROM account WHERE length(?1) = 36 AND guid = lower(?1))"
        "SELECT a.account, a.account_dn, a.guid, s.spn, s.seen_by, s.not_seen_by, s.seen_by_all "
        "FROM wanted w JOIN account a ON a.object = w.object LEFT JOIN spn_sighting s ON s.object = w.object "
        "ORDER BY a.account, a.account_dn, s.key";
    return run_query(store, sql, account, row, ctx, reterr);
}

struct sid_found {
    void (*found)(void *ctx, const char *sid);
    void *ctx;
};

static enum spn_code sid_row(void *ctx, const struct store_cell *cells, size_t count,
                             struct spn_error *reterr)
{
    const struct sid_found *f = ctx;
    (void)count;
    (void)reterr;
    if (cells[0].text)
        f->found(f->ctx, cells[0].text);
    return SPN_OK;
}

enum spn_code store_unknown_sids(struct store *store, void (*found)(void *ctx, const char *sid), void *ctx,
                                 struct spn_error *reterr)
{
    /* The few SIDs are looked for among the many accounts, not the other way round: that would build an
     * index. */
    static const char sql[] =
        "WITH sids (sid) AS MATERIALIZED ("
        "  SELECT DISTINCT j.value FROM delegation_state s, json_each(s.trustees) j"
        "  WHERE s.trustees <> '[]')"
        "SELECT sid FROM sids EXCEPT SELECT sid FROM account_state WHERE sid IN sids ORDER BY 1";
    struct sid_found f = {found, ctx};
    return run_query(store, sql, NULL, sid_row, &f, reterr);
}

struct target_found {
    enum spn_code (*found)(void *ctx, const char *key, struct spn_error *reterr);
    void *ctx;
};

static enum spn_code target_row(void *ctx, const struct store_cell *cells, size_t count,
                                struct spn_error *reterr)
{
    const struct target_found *f = ctx;
    (void)count;
    return cells[0].text ? f->found(f->ctx, cells[0].text, reterr) : SPN_OK;
}

enum spn_code store_each_target(struct store *store,
                                enum spn_code (*found)(void *ctx, const char *key, struct spn_error *reterr),
                                void *ctx, struct spn_error *reterr)
{
    static const char sql[] =
        "WITH target (key) AS MATERIALIZED ("
        "  SELECT DISTINCT lower(j.value) FROM delegation_state d, json_each(d.targets) j"
        "  WHERE d.targets <> '[]')"
        "SELECT key FROM target UNION "
        "SELECT m.stands_for || substr(t.key, instr(t.key, '/')) FROM target t "
        "JOIN spn_mapping m ON m.class = substr(t.key, 1, instr(t.key, '/') - 1)";
    struct target_found f = {found, ctx};
    return run_query(store, sql, NULL, target_row, &f, reterr);
}

static enum spn_code newest_row(void *ctx, const struct store_cell *cells, size_t count,
                                struct spn_error *reterr)
{
    struct store_summary *s = ctx;
    (void)count;
    (void)reterr;
    s->scan = cells[0].value;
    snprintf(s->started, sizeof s->started, "%s", cells[1].text ? cells[1].text : "");
    snprintf(s->forest, sizeof s->forest, "%s", cells[2].text ? cells[2].text : "");
    s->dcs = cells[3].value;
    s->dcs_complete = cells[4].value;
    s->stored = cells[5].value != 0;
    s->hidden_uac = cells[6].value;
    snprintf(s->stored_started, sizeof s->stored_started, "%s", cells[7].text ? cells[7].text : "");
    return SPN_OK;
}

static enum spn_code finding_row(void *ctx, const struct store_cell *cells, size_t count,
                                 struct spn_error *reterr)
{
    struct store_summary *s = ctx;
    const char *name = cells[0].text ? cells[0].text : "";
    (void)count;
    (void)reterr;
    if (strcmp(name, "duplicates") == 0)
        s->duplicates = cells[1].value;
    else if (strcmp(name, "divergence") == 0)
        s->divergences = cells[1].value;
    else if (strcmp(name, "delegation") == 0)
        s->delegations = cells[1].value;
    return SPN_OK;
}

enum spn_code store_summarize(struct store *store, bool counts, struct store_summary *ret,
                              struct spn_error *reterr)
{
    static const char newest[] = "SELECT s.id, s.started, s.forest, s.dcs, s.dcs_complete, s.stored,"
                                 " (SELECT coalesce(max(hidden_uac), 0) FROM scan_dc x WHERE x.scan = s.id),"
                                 " (SELECT started FROM current_scan) FROM scan s WHERE s.ended IS NOT NULL "
                                 "ORDER BY s.id DESC LIMIT 1";
    *ret = (struct store_summary){0};
    enum spn_code code = run_query(store, newest, NULL, newest_row, ret, reterr);
    if (code == SPN_OK && counts)
        code = db_int(store, "SELECT count(*) FROM consensus", &ret->objects, reterr);
    if (code == SPN_OK && counts)
        code =
            run_query(store, "SELECT report, findings FROM finding_counts", NULL, finding_row, ret, reterr);
    return code;
}
