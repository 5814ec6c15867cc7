/* alias.c: see alias.h. */
#include "store/alias_inside.h"

#include <stdlib.h>
#include <string.h>

/* A touched host/ name costs a look-up for each class that it stands for (fifty of them by default): from
 * this many objects on the pass over everything is cheaper. */
#define REBUILD_FROM 5000

void holder_list_add(struct holder_list *list, int64_t id)
{
    list->ids = xgrow(list->ids, &list->size, list->count + 1, sizeof *list->ids);
    list->ids[list->count++] = id;
}

void holder_list_release(struct holder_list *list)
{
    free(list->ids);
    *list = (struct holder_list){0};
}

static int by_id(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

void holder_list_sort(struct holder_list *list)
{
    size_t kept = 0;
    if (list->count)
        qsort(list->ids, list->count, sizeof *list->ids, by_id);
    for (size_t i = 0; i < list->count; i++)
        if (!kept || list->ids[kept - 1] != list->ids[i])
            list->ids[kept++] = list->ids[i];
    list->count = kept;
}

/* ---- the mappings ---- */

static enum spn_code load_mappings(struct alias_work *w, struct spn_error *reterr)
{
    sqlite3_stmt *stmt = db_prepare(
        w->store, "SELECT class, stands_for FROM spn_mapping WHERE class <> stands_for ORDER BY 1, 2",
        reterr);
    enum spn_code code = SPN_OK;
    int rc;
    if (!stmt)
        return SPN_DATABASE;
    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        const char *class = (const char *)sqlite3_column_text(stmt, 0);
        const char *stands_for = (const char *)sqlite3_column_text(stmt, 1);
        size_t len = class ? strlen(class) : 0;
        if (!len || len > LONGEST_CLASS || !stands_for || !stands_for[0])
            continue;
        w->mappings = xgrow(w->mappings, &w->mapping_size, w->mapping_count + 1, sizeof *w->mappings);
        w->mappings[w->mapping_count++] = (struct alias_mapping){xstrdup(class), xstrdup(stands_for)};
        w->lengths[(uint8_t) class[0]] |= UINT64_C(1) << len;
    }
    if (rc != SQLITE_DONE)
        code = db_error(w->store, "read", reterr);
    sqlite3_finalize(stmt);
    return code;
}

static int compare_class(const char *class, size_t len, const char *mapped)
{
    int order = strncmp(class, mapped, len);
    return order ? order : mapped[len] ? -1 : 0;
}

const struct alias_mapping *alias_find_class(const struct alias_work *w, const char *class, size_t len)
{
    size_t low = 0, high = w->mapping_count;
    if (!len || len > LONGEST_CLASS || !(w->lengths[(uint8_t) class[0]] >> len & 1))
        return NULL;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (compare_class(class, len, w->mappings[mid].class) > 0)
            low = mid + 1;
        else
            high = mid;
    }
    bool hit = low < w->mapping_count && compare_class(class, len, w->mappings[low].class) == 0;
    return hit ? &w->mappings[low] : NULL;
}

const struct alias_mapping *alias_next(const struct alias_work *w, const struct alias_mapping *mapping)
{
    const struct alias_mapping *next = mapping + 1;
    return next < w->mappings + w->mapping_count && strcmp(next->class, mapping->class) == 0 ? next : NULL;
}

/* ---- look-ups ---- */

enum spn_code alias_start(struct alias_work *w, struct spn_error *reterr)
{
    static const char live[] =
        "SELECT DISTINCT lower(j.value) FROM live_state l JOIN spn_state t ON t.id = l.spn, "
        "json_each(t.spns) j WHERE l.object = ?1";
    /* ?5 holds ?6: the one of the two that was only looked up. */
    static const char shadow[] =
        "INSERT OR IGNORE INTO alias_shadow (object, key, shadowed_object, shadowed_key) SELECT ?1, ?2, ?3, "
        "?4 "
        "WHERE EXISTS (SELECT 1 FROM live_state l JOIN spn_state t ON t.id = l.spn, json_each(t.spns) j "
        "WHERE l.object = ?5 AND lower(j.value) = ?6)";
    enum spn_code code = load_mappings(w, reterr);
    if (code != SPN_OK)
        return code;
    w->live = db_prepare(w->store, live, reterr);
    w->shadow = w->live ? db_prepare(w->store, shadow, reterr) : NULL;
    return w->shadow ? SPN_OK : SPN_DATABASE;
}

void alias_finish(struct alias_work *w)
{
    for (size_t i = 0; i < w->mapping_count; i++) {
        free(w->mappings[i].class);
        free(w->mappings[i].stands_for);
    }
    free(w->mappings);
    holder_list_release(&w->found);
    text_release(&w->name);
    text_release(&w->rest);
    sqlite3_finalize(w->live);
    sqlite3_finalize(w->shadow);
}

enum spn_code alias_look_up(struct alias_work *w, const char *class, const char *rest,
                            struct spn_error *reterr)
{
    text_clear(&w->name);
    text_append_fmt(&w->name, "%s%s", class, rest);
    w->found.count = 0;
    enum spn_code code = w->holders->find(w->holders->ctx, w->name.data, &w->found, reterr);
    holder_list_sort(&w->found);
    return code;
}

/* A row if holder does hold w->name. explicit: holder has the name that goes first, else the one that stands
 * for it. */
static enum spn_code put_shadow(struct alias_work *w, int64_t object, const char *key, int64_t holder,
                                bool explicit, struct spn_error *reterr)
{
    int64_t first = explicit ? holder : object, second = explicit ? object : holder;
    const char *first_key = explicit ? w->name.data : key, *second_key = explicit ? key : w->name.data;
    sqlite3_reset(w->shadow);
    if (sqlite3_bind_int64(w->shadow, 1, first) | db_bind_str(w->shadow, 2, first_key) |
        sqlite3_bind_int64(w->shadow, 3, second) | db_bind_str(w->shadow, 4, second_key) |
        sqlite3_bind_int64(w->shadow, 5, holder) | db_bind_str(w->shadow, 6, w->name.data))
        return db_error(w->store, "write", reterr);
    return db_run(w->store, w->shadow, "write", reterr);
}

static enum spn_code put_found(struct alias_work *w, int64_t object, const char *key, bool explicit,
                               struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    for (size_t i = 0; code == SPN_OK && i < w->found.count; i++)
        if (w->found.ids[i] != object)
            code = put_shadow(w, object, key, w->found.ids[i], explicit, reterr);
    return code;
}

/* key is http/x: who holds host/x? */
static enum spn_code shadows_of(struct alias_work *w, int64_t object, const char *key,
                                struct spn_error *reterr)
{
    size_t len = strcspn(key, "/");
    const struct alias_mapping *m = key[len] ? alias_find_class(w, key, len) : NULL;
    enum spn_code code = SPN_OK;
    for (; m && code == SPN_OK; m = alias_next(w, m)) {
        code = alias_look_up(w, m->stands_for, key + len, reterr);
        if (code == SPN_OK)
            code = put_found(w, object, key, false, reterr);
    }
    return code;
}

/* key is host/x: who holds http/x and all the others? */
static enum spn_code shadows_over(struct alias_work *w, int64_t object, const char *key,
                                  struct spn_error *reterr)
{
    size_t len = strcspn(key, "/");
    enum spn_code code = SPN_OK;
    for (size_t i = 0; key[len] && code == SPN_OK && i < w->mapping_count; i++) {
        const struct alias_mapping *m = &w->mappings[i];
        if (compare_class(key, len, m->stands_for) != 0)
            continue;
        code = alias_look_up(w, m->class, key + len, reterr);
        if (code == SPN_OK)
            code = put_found(w, object, key, true, reterr);
    }
    return code;
}

enum spn_code alias_add_object(struct alias_work *w, int64_t object, bool both, struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    int rc = SQLITE_DONE;
    sqlite3_reset(w->live);
    if (sqlite3_bind_int64(w->live, 1, object) != SQLITE_OK)
        return db_error(w->store, "read", reterr);
    while (code == SPN_OK && (rc = sqlite3_step(w->live)) == SQLITE_ROW) {
        const char *key = (const char *)sqlite3_column_text(w->live, 0);
        if (!key)
            continue;
        code = shadows_of(w, object, key, reterr);
        if (code == SPN_OK && both)
            code = shadows_over(w, object, key, reterr);
    }
    if (code == SPN_OK && rc != SQLITE_DONE)
        code = db_error(w->store, "read", reterr);
    sqlite3_reset(w->live);
    return code;
}

static enum spn_code drop_object(struct store *store, sqlite3_stmt *drop, int64_t object,
                                 struct spn_error *reterr)
{
    if (sqlite3_bind_int64(drop, 1, object) != SQLITE_OK)
        return db_error(store, "write", reterr);
    return db_run(store, drop, "write", reterr);
}

static enum spn_code update(struct store *store, const int64_t *objects, size_t count,
                            const struct name_holders *holders, struct spn_error *reterr)
{
    struct alias_work w = {.store = store, .holders = holders};
    enum spn_code code = alias_start(&w, reterr);
    sqlite3_stmt *drop =
        code == SPN_OK
            ? db_prepare(store, "DELETE FROM alias_shadow WHERE object = ?1 OR shadowed_object = ?1", reterr)
            : NULL;
    if (code == SPN_OK && !drop)
        code = SPN_DATABASE;
    /* All rows go before the first comes: a row of two touched objects is found from either. */
    for (size_t i = 0; code == SPN_OK && i < count; i++)
        code = drop_object(store, drop, objects[i], reterr);
    for (size_t i = 0; code == SPN_OK && i < count; i++)
        code = alias_add_object(&w, objects[i], true, reterr);
    sqlite3_finalize(drop);
    alias_finish(&w);
    return code;
}

enum spn_code alias_update(struct store *store, const int64_t *objects, size_t count,
                           const struct name_holders *holders, struct spn_error *reterr)
{
    int64_t same = 0;
    enum spn_code code = db_int(
        store,
        "SELECT EXISTS (SELECT 1 FROM meta WHERE name = 'alias_mappings' AND value = " MAPPINGS_SQL ")",
        &same, reterr);
    if (code != SPN_OK)
        return code;
    return same && count < REBUILD_FROM ? update(store, objects, count, holders, reterr)
                                        : alias_rebuild(store, holders, reterr);
}

/* ---- look-alikes ---- */

static enum spn_code put_lookalikes(struct alias_work *w, sqlite3_stmt *put, const char *key,
                                    struct spn_error *reterr)
{
    enum spn_code code = alias_look_up(w, "", key, reterr);
    for (size_t i = 0; code == SPN_OK && i < w->found.count; i++) {
        sqlite3_reset(put);
        if (db_bind_str(put, 1, key) | sqlite3_bind_int64(put, 2, w->found.ids[i]))
            return db_error(w->store, "write", reterr);
        code = db_run(w->store, put, "write", reterr);
    }
    return code;
}

enum spn_code lookalike_rebuild(struct store *store, const struct name_holders *holders,
                                struct spn_error *reterr)
{
    static const char insert[] =
        "INSERT OR IGNORE INTO lookalike (key, object) SELECT ?1, ?2 WHERE EXISTS (SELECT 1 FROM live_state "
        "l "
        "JOIN spn_state t ON t.id = l.spn, json_each(t.spns) j WHERE l.object = ?2 AND lower(j.value) = ?1)";
    struct alias_work w = {.store = store, .holders = holders};
    sqlite3_stmt *keys = NULL, *put = NULL;
    int rc = SQLITE_DONE;
    enum spn_code code = db_exec(store, "DELETE FROM lookalike", "write", reterr);
    if (code != SPN_OK)
        return code;
    keys = db_prepare(store, "SELECT DISTINCT skeleton FROM odd_spn WHERE skeleton <> lower(spn)", reterr);
    put = keys ? db_prepare(store, insert, reterr) : NULL;
    if (!put)
        code = SPN_DATABASE;
    while (code == SPN_OK && (rc = sqlite3_step(keys)) == SQLITE_ROW) {
        const char *key = (const char *)sqlite3_column_text(keys, 0);
        if (key)
            code = put_lookalikes(&w, put, key, reterr);
    }
    if (code == SPN_OK && rc != SQLITE_DONE)
        code = db_error(store, "read", reterr);
    sqlite3_finalize(keys);
    sqlite3_finalize(put);
    alias_finish(&w);
    return code;
}
