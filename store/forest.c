/* The forest as rows: domains, DCs, and what the configuration NC says of all of them. */
#include "store/forest.h"

#include <stdlib.h>
#include <string.h>

static enum spn_code know_domains(struct store *store, const struct forest_info *forest,
                                  struct spn_error *reterr)
{
    static const char sql[] =
        "INSERT INTO domain (dn, dns, netbios) VALUES (?1, ?2, ?3) "
        "ON CONFLICT (dn) DO UPDATE SET dns = excluded.dns, netbios = excluded.netbios RETURNING id";
    sqlite3_stmt *stmt = db_prepare(store, sql, reterr);
    enum spn_code code = SPN_OK;
    if (!stmt)
        return SPN_DATABASE;
    for (size_t i = 0; code == SPN_OK && i < forest->domain_count; i++) {
        const struct domain_info *domain = &forest->domains[i];
        if ((db_bind_str(stmt, 1, domain->dn) | db_bind_str(stmt, 2, domain->dns_name) |
             db_bind_str(stmt, 3, domain->netbios)) ||
            sqlite3_step(stmt) != SQLITE_ROW)
            code = db_error(store, "write", reterr);
        else
            store->domain_ids[i] = sqlite3_column_int64(stmt, 0);
        sqlite3_reset(stmt);
    }
    sqlite3_finalize(stmt);
    return code;
}

static int compare_dcs(const void *va, const void *vb)
{
    const struct dc_index *a = va, *b = vb;
    return a->id < b->id ? -1 : a->id > b->id;
}

static enum spn_code know_dcs(struct store *store, const struct forest_info *forest, struct spn_error *reterr)
{
    static const char sql[] =
        "INSERT INTO dc (name) VALUES (?1) ON CONFLICT (name) DO UPDATE SET name = name RETURNING id";
    sqlite3_stmt *stmt = db_prepare(store, sql, reterr);
    enum spn_code code = SPN_OK;
    if (!stmt)
        return SPN_DATABASE;
    for (size_t i = 0; code == SPN_OK && i < forest->dc_count; i++) {
        if (db_bind_str(stmt, 1, forest->dcs[i].name) || sqlite3_step(stmt) != SQLITE_ROW)
            code = db_error(store, "write", reterr);
        else
            store->dc_ids[i] = sqlite3_column_int64(stmt, 0);
        store->dc_indexes[i] = (struct dc_index){store->dc_ids[i], i};
        sqlite3_reset(stmt);
    }
    sqlite3_finalize(stmt);
    qsort(store->dc_indexes, forest->dc_count, sizeof *store->dc_indexes, compare_dcs);
    return code;
}

enum spn_code db_know_forest(struct store *store, const struct forest_info *forest, struct spn_error *reterr)
{
    free(store->domain_ids);
    free(store->dc_ids);
    free(store->dc_indexes);
    store->domain_ids = xcalloc(forest->domain_count + 1, sizeof *store->domain_ids);
    store->dc_ids = xcalloc(forest->dc_count + 1, sizeof *store->dc_ids);
    store->dc_indexes = xcalloc(forest->dc_count + 1, sizeof *store->dc_indexes);
    store->domain_count = forest->domain_count;
    store->dc_count = forest->dc_count;
    store->forest = forest;
    enum spn_code code = know_domains(store, forest, reterr);
    return code == SPN_OK ? know_dcs(store, forest, reterr) : code;
}

enum spn_code store_set_forest(struct store *store, const struct forest_info *forest,
                               struct spn_error *reterr)
{
    enum spn_code code = db_exec(store, "BEGIN IMMEDIATE", "write", reterr);
    if (code == SPN_OK)
        code = db_know_forest(store, forest, reterr);
    if (code == SPN_OK)
        code = db_exec(store, "COMMIT", "write", reterr);
    if (code != SPN_OK)
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    return code;
}

size_t db_dc_index(const struct store *store, int64_t id)
{
    const struct dc_index key = {.id = id};
    const struct dc_index *found = store->dc_count ? bsearch(&key, store->dc_indexes, store->dc_count,
                                                             sizeof *store->dc_indexes, compare_dcs)
                                                   : NULL;
    return found ? found->index : SIZE_MAX;
}

int db_domain_index(const struct store *store, int64_t id)
{
    for (size_t i = 0; i < store->domain_count; i++)
        if (store->domain_ids[i] == id)
            return (int)i;
    return -1;
}

static enum spn_code put_pair(struct store *store, const char *sql, const char *a, size_t a_len,
                              const char *b, struct spn_error *reterr)
{
    sqlite3_stmt *stmt = db_prepare(store, sql, reterr);
    enum spn_code code = SPN_DATABASE;
    if (!stmt)
        return code;
    if (db_bind_text(stmt, 1, a, a_len) | db_bind_str(stmt, 2, b))
        db_error(store, "write", reterr);
    else
        code = db_run(store, stmt, "write", reterr);
    sqlite3_finalize(stmt);
    return code;
}

/* "host=alerter,appmgmt,...": a row for each class on the right. */
static enum spn_code put_mapping(struct store *store, const char *mapping, struct spn_error *reterr)
{
    static const char sql[] =
        "INSERT OR IGNORE INTO spn_mapping (class, stands_for) VALUES (lower(trim(?1)), lower(trim(?2)))";
    const char *equals = strchr(mapping, '=');
    if (!equals)
        return SPN_OK;
    char *alias = xstrdup(mapping);
    alias[equals - mapping] = 0;
    enum spn_code code = SPN_OK;
    for (const char *at = equals + 1; code == SPN_OK && *at;) {
        size_t len = strcspn(at, ",");
        if (len)
            code = put_pair(store, sql, at, len, alias, reterr);
        at += len + (at[len] == ',');
    }
    free(alias);
    return code;
}

enum spn_code forest_put(struct store *store, const struct forest_info *forest, struct spn_error *reterr)
{
    static const char sql[] = "INSERT INTO forest_setting (name, value) VALUES (?1, ?2)";
    char days[16];
    enum spn_code code =
        db_exec(store, "DELETE FROM spn_mapping; DELETE FROM forest_setting", "write", reterr);
    for (size_t i = 0; code == SPN_OK && i < forest->spn_mapping_count; i++)
        code = put_mapping(store, forest->spn_mappings[i], reterr);
    if (code == SPN_OK && forest->ds_heuristics[0])
        code = put_pair(store, sql, "dSHeuristics", 12, forest->ds_heuristics, reterr);
    snprintf(days, sizeof days, "%d", forest->tombstone_lifetime_days);
    if (code == SPN_OK && forest->tombstone_lifetime_days)
        code = put_pair(store, sql, "tombstoneLifetime", 17, days, reterr);
    return code;
}
