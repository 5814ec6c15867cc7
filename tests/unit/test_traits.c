/* What is said of the texts of an account, beside what SQL says of them. */
#include <check.h>
#include <sqlite3.h>
#include <string.h>

#include "store/traits.h"
#include "tests/unit/store_case.h"

static struct text_buf text;

/* uac below 0: hidden. */
static int by_sql(const char *dn, const char *sam, const char *upn, int64_t uac)
{
    sqlite3 *db;
    sqlite3_stmt *stmt;
    ck_assert_int_eq(sqlite3_open(":memory:", &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(db,
                                        "SELECT (?1 LIKE '%\\0ACNF:%') + coalesce(?2 NOT LIKE '%$' AND NOT "
                                        "coalesce(?4 & 0x200202, 0), 0) * 2 + "
                                        "coalesce(?3 <> '' AND instr(?3, '@') = 0, 0) * 4",
                                        -1, &stmt, NULL),
                     SQLITE_OK);
    ck_assert_int_eq(sqlite3_bind_text(stmt, 1, dn, -1, SQLITE_STATIC), SQLITE_OK);
    ck_assert_int_eq(sqlite3_bind_text(stmt, 2, sam, -1, SQLITE_STATIC), SQLITE_OK);
    ck_assert_int_eq(sqlite3_bind_text(stmt, 3, upn, -1, SQLITE_STATIC), SQLITE_OK);
    if (uac >= 0)
        ck_assert_int_eq(sqlite3_bind_int64(stmt, 4, uac), SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(stmt), SQLITE_ROW);
    int traits = sqlite3_column_int(stmt, 0);
    ck_assert_int_eq(sqlite3_finalize(stmt), SQLITE_OK);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
    return traits;
}

static void check_traits(const char *dn, const char *sam, const char *upn, int64_t uac, int want)
{
    text_clear(&text);
    text_append_str(&text, "@$\\0ACNF:"); /* of others, before and behind */
    struct account_state account = {.dn = case_put(&text, dn),
                                    .sam = case_put(&text, sam),
                                    .upn = case_put(&text, upn),
                                    .has_uac = uac >= 0,
                                    .uac = uac < 0 ? 0 : (uint32_t)uac};
    text_append_str(&text, "@$\\0ACNF:");
    ck_assert_int_eq(account_traits(&account, &text), want);
    ck_assert_int_eq(by_sql(dn, sam, upn, uac), want);
}

START_TEST(traits_are_what_sql_says_of_the_texts)
{
    check_traits("CN=web,DC=x", "WEB$", "web@x", 0x1000, 0);
    check_traits("CN=web\\0ACNF:6f1c0a52,DC=x", "WEB$", NULL, 0x1000, TRAIT_CONFLICT);
    check_traits("CN=web\\0acnf:6f1c0a52,DC=x", NULL, NULL, 0x1000, TRAIT_CONFLICT);
    check_traits("CN=a\\, b\\0\\0ACNF:", "$", "@", 0x1000, TRAIT_CONFLICT);
    check_traits("CN=a\\0ACNF", "a$", "", 0x1000, 0);
    check_traits("CN=CNF:1,DC=x\\", "$a", "x@", 0x1000, TRAIT_USER);
    check_traits("", "", "bare", 0x1000, TRAIT_USER | TRAIT_BARE_UPN);
    check_traits("CN=x", "svc", "svc@x", 0x200, 0);
    check_traits("CN=x", "svc", NULL, 0x10002, 0);
    check_traits("CN=x", "svc", NULL, -1, TRAIT_USER);
    check_traits("CN=x", "SVC$", NULL, -1, 0);
    check_traits("\\0ACNF:", "svc", "x", 0x1000, TRAIT_CONFLICT | TRAIT_USER | TRAIT_BARE_UPN);
}
END_TEST

Suite *suite_traits(void);
Suite *suite_traits(void)
{
    Suite *suite = suite_create("traits");
    TCase *tcase = tcase_create("traits");
    tcase_add_test(tcase, traits_are_what_sql_says_of_the_texts);
    suite_add_tcase(suite, tcase);
    return suite;
}
