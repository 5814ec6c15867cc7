/* template.c: see template.h. */
#include "store/template.h"

#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

/* Keeps it apart from the hashes of facets and keys of names, which have the same seed. */
#define TAG_TEMPLATE 0x3F8A71D6C20B94E5u
#define FIRST_SLOTS  1024
#define MET_ONCE     8192

struct slot {
    struct hash128 hash;
    int64_t id; /* 0: free */
};

struct templates {
    struct slot *slots; /* open addressing; never full */
    size_t slot_count, used;
    int64_t highest;        /* id in the table; -1: not looked yet */
    bool any;               /* there were some when it was looked */
    uint64_t met[MET_ONCE]; /* hashes of some of those that were met once, by their lowest bits */
    struct text_buf text;
};

/* ---- splitting ---- */

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool ends_label(char c)
{
    return c == '"' || c == '.' || c == ':' || c == '/';
}

/* The longest name, and a shorter one than two characters saves nothing. */
#define MAX_NAME 63
#define MIN_NAME 2

/* Empty: none. */
static struct bytes first_label(struct bytes json)
{
    const char *text = (const char *)json.data, *end = text + json.len;
    const char *slash = memchr(text, '/', json.len);
    const char *name = slash ? slash + 1 : end, *at = name;
    while (at < end && is_name_char(*at))
        at++;
    size_t len = (size_t)(at - name);
    if (at == end || !ends_label(*at) || len < MIN_NAME || len > MAX_NAME)
        return (struct bytes){NULL, 0};
    return (struct bytes){(const uint8_t *)name, len};
}

struct bytes template_split(struct bytes json, struct text_buf *ret)
{
    const struct bytes name = first_label(json);
    const char *at = (const char *)json.data, *end = at + json.len;
    char low[MAX_NAME];
    if (!name.len)
        return name;
    for (size_t i = 0; i < name.len; i++)
        low[i] = lower((char)name.data[i]);
    for (const char *slash; at < end && (slash = memchr(at, '/', (size_t)(end - at)));) {
        text_append(ret, at, (size_t)(slash + 1 - at));
        at = slash + 1;
        if ((size_t)(end - at) <= name.len || !ends_label(at[name.len]))
            continue;
        const bool same = memcmp(at, name.data, name.len) == 0;
        if (!same && memcmp(at, low, name.len) != 0)
            continue;
        text_append_char(ret, same ? TEMPLATE_NAME : TEMPLATE_LOWER);
        at += name.len;
    }
    text_append(ret, at, (size_t)(end - at));
    return name;
}

/* ---- those that are known ---- */

struct templates *templates_new(void)
{
    struct templates *t = xcalloc(1, sizeof *t);
    t->slot_count = FIRST_SLOTS;
    t->slots = xcalloc(t->slot_count, sizeof *t->slots);
    t->highest = -1;
    return t;
}

void templates_free(struct templates *t)
{
    if (!t)
        return;
    text_release(&t->text);
    free(t->slots);
    free(t);
}

/* Where it is, or would be. */
static struct slot *find(const struct templates *t, struct hash128 hash)
{
    size_t i = hash.lo & (t->slot_count - 1);
    while (t->slots[i].id && (t->slots[i].hash.lo != hash.lo || t->slots[i].hash.hi != hash.hi))
        i = (i + 1) & (t->slot_count - 1);
    return &t->slots[i];
}

static void add(struct templates *t, struct hash128 hash, int64_t id)
{
    if (++t->used * 2 > t->slot_count) {
        struct slot *old = t->slots;
        size_t count = t->slot_count;
        t->slot_count *= 2;
        t->slots = xcalloc(t->slot_count, sizeof *t->slots);
        for (size_t i = 0; i < count; i++)
            if (old[i].id)
                *find(t, old[i].hash) = old[i];
        free(old);
    }
    *find(t, hash) = (struct slot){hash, id};
}

/* The id in the table; 0: it is not there. */
static enum spn_code look_up(const struct templates *t, struct store *store, int64_t *ret,
                             struct spn_error *reterr)
{
    bool row = false;
    sqlite3_stmt *stmt = db_stmt(store, STMT_FIND_TEMPLATE, reterr);
    if (!stmt)
        return SPN_DATABASE;
    if (db_bind_text(stmt, 1, t->text.data, t->text.len) != SQLITE_OK)
        return db_error(store, "read", reterr);
    enum spn_code code = db_step(store, stmt, &row, reterr);
    *ret = row ? sqlite3_column_int64(stmt, 0) : 0;
    sqlite3_reset(stmt);
    return code;
}

static enum spn_code put(struct templates *t, struct store *store, int64_t *ret, struct spn_error *reterr)
{
    sqlite3_stmt *stmt = db_stmt(store, STMT_PUT_TEMPLATE, reterr);
    int rc = SQLITE_OK;
    if (stmt)
        rc = sqlite3_bind_int64(stmt, 1, t->highest + 1) | db_bind_text(stmt, 2, t->text.data, t->text.len);
    enum spn_code code = db_put(store, stmt, rc, reterr);
    if (code == SPN_OK)
        *ret = ++t->highest;
    return code;
}

/* One that is not known yet. Made when it is met for the second time: most of those that few accounts have
 * are those of one. */
static enum spn_code meet(struct templates *t, struct store *store, struct hash128 hash, int64_t *ret,
                          struct spn_error *reterr)
{
    uint64_t *met = &t->met[hash.hi % MET_ONCE];
    enum spn_code code = SPN_OK;
    if (t->highest < 0) {
        code = db_int(store, "SELECT coalesce(max(id), 0) FROM spn_template", &t->highest, reterr);
        t->any = t->highest > 0;
    }
    if (code == SPN_OK && t->any)
        code = look_up(t, store, ret, reterr);
    if (code == SPN_OK && !*ret && *met == hash.lo && t->highest < MAX_TEMPLATES)
        code = put(t, store, ret, reterr);
    if (code == SPN_OK && *ret)
        add(t, hash, *ret);
    *met = hash.lo;
    return code;
}

enum spn_code templates_tell(struct templates *t, struct store *store, struct bytes json,
                             struct templated *ret, struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    text_clear(&t->text);
    *ret = (struct templated){0, json};
    struct bytes name = template_split(json, &t->text);
    if (!name.len)
        return SPN_OK;
    XXH128_hash_t h = XXH3_128bits_withSeed(t->text.data, t->text.len, store->seed ^ TAG_TEMPLATE);
    struct hash128 hash = {h.low64, h.high64};
    int64_t id = find(t, hash)->id;
    if (!id)
        code = meet(t, store, hash, &id, reterr);
    if (code == SPN_OK && id)
        *ret = (struct templated){id, name};
    return code;
}
