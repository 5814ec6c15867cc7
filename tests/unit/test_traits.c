/* What is said of the texts of an account, beside what SQL says of them. */
#include <check.h>
#include <sqlite3.h>
#include <string.h>

#include "store/traits.h"

static struct text_buf text;

static struct text_ref put(const char *value)
{
    struct text_ref ref = {.off = NO_TEXT};
    if (value) {
        ref.off = (uint32_t)text.len;
        ref.len = (uint32_t)strlen(value);
        text_append_str(&text, value);
    }
    return ref;
}

static int by_sql(const char *dn, const char *sam, const char *upn)
{
    sqlite3 *db;
    sqlite3_stmt *stmt;
    ck_assert_int_eq(sqlite3_open(":memory:", &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(db,
                                        "SELECT (?1 LIKE '%\\0ACNF:%') + coalesce(?2 NOT LIKE '%$', 0) * 2 + "
                                        "coalesce(?3 <> '' AND instr(?3, '@') = 0, 0) * 4",
                                        -1, &stmt, NULL),
                     SQLITE_OK);
    ck_assert_int_eq(sqlite3_bind_text(stmt, 1, dn, -1, SQLITE_STATIC), SQLITE_OK);
    ck_assert_int_eq(sqlite3_bind_text(stmt, 2, sam, -1, SQLITE_STATIC), SQLITE_OK);
    ck_assert_int_eq(sqlite3_bind_text(stmt, 3, upn, -1, SQLITE_STATIC), SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(stmt), SQLITE_ROW);
    int traits = sqlite3_column_int(stmt, 0);
    ck_assert_int_eq(sqlite3_finalize(stmt), SQLITE_OK);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
    return traits;
}

static void check_traits(const char *dn, const char *sam, const char *upn, int want)
{
    text_clear(&text);
    text_append_str(&text, "@$\\0ACNF:"); /* of others, before and behind */
    struct account_state account = {.dn = put(dn), .sam = put(sam), .upn = put(upn)};
    text_append_str(&text, "@$\\0ACNF:");
    ck_assert_int_eq(account_traits(&account, &text), want);
    ck_assert_int_eq(by_sql(dn, sam, upn), want);
}

START_TEST(traits_are_what_sql_says_of_the_texts)
{
    check_traits("CN=web,DC=x", "WEB$", "web@x", 0);
    check_traits("CN=web\\0ACNF:6f1c0a52,DC=x", "WEB$", NULL, TRAIT_CONFLICT);
    check_traits("CN=web\\0acnf:6f1c0a52,DC=x", NULL, NULL, TRAIT_CONFLICT);
    check_traits("CN=a\\, b\\0\\0ACNF:", "$", "@", TRAIT_CONFLICT);
    check_traits("CN=a\\0ACNF", "a$", "", 0);
    check_traits("CN=CNF:1,DC=x\\", "$a", "x@", TRAIT_USER);
    check_traits("", "", "bare", TRAIT_USER | TRAIT_BARE_UPN);
    check_traits("\\0ACNF:", "svc", "x", TRAIT_CONFLICT | TRAIT_USER | TRAIT_BARE_UPN);
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
