/* store_case.c: see store_case.h. */
#include "tests/unit/store_case.h"

#include <stdlib.h>
#include <unistd.h>

void case_make(struct store_case *c)
{
    static const char *const dns[CASE_DOMAINS] = {"corp.test", "sub.corp.test"};
    static int made;
    *c = (struct store_case){0};
    snprintf(c->path, sizeof c->path, "/tmp/spnscan-store-%ld-%d", (long)getpid(), made++);
    for (size_t i = 0; i < CASE_DOMAINS; i++) {
        snprintf(c->domains[i].dns_name, sizeof c->domains[i].dns_name, "%s", dns[i]);
        snprintf(c->domains[i].dn, sizeof c->domains[i].dn, "%s",
                 i ? "DC=sub,DC=corp,DC=test" : "DC=corp,DC=test");
        snprintf(c->domains[i].netbios, sizeof c->domains[i].netbios, "D%zu", i);
    }
    for (size_t i = 0; i < CASE_DCS; i++) {
        snprintf(c->dcs[i].name, sizeof c->dcs[i].name, "dc%zu.corp.test", i + 1);
        c->replicas[i][0] = REPLICA_FULL;
        c->replicas[i][1] = REPLICA_PARTIAL;
        c->results[i] = (struct dc_result){.status = DC_OK,
                                           .phase = PHASE_DONE,
                                           .complete = true,
                                           .is_gc = true,
                                           .replicas = c->replicas[i]};
    }
    c->forest = (struct forest_info){
        .domains = c->domains, .domain_count = CASE_DOMAINS, .dcs = c->dcs, .dc_count = CASE_DCS};
    unlink(c->path);
}

void case_free(struct store_case *c)
{
    char beside[80];
    store_close(c->store);
    store_batch_free(c->batch);
    known_base_release(&c->base);
    unlink(c->path);
    snprintf(beside, sizeof beside, "%s-journal", c->path);
    unlink(beside);
}

void case_begin(struct store_case *c)
{
    ok(c, store_open(c->path, STORE_SCAN, &c->store, &c->error));
    known_base_release(&c->base);
    ok(c, store_load_base(c->store, &c->base, &c->error));
    ok(c, store_begin(c->store, "test", &c->error));
    ok(c, store_set_forest(c->store, &c->forest, &c->error));
    c->batch = store_batch_new();
}

void case_push(struct store_case *c)
{
    ok(c, store_push(c->store, &c->batch, &c->error));
    c->batch = store_batch_new();
}

void case_end_bulk(struct store_case *c)
{
    case_push(c);
    ok(c, store_end_bulk(c->store, &c->error));
}

void case_finish(struct store_case *c, bool anew,
                 enum spn_code (*emit)(void *ctx, struct store *store, struct spn_error *reterr), void *ctx)
{
    const struct scan_view view = {.ctx = ctx, .emit = emit, .anew = anew};
    ok(c, store_finish(c->store, &c->forest, c->results, emit ? &view : NULL, &c->error));
}

void case_abandon(struct store_case *c)
{
    store_close(c->store);
    store_batch_free(c->batch);
    c->store = NULL;
    c->batch = NULL;
}

struct guid case_guid(uint32_t n)
{
    /* Some have their first eight bytes in common. */
    struct guid guid = {{(uint8_t)(n % 5 * 50), 7, 7, 7, 7, 7, 7, (uint8_t)(n % 3)}};
    memcpy(guid.b + 12, &n, sizeof n);
    return guid;
}

static struct store_record *add(struct store_case *c, enum record_kind kind, int64_t id, int64_t object)
{
    struct store_record *r = store_batch_add(c->batch);
    *r = (struct store_record){
        .kind = kind, .id = id, .object = object, .hash = {(uint64_t)id, 1 + (uint64_t)(kind - RECORD_SPN)}};
    return r;
}

static const struct text_ref no_text = {NO_TEXT, 0};

struct text_ref case_put(struct text_buf *buf, const char *text)
{
    if (!text)
        return no_text;
    struct text_ref ref = {(uint32_t)buf->len, (uint32_t)strlen(text)};
    text_append_str(buf, text);
    return ref;
}

static struct text_ref put_text(struct store_case *c, const char *text)
{
    return case_put(&c->batch->text, text);
}

void case_object(struct store_case *c, int64_t id, uint32_t guid, int domain)
{
    const struct guid bytes = case_guid(guid);
    sqlite3_stmt *stmt;
    pthread_mutex_lock(&c->store->lock);
    ck_assert_int_eq(sqlite3_prepare_v2(c->store->db,
                                        "INSERT INTO object (id, guid, domain) VALUES (?, ?, ?)", -1, &stmt,
                                        NULL),
                     SQLITE_OK);
    sqlite3_bind_int64(stmt, 1, id);
    sqlite3_bind_blob(stmt, 2, &bytes, sizeof bytes, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 3, c->store->domain_ids[domain]);
    ck_assert_int_eq(sqlite3_step(stmt), SQLITE_DONE);
    sqlite3_finalize(stmt);
    pthread_mutex_unlock(&c->store->lock);
}

void case_spns(struct store_case *c, int64_t id, int64_t object, const char *json)
{
    struct text_ref text = put_text(c, json);
    add(c, RECORD_SPN, id, object)->spn.spns = text;
}

void case_account(struct store_case *c, int64_t id, int64_t object, const char *sam, uint32_t uac)
{
    struct account_state account = {
        .dns_host = no_text, .upn = no_text, .sid = no_text, .has_uac = true, .uac = uac};
    account.dn = put_text(c, sam);
    account.sam = account.dn;
    add(c, RECORD_ACCOUNT, id, object)->account = account;
}

void case_trustee(struct store_case *c, int64_t id, int64_t object, const char *sam, const char *sid)
{
    struct account_state account = {.dns_host = no_text, .upn = no_text, .has_uac = true, .uac = 4096};
    account.dn = put_text(c, sam);
    account.sam = account.dn;
    account.sid = put_text(c, sid);
    add(c, RECORD_ACCOUNT, id, object)->account = account;
}

void case_texts(struct store_case *c, int64_t id, int64_t object, const char *sam, const char *dns_host,
                const char *upn, const char *sid)
{
    struct account_state account = {.dn = put_text(c, "CN=x")};
    account.sam = put_text(c, sam);
    account.dns_host = put_text(c, dns_host);
    account.upn = put_text(c, upn);
    account.sid = put_text(c, sid);
    add(c, RECORD_ACCOUNT, id, object)->account = account;
}

void case_targets(struct store_case *c, int64_t id, int64_t object, const char *json, const char *trustees)
{
    struct delegation_state delegation = {.rbcd = no_text, .rbcd_note = no_text};
    delegation.targets = put_text(c, json);
    delegation.trustees = put_text(c, trustees);
    if (strcmp(trustees, "[]") != 0)
        delegation.rbcd = delegation.trustees; /* there is a descriptor */
    add(c, RECORD_DELEGATION, id, object)->delegation = delegation;
}

char *case_sql(const struct store_case *c, const char *sql)
{
    struct text_buf buf = {0};
    sqlite3 *db;
    sqlite3_stmt *stmt;
    ck_assert_int_eq(sqlite3_open_v2(c->path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    ck_assert_msg(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK, "%s", sqlite3_errmsg(db));
    text_append_str(&buf, "");
    for (size_t row = 0; sqlite3_step(stmt) == SQLITE_ROW; row++)
        for (int i = 0; i < sqlite3_column_count(stmt); i++) {
            const unsigned char *text = sqlite3_column_text(stmt, i);
            text_append_fmt(&buf, "%s%s", i ? " " : row ? ";" : "", text ? (const char *)text : "-");
        }
    ck_assert_int_eq(sqlite3_finalize(stmt), SQLITE_OK);
    sqlite3_close(db);
    return buf.data;
}

void ck_assert_sql(const struct store_case *c, const char *sql, const char *want)
{
    char *got = case_sql(c, sql);
    size_t at = 0;
    while (got[at] && got[at] == want[at])
        at++;
    size_t from = at < 60 ? 0 : at - 60;
    ck_assert_msg(got[at] == want[at], "%.120s: from %zu on '%.200s', wanted '%.200s'", sql, from, got + from,
                  want + from);
    free(got);
}

/* ---- what a loader is told ---- */

static void tell_object(void *ctx, const struct known_object *o)
{
    struct told *told = ctx;
    text_append_fmt(&told->text, "object %lld %.6s%s%s%s%s\n", (long long)o->id, o->domain_dn,
                    o->in_view ? " view" : "", o->shown ? " shown" : "",
                    o->common[FACET_SPN] == STATE_NONE ? " nospn" : "",
                    o->common[FACET_DELEGATION] == STATE_NONE ? " nodel" : "");
}

static void tell_state(void *ctx, const struct known_state *s)
{
    struct told *told = ctx;
    ck_assert_uint_eq(s->hash.lo, (uint64_t)s->id);
    ck_assert_uint_eq(s->hash.hi, 1 + (uint64_t)s->facet);
    text_append_fmt(&told->text, "state %lld %s %lld%s%s%s\n", (long long)s->object, facet_name(s->facet),
                    (long long)s->id, s->consensus ? " consensus" : "", s->delegates ? " delegates" : "",
                    s->in_history ? " history" : "");
}

static void tell_departure(void *ctx, const struct known_departure *d)
{
    struct told *told = ctx;
    text_append_fmt(&told->text, "%s %lld dc%zd%s %lld %lld %lld\n", d->kept ? "kept" : "departure",
                    (long long)d->object, (ssize_t)d->dc, d->shown ? " shown" : "", (long long)d->state[0],
                    (long long)d->state[1], (long long)d->state[2]);
}

struct store_loader told_loader(struct told *told)
{
    return (struct store_loader){told, tell_object, tell_state, tell_departure};
}

static int by_line(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

const char *told_text(struct told *told)
{
    char *copy = xstrdup(told->text.data ? told->text.data : ""), *at = copy, *line;
    char **lines = NULL;
    size_t count = 0, size = 0;
    while ((line = strsep(&at, "\n")))
        if (*line) {
            lines = xgrow(lines, &size, count + 1, sizeof *lines);
            lines[count++] = line;
        }
    if (count)
        qsort(lines, count, sizeof *lines, by_line);
    text_clear(&told->text);
    text_append_str(&told->text, "");
    for (size_t i = 0; i < count; i++)
        text_append_fmt(&told->text, "%s\n", lines[i]);
    free(lines);
    free(copy);
    return told->text.data;
}

void told_release(struct told *told)
{
    text_release(&told->text);
}
