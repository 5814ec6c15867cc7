/* Who has the SIDs that may act by resource-based delegation: found in what the writer has noted of a first
 * scan, and by a pass over the accounts, it is the same. */
#include <stdlib.h>

#include "store/view.h"
#include "tests/unit/store_case.h"

static struct store_case c;

static void setup(void)
{
    case_make(&c);
}

static void teardown(void)
{
    case_free(&c);
}

enum { ACCOUNTS = 9 };

static enum spn_code emit(void *ctx, struct store *store, struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    (void)ctx;
    for (int64_t id = 1; code == SPN_OK && id <= ACCOUNTS; id++) {
        const struct consensus_row row = {
            .object = id, .guid = case_guid((uint32_t)id), .shown = true, .state = {0, id, id == 1 ? 1 : 0}};
        code = store_put_consensus(store, &row, reterr);
    }
    return code;
}

/* 2 and 3 make a template, by which 4 and 5 are told; 6 and 7 are told by none, and 8 has no SID. */
static void scan_first(void)
{
    case_begin(&c);
    case_texts(&c, 1, 1, "resource", NULL, NULL, "S-1-5-21-1-1-1-1000");
    case_texts(&c, 2, 2, "a", NULL, "a@x", "S-1-5-21-1-1-1-1001");
    case_texts(&c, 3, 3, "b", NULL, "b@x", "S-1-5-21-1-1-1-1002");
    case_texts(&c, 4, 4, "c", NULL, "c@x", "S-1-5-21-1-1-1-1003");
    case_texts(&c, 5, 5, "d", NULL, "d@x", "S-1-5-21-1-1-1-1004");
    case_texts(&c, 6, 6, "e", NULL, "other", "S-1-5-21-2-2-2-1003");
    case_texts(&c, 7, 7, "f", NULL, "other", "S-1-5-21-2-2-2-4294967295");
    case_texts(&c, 8, 8, "g", NULL, "g@x", NULL);
    case_texts(&c, 9, 9, "h", NULL, NULL, "S-1-5");
    case_targets(&c, 1, 1, "[]",
                 "[\"S-1-5\",\"S-1-5-21-1-1-1-1003\",\"S-1-5-21-2-2-2-1003\",\"S-1-5-21-2-2-2-4294967295\","
                 "\"S-1-5-21-1-1-1-1002\",\"S-1-5-21-9-9-9-1004\"]");
    case_end_bulk(&c);
    case_finish(&c, true, emit, NULL);
}

static const char found_sql[] = "SELECT object, sid FROM trustee_account ORDER BY 1, 2";
static const char want[] = "3 S-1-5-21-1-1-1-1002;4 S-1-5-21-1-1-1-1003;6 S-1-5-21-2-2-2-1003;"
                           "7 S-1-5-21-2-2-2-4294967295;9 S-1-5";

START_TEST(a_first_scan_finds_them_in_what_it_wrote)
{
    scan_first();
    case_abandon(&c);
    ck_assert_sql(&c, found_sql, want);
    ck_assert_sql(&c, "SELECT count(template), count(*) FROM account_fact", "3 9");
    ck_assert_sql(&c, "SELECT count(*) FROM trustee_sid", "6");
}
END_TEST

static enum spn_code emit_resource(void *ctx, struct store *store, struct spn_error *reterr)
{
    const struct consensus_row row = {.object = 1, .shown = true, .state = {0, 1, *(int64_t *)ctx}};
    enum spn_code code = store_touch_object(store, 1, reterr);
    return code == SPN_OK ? store_put_consensus(store, &row, reterr) : code;
}

/* As where SIDs are met that no scan has looked for. */
START_TEST(a_pass_over_all_finds_the_same)
{
    int64_t two = 2;
    scan_first();
    case_abandon(&c);
    case_begin(&c);
    ok(&c, db_exec(c.store, "DELETE FROM trustee_sid; DELETE FROM trustee_account", "write", &c.error));
    case_targets(&c, 2, 1, "[]", "[\"S-1-5-21-1-1-1-1003\"]");
    case_end_bulk(&c);
    case_finish(&c, false, emit_resource, &two);
    case_abandon(&c);
    ck_assert_sql(&c, found_sql, want);
}
END_TEST

Suite *suite_trustees(void);
Suite *suite_trustees(void)
{
    Suite *suite = suite_create("trustees");
    TCase *tc = tcase_create("accounts");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_first_scan_finds_them_in_what_it_wrote);
    tcase_add_test(tc, a_pass_over_all_finds_the_same);
    suite_add_tcase(suite, tc);
    return suite;
}
