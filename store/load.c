#include "store/db.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

static enum spn_code load_seed(struct store *store, struct spn_error *reterr)
{
    if (store->fresh) {
        if (getrandom(&store->seed, sizeof store->seed, 0) != sizeof store->seed)
            return spn_error_set(reterr, SPN_INTERNAL, errno, "cannot get random bytes: %s", strerror(errno));
        return SPN_OK;
    }
    int64_t seed = 0;
    enum spn_code code = db_int(store, "SELECT value FROM meta WHERE name = 'hash_seed'", &seed, reterr);
    store->seed = (uint64_t)seed;
    return code;
}

static enum spn_code load_objects(struct store *store, const struct store_loader *loader,
                                  struct spn_error *reterr)
{
    sqlite3_stmt *stmt =
        db_prepare(store,
                   "SELECT o.id, o.guid, d.dn, c.object IS NOT NULL, coalesce(c.shown, 0), "
                   "coalesce(c.spn = 0, 0), coalesce(c.delegation = 0, 0) FROM object o "
                   "JOIN domain d ON d.id = o.domain LEFT JOIN consensus c ON c.object = o.id",
                   reterr);
    int rc = SQLITE_DONE;
    if (!stmt)
        return SPN_DATABASE;
    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        struct known_object object = {.id = sqlite3_column_int64(stmt, 0),
                                      .in_view = sqlite3_column_int(stmt, 3),
                                      .shown = sqlite3_column_int(stmt, 4),
                                      .spn_none = sqlite3_column_int(stmt, 5),
                                      .delegation_none = sqlite3_column_int(stmt, 6)};
        const void *guid = sqlite3_column_blob(stmt, 1);
        const unsigned char *dn = sqlite3_column_text(stmt, 2);
        if (!guid || sqlite3_column_bytes(stmt, 1) != sizeof object.guid.b || !dn)
            continue;
        memcpy(object.guid.b, guid, sizeof object.guid.b);
        snprintf(object.domain_dn, sizeof object.domain_dn, "%s", (const char *)dn);
        loader->object(loader->ctx, &object);
    }
    enum spn_code code = rc == SQLITE_DONE ? SPN_OK : db_error(store, "read", reterr);
    sqlite3_finalize(stmt);
    return code;
}

static enum spn_code load_states(struct store *store, const struct store_loader *loader, enum facet facet,
                                 struct spn_error *reterr)
{
    static const char *const sql[FACET_COUNT] = {
        "SELECT s.id, s.object, s.hash, c.spn = s.id FROM spn_state s LEFT JOIN consensus c ON c.object = "
        "s.object WHERE s.id > 0",
        "SELECT s.id, s.object, s.hash, c.account = s.id FROM account_state s LEFT JOIN consensus c ON "
        "c.object = s.object",
        "SELECT s.id, s.object, s.hash, c.delegation = s.id FROM delegation_state s LEFT JOIN consensus c ON "
        "c.object = s.object "
        "WHERE s.id > 0"};
    sqlite3_stmt *stmt = db_prepare(store, sql[facet], reterr);
    int rc = SQLITE_DONE;
    if (!stmt)
        return SPN_DATABASE;
    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        struct known_state state = {.facet = facet,
                                    .id = sqlite3_column_int64(stmt, 0),
                                    .object = sqlite3_column_int64(stmt, 1),
                                    .consensus = sqlite3_column_int(stmt, 3)};
        const void *hash = sqlite3_column_blob(stmt, 2);
        if (!hash || sqlite3_column_bytes(stmt, 2) != sizeof state.hash)
            continue;
        memcpy(&state.hash, hash, sizeof state.hash);
        loader->state(loader->ctx, &state);
    }
    enum spn_code code = rc == SQLITE_DONE ? SPN_OK : db_error(store, "read", reterr);
    sqlite3_finalize(stmt);
    return code;
}

enum spn_code store_load(struct store *store, const struct store_loader *loader, uint64_t *ret_seed,
                         struct spn_error *reterr)
{
    enum spn_code code = load_seed(store, reterr);
    if (code == SPN_OK && !store->fresh)
        code = load_objects(store, loader, reterr);
    for (int facet = 0; code == SPN_OK && !store->fresh && facet < FACET_COUNT; facet++)
        code = load_states(store, loader, (enum facet)facet, reterr);
    if (code == SPN_OK)
        *ret_seed = store->seed;
    return code;
}
