/* Single objects with all that the view, kept rows and history know of them, looked up by id: never a pass
 * over a table. Any thread, while the writer runs: what is found is gathered under the lock and told after
 * it, so that the one who is told may hold locks of its own. */
#include "store/fetch.h"

#include <stdlib.h>
#include <string.h>

#include "store/block_index.h"

static struct known_state *state_of(struct fetched *f, enum facet facet, int64_t id)
{
    for (size_t i = 0; i < f->state_count; i++)
        if (f->states[i].facet == facet && f->states[i].id == id)
            return &f->states[i];
    f->states = xgrow(f->states, &f->state_size, f->state_count + 1, sizeof *f->states);
    struct known_state *state = &f->states[f->state_count++];
    *state = (struct known_state){.facet = facet, .id = id, .object = f->object.id};
    return state;
}

void fetched_clear(struct fetched *f)
{
    f->state_count = f->row_count = 0;
}

void fetched_release(struct fetched *f)
{
    free(f->states);
    free(f->rows);
}

void fetched_tell(const struct fetched *f, const struct store_loader *loader)
{
    loader->object(loader->ctx, &f->object);
    for (size_t i = 0; i < f->state_count; i++)
        loader->state(loader->ctx, &f->states[i]);
    for (size_t i = 0; i < f->row_count; i++)
        loader->departure(loader->ctx, &f->rows[i]);
}

/* ---- under the lock ---- */

static sqlite3_stmt *begin(struct store *store, enum stmt_id id, int64_t value, struct spn_error *reterr)
{
    sqlite3_stmt *stmt = db_stmt(store, id, reterr);
    if (stmt && sqlite3_bind_int64(stmt, 1, value) != SQLITE_OK) {
        db_error(store, "read", reterr);
        return NULL;
    }
    return stmt;
}

void fetch_take_common(sqlite3_stmt *stmt, int column, struct known_object *ret)
{
    for (int facet = 0; facet < FACET_COUNT; facet++) {
        bool common = sqlite3_column_type(stmt, column + facet) != SQLITE_NULL &&
                      sqlite3_column_int64(stmt, column + facet) <= STATE_NONE;
        ret->common[facet] = common ? sqlite3_column_int64(stmt, column + facet) : STATE_UNKNOWN;
    }
}

static enum spn_code get_object(struct store *store, int64_t id, struct fetched *f, bool *ret_found,
                                struct spn_error *reterr)
{
    sqlite3_stmt *stmt = begin(store, STMT_FETCH_OBJECT, id, reterr);
    enum spn_code code = stmt ? db_step(store, stmt, ret_found, reterr) : SPN_DATABASE;
    if (code != SPN_OK || !*ret_found)
        return code;
    const void *guid = sqlite3_column_blob(stmt, 0);
    const char *dn = (const char *)sqlite3_column_text(stmt, 1);
    f->object = (struct known_object){
        .id = id, .in_view = sqlite3_column_int(stmt, 2), .shown = sqlite3_column_int(stmt, 3)};
    if (guid && sqlite3_column_bytes(stmt, 0) == sizeof f->object.guid.b && dn) {
        memcpy(f->object.guid.b, guid, sizeof f->object.guid.b);
        snprintf(f->object.domain_dn, sizeof f->object.domain_dn, "%s", dn);
    } else {
        code = db_damaged(store, "an object without its GUID", reterr);
    }
    for (int facet = 0; code == SPN_OK && facet < FACET_COUNT; facet++)
        if (sqlite3_column_int64(stmt, 4 + facet) > 0)
            state_of(f, (enum facet)facet, sqlite3_column_int64(stmt, 4 + facet))->consensus = true;
    fetch_take_common(stmt, 4, &f->object);
    sqlite3_reset(stmt);
    return code;
}

void fetch_take_row(const struct store *store, sqlite3_stmt *stmt, int column, struct known_departure *ret)
{
    ret->dc = db_dc_index(store, sqlite3_column_int64(stmt, column));
    ret->shown = sqlite3_column_int(stmt, column + 1);
    for (int facet = 0; facet < FACET_COUNT; facet++)
        ret->state[facet] = sqlite3_column_type(stmt, column + 2 + facet) == SQLITE_NULL
                                ? STATE_UNKNOWN
                                : sqlite3_column_int64(stmt, column + 2 + facet);
}

static enum spn_code get_rows(struct store *store, int64_t id, struct fetched *f, struct spn_error *reterr)
{
    sqlite3_stmt *stmt = begin(store, STMT_FETCH_ROWS, id, reterr);
    enum spn_code code = stmt ? SPN_OK : SPN_DATABASE;
    for (bool row = true; code == SPN_OK && row;) {
        code = db_step(store, stmt, &row, reterr);
        if (code != SPN_OK || !row)
            break;
        f->rows = xgrow(f->rows, &f->row_size, f->row_count + 1, sizeof *f->rows);
        struct known_departure *departure = &f->rows[f->row_count++];
        *departure = (struct known_departure){.object = id, .kept = sqlite3_column_int(stmt, 0)};
        fetch_take_row(store, stmt, 1, departure);
        for (int facet = 0; facet < FACET_COUNT; facet++)
            if (departure->state[facet] > 0)
                state_of(f, (enum facet)facet, departure->state[facet]);
    }
    return code;
}

static enum spn_code get_history(struct store *store, int64_t id, struct fetched *f, struct spn_error *reterr)
{
    sqlite3_stmt *stmt = begin(store, STMT_FETCH_HISTORY, id, reterr);
    enum spn_code code = stmt ? SPN_OK : SPN_DATABASE;
    for (bool row = true; code == SPN_OK && row;) {
        code = db_step(store, stmt, &row, reterr);
        const char *name = code == SPN_OK && row ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
        for (int facet = 0; name && facet < FACET_COUNT; facet++) {
            if (strcmp(name, facet_name((enum facet)facet)) != 0)
                continue;
            for (int side = 1; side <= 2; side++)
                if (sqlite3_column_int64(stmt, side) > 0)
                    state_of(f, (enum facet)facet, sqlite3_column_int64(stmt, side))->in_history = true;
        }
    }
    return code;
}

static enum spn_code get_state(struct store *store, struct known_state *state, struct spn_error *reterr)
{
    static const enum stmt_id ids[FACET_COUNT] = {STMT_FETCH_SPN, STMT_FETCH_ACCOUNT, STMT_FETCH_DELEGATION};
    bool row = false;
    sqlite3_stmt *stmt = begin(store, ids[state->facet], state->id, reterr);
    enum spn_code code = stmt ? db_step(store, stmt, &row, reterr) : SPN_DATABASE;
    if (code != SPN_OK)
        return code;
    const void *hash = row ? sqlite3_column_blob(stmt, 1) : NULL;
    if (!hash || sqlite3_column_bytes(stmt, 1) != sizeof state->hash ||
        sqlite3_column_int64(stmt, 0) != state->object) {
        code = db_damaged(store, "a state that is spoken of is not there", reterr);
    } else {
        memcpy(&state->hash, hash, sizeof state->hash);
        state->delegates =
            state->facet == FACET_ACCOUNT && (sqlite3_column_int64(stmt, 2) & ACCOUNT_DELEGATES);
    }
    sqlite3_reset(stmt);
    return code;
}

enum spn_code fetch_object(struct store *store, int64_t id, struct fetched *f, bool *ret_found,
                           struct spn_error *reterr)
{
    fetched_clear(f);
    enum spn_code code = get_object(store, id, f, ret_found, reterr);
    if (code != SPN_OK || !*ret_found)
        return code;
    code = get_rows(store, id, f, reterr);
    if (code == SPN_OK)
        code = get_history(store, id, f, reterr);
    for (size_t i = 0; code == SPN_OK && i < f->state_count; i++)
        code = get_state(store, &f->states[i], reterr);
    return code;
}

/* The index tells objects that may be it. */
static enum spn_code find_object(struct store *store, const struct guid *guid, struct fetched *f,
                                 bool *ret_found, struct spn_error *reterr)
{
    struct object_list list = {0};
    enum spn_code code = index_find(store, INDEX_GUID, guid_entry(guid, 0).key, ANY_NAME, &list, reterr);
    *ret_found = false;
    for (size_t i = 0; code == SPN_OK && !*ret_found && i < list.count; i++) {
        code = fetch_object(store, list.items[i], f, ret_found, reterr);
        if (code == SPN_OK && *ret_found)
            *ret_found = guid_equal(guid, &f->object.guid);
    }
    free(list.items);
    return code;
}

/* ---- from any thread ---- */

enum spn_code store_fetch(struct store *store, const struct guid *guid, const struct store_loader *loader,
                          bool *ret_found, struct spn_error *reterr)
{
    struct fetched f = {0};
    *ret_found = false;
    pthread_mutex_lock(&store->lock);
    enum spn_code code = find_object(store, guid, &f, ret_found, reterr);
    pthread_mutex_unlock(&store->lock);
    if (code == SPN_OK && *ret_found)
        fetched_tell(&f, loader);
    fetched_release(&f);
    return code;
}

static enum spn_code departing(struct store *store, struct object_list *ret, struct spn_error *reterr)
{
    sqlite3_stmt *stmt = db_prepare(store,
                                    "SELECT object FROM departure UNION SELECT object FROM kept UNION "
                                    "SELECT id FROM object WHERE shown IS NOT 1 AND shown = 0 ORDER BY 1",
                                    reterr);
    enum spn_code code = stmt ? SPN_OK : SPN_DATABASE;
    for (bool row = true; code == SPN_OK && row;) {
        code = db_step(store, stmt, &row, reterr);
        if (code == SPN_OK && row)
            object_list_add(ret, (uint32_t)sqlite3_column_int64(stmt, 0));
    }
    sqlite3_finalize(stmt);
    return code;
}

enum spn_code store_fetch_departing(struct store *store, const struct store_loader *loader,
                                    struct spn_error *reterr)
{
    struct object_list list = {0};
    struct fetched f = {0};
    pthread_mutex_lock(&store->lock);
    enum spn_code code = departing(store, &list, reterr);
    pthread_mutex_unlock(&store->lock);
    for (size_t i = 0; code == SPN_OK && i < list.count; i++) {
        bool found = false;
        pthread_mutex_lock(&store->lock);
        code = fetch_object(store, list.items[i], &f, &found, reterr);
        pthread_mutex_unlock(&store->lock);
        if (code == SPN_OK && found)
            fetched_tell(&f, loader);
    }
    free(list.items);
    fetched_release(&f);
    return code;
}
