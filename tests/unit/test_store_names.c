/* Who holds which name, through many scans on top of each other: the same as if the view had been made anew.
 */
#include <stdlib.h>
#include <unistd.h>

#include "store/base/spn_key.h"
#include "tests/unit/store_case.h"

enum { OBJECTS = 24, NAMES = 18 };

/* One SPN set of an object, and one set of delegation targets. */
struct set {
    int64_t id; /* 0: empty */
    char json[400];
};

struct model_object {
    int64_t id; /* a new one each time that it comes */
    bool there, in_table;
    struct set spns[1 + CASE_DCS]; /* that of the most; then what a DC shows, where it departs */
    bool departs[1 + CASE_DCS];
    struct set targets;
    bool changed;
};

static struct store_case c, other;
static struct model_object model[OBJECTS + 1];
static int64_t next_object, next_spn, next_delegation;
static struct {
    int facet;
    int64_t id;
} dropped[OBJECTS * 16];
static size_t dropped_count;

static void setup(void)
{
    case_make(&c);
    case_make(&other);
    memset(model, 0, sizeof model);
    dropped_count = 0;
    next_object = next_spn = next_delegation = 1;
}

static void teardown(void)
{
    case_free(&c);
    case_free(&other);
}

static void random_names(char *json, size_t size, bool targets)
{
    size_t len = (size_t)snprintf(json, size, "[");
    for (int i = 0, count = rand() % 4; i < count; i++)
        len += (size_t)snprintf(json + len, size - len, "%s\"%s/h%d\"", i ? "," : "",
                                rand() % 3   ? "HTTP"
                                : rand() % 2 ? "http"
                                : targets    ? "www"
                                             : "host",
                                rand() % NAMES);
    snprintf(json + len, size - len, "]");
}

static void drop_state(int facet, int64_t id)
{
    if (!id)
        return;
    dropped[dropped_count].facet = facet;
    dropped[dropped_count++].id = id;
}

static void new_set(struct set *set, bool targets)
{
    drop_state(targets ? FACET_DELEGATION : FACET_SPN, set->id);
    random_names(set->json, sizeof set->json, targets);
    set->id = strcmp(set->json, "[]") == 0 ? 0 : targets ? next_delegation++ : next_spn++;
}

static void forget(struct set *set, int facet)
{
    drop_state(facet, set->id);
    *set = (struct set){0};
}

static void change(struct model_object *o)
{
    o->changed = true;
    if (o->there && rand() % 5 == 0) {
        for (size_t s = 0; s <= CASE_DCS; s++) {
            forget(&o->spns[s], FACET_SPN);
            o->departs[s] = false;
        }
        forget(&o->targets, FACET_DELEGATION);
        o->there = false;
        return;
    }
    if (!o->there)
        o->id = next_object++;
    o->there = true;
    if (rand() % 2)
        new_set(&o->spns[0], false);
    for (size_t s = 1; s <= CASE_DCS; s++)
        if (rand() % 4 == 0) {
            o->departs[s] = !o->departs[s];
            if (o->departs[s])
                new_set(&o->spns[s], false);
            else
                forget(&o->spns[s], FACET_SPN);
        }
    if (rand() % 3 == 0)
        new_set(&o->targets, true);
}

/* ---- into a database ---- */

static void push_object(struct store_case *to, uint32_t slot, const struct model_object *o, bool all)
{
    const int64_t id = o->id;
    if (!o->in_table || all) {
        char name[16];
        snprintf(name, sizeof name, "A%lld", (long long)id);
        case_object(to, id, slot, 0);
        case_account(to, id, id, name, 512);
    }
    for (size_t s = 0; s <= CASE_DCS; s++)
        if (o->spns[s].id && (all || o->spns[s].id >= to->base.next_state[FACET_SPN]))
            case_spns(to, o->spns[s].id, id, o->spns[s].json);
    if (o->targets.id && (all || o->targets.id >= to->base.next_state[FACET_DELEGATION]))
        case_targets(to, o->targets.id, id, o->targets.json, "[]");
}

static enum spn_code put_object(struct store *store, const struct model_object *o, struct spn_error *reterr)
{
    const int64_t id = o->id;
    const struct consensus_row row = {
        .object = id, .shown = true, .state = {o->spns[0].id, id, o->targets.id}};
    enum spn_code code = store_put_consensus(store, &row, reterr);
    for (size_t s = 1; code == SPN_OK && s <= CASE_DCS; s++) {
        const struct departure_row departure = {
            .object = id, .dc = s - 1, .shown = true, .differs = {true}, .state = {o->spns[s].id}};
        if (o->departs[s])
            code = store_put_departure(store, &departure, reterr);
    }
    return code;
}

static enum spn_code emit_changes(void *ctx, struct store *store, struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    (void)ctx;
    for (size_t i = 1; code == SPN_OK && i <= OBJECTS; i++) {
        const int64_t id = model[i].id;
        if (!model[i].changed || !id)
            continue;
        code = store_touch_object(store, id, reterr);
        if (code == SPN_OK)
            code =
                model[i].there ? put_object(store, &model[i], reterr) : store_drop_object(store, id, reterr);
        if (code == SPN_OK && !model[i].there)
            code = store_drop_state(store, FACET_ACCOUNT, id, reterr);
    }
    for (size_t i = 0; code == SPN_OK && i < dropped_count; i++)
        code = store_drop_state(store, (enum facet)dropped[i].facet, dropped[i].id, reterr);
    return code;
}

static int by_key(const void *a, const void *b)
{
    return (*(const struct name_entry *)a).key < (*(const struct name_entry *)b).key ? -1 : 1;
}

static enum spn_code emit_all(void *ctx, struct store *store, struct spn_error *reterr)
{
    struct store_case *to = ctx;
    enum spn_code code = SPN_OK;
    static struct name_entry names[OBJECTS * (1 + CASE_DCS) * 4];
    size_t count = 0;
    for (size_t i = 1; code == SPN_OK && i <= OBJECTS; i++) {
        if (!model[i].there)
            continue;
        code = put_object(store, &model[i], reterr);
        for (size_t s = 0; s <= CASE_DCS; s++) {
            char *json = xstrdup(model[i].spns[s].json);
            text_lower(json);
            for (char *at = strtok(json, "[],\""); at; at = strtok(NULL, "[],\"")) {
                const struct spn_key key = spn_key(bytes_of(at), to->base.seed);
                names[count++] = (struct name_entry){key.host, (uint32_t)model[i].id, spn_key_bit(key)};
            }
            free(json);
        }
    }
    qsort(names, count, sizeof *names, by_key);
    for (size_t at = 0; code == SPN_OK && at < count; at += 7)
        code = store_put_names(store, names + at, count - at < 7 ? count - at : 7, reterr);
    return code;
}

static void scan_changes(void)
{
    case_begin(&c);
    for (uint32_t i = 1; i <= OBJECTS; i++)
        if (model[i].changed && model[i].there) {
            push_object(&c, i, &model[i], false);
            model[i].in_table = true;
        }
    case_end_bulk(&c);
    case_finish(&c, false, emit_changes, NULL);
    for (uint32_t i = 1; i <= OBJECTS; i++) {
        model[i].changed = false;
        model[i].in_table &= model[i].there;
    }
    dropped_count = 0;
    store_close(c.store);
    store_batch_free(c.batch);
    c.store = NULL;
    c.batch = NULL;
}

static void scan_all(uint64_t seed)
{
    unlink(other.path);
    ok(&other, store_open(other.path, STORE_SCAN, &other.store, &other.error));
    known_base_release(&other.base);
    ok(&other, store_load_base(other.store, &other.base, &other.error));
    other.store->seed = other.base.seed = seed;
    ok(&other, store_begin(other.store, "test", &other.error));
    ok(&other, store_set_forest(other.store, &other.forest, &other.error));
    other.batch = store_batch_new();
    for (uint32_t i = 1; i <= OBJECTS; i++)
        if (model[i].there)
            push_object(&other, i, &model[i], true);
    case_end_bulk(&other);
    case_finish(&other, true, emit_all, &other);
    store_close(other.store);
    store_batch_free(other.batch);
    other.store = NULL;
    other.batch = NULL;
}

static void check_same(const char *sql)
{
    char *want = case_sql(&other, sql);
    ck_assert_sql(&c, sql, want);
    free(want);
}

static const char shared_sql[] = "SELECT key, object FROM shared_spn ORDER BY 1, 2";
static const char target_sql[] = "SELECT key, object FROM target_holder ORDER BY 1, 2";

static void check_against_anew(void)
{
    scan_all(c.base.seed);
    check_same(shared_sql);
    check_same(target_sql);
    check_same("SELECT group_concat(hex(entries), '') FROM (SELECT entries FROM name_index ORDER BY first)");
    check_same("SELECT group_concat(hex(entries), '') FROM (SELECT entries FROM guid_index ORDER BY first)");
    check_same("SELECT id, hex(guid), domain FROM object ORDER BY 1");
    check_same("SELECT * FROM consensus ORDER BY 1");
    check_same("SELECT * FROM departure ORDER BY 1, 2");
    check_same("SELECT id, object, spns FROM spn_state ORDER BY 1");
    check_same("SELECT id, object FROM account_state ORDER BY 1");
    check_same("SELECT id, object, targets FROM delegation_state ORDER BY 1");
    /* And neither is what the rows say, worked out the plain way. */
    char *want = case_sql(
        &c, "SELECT DISTINCT key, object FROM live_spn WHERE key IN (SELECT key FROM (SELECT DISTINCT "
            "key, object FROM live_spn) GROUP BY key HAVING count(*) > 1) ORDER BY 1, 2");
    ck_assert_sql(&c, shared_sql, want);
    free(want);
    want = case_sql(
        &c, "WITH t (key) AS (SELECT lower(j.value) FROM live_state l JOIN delegation_state d ON d.id = "
            "l.delegation, json_each(d.targets) j) SELECT DISTINCT l.key, l.object FROM live_spn l WHERE "
            "l.key IN "
            "(SELECT key FROM t UNION SELECT m.stands_for || substr(key, instr(key, '/')) FROM t JOIN "
            "spn_mapping m ON key LIKE m.class || '/%') ORDER BY 1, 2");
    ck_assert_sql(&c, target_sql, want);
    free(want);
}

static void through_scans(unsigned seed, int scans, int odds)
{
    char one[] = "host=www,ftp", two[] = "host=http,www", *www = one, *both = two;
    char **mappings[] = {NULL, &www, &both};
    size_t met = 0;
    srand(seed);
    for (int scan = 0; scan < scans; scan++) {
        c.forest.spn_mappings = mappings[scan % 3];
        c.forest.spn_mapping_count = scan % 3 ? 1 : 0;
        other.forest = c.forest;
        for (uint32_t i = 1; i <= OBJECTS; i++)
            if (rand() % odds == 0)
                change(&model[i]);
        scan_changes();
        check_against_anew();
        char *rows = case_sql(&c, shared_sql);
        met += *rows != 0;
        free(rows);
    }
    ck_assert_uint_gt(met, 0); /* else nothing was tried */
}

START_TEST(many_changes_at_once)
{
    through_scans(1, ROUNDS(15), 2);
}
END_TEST

START_TEST(few_changes_at_once)
{
    through_scans(2, 5 + ROUNDS(20), 12);
}
END_TEST

/* A scan on top of which nothing has changed writes no block and no name. */
START_TEST(no_change_changes_nothing)
{
    static const char sql[] =
        "SELECT (SELECT group_concat(hex(entries)) FROM name_index), (SELECT group_concat(key || object) "
        "FROM shared_spn), (SELECT group_concat(key || object) FROM target_holder)";
    srand(3);
    for (uint32_t i = 1; i <= OBJECTS; i++)
        change(&model[i]);
    scan_changes();
    char *before = case_sql(&c, sql);
    ck_assert_uint_gt(strlen(before), 100);
    scan_changes();
    ck_assert_sql(&c, sql, before);
    free(before);
}
END_TEST

Suite *suite_store_names(void);
Suite *suite_store_names(void)
{
    Suite *suite = suite_create("store_names");
    TCase *tc = tcase_create("names");
    tcase_set_timeout(tc, 180);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, many_changes_at_once);
    tcase_add_test(tc, few_changes_at_once);
    tcase_add_test(tc, no_change_changes_nothing);
    suite_add_tcase(suite, tc);
    return suite;
}
