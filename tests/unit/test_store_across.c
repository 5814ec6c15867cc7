/* Names that accounts of several forests hold, each forest in a database of its own. */
#include <stdlib.h>

#include "tests/unit/store_case.h"

enum { FORESTS = 3 };

static struct store_case cases[FORESTS];
static struct store *stores[FORESTS];

/* Forest n is fN.test, of one domain, NetBIOS FN. */
static void setup(void)
{
    for (int n = 0; n < FORESTS; n++) {
        struct store_case *c = &cases[n];
        case_make(c);
        snprintf(c->domains[0].dns_name, sizeof c->domains[0].dns_name, "f%d.test", n + 1);
        snprintf(c->domains[0].netbios, sizeof c->domains[0].netbios, "F%d", n + 1);
        snprintf(c->forest.root_domain, sizeof c->forest.root_domain, "f%d.test", n + 1);
        c->forest.domain_count = 1;
        for (int i = 0; i < CASE_DCS; i++)
            snprintf(c->dcs[i].name, sizeof c->dcs[i].name, "dc%d.f%d.test", i + 1, n + 1);
        stores[n] = NULL;
    }
}

static void teardown(void)
{
    for (int n = 0; n < FORESTS; n++) {
        store_close(stores[n]);
        case_free(&cases[n]);
    }
}

/* Ends with one without a name. dc2 shows other instead of json, if there is any. */
struct account {
    const char *sam, *json, *other;
    uint32_t uac;
};

#define HOLDER(sam_, json_)                                                                                  \
    {                                                                                                        \
        .sam = (sam_), .json = (json_)                                                                       \
    }

enum { OTHER = 100 };

static enum spn_code emit(void *ctx, struct store *store, struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    int64_t id = 1;
    for (const struct account *a = ctx; code == SPN_OK && a->sam; a++, id++) {
        const struct consensus_row row = {.object = id, .shown = true, .state = {id, id, 0}};
        const struct departure_row departs = {
            .object = id, .dc = 1, .shown = true, .differs = {true}, .state = {OTHER + id}};
        code = store_touch_object(store, id, reterr);
        if (code == SPN_OK)
            code = store_put_consensus(store, &row, reterr);
        if (code == SPN_OK && a->other)
            code = store_put_departure(store, &departs, reterr);
    }
    return code;
}

static void scan(int n, struct account *accounts)
{
    struct store_case *c = &cases[n];
    int64_t id = 1;
    case_begin(c);
    for (const struct account *a = accounts; a->sam; a++, id++) {
        case_object(c, id, (uint32_t)id, 0);
        case_spns(c, id, id, a->json);
        case_account(c, id, id, a->sam, a->uac);
        if (a->other)
            case_spns(c, OTHER + id, id, a->other);
    }
    case_end_bulk(c);
    case_finish(c, false, emit, accounts);
    case_abandon(c);
    ok(c, store_open(c->path, STORE_READ, &stores[n], &c->error));
}

static enum spn_code add_row(void *ctx, const struct store_cell *cells, size_t count,
                             struct spn_error *reterr)
{
    (void)reterr;
    ck_assert_uint_eq(count, 12);
    ck_assert_str_eq(cells[1].text, "cross-forest");
    /* spn, account, fix, severity, forest */
    static const int wanted[] = {0, 2, 9, 10, 11};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        text_append_fmt(ctx, "%s%s", i ? "|" : "", cells[wanted[i]].text ? cells[wanted[i]].text : "-");
    text_append_char(ctx, '\n');
    return SPN_OK;
}

static void ck_assert_rows(size_t count, const char *wanted)
{
    struct text_buf rows = {0};
    struct spn_error error = {0};
    text_append_str(&rows, "");
    ck_assert_msg(store_across(stores, count, add_row, &rows, &error) == SPN_OK, "%s", error.text);
    ck_assert_str_eq(rows.data, wanted);
    text_release(&rows);
}

START_TEST(one_host_in_two_forests)
{
    scan(0, (struct account[]){HOLDER("web", "[\"HTTP/app.f1.test\",\"HTTP/mine.f1.test\"]"), {0}});
    scan(1, (struct account[]){HOLDER("app$", "[\"http/APP.f1.test\",\"HTTP/mine.f2.test\"]"), {0}});
    ck_assert_rows(2, "HTTP/app.f1.test|web|setspn -D HTTP/app.f1.test F1\\web|warning|f1.test\n"
                      "http/APP.f1.test|app$|setspn -D http/APP.f1.test F2\\app$|warning|f2.test\n");
}
END_TEST

START_TEST(short_names_are_looked_for_at_home)
{
    scan(0, (struct account[]){HOLDER("SRV1$", "[\"HOST/SRV1\",\"HOST/srv1.f1.test\",\"GC/SRV1/f1.test\"]"),
                               {0}});
    scan(1, (struct account[]){HOLDER("SRV1$", "[\"HOST/SRV1\",\"HOST/srv1.f2.test\",\"GC/SRV1/f1.test\"]"),
                               {0}});
    ck_assert_rows(2, "GC/SRV1/f1.test|SRV1$|setspn -D GC/SRV1/f1.test F1\\SRV1$|warning|f1.test\n"
                      "GC/SRV1/f1.test|SRV1$|setspn -D GC/SRV1/f1.test F2\\SRV1$|warning|f2.test\n"
                      "HOST/SRV1|SRV1$|-|info|f1.test\n"
                      "HOST/SRV1|SRV1$|-|info|f2.test\n");
}
END_TEST

START_TEST(what_every_forest_has)
{
    for (int n = 0; n < 2; n++)
        scan(n, (struct account[]){HOLDER("krbtgt", "[\"kadmin/changepw\"]"),
                                   HOLDER("krbtgt_1234", "[\"kadmin/changepw\"]"),
                                   HOLDER("AZUREADSSOACC$", "[\"HOST/autologon.microsoftazuread-sso.com\"]"),
                                   {0}});
    ck_assert_rows(2, "");
}
END_TEST

/* Report duplicates of that forest alone tells of it. */
START_TEST(beside_what_every_forest_has)
{
    scan(0, (struct account[]){HOLDER("krbtgt", "[\"kadmin/changepw\"]"), {0}});
    scan(1, (struct account[]){
                HOLDER("krbtgt", "[\"kadmin/changepw\"]"), HOLDER("x", "[\"kadmin/changepw\"]"), {0}});
    ck_assert_rows(2, "");
}
END_TEST

START_TEST(the_disabled_one_should_go)
{
    scan(0, (struct account[]){{.sam = "old$", .json = "[\"HOST/srv1.f2.test\"]", .uac = 2}, {0}});
    scan(1, (struct account[]){HOLDER("srv1$", "[\"HOST/srv1.f2.test\"]"), {0}});
    ck_assert_rows(2, "HOST/srv1.f2.test|old$|setspn -D HOST/srv1.f2.test F1\\old$|warning|f1.test\n"
                      "HOST/srv1.f2.test|srv1$|-|warning|f2.test\n");
}
END_TEST

START_TEST(all_holders_of_three_forests)
{
    scan(0,
         (struct account[]){HOLDER("a", "[\"x/h.test\"]"), HOLDER("b", "[\"X/h.test\",\"y/h.test\"]"), {0}});
    scan(1, (struct account[]){HOLDER("c", "[\"z/h.test\"]"), {0}});
    scan(2, (struct account[]){HOLDER("d", "[\"x/H.test\",\"z/h.test\"]"), {0}});
    ck_assert_rows(3, "x/h.test|a|setspn -D x/h.test F1\\a|warning|f1.test\n"
                      "X/h.test|b|setspn -D X/h.test F1\\b|warning|f1.test\n"
                      "x/H.test|d|setspn -D x/H.test F3\\d|warning|f3.test\n"
                      "z/h.test|c|setspn -D z/h.test F2\\c|warning|f2.test\n"
                      "z/h.test|d|setspn -D z/h.test F3\\d|warning|f3.test\n");
}
END_TEST

START_TEST(one_dc_is_enough)
{
    scan(0, (struct account[]){{.sam = "a", .json = "[\"x/gone.test\"]", .other = "[\"x/here.test\"]"}, {0}});
    scan(1, (struct account[]){HOLDER("b", "[\"x/here.test\"]"), {0}});
    ck_assert_rows(2, "x/here.test|a|setspn -D x/here.test F1\\a|warning|f1.test\n"
                      "x/here.test|b|setspn -D x/here.test F2\\b|warning|f2.test\n");
}
END_TEST

/* Writes into a database behind the back of the store that is open on it. */
static void change(int n, const char *sql)
{
    struct store_case *c = &cases[n];
    sqlite3 *db;
    store_close(stores[n]);
    stores[n] = NULL;
    ck_assert_int_eq(sqlite3_open(c->path, &db), SQLITE_OK);
    ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, "%s", sqlite3_errmsg(db));
    sqlite3_close(db);
    ok(c, store_open(c->path, STORE_READ, &stores[n], &c->error));
}

/* One DC still shows the name where it was taken away. */
START_TEST(it_moved_to_the_other_forest)
{
    scan(0, (struct account[]){{.sam = "a", .json = "[\"x/left.test\"]", .other = "[\"x/here.test\"]"}, {0}});
    scan(1, (struct account[]){HOLDER("b", "[\"x/here.test\"]"), {0}});
    change(0, "INSERT INTO difference SELECT 1, l.id, 'servicePrincipalName', 'lagging', 'info', w.id, 2, "
              "'2026-11-01T00:00:00Z', 'x', 1, 1, 1, '', 1 FROM dc l, dc w WHERE l.name GLOB 'dc2.*' AND "
              "w.name GLOB 'dc1.*'");
    ck_assert_rows(2, "x/here.test|a|-|info|f1.test\n"
                      "x/here.test|b|-|info|f2.test\n");
}
END_TEST

/* What the key alone leads to is no holder. */
START_TEST(the_strings_decide)
{
    scan(0, (struct account[]){HOLDER("a", "[\"x/one.test\"]"), {0}});
    scan(1, (struct account[]){HOLDER("b", "[\"x/one.test\"]"), {0}});
    change(1, "UPDATE spn_set SET template = NULL, text = '[\"x/two.test\"]' WHERE id = 1");
    ck_assert_rows(2, "");
}
END_TEST

START_TEST(a_forest_without_names)
{
    scan(0, (struct account[]){{0}});
    scan(1, (struct account[]){HOLDER("b", "[\"x/one.test\"]"), {0}});
    ck_assert_rows(2, "");
}
END_TEST

Suite *suite_store_across(void);
Suite *suite_store_across(void)
{
    Suite *s = suite_create("store_across");
    TCase *t = tcase_create("across");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, one_host_in_two_forests);
    tcase_add_test(t, short_names_are_looked_for_at_home);
    tcase_add_test(t, what_every_forest_has);
    tcase_add_test(t, beside_what_every_forest_has);
    tcase_add_test(t, the_disabled_one_should_go);
    tcase_add_test(t, all_holders_of_three_forests);
    tcase_add_test(t, one_dc_is_enough);
    tcase_add_test(t, it_moved_to_the_other_forest);
    tcase_add_test(t, the_strings_decide);
    tcase_add_test(t, a_forest_without_names);
    suite_add_tcase(s, t);
    return s;
}
