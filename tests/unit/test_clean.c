#include <check.h>

#include "scanner/decode/clean.h"
#include "tests/unit/make_entry.h"

Suite *suite_clean(void);

static void check_clean(struct bytes raw, const char *want)
{
    struct text_buf b = {0};
    clean_append(&b, raw);
    ck_assert_str_eq(b.data, want);
    ck_assert_uint_eq(b.len, strlen(want));
    text_release(&b);
}

START_TEST(leaves_clean_text_alone)
{
    check_clean((struct bytes){NULL, 0}, "");
    check_clean(B("MSSQLSvc/sql.corp.test:1433"), "MSSQLSvc/sql.corp.test:1433");
    check_clean(B("CN=a\\,b"), "CN=a\\,b");
    check_clean(B("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"), "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80");
}
END_TEST

START_TEST(shows_controls)
{
    check_clean(B("a\0b"), "a\\00b");
    check_clean(B("\x1b[31m"), "\\1b[31m");
    check_clean(B("\t\r\n\x7f"), "\\09\\0d\\0a\\7f");
    check_clean(B("\xc2\x80\xc2\x9f\xc2\xa0"), "\\c2\\80\\c2\\9f\xc2\xa0"); /* C1, then a no-break space */
}
END_TEST

START_TEST(shows_bidi_and_line_separators)
{
    check_clean(B("\xe2\x80\xaegpj"), "\\e2\\80\\aegpj");                   /* U+202E */
    check_clean(B("\xe2\x81\xa6\xe2\x81\xa9"), "\\e2\\81\\a6\\e2\\81\\a9"); /* U+2066, U+2069 */
    check_clean(B("\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c"),
                "\\e2\\80\\8e\\e2\\80\\8f\\d8\\9c");                        /* U+200E, 200F, 061C */
    check_clean(B("\xe2\x80\xa8\xe2\x80\xa9"), "\\e2\\80\\a8\\e2\\80\\a9"); /* U+2028, U+2029 */
}
END_TEST

START_TEST(keeps_the_invisible_but_harmless)
{
    check_clean(B("a\xe2\x80\x8b\xe2\x80\x8d\xef\xbb\xbf"
                  "b"),
                "a\xe2\x80\x8b\xe2\x80\x8d\xef\xbb\xbf"
                "b");
    check_clean(B("\xf3\xa0\x81\x81\xee\x85\x94"), "\xf3\xa0\x81\x81\xee\x85\x94"); /* a tag, a private one */
}
END_TEST

START_TEST(shows_broken_utf8)
{
    check_clean(B("\x80"
                  "a\xff"),
                "\\80a\\ff");
    check_clean(B("\xc0\xaf"), "\\c0\\af");                 /* overlong */
    check_clean(B("\xe0\x80\xaf"), "\\e0\\80\\af");         /* overlong */
    check_clean(B("\xed\xa0\x80"), "\\ed\\a0\\80");         /* surrogate */
    check_clean(B("\xf4\x90\x80\x80"), "\\f4\\90\\80\\80"); /* past U+10FFFF */
    check_clean(B("\xe2\x82"), "\\e2\\82");                 /* cut off */
    check_clean(B("\xe2\x82x"), "\\e2\\82x");
    check_clean(B("\xe2\xe2\x82\xac"), "\\e2\xe2\x82\xac"); /* and in step again at once */
}
END_TEST

START_TEST(appends)
{
    struct text_buf b = {0};
    text_append_str(&b, "<");
    clean_append(&b, B("a\x01"));
    clean_append(&b, B("b"));
    ck_assert_str_eq(b.data, "<a\\01b");
    text_release(&b);
}
END_TEST

START_TEST(twice_is_once)
{
    for (unsigned first = 0; first < 256; first++)
        for (unsigned second = 0; second < 256; second++) {
            uint8_t raw[4] = {(uint8_t)first, (uint8_t)second, 0x80, 'x'};
            struct text_buf once = {0}, twice = {0};
            clean_append(&once, (struct bytes){raw, 4});
            clean_append(&twice, (struct bytes){(const uint8_t *)once.data, once.len});
            ck_assert_str_eq(once.data, twice.data);
            for (size_t i = 0; i < once.len; i++)
                ck_assert((uint8_t)once.data[i] >= 0x20 && once.data[i] != 0x7f);
            text_release(&once);
            text_release(&twice);
        }
}
END_TEST

Suite *suite_clean(void)
{
    Suite *s = suite_create("clean");
    TCase *tc = tcase_create("clean");
    tcase_add_test(tc, leaves_clean_text_alone);
    tcase_add_test(tc, shows_controls);
    tcase_add_test(tc, shows_bidi_and_line_separators);
    tcase_add_test(tc, keeps_the_invisible_but_harmless);
    tcase_add_test(tc, shows_broken_utf8);
    tcase_add_test(tc, appends);
    tcase_add_test(tc, twice_is_once);
    suite_add_tcase(s, tc);
    return s;
}
