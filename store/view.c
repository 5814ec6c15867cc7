/* view.c: the part of store_finish that makes the new view of the accounts; see view.h. */
#include "store/view.h"

#include <stdlib.h>
#include <string.h>

#include "store/alias.h"
#include "store/lookalike.h"

bool id_set_has(const struct id_set *set, int64_t id)
{
    size_t word = (size_t)id / 64;
    return id >= 0 && word < set->count && (set->words[word] >> (id % 64) & 1);
}

void id_set_add(struct id_set *set, int64_t id)
{
    size_t word = (size_t)id / 64;
    if (word >= set->count) {
        set->words = xgrow(set->words, &set->size, word + 1, sizeof *set->words);
        memset(set->words + set->count, 0, (set->size - set->count) * sizeof *set->words);
        set->count = set->size;
    }
    set->words[word] |= UINT64_C(1) << id % 64;
}

void id_set_release(struct id_set *set)
{
    free(set->words);
    *set = (struct id_set){0};
}

/* ---- beginning ---- */

/* Since when something differs outlives the row that said so. */
static const char begin_sql[] =
    "CREATE TEMP TABLE difference_before (object INTEGER, dc INTEGER, attribute TEXT, first_scan INTEGER, "
    "PRIMARY KEY (object, dc, attribute)) WITHOUT ROWID;"
    "CREATE TEMP TABLE candidate (object INTEGER PRIMARY KEY);"
    "CREATE TEMP TABLE stamped (object INTEGER PRIMARY KEY)";

static const char anew_sql[] =
    "INSERT INTO temp.difference_before SELECT object, dc, attribute, min(first_scan) FROM difference "
    "GROUP BY object, dc, attribute;"
    "UPDATE object SET " NO_CONSENSUS
    " WHERE shown IS NOT NULL; DELETE FROM departure; DELETE FROM kept; DELETE FROM difference; DELETE FROM "
    "stamp;"
    "DELETE FROM shared_spn; DELETE FROM name_index; DELETE FROM guid_index; DELETE FROM principal";

static enum spn_code put_candidate(void *ctx, uint32_t object, struct spn_error *reterr)
{
    return db_put_id(ctx, STMT_PUT_CANDIDATE, object, reterr);
}

enum spn_code view_begin(struct store *store, struct view_work *work, bool anew, struct spn_error *reterr)
{
    *work = (struct view_work){.anew = anew,
                               .names = {.which = INDEX_NAME, .shared = put_candidate, .ctx = store}};
    store->work = work;
    enum spn_code code = db_exec(store, begin_sql, "write", reterr);
    if (code == SPN_OK)
        code = db_int(store, "SELECT value FROM meta WHERE name = 'object_end'", &work->object_end, reterr);
    int64_t any = 0;
    if (code == SPN_OK)
        code = db_int(store, "SELECT EXISTS (SELECT 1 FROM object)", &any, reterr);
    work->empty = anew && !any;
    if (code == SPN_OK)
        code = focus_begin(store, reterr); /* while the names of trustees are still there */
    if (code == SPN_OK && anew)
        code = db_exec(store, anew_sql, "write", reterr);
    return code;
}

void view_release(struct view_work *work)
{
    id_set_release(&work->is_touched);
    free(work->touched);
    free(work->states.items);
    free(work->drops);
    free(work->guids);
    index_builder_release(&work->names);
    index_filter_release(&work->has_name);
}

/* ---- single objects ---- */

static enum spn_code remember_names(struct store *store, int64_t object, struct spn_error *reterr)
{
    struct view_work *work = store->work;
    size_t before = work->states.count;
    enum spn_code code = names_live_states(store, object, &work->states, reterr);
    work->touched = xgrow(work->touched, &work->touched_size, work->touched_count + 1, sizeof *work->touched);
    work->touched[work->touched_count++] =
        (struct touched){(uint32_t)object, (uint32_t)(work->states.count - before)};
    return code;
}

enum spn_code store_touch_object(struct store *store, int64_t object, struct spn_error *reterr)
{
    static const enum stmt_id forget[] = {STMT_KEEP_FIRST_SCAN, STMT_TOUCH_CONSENSUS,  STMT_TOUCH_DEPARTURE,
                                          STMT_TOUCH_KEPT,      STMT_TOUCH_DIFFERENCE, STMT_FORGET_STAMP};
    struct view_work *work = store->work;
    if (object <= 0 || object > UINT32_MAX)
        return spn_error_set(reterr, SPN_INTERNAL, 0, "no object has the id %lld", (long long)object);
    if (work->anew || id_set_has(&work->is_touched, object))
        return SPN_OK;
    id_set_add(&work->is_touched, object);
    enum spn_code code = remember_names(store, object, reterr);
    for (size_t i = 0; code == SPN_OK && i < sizeof forget / sizeof forget[0]; i++)
        code = db_put_id(store, forget[i], object, reterr);
    return code;
}

enum spn_code store_forget_stamp(struct store *store, int64_t object, struct spn_error *reterr)
{
    return object ? db_put_id(store, STMT_FORGET_STAMP, object, reterr)
                  : db_exec(store, "DELETE FROM stamp", "write", reterr);
}

enum spn_code store_forget_principals(struct store *store, struct spn_error *reterr)
{
    return db_exec(store, "DELETE FROM principal", "write", reterr);
}

void view_drop(struct view_work *work, int facet, int64_t id)
{
    work->drops = xgrow(work->drops, &work->drop_size, work->drop_count + 1, sizeof *work->drops);
    work->drops[work->drop_count++] = (struct drop){facet, id};
}

enum spn_code store_drop_object(struct store *store, int64_t object, struct spn_error *reterr)
{
    enum spn_code code = store_touch_object(store, object, reterr);
    if (code == SPN_OK)
        view_drop(store->work, FACET_COUNT, object);
    return code;
}

enum spn_code store_drop_state(struct store *store, enum facet facet, int64_t id, struct spn_error *reterr)
{
    (void)reterr;
    view_drop(store->work, facet, id);
    return SPN_OK;
}

enum spn_code view_drop_kept(struct store *store, int64_t dc_id, struct spn_error *reterr)
{
    struct view_work *work = store->work;
    sqlite3_stmt *stmt = db_prepare(
        store, "DELETE FROM kept WHERE dc = ?1 RETURNING spn, account, delegation, object", reterr);
    enum spn_code code = SPN_OK;
    if (!stmt)
        return SPN_DATABASE;
    if (sqlite3_bind_int64(stmt, 1, dc_id) != SQLITE_OK)
        code = db_error(store, "write", reterr);
    for (bool row = true; code == SPN_OK && row;) {
        code = db_step(store, stmt, &row, reterr);
        for (int i = 0; code == SPN_OK && row && i <= FACET_COUNT; i++)
            if (sqlite3_column_int64(stmt, i) > 0)
                view_drop(work, i, sqlite3_column_int64(stmt, i));
    }
    sqlite3_finalize(stmt);
    return code;
}

enum spn_code store_put_names(struct store *store, const struct name_entry *names, size_t count,
                              struct spn_error *reterr)
{
    struct view_work *work = store->work;
    if (!work->anew)
        return SPN_OK;
    if (!work->has_name.names)
        index_filter_init(&work->has_name, count);
    for (size_t i = 0; i < count; i++)
        index_filter_add(&work->has_name, &names[i]);
    return index_build(store, &work->names, names, count, reterr);
}

/* ---- the end ---- */

static enum spn_code object_guid(struct store *store, int64_t object, struct guid *ret, bool *ret_there,
                                 struct spn_error *reterr)
{
    sqlite3_stmt *stmt = db_stmt(store, STMT_OBJECT_GUID, reterr);
    if (!stmt)
        return SPN_DATABASE;
    if (sqlite3_bind_int64(stmt, 1, object) != SQLITE_OK)
        return db_error(store, "read", reterr);
    enum spn_code code = db_step(store, stmt, ret_there, reterr);
    if (code == SPN_OK && *ret_there) {
        const void *guid = sqlite3_column_blob(stmt, 0);
        if (guid && sqlite3_column_bytes(stmt, 0) == sizeof ret->b)
            memcpy(ret->b, guid, sizeof ret->b);
        else
            *ret_there = false;
        sqlite3_reset(stmt);
    }
    return code;
}

static enum spn_code drop_object(struct store *store, int64_t object, struct index_edits *guids,
                                 struct spn_error *reterr)
{
    struct guid guid = {{0}};
    bool there = false;
    enum spn_code code = object_guid(store, object, &guid, &there, reterr);
    if (code == SPN_OK)
        code = db_put_id(store, STMT_DROP_OBJECT, object, reterr);
    if (code != SPN_OK || sqlite3_changes(store->db) == 0)
        return code;
    if (there)
        index_edit(guids, guid_entry(&guid, object), false);
    return db_put_id(store, STMT_DROP_STAMPS, object, reterr);
}

static enum spn_code do_drops(struct store *store, const struct view_work *work, struct index_edits *guids,
                              struct spn_error *reterr)
{
    static const enum stmt_id drop[FACET_COUNT] = {STMT_DROP_SPN, STMT_DROP_ACCOUNT, STMT_DROP_DELEGATION};
    enum spn_code code = SPN_OK;
    for (size_t i = 0; code == SPN_OK && i < work->drop_count; i++)
        if (work->drops[i].facet < FACET_COUNT)
            code = db_put_id(store, drop[work->drops[i].facet], work->drops[i].id, reterr);
    /* Objects last: a state knows by its object who may mention it. */
    for (size_t i = 0; code == SPN_OK && i < work->drop_count; i++)
        if (work->drops[i].facet == FACET_COUNT)
            code = drop_object(store, work->drops[i].id, guids, reterr);
    return code;
}

enum spn_code view_do_drops(struct store *store, const struct view_work *work, struct spn_error *reterr)
{
    struct index_edits guids = {0};
    enum spn_code code = do_drops(store, work, &guids, reterr);
    if (code == SPN_OK)
        code = index_apply(store, INDEX_GUID, &guids, reterr);
    free(guids.items);
    return code;
}

static enum spn_code add_new_guids(struct store *store, struct index_edits *guids, struct spn_error *reterr)
{
    sqlite3_stmt *stmt = db_prepare(store, "SELECT id, guid FROM object WHERE id >= ?1", reterr);
    enum spn_code code = SPN_OK;
    if (!stmt)
        return SPN_DATABASE;
    if (sqlite3_bind_int64(stmt, 1, store->work->object_end) != SQLITE_OK)
        code = db_error(store, "read", reterr);
    for (bool row = true; code == SPN_OK && row;) {
        struct guid guid;
        code = db_step(store, stmt, &row, reterr);
        const void *bytes = code == SPN_OK && row ? sqlite3_column_blob(stmt, 1) : NULL;
        if (!bytes || sqlite3_column_bytes(stmt, 1) != sizeof guid.b)
            continue;
        memcpy(guid.b, bytes, sizeof guid.b);
        index_edit(guids, guid_entry(&guid, sqlite3_column_int64(stmt, 0)), true);
    }
    sqlite3_finalize(stmt);
    return code;
}

/* Marks and kept rows of DCs that the forest has no more. */
static enum spn_code drop_gone_dcs(struct store *store, struct spn_error *reterr)
{
    sqlite3_stmt *stmt = db_prepare(store, "SELECT dc FROM mark UNION SELECT dc FROM kept", reterr);
    struct text_buf sql = {0};
    int64_t *gone = NULL;
    size_t count = 0, size = 0;
    enum spn_code code = stmt ? SPN_OK : SPN_DATABASE;
    for (bool row = true; code == SPN_OK && row;) {
        code = db_step(store, stmt, &row, reterr);
        if (code != SPN_OK || !row || db_dc_index(store, sqlite3_column_int64(stmt, 0)) != SIZE_MAX)
            continue;
        gone = xgrow(gone, &size, count + 1, sizeof *gone);
        gone[count++] = sqlite3_column_int64(stmt, 0);
    }
    sqlite3_finalize(stmt);
    for (size_t i = 0; code == SPN_OK && i < count; i++) {
        text_clear(&sql);
        text_append_fmt(&sql, "DELETE FROM mark WHERE dc = %lld", (long long)gone[i]);
        code = db_exec(store, sql.data, "write", reterr);
        if (code == SPN_OK)
            code = view_drop_kept(store, gone[i], reterr);
    }
    text_release(&sql);
    free(gone);
    return code;
}

static enum spn_code end_anew(struct store *store, struct spn_error *reterr)
{
    struct index_edits guids = {0};
    enum spn_code code = index_build_end(store, &store->work->names, reterr);
    if (code == SPN_OK)
        code = names_share(store, reterr);
    if (code == SPN_OK)
        code = do_drops(store, store->work, &guids, reterr);
    free(guids.items); /* the index is made from what is left */
    if (code != SPN_OK)
        return code;
    struct view_work *work = store->work;
    return work->empty ? index_build_all(store, INDEX_GUID, work->guids, work->guid_count, reterr)
                       : index_build_guids(store, reterr);
}

static enum spn_code end_on_top(struct store *store, struct spn_error *reterr)
{
    struct index_edits guids = {0};
    enum spn_code code = names_update(store, reterr);
    if (code == SPN_OK)
        code = do_drops(store, store->work, &guids, reterr);
    if (code == SPN_OK)
        code = add_new_guids(store, &guids, reterr);
    if (code == SPN_OK)
        code = index_apply(store, INDEX_GUID, &guids, reterr);
    free(guids.items);
    return code;
}

static enum spn_code find_holders(void *ctx, const char *key, struct holder_list *ret,
                                  struct spn_error *reterr)
{
    struct object_list found = {0};
    enum spn_code code = names_candidates(ctx, key, strlen(key), &found, reterr);
    for (size_t i = 0; code == SPN_OK && i < found.count; i++)
        holder_list_add(ret, found.items[i]);
    free(found.items);
    return code;
}

/* Which SPNs stand in the way of which. */
static enum spn_code names_in_the_way(struct store *store, struct spn_error *reterr)
{
    const struct name_holders holders = {store, find_holders};
    const struct view_work *work = store->work;
    struct holder_list touched = {0};
    for (size_t i = 0; !work->anew && i < work->touched_count; i++)
        holder_list_add(&touched, work->touched[i].object);
    enum spn_code code = work->anew ? alias_rebuild(store, &holders, reterr)
                                    : alias_update(store, touched.ids, touched.count, &holders, reterr);
    holder_list_release(&touched);
    if (code == SPN_OK)
        code = lookalike_rebuild(store, &holders, reterr);
    return code == SPN_OK ? lookalike_forget(store, reterr) : code;
}

enum spn_code view_end(struct store *store, struct spn_error *reterr)
{
    static const char principals[] = "DELETE FROM principal WHERE sid NOT IN (SELECT j.value FROM "
                                     "delegation_state s, json_each(s.trustees) j "
                                     "WHERE s.trustees <> '[]')";
    /* Stamps serve the findings of now alone, and what was asked for in this scan. */
    static const char stamps[] = "DELETE FROM stamp WHERE object NOT IN (SELECT object FROM temp.stamped) "
                                 "AND NOT EXISTS (SELECT 1 FROM difference d "
                                 "WHERE d.object = stamp.object AND d.attribute = stamp.attribute) AND NOT "
                                 "(attribute = 'servicePrincipalName' AND "
                                 "object IN (SELECT object FROM shared_spn))";
    /* A value that is hidden where the account is of no interest departs from nothing: it has no row that
     * would go with its DC. */
    static const char differences[] =
        "DELETE FROM difference WHERE NOT EXISTS (SELECT 1 FROM object o JOIN dc_scope s ON s.domain = "
        "o.domain "
        "WHERE o.id = difference.object AND s.dc = difference.dc) OR (winner IS NOT NULL AND NOT EXISTS "
        "(SELECT 1 FROM object o JOIN dc_scope s ON s.domain = o.domain "
        "WHERE o.id = difference.object AND s.dc = difference.winner))";
    static const char end[] =
        "DROP TABLE temp.difference_before; DROP TABLE temp.candidate; DROP TABLE temp.stamped";
    enum spn_code code = view_put_waiting(store, reterr);
    if (code == SPN_OK)
        code = drop_gone_dcs(store, reterr);
    if (code == SPN_OK)
        code = focus_before(store, reterr);
    if (code == SPN_OK)
        code = store->work->anew ? end_anew(store, reterr) : end_on_top(store, reterr);
    if (code == SPN_OK)
        code = targets_update(store, reterr);
    if (code == SPN_OK)
        code = trustees_update(store, reterr);
    if (code == SPN_OK)
        code = focus_after(store, reterr);
    if (code == SPN_OK)
        code = names_in_the_way(store, reterr);
    if (code == SPN_OK)
        code = db_exec(store, differences, "write", reterr);
    if (code == SPN_OK)
        code = db_exec(store, stamps, "write", reterr);
    if (code == SPN_OK)
        code = db_exec(store, principals, "write", reterr);
    if (code == SPN_OK)
        code = db_mark_ends(store, reterr);
    return code == SPN_OK ? db_exec(store, end, "write", reterr) : code;
}
