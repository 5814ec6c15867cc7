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
    while (t->slots[i].id && !hash128_equal(t->slots[i].hash, hash))
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
        code = db_int(store, "SELECT coalesce(max(id), 0) FROM template", &t->highest, reterr);
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

/* The id of the template that t->text is; 0: it is none yet, or never. */
static enum spn_code tell(struct templates *t, struct store *store, int64_t *ret, struct spn_error *reterr)
{
    XXH128_hash_t h = XXH3_128bits_withSeed(t->text.data, t->text.len, store->seed ^ TAG_TEMPLATE);
    struct hash128 hash = {h.low64, h.high64};
    *ret = find(t, hash)->id;
    return *ret ? SPN_OK : meet(t, store, hash, ret, reterr);
}

static struct bytes piece(const struct text_buf *text, struct text_ref ref)
{
    return (struct bytes){(const uint8_t *)text->data + ref.off, ref.len};
}

enum spn_code templates_tell(struct templates *t, struct store *store, const struct spn_state *spns,
                             const struct text_buf *text, struct templated *ret, struct spn_error *reterr)
{
    const bool split = spns->spns.off == NO_TEXT && spns->like.off != NO_TEXT && spns->name.off != NO_TEXT;
    struct bytes name, json = {NULL, 0};
    *ret = (struct templated){0, json, NO_RID};
    if (!split && spns->spns.off == NO_TEXT)
        return SPN_OK;
    text_clear(&t->text);
    if (split) {
        const struct bytes like = piece(text, spns->like);
        name = piece(text, spns->name);
        text_append(&t->text, (const char *)like.data, like.len);
    } else {
        json = piece(text, spns->spns);
        name = spn_template_split(json, &t->text);
    }
    enum spn_code code = name.len ? tell(t, store, &ret->id, reterr) : SPN_OK;
    if (code != SPN_OK || ret->id) {
        ret->name = name;
        return code;
    }
    if (split) {
        text_clear(&t->text);
        template_write(piece(text, spns->like), name, &t->text);
        json = bytes_of(t->text.data);
    }
    ret->name = json;
    return SPN_OK;
}

enum spn_code templates_tell_account(struct templates *t, struct store *store,
                                     const struct account_state *account, const struct text_buf *text,
                                     struct templated *ret, struct spn_error *reterr)
{
    const struct bytes like = piece(text, account->like);
    enum spn_code code = SPN_OK;
    text_clear(&t->text);
    *ret = (struct templated){0, {NULL, 0}, NO_RID};
    if (like.len) {
        ret->rid = account->rid;
        text_append(&t->text, (const char *)like.data, like.len);
    }
    if (like.len || account_template_split(account, text, &t->text, &ret->rid))
        code = tell(t, store, &ret->id, reterr);
    if (code != SPN_OK || ret->id)
        return code;
    text_clear(&t->text);
    if (like.len)
        account_template_write(like, piece(text, account->sam), account->rid, &t->text);
    else
        account_texts(account, text, &t->text);
    ret->name = (struct bytes){(const uint8_t *)t->text.data, t->text.len};
    return SPN_OK;
}
