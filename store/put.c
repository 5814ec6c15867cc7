/* Single rows that a scan puts: domains before the bulk, the view of the accounts at its end. */
#include "store/db.h"

#include <stdlib.h>
#include <string.h>

enum spn_code store_set_domains(struct store *store, const struct domain_info *domains, size_t count,
                                struct spn_error *reterr)
{
    static const char sql[] =
        "INSERT INTO domain (dn, dns, netbios) VALUES (?1, ?2, ?3) "
        "ON CONFLICT (dn) DO UPDATE SET dns = excluded.dns, netbios = excluded.netbios RETURNING id";
    enum spn_code code = SPN_OK;
    sqlite3_stmt *stmt = db_prepare(store, sql, reterr);
    if (!stmt)
        return SPN_DATABASE;
    store->domain_ids = xcalloc(count + 1, sizeof *store->domain_ids);
    store->domain_count = count;
    for (size_t i = 0; code == SPN_OK && i < count; i++) {
        if ((db_bind_str(stmt, 1, domains[i].dn) | db_bind_str(stmt, 2, domains[i].dns_name) |
             db_bind_str(stmt, 3, domains[i].netbios)) ||
            sqlite3_step(stmt) != SQLITE_ROW)
            code = db_error(store, "write", reterr);
        else
            store->domain_ids[i] = sqlite3_column_int64(stmt, 0);
        sqlite3_reset(stmt);
    }
    sqlite3_finalize(stmt);
    return code;
}

/* Runs a prepared statement whose binds gave rc. */
static enum spn_code put(struct store *store, sqlite3_stmt *stmt, int rc, struct spn_error *reterr)
{
    if (rc != SQLITE_OK)
        return db_error(store, "write", reterr);
    return db_run(store, stmt, "write", reterr);
}

enum spn_code store_put_consensus(struct store *store, const struct consensus_row *row,
                                  struct spn_error *reterr)
{
    sqlite3_stmt *stmt = db_stmt(store, STMT_PUT_CONSENSUS, reterr);
    if (!stmt)
        return SPN_DATABASE;
    int rc = sqlite3_bind_int64(stmt, 1, row->object) | sqlite3_bind_int(stmt, 2, row->shown);
    for (int facet = 0; facet < FACET_COUNT; facet++)
        if (row->state[facet] != STATE_UNKNOWN)
            rc |= sqlite3_bind_int64(stmt, 3 + facet, row->state[facet]);
    return put(store, stmt, rc, reterr);
}

enum spn_code store_put_departure(struct store *store, const struct departure_row *row,
                                  struct spn_error *reterr)
{
    sqlite3_stmt *stmt = db_stmt(store, STMT_PUT_DEPARTURE, reterr);
    if (!stmt)
        return SPN_DATABASE;
    int rc = sqlite3_bind_int64(stmt, 1, row->object) | sqlite3_bind_int64(stmt, 2, store->dc_ids[row->dc]) |
             sqlite3_bind_int(stmt, 3, row->shown);
    for (int facet = 0; facet < FACET_COUNT; facet++)
        if (row->differs[facet])
            rc |= sqlite3_bind_int64(stmt, 4 + facet, row->state[facet]);
    return put(store, stmt, rc, reterr);
}

static enum spn_code put_id(struct store *store, enum stmt_id id, int64_t value, struct spn_error *reterr)
{
    sqlite3_stmt *stmt = db_stmt(store, id, reterr);
    return stmt ? put(store, stmt, sqlite3_bind_int64(stmt, 1, value), reterr) : SPN_DATABASE;
}

enum spn_code store_drop_object(struct store *store, int64_t object, struct spn_error *reterr)
{
    enum spn_code code = put_id(store, STMT_DROP_CONSENSUS, object, reterr);
    return code == SPN_OK ? put_id(store, STMT_DROP_OBJECT, object, reterr) : code;
}

enum spn_code store_drop_state(struct store *store, enum facet facet, int64_t id, struct spn_error *reterr)
{
    static const enum stmt_id drop[FACET_COUNT] = {STMT_DROP_SPN, STMT_DROP_ACCOUNT, STMT_DROP_DELEGATION};
    return put_id(store, drop[facet], id, reterr);
}

enum spn_code store_put_candidate(struct store *store, int64_t object, struct spn_error *reterr)
{
    return put_id(store, STMT_PUT_CANDIDATE, object, reterr);
}

enum spn_code store_put_principal(struct store *store, const struct principal_row *row,
                                  struct spn_error *reterr)
{
    sqlite3_stmt *stmt = db_stmt(store, STMT_PUT_PRINCIPAL, reterr);
    if (!stmt)
        return SPN_DATABASE;
    return put(store, stmt,
               db_bind_str(stmt, 1, row->sid) | db_bind_str(stmt, 2, row->sam) |
                   db_bind_str(stmt, 3, row->dn),
               reterr);
}

enum spn_code store_put_target(struct store *store, const char *key, int64_t object, struct spn_error *reterr)
{
    sqlite3_stmt *stmt = db_stmt(store, STMT_PUT_TARGET, reterr);
    if (!stmt)
        return SPN_DATABASE;
    return put(store, stmt, db_bind_str(stmt, 1, key) | sqlite3_bind_int64(stmt, 2, object), reterr);
}
