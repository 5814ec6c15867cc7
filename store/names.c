/* names.c: who holds which name, brought up to date with what a scan has changed. A key in the index leads to
 * objects; their strings decide. */
#include <stdlib.h>
#include <string.h>

#include "store/view.h"

/* A name in lower case, in name_set.text. */
struct name {
    size_t off, len;
};

struct name_set {
    struct text_buf text;
    struct name *names;
    size_t count, size;
};

static void name_set_clear(struct name_set *set)
{
    text_clear(&set->text);
    set->count = 0;
}

static void name_set_release(struct name_set *set)
{
    text_release(&set->text);
    free(set->names);
}

static void name_set_add(struct name_set *set, const char *text, size_t len)
{
    set->names = xgrow(set->names, &set->size, set->count + 1, sizeof *set->names);
    set->names[set->count++] = (struct name){set->text.len, len};
    text_append(&set->text, text, len);
}

static int compare_names(const struct name_set *a_set, struct name a, const struct name_set *b_set,
                         struct name b)
{
    size_t least = a.len < b.len ? a.len : b.len;
    int order = least ? memcmp(a_set->text.data + a.off, b_set->text.data + b.off, least) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static int by_text(const void *a, const void *b, void *set)
{
    return compare_names(set, *(const struct name *)a, set, *(const struct name *)b);
}

/* Sorts, and drops what stands twice. */
static void name_set_sort(struct name_set *set)
{
    size_t kept = 0;
    if (set->count > 1)
        qsort_r(set->names, set->count, sizeof *set->names, by_text, set);
    for (size_t i = 0; i < set->count; i++)
        if (!kept || compare_names(set, set->names[kept - 1], set, set->names[i]) != 0)
            set->names[kept++] = set->names[i];
    set->count = kept;
}

struct spn_key names_key(const struct store *store, const char *text, size_t len)
{
    return spn_key((struct bytes){(const uint8_t *)text, len}, store->seed);
}

/* Adds the names that stand in an SPN state. */
static enum spn_code add_names(struct store *store, int64_t state, struct name_set *set,
                               struct spn_error *reterr)
{
    sqlite3_stmt *stmt = db_stmt(store, STMT_SPN_NAMES, reterr);
    if (!stmt)
        return SPN_DATABASE;
    if (sqlite3_bind_int64(stmt, 1, state) != SQLITE_OK)
        return db_error(store, "read", reterr);
    enum spn_code code = SPN_OK;
    for (bool row = true; code == SPN_OK && row;) {
        code = db_step(store, stmt, &row, reterr);
        const char *text = code == SPN_OK && row ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
        if (text)
            name_set_add(set, text, (size_t)sqlite3_column_bytes(stmt, 0));
    }
    sqlite3_reset(stmt);
    return code;
}

/* ---- who holds a name ---- */

static enum spn_code holds(struct store *store, uint32_t object, const char *name, size_t len, bool *ret,
                           struct spn_error *reterr)
{
    sqlite3_stmt *stmt = db_stmt(store, STMT_HOLDS_NAME, reterr);
    if (!stmt)
        return SPN_DATABASE;
    if (sqlite3_bind_int64(stmt, 1, object) | db_bind_text(stmt, 2, name, len))
        return db_error(store, "read", reterr);
    enum spn_code code = db_step(store, stmt, ret, reterr);
    sqlite3_reset(stmt);
    return code;
}

enum spn_code names_candidates(struct store *store, const char *name, size_t len, struct object_list *ret,
                               struct spn_error *reterr)
{
    const struct spn_key key = names_key(store, name, len);
    if (store->work && !index_filter_may_have(&store->work->has_name, key.host, spn_key_bit(key)))
        return SPN_OK;
    return index_find(store, INDEX_NAME, key.host, spn_key_bit(key), ret, reterr);
}

enum spn_code names_holders(struct store *store, const char *name, size_t len, struct object_list *ret,
                            struct spn_error *reterr)
{
    struct object_list found = {0};
    enum spn_code code = names_candidates(store, name, len, &found, reterr);
    ret->count = 0;
    for (size_t i = 0; code == SPN_OK && i < found.count; i++) {
        bool held = false;
        code = holds(store, found.items[i], name, len, &held, reterr);
        if (held)
            object_list_add(ret, found.items[i]);
    }
    free(found.items);
    return code;
}

static enum spn_code share_name(struct store *store, const char *name, size_t len,
                                struct object_list *holders, struct spn_error *reterr)
{
    enum spn_code code = names_holders(store, name, len, holders, reterr);
    sqlite3_stmt *stmt = code == SPN_OK ? db_stmt(store, STMT_DROP_SHARED, reterr) : NULL;
    if (code == SPN_OK)
        code = db_put(store, stmt, stmt ? db_bind_text(stmt, 1, name, len) : SQLITE_OK, reterr);
    for (size_t i = 0; code == SPN_OK && holders->count > 1 && i < holders->count; i++) {
        stmt = db_stmt(store, STMT_PUT_SHARED, reterr);
        code = db_put(store, stmt,
                      stmt ? db_bind_text(stmt, 1, name, len) | sqlite3_bind_int64(stmt, 2, holders->items[i])
                           : SQLITE_OK,
                      reterr);
    }
    return code;
}

/* ---- on top of the view before ---- */

enum spn_code names_live_states(struct store *store, int64_t object, struct id_list *ret,
                                struct spn_error *reterr)
{
    sqlite3_stmt *stmt = db_stmt(store, STMT_LIVE_SPNS, reterr);
    if (!stmt)
        return SPN_DATABASE;
    if (sqlite3_bind_int64(stmt, 1, object) != SQLITE_OK)
        return db_error(store, "read", reterr);
    enum spn_code code = SPN_OK;
    for (bool row = true; code == SPN_OK && row;) {
        code = db_step(store, stmt, &row, reterr);
        if (code != SPN_OK || !row)
            break;
        ret->items = xgrow(ret->items, &ret->size, ret->count + 1, sizeof *ret->items);
        ret->items[ret->count++] = sqlite3_column_int64(stmt, 0);
    }
    return code;
}

/* Entries of the index, each (key, object) once. */
struct entry_list {
    struct name_entry *entries;
    size_t count, size;
};

/* Names of one object that follow each other go into one entry; others are put together by sorting. */
static void entry_list_add(struct entry_list *list, const struct store *store, uint32_t object,
                           const char *name, size_t len)
{
    const struct spn_key key = names_key(store, name, len);
    struct name_entry *last = list->count ? &list->entries[list->count - 1] : NULL;
    if (last && last->key == key.host && last->object == object) {
        last->names |= spn_key_bit(key);
        return;
    }
    list->entries = xgrow(list->entries, &list->size, list->count + 1, sizeof *list->entries);
    list->entries[list->count++] = (struct name_entry){key.host, object, spn_key_bit(key)};
}

struct update {
    struct store *store;
    struct index_edits edits;
    struct name_set changed; /* names that some object has gained or lost */
    struct name_set before, now;
    struct entry_list entries_before, entries_now;
};

static void entries_of(const struct update *u, const struct name_set *set, uint32_t object,
                       struct entry_list *ret)
{
    ret->count = 0;
    for (size_t i = 0; i < set->count; i++)
        entry_list_add(ret, u->store, object, set->text.data + set->names[i].off, set->names[i].len);
    ret->count = name_entries_sort(ret->entries, ret->count);
}

static void edit_index(struct update *u, uint32_t object)
{
    const struct entry_list *before = &u->entries_before, *now = &u->entries_now;
    size_t b = 0, n = 0;
    entries_of(u, &u->before, object, &u->entries_before);
    entries_of(u, &u->now, object, &u->entries_now);
    while (b < before->count || n < now->count) {
        int order = b == before->count ? 1
                    : n == now->count  ? -1
                                       : name_entry_compare(&before->entries[b], &now->entries[n]);
        if (order < 0)
            index_edit(&u->edits, before->entries[b], false);
        else if (order > 0 || before->entries[b].names != now->entries[n].names)
            index_edit(&u->edits, now->entries[n], true);
        b += order <= 0;
        n += order >= 0;
    }
}

static void note_change(struct update *u, const struct name_set *set, struct name name)
{
    name_set_add(&u->changed, set->text.data + name.off, name.len);
}

/* Both sets are sorted. */
static void note_difference(struct update *u)
{
    size_t b = 0, n = 0;
    while (b < u->before.count || n < u->now.count) {
        int order = b == u->before.count ? 1
                    : n == u->now.count
                        ? -1
                        : compare_names(&u->before, u->before.names[b], &u->now, u->now.names[n]);
        if (order < 0)
            note_change(u, &u->before, u->before.names[b]);
        else if (order > 0)
            note_change(u, &u->now, u->now.names[n]);
        b += order <= 0;
        n += order >= 0;
    }
}

static enum spn_code gather(struct store *store, const int64_t *states, size_t count, struct name_set *set,
                            struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    name_set_clear(set);
    for (size_t i = 0; code == SPN_OK && i < count; i++)
        code = add_names(store, states[i], set, reterr);
    name_set_sort(set);
    return code;
}

static enum spn_code compare_objects(struct update *u, struct spn_error *reterr)
{
    const struct view_work *work = u->store->work;
    const int64_t *before = work->states.items;
    struct id_list now = {0};
    enum spn_code code = SPN_OK;
    for (size_t i = 0; code == SPN_OK && i < work->touched_count; i++) {
        const struct touched *t = &work->touched[i];
        now.count = 0;
        code = names_live_states(u->store, t->object, &now, reterr);
        bool same = now.count == t->state_count &&
                    (!now.count || memcmp(now.items, before, now.count * sizeof *before) == 0);
        if (code == SPN_OK && !same) {
            code = gather(u->store, before, t->state_count, &u->before, reterr);
            if (code == SPN_OK)
                code = gather(u->store, now.items, now.count, &u->now, reterr);
            if (code == SPN_OK) {
                note_difference(u);
                edit_index(u, t->object);
            }
        }
        before += t->state_count;
    }
    free(now.items);
    return code;
}

enum spn_code names_update(struct store *store, struct spn_error *reterr)
{
    struct update u = {.store = store};
    struct object_list holders = {0};
    enum spn_code code = compare_objects(&u, reterr);
    if (code == SPN_OK)
        code = index_apply(store, INDEX_NAME, &u.edits, reterr);
    name_set_sort(&u.changed);
    for (size_t i = 0; code == SPN_OK && i < u.changed.count; i++)
        code = share_name(store, u.changed.text.data + u.changed.names[i].off, u.changed.names[i].len,
                          &holders, reterr);
    free(holders.items);
    free(u.edits.items);
    free(u.entries_before.entries);
    free(u.entries_now.entries);
    name_set_release(&u.changed);
    name_set_release(&u.before);
    name_set_release(&u.now);
    return code;
}

/* ---- from nothing ---- */

/* Candidates are objects whose keys meet; here the strings decide, over every state that a DC shows. */
enum spn_code names_share(struct store *store, struct spn_error *reterr)
{
    static const char sql[] =
        "WITH live (object, spn) AS MATERIALIZED ("
        "  SELECT k.object, c.spn FROM temp.candidate k JOIN consensus c ON c.object = k.object"
        "  UNION SELECT k.object, d.spn FROM temp.candidate k JOIN departure d ON d.object = k.object WHERE "
        "d.spn IS NOT NULL),"
        " names (key, object) AS MATERIALIZED ("
        "  SELECT DISTINCT lower(j.value), l.object FROM live l JOIN spn_state s ON s.id = l.spn, "
        "json_each(s.spns) j),"
        " shared (key) AS MATERIALIZED (SELECT key FROM names GROUP BY key HAVING count(*) > 1)"
        "INSERT INTO shared_spn (key, object) SELECT key, object FROM names WHERE key IN shared";
    return db_exec(store, sql, "write", reterr);
}

enum spn_code names_each(struct store *store, name_fn found, void *ctx, struct spn_error *reterr)
{
    static const char sql[] =
        "SELECT l.object, lower(j.value) FROM (SELECT object, spn FROM consensus WHERE spn > 0 UNION "
        "SELECT object, spn FROM departure WHERE spn > 0) l CROSS JOIN spn_state s ON s.id = l.spn, "
        "json_each(s.spns) j";
    sqlite3_stmt *stmt = db_prepare(store, sql, reterr);
    enum spn_code code = stmt ? SPN_OK : SPN_DATABASE;
    for (bool row = true; code == SPN_OK && row;) {
        code = db_step(store, stmt, &row, reterr);
        const char *text = code == SPN_OK && row ? (const char *)sqlite3_column_text(stmt, 1) : NULL;
        if (text)
            code = found(ctx, (uint32_t)sqlite3_column_int64(stmt, 0), text,
                         (size_t)sqlite3_column_bytes(stmt, 1), reterr);
    }
    sqlite3_finalize(stmt);
    return code;
}

struct rebuild {
    struct store *store;
    struct entry_list list;
};

static enum spn_code add_entry(void *ctx, uint32_t object, const char *name, size_t len,
                               struct spn_error *reterr)
{
    struct rebuild *r = ctx;
    (void)reterr;
    entry_list_add(&r->list, r->store, object, name, len);
    return SPN_OK;
}

enum spn_code names_rebuild(struct store *store, struct spn_error *reterr)
{
    struct rebuild r = {.store = store};
    enum spn_code code = names_each(store, add_entry, &r, reterr);
    if (code == SPN_OK)
        code = index_build_all(store, INDEX_NAME, r.list.entries, r.list.count, reterr);
    free(r.list.entries);
    return code;
}
