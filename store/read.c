#include "store/view.h"

#include <stdlib.h>
#include <string.h>

/* Through the value, a fourth less calls; that is for one thread at a time, as a store is. */
void db_fetch_row(sqlite3_stmt *stmt, struct store_cell *cells, int columns)
{
    for (int i = 0; i < columns; i++) {
        sqlite3_value *value = sqlite3_column_value(stmt, i);
        cells[i] = (struct store_cell){0};
        switch (sqlite3_value_type(value)) {
        case SQLITE_NULL:
            break;
        case SQLITE_INTEGER:
            cells[i].is_int = true;
            cells[i].value = sqlite3_value_int64(value);
            break;
        default:
            cells[i].text = (const char *)sqlite3_value_text(value);
            cells[i].len = (size_t)sqlite3_value_bytes(value);
        }
    }
}

enum spn_code db_each_row(struct store *store, sqlite3_stmt *stmt, store_row_fn row, void *ctx,
                          struct spn_error *reterr)
{
    struct store_cell cells[DB_COLUMNS_MAX];
    int columns = sqlite3_column_count(stmt);
    enum spn_code code = SPN_OK;
    int rc = SQLITE_DONE;
    while (code == SPN_OK && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        db_fetch_row(stmt, cells, columns);
        code = row(ctx, cells, (size_t)columns, reterr);
    }
    if (code == SPN_OK && rc != SQLITE_DONE)
        code = db_error(store, "read", reterr);
    return code;
}

enum spn_code db_header(sqlite3_stmt *stmt, store_header_fn header, void *ctx, struct spn_error *reterr)
{
    const char *names[DB_COLUMNS_MAX];
    int columns = sqlite3_column_count(stmt);
    for (int i = 0; i < columns; i++)
        names[i] = sqlite3_column_name(stmt, i);
    return header(ctx, names, (size_t)columns, reterr);
}

enum spn_code store_report(struct store *store, const char *name, store_header_fn header, store_row_fn row,
                           void *ctx, struct spn_error *reterr)
{
    char sql[128];
    bool split = false;
    enum spn_code code = parts_report(store, name, &split, header, row, ctx, reterr);
    if (split)
        return code;
    snprintf(sql, sizeof sql, "SELECT * FROM report_%s", name);
    sqlite3_stmt *stmt = db_prepare(store, sql, reterr);
    if (!stmt)
        return SPN_DATABASE;
    code = db_header(stmt, header, ctx, reterr);
    if (code == SPN_OK)
        code = db_each_row(store, stmt, row, ctx, reterr);
    sqlite3_finalize(stmt);
    return code;
}

enum spn_code db_query(struct store *store, const char *sql, const char *text, store_row_fn row, void *ctx,
                       struct spn_error *reterr)
{
    sqlite3_stmt *stmt = db_prepare(store, sql, reterr);
    enum spn_code code;
    if (!stmt)
        return SPN_DATABASE;
    if (text && db_bind_str(stmt, 1, text) != SQLITE_OK)
        code = db_error(store, "read", reterr);
    else
        code = db_each_row(store, stmt, row, ctx, reterr);
    sqlite3_finalize(stmt);
    return code;
}

enum spn_code db_begin_temp(struct store *store, const char *tables, struct spn_error *reterr)
{
    enum spn_code code = db_exec(store, "PRAGMA query_only = 0", "read", reterr);
    return code == SPN_OK ? db_exec(store, tables, "make a temporary table for", reterr) : code;
}

enum spn_code db_end_temp(struct store *store, enum spn_code code, struct spn_error *reterr)
{
    if (store->mode != STORE_READ)
        return code;
    enum spn_code closed = db_exec(store, "PRAGMA query_only = 1", "read", code == SPN_OK ? reterr : NULL);
    return code == SPN_OK ? closed : code;
}

enum spn_code db_load_seed(struct store *store, struct spn_error *reterr)
{
    int64_t seed = 0;
    enum spn_code code = db_int(store, "SELECT value FROM meta WHERE name = 'hash_seed'", &seed, reterr);
    store->seed = (uint64_t)seed;
    return code;
}

enum spn_code db_names_indexed(struct store *store, bool *ret, struct spn_error *reterr)
{
    int64_t indexed = 0;
    enum spn_code code = db_int(store, "SELECT EXISTS (SELECT 1 FROM name_index)", &indexed, reterr);
    *ret = indexed;
    return code == SPN_OK && indexed ? db_load_seed(store, reterr) : code;
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
    static const char sql[] = "WITH sids (sid) AS MATERIALIZED ("
                              "  SELECT DISTINCT j.value FROM delegation_state s, json_each(s.trustees) j"
                              "  WHERE s.trustees <> '[]')"
                              "SELECT sid FROM sids EXCEPT SELECT sid FROM principal ORDER BY 1";
    struct sid_found f = {found, ctx};
    return db_query(store, sql, NULL, sid_row, &f, reterr);
}

struct unstamped_found {
    const struct store *store;
    void (*found)(void *ctx, int64_t object, const struct guid *guid, int domain);
    void *ctx;
};

static enum spn_code unstamped_row(void *ctx, const struct store_cell *cells, size_t count,
                                   struct spn_error *reterr)
{
    const struct unstamped_found *f = ctx;
    struct guid guid;
    (void)count;
    (void)reterr;
    if (!cells[1].text || cells[1].len != sizeof guid.b)
        return SPN_OK;
    memcpy(guid.b, cells[1].text, sizeof guid.b);
    f->found(f->ctx, cells[0].value, &guid, db_domain_index(f->store, cells[2].value));
    return SPN_OK;
}

/* A stamp went when its object was touched. */
enum spn_code store_each_unstamped(struct store *store,
                                   void (*found)(void *ctx, int64_t object, const struct guid *guid,
                                                 int domain),
                                   void *ctx, struct spn_error *reterr)
{
    static const char sql[] =
        "SELECT o.id, o.guid, o.domain FROM (SELECT DISTINCT object FROM shared_spn) s "
        "JOIN object o ON o.id = s.object WHERE NOT EXISTS (SELECT 1 FROM stamp t WHERE t.object = s.object "
        "AND t.attribute = 'servicePrincipalName') ORDER BY 1";
    struct unstamped_found f = {store, found, ctx};
    return db_query(store, sql, NULL, unstamped_row, &f, reterr);
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
    const struct {
        const char *report;
        int64_t *count;
    } counts[] = {{"duplicates", &s->duplicates},  {"divergence", &s->divergences},
                  {"delegation", &s->delegations}, {"aliases", &s->aliases},
                  {"hygiene", &s->hygiene},        {"health", &s->health}};
    (void)count;
    (void)reterr;
    for (size_t i = 0; cells[0].text && i < sizeof counts / sizeof counts[0]; i++)
        if (strcmp(cells[0].text, counts[i].report) == 0)
            *counts[i].count = cells[1].value;
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
    enum spn_code code = db_query(store, newest, NULL, newest_row, ret, reterr);
    if (code == SPN_OK && counts)
        code = db_int(store,
                      "SELECT (SELECT count(*) FROM object) - (SELECT count(*) FROM object WHERE shown IS "
                      "NOT 1 AND shown IS NULL)",
                      &ret->objects, reterr);
    if (code == SPN_OK && counts)
        code = db_query(store, "SELECT report, findings FROM finding_counts", NULL, finding_row, ret, reterr);
    if (code == SPN_OK && counts)
        code = db_count_accepted(store, &ret->accepted, reterr);
    return code;
}
