/* What is known before a scan: the seed of hashes, the next free ids, and up to where each DC is known. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "store/db.h"

static enum spn_code make_seed(uint64_t *ret, struct spn_error *reterr)
{
    if (getrandom(ret, sizeof *ret, 0) != sizeof *ret)
        return spn_error_set(reterr, SPN_INTERNAL, errno, "cannot get random bytes: %s", strerror(errno));
    return SPN_OK;
}

/* First free id of a table: beyond what the stored view is made of, since what is left over goes. */
static enum spn_code next_id(struct store *store, bool has_view, const char *table, const char *end,
                             int64_t *ret, struct spn_error *reterr)
{
    struct text_buf sql = {0};
    *ret = 1;
    if (!has_view)
        return SPN_OK;
    text_append_fmt(
        &sql, "SELECT coalesce((SELECT value FROM meta WHERE name = '%s'), (SELECT max(id) FROM %s) + 1, 1)",
        end, table);
    enum spn_code code = db_int(store, sql.data, ret, reterr);
    text_release(&sql);
    return code;
}

static enum spn_code load_replicas(struct store *store, int64_t dc, struct known_mark *mark,
                                   struct spn_error *reterr)
{
    sqlite3_stmt *stmt = db_prepare(store,
                                    "SELECT d.dn, r.is_full FROM replica r JOIN domain d ON d.id = r.domain "
                                    "WHERE r.scan = ?1 AND r.dc = ?2 ORDER BY d.dn",
                                    reterr);
    size_t size = 0;
    enum spn_code code = stmt ? SPN_OK : SPN_DATABASE;
    if (stmt && (sqlite3_bind_int64(stmt, 1, mark->scan) | sqlite3_bind_int64(stmt, 2, dc)))
        code = db_error(store, "read", reterr);
    for (bool row = true; code == SPN_OK && row;) {
        code = db_step(store, stmt, &row, reterr);
        const unsigned char *dn = code == SPN_OK && row ? sqlite3_column_text(stmt, 0) : NULL;
        if (!dn)
            continue;
        mark->replicas = xgrow(mark->replicas, &size, mark->replica_count + 1, sizeof *mark->replicas);
        struct known_replica *replica = &mark->replicas[mark->replica_count++];
        *replica = (struct known_replica){.full = sqlite3_column_int(stmt, 1)};
        snprintf(replica->domain_dn, sizeof replica->domain_dn, "%s", (const char *)dn);
    }
    sqlite3_finalize(stmt);
    return code;
}

/* false: a row that cannot be relied on counts as no mark, and its DC is read anew. */
static bool take_mark(sqlite3_stmt *stmt, struct known_mark *ret)
{
    const char *name = (const char *)sqlite3_column_text(stmt, 1);
    *ret = (struct known_mark){.scan = sqlite3_column_int64(stmt, 2),
                               .usn = (uint64_t)sqlite3_column_int64(stmt, 4),
                               .full_us = sqlite3_column_int64(stmt, 5) * 1000000,
                               .deletions_us = sqlite3_column_int64(stmt, 6) * 1000000,
                               .hidden_uac = (uint64_t)sqlite3_column_int64(stmt, 7),
                               .seen_usn = (uint64_t)sqlite3_column_int64(stmt, 8),
                               .deletions_unknown = sqlite3_column_int(stmt, 9)};
    if (!name || !guid_parse((const char *)sqlite3_column_text(stmt, 3), &ret->invocation_id))
        return false;
    snprintf(ret->dc_name, sizeof ret->dc_name, "%s", name);
    return true;
}

static enum spn_code load_marks(struct store *store, struct known_base *base, struct spn_error *reterr)
{
    static const char sql[] =
        "SELECT m.dc, d.name, m.scan, m.invocation_id, m.usn, CAST(strftime('%s', m.full_at) AS INTEGER), "
        "CAST(strftime('%s', m.deletions_at) AS INTEGER), "
        "coalesce((SELECT x.hidden_uac FROM scan_dc x WHERE x.scan = m.scan AND x.dc = m.dc), 0), "
        "m.seen_usn, "
        "EXISTS (SELECT 1 FROM reading r WHERE r.scan = m.scan AND r.dc = m.dc AND r.deletions = 'unknown') "
        "FROM mark m "
        "JOIN dc d ON "
        "d.id = m.dc ORDER BY "
        "d.name";
    size_t size = 0;
    sqlite3_stmt *stmt = db_prepare(store, sql, reterr);
    enum spn_code code = stmt ? SPN_OK : SPN_DATABASE;
    for (bool row = true; code == SPN_OK && row;) {
        struct known_mark mark;
        code = db_step(store, stmt, &row, reterr);
        if (code != SPN_OK || !row || !take_mark(stmt, &mark))
            continue;
        base->marks = xgrow(base->marks, &size, base->mark_count + 1, sizeof *base->marks);
        base->marks[base->mark_count] = mark;
        code = load_replicas(store, sqlite3_column_int64(stmt, 0), &base->marks[base->mark_count++], reterr);
    }
    sqlite3_finalize(stmt);
    return code;
}

static enum spn_code load_stored(struct store *store, struct known_base *base, struct spn_error *reterr)
{
    /* spn_state: a table until schema 3, a view since; an older file is read here before it is upgraded. */
    static const struct {
        const char *table, *end;
    } states[FACET_COUNT] = {
        {"spn_state", "spn_end"}, {"account_state", "account_end"}, {"delegation_state", "delegation_end"}};
    int64_t seed = 0;
    enum spn_code code = db_int(store, "SELECT value FROM meta WHERE name = 'hash_seed'", &seed, reterr);
    base->seed = (uint64_t)seed;
    if (code == SPN_OK)
        code = db_int(store, "SELECT max(id) FROM scan WHERE stored = 1", &base->scan, reterr);
    if (code == SPN_OK)
        code = db_int(store,
                      "SELECT CAST(strftime('%s', started) AS INTEGER) * 1000000 FROM scan WHERE stored = 1 "
                      "ORDER BY id DESC",
                      &base->scan_us, reterr);
    if (code == SPN_OK)
        code = next_id(store, base->scan, "object", "object_end", &base->next_object, reterr);
    for (int f = 0; code == SPN_OK && f < FACET_COUNT; f++)
        code = next_id(store, base->scan, states[f].table, states[f].end, &base->next_state[f], reterr);
    /* Schema 1 had no marks. */
    if (code == SPN_OK && base->scan && store->version >= 2)
        code = load_marks(store, base, reterr);
    return code;
}

enum spn_code store_load_base(struct store *store, struct known_base *ret, struct spn_error *reterr)
{
    *ret = (struct known_base){.next_object = 1, .next_state = {1, 1, 1}};
    enum spn_code code = store->fresh ? make_seed(&ret->seed, reterr) : load_stored(store, ret, reterr);
    store->seed = ret->seed;
    return code;
}

void known_base_release(struct known_base *base)
{
    for (size_t i = 0; i < base->mark_count; i++)
        free(base->marks[i].replicas);
    free(base->marks);
    *base = (struct known_base){0};
}
