/* Sets of SPNs and texts of accounts told by a template: the name that is taken out, and that what is read
 * back is what was written. */
#include <stdlib.h>

#include "store/template.h"
#include "tests/unit/store_case.h"

static struct store_case c;

static void setup(void)
{
    case_make(&c);
    case_begin(&c);
}

static void teardown(void)
{
    case_free(&c);
}

static const struct {
    const char *json, *name, *text;
} splits[] = {
    {"[\"HOST/WS1\",\"HOST/ws1.corp.test\",\"TERMSRV/WS1\"]", "WS1",
     "[\"HOST/\1\",\"HOST/\2.corp.test\",\"TERMSRV/\1\"]"},
    {"[\"http/a-b_9.corp.test:8080/x\"]", "a-b_9", "[\"http/\1.corp.test:8080/x\"]"},
    {"[\"http/ws1\",\"x/WS1\"]", "ws1", "[\"http/\1\",\"x/WS1\"]"},
    /* A whole label alone, and only behind a slash. */
    {"[\"a/ws\",\"a/ws1\",\"ws/b\",\"a/b.ws\",\"a/ws:1/ws\"]", "ws",
     "[\"a/\1\",\"a/ws1\",\"ws/b\",\"a/b.ws\",\"a/\1:1/\1\"]"},
    {"[\"bare\",\"a//\",\"b/cd\"]", "", ""},
    {"[\"bare\",\"b/cd\"]", "cd", "[\"bare\",\"b/\1\"]"},
    {"[\"a/x\"]", "", ""},
    {"[\"a/w s1\"]", "", ""},
    {"[\"a/\\\\41b\"]", "", ""},
    {"[\"a/w\xC3\xB6rk\"]", "", ""},
    {"[\"a/ws1", "", ""},
    {"[\"kadmin/changepw\"]", "changepw", "[\"kadmin/\1\"]"},
    {"[\"a/123456789012345678901234567890123456789012345678901234567890123\"]",
     "123456789012345678901234567890123456789012345678901234567890123", "[\"a/\1\"]"},
    {"[\"a/1234567890123456789012345678901234567890123456789012345678901234\"]", "", ""},
    {"[]", "", ""},
    {"", "", ""},
};

START_TEST(the_name_of_the_first_host_is_left_open)
{
    struct text_buf text = {0};
    struct bytes name = spn_template_split(bytes_of(splits[_i].json), &text);
    ck_assert_str_eq(text.data ? text.data : "", splits[_i].text);
    ck_assert_uint_eq(name.len, strlen(splits[_i].name));
    ck_assert_int_eq(name.len && memcmp(name.data, splits[_i].name, name.len), 0);
    text_release(&text);
}
END_TEST

START_TEST(what_is_read_back_is_what_was_written)
{
    struct text_buf want = {0};
    int64_t written = 0;
    case_object(&c, 1, 1, 0);
    for (size_t i = 0; i < sizeof splits / sizeof splits[0]; i++) {
        const char *json = splits[i].json;
        if (!*json || json[strlen(json) - 1] != ']')
            continue;
        for (int twice = 0; twice < 2; twice++) {
            case_spns(&c, ++written, 1, json);
            text_append_fmt(&want, "%s%s", want.len ? ";" : "", json);
        }
    }
    case_end_bulk(&c);
    case_abandon(&c);
    ck_assert_sql(&c, "SELECT spns FROM spn_state WHERE id > 0 ORDER BY id", want.data);
    ck_assert_sql(&c, "SELECT count(*), count(template), sum(text LIKE '[%') FROM spn_set WHERE id > 0",
                  "28 7 21");
    text_release(&want);
}
END_TEST

static enum spn_code emit_nothing(void *ctx, struct store *store, struct spn_error *reterr)
{
    (void)ctx;
    (void)store;
    (void)reterr;
    return SPN_OK;
}

START_TEST(those_that_differ_in_the_name_share_one_also_of_a_scan_before)
{
    case_object(&c, 1, 1, 0);
    case_spns(&c, 1, 1, "[\"a/one\",\"b/one.test\"]");
    case_spns(&c, 2, 1, "[\"a/TWO\",\"b/TWO.test\"]");
    case_end_bulk(&c);
    case_finish(&c, true, emit_nothing, NULL);
    case_abandon(&c);
    case_begin(&c);
    case_object(&c, 2, 2, 0);
    case_spns(&c, 3, 2, "[\"a/three\",\"b/three.test\"]");
    case_spns(&c, 4, 2, "[\"a/three\"]");
    case_spns(&c, 5, 2, "[\"a/four\"]");
    case_end_bulk(&c);
    case_abandon(&c);
    ck_assert_sql(&c, "SELECT id, template, text FROM spn_set WHERE id > 0 ORDER BY id",
                  "1 - [\"a/one\",\"b/one.test\"];2 1 TWO;3 1 three;4 - [\"a/three\"];5 2 four");
}
END_TEST

/* ---- accounts ---- */

/* NULL: absent. text NULL: there is no template. */
static const struct {
    const char *sam, *dns_host, *upn, *sid, *text;
    int64_t rid;
} accounts[] = {
    {"WS1$", "ws1.corp.test", NULL, "S-1-5-21-1-2-3-1104", "[\"\2.corp.test\",null,\"S-1-5-21-1-2-3-\"]",
     1104},
    {"WS1$", "WS1.corp.test", NULL, NULL, "[\"\1.corp.test\",null,null]", NO_RID},
    {"svc", NULL, "svc@corp.test", "S-1-5-7", "[null,\"\1@corp.test\",\"S-1-5-\"]", 7},
    {"svc", NULL, NULL, "S-1-5-0", "[null,null,\"S-1-5-\"]", 0},
    {"w\xC3\xB6rk$$", "w\xC3\xB6rk", NULL, "S-1-5-21-4294967295", "[\"\1\",null,\"S-1-5-21-\"]", 4294967295},
    /* Another name, in another case, or none to begin with. */
    {"WS1$", "other.corp.test", NULL, "S-1-5-21-1", NULL, 0},
    {"WS1$", "wS1.corp.test", NULL, "S-1-5-21-1", NULL, 0},
    {"WS1$", "ws", NULL, "S-1-5-21-1", NULL, 0},
    {"WS1$", "", NULL, "S-1-5-21-1", NULL, 0},
    {"svc", NULL, "other@corp.test", "S-1-5-21-1", NULL, 0},
    {NULL, "a", NULL, "S-1-5-21-1", NULL, 0},
    {"$", NULL, NULL, "S-1-5-21-1", NULL, 0},
    {"", NULL, NULL, "S-1-5-21-1", NULL, 0},
    /* What JSON writes otherwise than it is. */
    {"a\"b", NULL, NULL, "S-1-5-21-1", NULL, 0},
    {"a\\b", NULL, NULL, "S-1-5-21-1", NULL, 0},
    {"svc", NULL, "svc\"@corp.test", "S-1-5-21-1", NULL, 0},
    /* No RID that is a number written as numbers are. */
    {"svc", NULL, NULL, "", NULL, 0},
    {"svc", NULL, NULL, "1", NULL, 0},
    {"svc", NULL, NULL, "S-1-5-", NULL, 0},
    {"svc", NULL, NULL, "S-1-5-012", NULL, 0},
    {"svc", NULL, NULL, "S-1-5-4294967296", NULL, 0},
    {"svc", NULL, NULL, "S-1-5-99999999999999999999999", NULL, 0},
};

#define ACCOUNTS (sizeof accounts / sizeof accounts[0])

START_TEST(the_name_and_rid_of_an_account_are_left_open)
{
    struct text_buf text = {0}, got = {0};
    int64_t rid = NO_RID;
    text_append_str(&got, "before");
    const struct account_state account = {.sam = case_put(&text, accounts[_i].sam),
                                          .dns_host = case_put(&text, accounts[_i].dns_host),
                                          .upn = case_put(&text, accounts[_i].upn),
                                          .sid = case_put(&text, accounts[_i].sid)};
    ck_assert_int_eq(account_template_split(&account, &text, &got, &rid), accounts[_i].text != NULL);
    ck_assert_str_eq(got.data + strlen("before"), accounts[_i].text ? accounts[_i].text : "");
    if (accounts[_i].text)
        ck_assert_int_eq(rid, accounts[_i].rid);
    text_release(&got);
    text_release(&text);
}
END_TEST

START_TEST(the_texts_of_an_account_are_read_back_as_they_were)
{
    case_object(&c, 1, 1, 0);
    for (size_t i = 0; i < ACCOUNTS * 2; i++)
        case_texts(&c, (int64_t)i + 1, 1, accounts[i / 2].sam, accounts[i / 2].dns_host, accounts[i / 2].upn,
                   accounts[i / 2].sid);
    case_end_bulk(&c);
    case_abandon(&c);
    for (size_t i = 0; i < ACCOUNTS * 2; i++) {
        struct text_buf sql = {0};
        const char *want[] = {accounts[i / 2].dns_host, accounts[i / 2].upn, accounts[i / 2].sid};
        text_append_fmt(&sql,
                        "SELECT coalesce(dns_host, '-'), coalesce(upn, '-'), coalesce(sid, '-') FROM "
                        "account_state WHERE id = %zu",
                        i + 1);
        char *got = case_sql(&c, sql.data);
        text_clear(&sql);
        for (int column = 0; column < 3; column++)
            text_append_fmt(&sql, "%s%s", column ? " " : "", want[column] ? want[column] : "-");
        ck_assert_str_eq(got, sql.data);
        free(got);
        text_release(&sql);
    }
    ck_assert_sql(&c, "SELECT count(template) FROM account_fact", "5");
}
END_TEST

START_TEST(there_are_not_more_than_so_many)
{
    struct templates *t = templates_new();
    struct templated told;
    struct text_buf text = {0};
    struct spn_state spns = {.spns = {0, 0}};
    case_end_bulk(&c);
    case_abandon(&c);
    case_begin(&c);
    ok(&c, db_exec(c.store, "BEGIN", "write", &c.error));
    for (int i = 0; i < (MAX_TEMPLATES + 2) * 2; i++) {
        const int n = i / 2;
        text_clear(&text);
        text_append_fmt(&text, "[\"a/ws%d:%d\"]", i, n);
        spns.spns.len = (uint32_t)text.len;
        ok(&c, templates_tell(t, c.store, &spns, &text, &told, &c.error));
        ck_assert_int_eq(told.id, i % 2 && n < MAX_TEMPLATES ? n + 1 : 0);
        ck_assert_uint_eq(told.name.len, told.id ? strcspn(text.data + 4, ":") : text.len);
    }
    text_clear(&text);
    text_append_str(&text, "[\"a/x9:77\"]");
    spns.spns.len = (uint32_t)text.len;
    ok(&c, templates_tell(t, c.store, &spns, &text, &told, &c.error));
    ck_assert_int_eq(told.id, 78);
    text_release(&text);
    templates_free(t);
    ok(&c, db_exec(c.store, "ROLLBACK", "write", &c.error));
}
END_TEST

Suite *suite_template(void);
Suite *suite_template(void)
{
    Suite *suite = suite_create("template");
    TCase *tc = tcase_create("all");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, the_name_of_the_first_host_is_left_open, 0, sizeof splits / sizeof splits[0]);
    tcase_add_test(tc, what_is_read_back_is_what_was_written);
    tcase_add_test(tc, those_that_differ_in_the_name_share_one_also_of_a_scan_before);
    tcase_add_loop_test(tc, the_name_and_rid_of_an_account_are_left_open, 0, ACCOUNTS);
    tcase_add_test(tc, the_texts_of_an_account_are_read_back_as_they_were);
    tcase_add_test(tc, there_are_not_more_than_so_many);
    suite_add_tcase(suite, tc);
    return suite;
}
