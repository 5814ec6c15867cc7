/* Everything that is known, read through page by page: the lock is held for one page, and what was read is
 * told after it, so that the writer gets its turn and the one who is told may hold locks of its own. */
#include <stdlib.h>
#include <string.h>

#include "store/fetch.h"

#define PAGE_ROWS 2048

struct mention {
    int64_t id;
    bool in_history;
};

struct item {
    bool tell;
    int domain;     /* store_each_object */
    bool holds_spn; /* the same */
    union {
        struct known_object object;
        struct known_state state;
        struct known_departure departure;
    };
};

struct loading {
    struct store *store;
    const struct store_loader *loader;
    enum facet facet;
    bool kept;
    /* States of that facet that departures, kept rows or history speak of, by id. */
    struct mention *mentions;
    size_t mention_count, mention_at;
    int64_t after[2]; /* the last row that was read: its id, or object and dc */
    void (*found)(void *ctx, const struct guid *guid, int domain, bool holds_spn);
    void *found_ctx;
};

struct pass {
    const char *sql; /* ?1 and ?2: the row after which to begin; ?3: how many rows */
    enum spn_code (*take)(struct loading *l, sqlite3_stmt *stmt, struct item *item, struct spn_error *reterr);
    void (*tell)(struct loading *l, const struct item *item);
};

static enum spn_code read_page(struct loading *l, const struct pass *pass, sqlite3_stmt *stmt,
                               struct item *page, size_t *ret_count, struct spn_error *reterr)
{
    if (sqlite3_bind_int64(stmt, 1, l->after[0]) | sqlite3_bind_int64(stmt, 2, l->after[1]) |
        sqlite3_bind_int(stmt, 3, PAGE_ROWS))
        return db_error(l->store, "read", reterr);
    enum spn_code code = SPN_OK;
    *ret_count = 0;
    for (bool row = true; code == SPN_OK && row && *ret_count < PAGE_ROWS;) {
        code = db_step(l->store, stmt, &row, reterr);
        if (code == SPN_OK && row)
            code = pass->take(l, stmt, &page[(*ret_count)++], reterr);
    }
    sqlite3_reset(stmt);
    return code;
}

static enum spn_code read_through(struct loading *l, const struct pass *pass, struct spn_error *reterr)
{
    struct item *page = xmalloc(PAGE_ROWS * sizeof *page);
    size_t count = PAGE_ROWS;
    l->after[0] = l->after[1] = 0;
    pthread_mutex_lock(&l->store->lock);
    sqlite3_stmt *stmt = db_prepare(l->store, pass->sql, reterr);
    pthread_mutex_unlock(&l->store->lock);
    enum spn_code code = stmt ? SPN_OK : SPN_DATABASE;
    while (code == SPN_OK && count == PAGE_ROWS) {
        pthread_mutex_lock(&l->store->lock);
        code = read_page(l, pass, stmt, page, &count, reterr);
        pthread_mutex_unlock(&l->store->lock);
        for (size_t i = 0; code == SPN_OK && i < count; i++)
            if (page[i].tell)
                pass->tell(l, &page[i]);
    }
    pthread_mutex_lock(&l->store->lock);
    sqlite3_finalize(stmt);
    pthread_mutex_unlock(&l->store->lock);
    free(page);
    return code;
}

/* ---- objects ---- */

static enum spn_code take_guid(struct loading *l, sqlite3_stmt *stmt, int column, struct guid *ret,
                               struct spn_error *reterr)
{
    const void *guid = sqlite3_column_blob(stmt, column);
    if (!guid || sqlite3_column_bytes(stmt, column) != sizeof ret->b)
        return db_damaged(l->store, "an object without its GUID", reterr);
    memcpy(ret->b, guid, sizeof ret->b);
    return SPN_OK;
}

static enum spn_code take_object(struct loading *l, sqlite3_stmt *stmt, struct item *item,
                                 struct spn_error *reterr)
{
    const unsigned char *dn = sqlite3_column_text(stmt, 2);
    item->object = (struct known_object){.id = sqlite3_column_int64(stmt, 0),
                                         .in_view = sqlite3_column_int(stmt, 3),
                                         .shown = sqlite3_column_int(stmt, 4)};
    fetch_take_common(stmt, 5, &item->object);
    snprintf(item->object.domain_dn, sizeof item->object.domain_dn, "%s", dn ? (const char *)dn : "");
    item->tell = sqlite3_column_int(stmt, 8);
    l->after[0] = item->object.id;
    return take_guid(l, stmt, 1, &item->object.guid, reterr);
}

static void tell_object(struct loading *l, const struct item *item)
{
    l->loader->object(l->loader->ctx, &item->object);
}

static const struct pass objects_pass = {
    "SELECT o.id, o.guid, d.dn, o.shown IS NOT NULL, coalesce(o.shown, 0), o.spn, o.account, "
    "o.delegation, o.shown IS NOT NULL OR EXISTS (SELECT 1 FROM kept k WHERE k.object = o.id) OR "
    "EXISTS (SELECT 1 FROM change h WHERE h.object = o.id) "
    "FROM object o JOIN domain d ON d.id = o.domain "
    "WHERE o.id > ?1 + ?2 ORDER BY o.id LIMIT ?3",
    take_object, tell_object};

/* ---- states ---- */

static enum spn_code load_mentions(struct loading *l, struct spn_error *reterr)
{
    struct text_buf sql = {0};
    size_t size = 0;
    const char *f = facet_name(l->facet);
    text_append_fmt(&sql,
                    "SELECT id, max(past) FROM (SELECT %s AS id, 0 AS past FROM departure UNION ALL "
                    "SELECT %s, 0 FROM kept UNION ALL SELECT from_state, 1 FROM change WHERE facet = '%s' "
                    "UNION ALL SELECT to_state, 1 FROM change WHERE facet = '%s') "
                    "WHERE id > 0 GROUP BY id ORDER BY id",
                    f, f, f, f);
    l->mention_count = l->mention_at = 0;
    pthread_mutex_lock(&l->store->lock);
    sqlite3_stmt *stmt = db_prepare(l->store, sql.data, reterr);
    enum spn_code code = stmt ? SPN_OK : SPN_DATABASE;
    for (bool row = true; code == SPN_OK && row;) {
        code = db_step(l->store, stmt, &row, reterr);
        if (code != SPN_OK || !row)
            break;
        l->mentions = xgrow(l->mentions, &size, l->mention_count + 1, sizeof *l->mentions);
        l->mentions[l->mention_count++] =
            (struct mention){sqlite3_column_int64(stmt, 0), sqlite3_column_int(stmt, 1)};
    }
    sqlite3_finalize(stmt);
    pthread_mutex_unlock(&l->store->lock);
    text_release(&sql);
    return code;
}

/* States come by id too. Those that nothing speaks of are left over, and not told. */
static enum spn_code take_state(struct loading *l, sqlite3_stmt *stmt, struct item *item,
                                struct spn_error *reterr)
{
    const void *hash = sqlite3_column_blob(stmt, 2);
    item->state = (struct known_state){.facet = l->facet,
                                       .id = sqlite3_column_int64(stmt, 0),
                                       .object = sqlite3_column_int64(stmt, 1),
                                       .consensus = sqlite3_column_int(stmt, 3),
                                       .delegates = (sqlite3_column_int64(stmt, 4) & ACCOUNT_DELEGATES) != 0};
    while (l->mention_at < l->mention_count && l->mentions[l->mention_at].id < item->state.id)
        l->mention_at++;
    bool mentioned = l->mention_at < l->mention_count && l->mentions[l->mention_at].id == item->state.id;
    item->state.in_history = mentioned && l->mentions[l->mention_at].in_history;
    item->tell = item->state.consensus || mentioned;
    l->after[0] = item->state.id;
    if (!hash || sqlite3_column_bytes(stmt, 2) != sizeof item->state.hash)
        return db_damaged(l->store, "a state without its hash", reterr);
    memcpy(&item->state.hash, hash, sizeof item->state.hash);
    return SPN_OK;
}

static void tell_state(struct loading *l, const struct item *item)
{
    l->loader->state(l->loader->ctx, &item->state);
}

static const struct pass state_passes[FACET_COUNT] = {
    {"SELECT s.id, s.object, s.hash, c.spn = s.id, 0 FROM spn_set s LEFT JOIN object c ON "
     "c.id = s.object WHERE s.id > ?1 + ?2 ORDER BY s.id LIMIT ?3",
     take_state, tell_state},
    {"SELECT s.id, s.object, s.hash, c.account = s.id, s.uac FROM account_fact s LEFT JOIN object c ON "
     "c.id = s.object WHERE s.id > ?1 + ?2 ORDER BY s.id LIMIT ?3",
     take_state, tell_state},
    {"SELECT s.id, s.object, s.hash, c.delegation = s.id, 0 FROM delegation_state s LEFT JOIN object c ON "
     "c.id = s.object WHERE s.id > ?1 + ?2 ORDER BY s.id LIMIT ?3",
     take_state, tell_state}};

/* ---- departures and kept rows ---- */

static enum spn_code take_departure(struct loading *l, sqlite3_stmt *stmt, struct item *item,
                                    struct spn_error *reterr)
{
    (void)reterr;
    item->tell = true;
    item->departure = (struct known_departure){.object = sqlite3_column_int64(stmt, 0), .kept = l->kept};
    fetch_take_row(l->store, stmt, 1, &item->departure);
    l->after[0] = item->departure.object;
    l->after[1] = sqlite3_column_int64(stmt, 1);
    return SPN_OK;
}

static void tell_departure(struct loading *l, const struct item *item)
{
    l->loader->departure(l->loader->ctx, &item->departure);
}

static const struct pass departures_pass = {
    "SELECT object, dc, shown, spn, account, delegation FROM departure WHERE (object, dc) > (?1, ?2) "
    "ORDER BY object, dc LIMIT ?3",
    take_departure, tell_departure};
static const struct pass kept_pass = {
    "SELECT object, dc, shown, spn, account, delegation FROM kept WHERE (object, dc) > (?1, ?2) "
    "ORDER BY object, dc LIMIT ?3",
    take_departure, tell_departure};

enum spn_code store_load_all(struct store *store, const struct store_loader *loader, struct spn_error *reterr)
{
    struct loading l = {.store = store, .loader = loader};
    if (!store->forest)
        return spn_error_set(reterr, SPN_INTERNAL, 0, "the forest is not known yet");
    enum spn_code code = read_through(&l, &objects_pass, reterr);
    for (int facet = 0; code == SPN_OK && facet < FACET_COUNT; facet++) {
        l.facet = (enum facet)facet;
        code = load_mentions(&l, reterr);
        if (code == SPN_OK)
            code = read_through(&l, &state_passes[facet], reterr);
        free(l.mentions);
        l.mentions = NULL;
    }
    if (code == SPN_OK)
        code = read_through(&l, &departures_pass, reterr);
    l.kept = true;
    return code == SPN_OK ? read_through(&l, &kept_pass, reterr) : code;
}

/* ---- what some DC may show, alone: a DC that was not read keeps what it showed ---- */

static enum spn_code take_found(struct loading *l, sqlite3_stmt *stmt, struct item *item,
                                struct spn_error *reterr)
{
    item->tell = true;
    l->after[0] = sqlite3_column_int64(stmt, 0);
    item->domain = db_domain_index(l->store, sqlite3_column_int64(stmt, 2));
    item->holds_spn = sqlite3_column_int(stmt, 3);
    return take_guid(l, stmt, 1, &item->object.guid, reterr);
}

static void tell_found(struct loading *l, const struct item *item)
{
    l->found(l->found_ctx, &item->object.guid, item->domain, item->holds_spn);
}

static const struct pass found_pass = {
    "SELECT o.id, o.guid, o.domain, CASE WHEN o.shown IS NOT NULL THEN o.spn > 0 ELSE EXISTS "
    "(SELECT 1 FROM kept k WHERE k.object = o.id AND k.spn > 0) END "
    "FROM object o WHERE o.id > ?1 + ?2 AND (o.shown IS NOT NULL OR "
    "EXISTS (SELECT 1 FROM kept k WHERE k.object = o.id AND k.shown = 1)) ORDER BY o.id LIMIT ?3",
    take_found, tell_found};

enum spn_code store_each_object(struct store *store,
                                void (*found)(void *ctx, const struct guid *guid, int domain, bool holds_spn),
                                void *ctx, struct spn_error *reterr)
{
    struct loading l = {.store = store, .found = found, .found_ctx = ctx};
    return read_through(&l, &found_pass, reterr);
}
