#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "store/report/csv.h"

Suite *suite_csv(void);

static char *out;
static size_t out_len;
static struct csv csv;

static void begin(void)
{
    csv = (struct csv){.out = open_memstream(&out, &out_len)};
    ck_assert_ptr_nonnull(csv.out);
}

static void end(const char *want)
{
    ck_assert(!csv.failed);
    fclose(csv.out);
    ck_assert_str_eq(out, want);
    ck_assert_uint_eq(out_len, strlen(want));
    free(out);
}

static void check_cell(const char *text, const char *want)
{
    begin();
    csv_text(&csv, text, strlen(text));
    end(want);
}

START_TEST(writes_rows)
{
    begin();
    csv_text(&csv, "dc", 2);
    csv_text(&csv, "lag", 3);
    csv_text(&csv, "note", 4);
    csv_end_row(&csv);
    csv_text(&csv, "dc1", 3);
    csv_int(&csv, -5);
    csv_null(&csv);
    csv_end_row(&csv);
    csv_null(&csv);
    csv_int(&csv, INT64_MIN);
    csv_text(&csv, "", 0);
    csv_end_row(&csv);
    end("dc,lag,note\r\ndc1,-5,\r\n,-9223372036854775808,\"\"\r\n");
}
END_TEST

START_TEST(counts_columns)
{
    begin();
    csv_null(&csv);
    csv_int(&csv, 1);
    ck_assert_uint_eq(csv.column, 2);
    csv_end_row(&csv);
    ck_assert_uint_eq(csv.column, 0);
    end(",1\r\n");
}
END_TEST

START_TEST(quotes_where_it_must)
{
    check_cell("plain", "plain");
    check_cell("a,b", "\"a,b\"");
    check_cell("a;b", "\"a;b\"");
    check_cell("say \"hi\"", "\"say \"\"hi\"\"\"");
    check_cell("\"", "\"\"\"\"");
    check_cell("\"\"x\"\"", "\"\"\"\"\"x\"\"\"\"\"");
    check_cell("a\nb", "\"a\nb\"");
    check_cell("a\rb", "\"a\rb\"");
    check_cell("a\tb", "\"a\tb\"");
    check_cell(" a", "\" a\"");
    check_cell("a ", "\"a \"");
    check_cell("a b", "a b");
    check_cell("HTTP/b\xc3\xbcro", "HTTP/b\xc3\xbcro");
}
END_TEST

START_TEST(keeps_nuls_and_lengths)
{
    begin();
    csv_text(&csv, "a\0b", 3);
    csv_text(&csv, "xyz", 1);
    csv_text(&csv, NULL, 0);
    fclose(csv.out);
    ck_assert_uint_eq(out_len, 10);
    ck_assert_mem_eq(out, "\"a\0b\",x,\"\"", 10);
    free(out);
}
END_TEST

START_TEST(defuses_formulas)
{
    check_cell("=1+1", "'=1+1");
    check_cell("+1", "'+1");
    check_cell("-1", "'-1");
    check_cell("@SUM(A1)", "'@SUM(A1)");
    check_cell("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"");
    check_cell("\t=1", "\"'\t=1\"");
    check_cell("\rx", "\"'\rx\"");
    check_cell("\nx", "\"'\nx\"");
    check_cell("=", "'=");
}
END_TEST

START_TEST(defuses_behind_blanks_and_in_full_width)
{
    check_cell("  =1", "\"'  =1\"");
    check_cell(" \t", "\"' \t\"");
    check_cell("\xef\xbc\x9d"
               "1",
               "'\xef\xbc\x9d"
               "1");
    check_cell("\xef\xbc\x8b", "'\xef\xbc\x8b");
    check_cell("\xef\xbc\x8d", "'\xef\xbc\x8d");
    check_cell("\xef\xbc\xa0", "'\xef\xbc\xa0");
    check_cell(" \xef\xbc\x9d", "\"' \xef\xbc\x9d\"");
    check_cell("\xc2\xa0=1", "'\xc2\xa0=1");
    check_cell("\xe3\x80\x80=1", "'\xe3\x80\x80=1");
    check_cell("\xe2\x80\x8b\xef\xbb\xbf=1", "'\xe2\x80\x8b\xef\xbb\xbf=1");
}
END_TEST

START_TEST(leaves_other_text_alone)
{
    check_cell("a=b", "a=b");
    check_cell("HTTP/web-1:80", "HTTP/web-1:80");
    check_cell("CN=x", "CN=x");
    check_cell(" ", "\" \"");
    check_cell("\xef\xbc", "\xef\xbc"); /* half a character is none */
    check_cell("'=1", "'=1");
}
END_TEST

START_TEST(writes_reals)
{
    begin();
    csv_real(&csv, -0.25);
    csv_real(&csv, 0.1 + 0.2);
    csv_real(&csv, 3);
    csv_real(&csv, NAN);
    csv_real(&csv, INFINITY);
    csv_real(&csv, 1e300);
    csv_end_row(&csv);
    end("-0.25,0.3,3,,,1e+300\r\n");
}
END_TEST

START_TEST(write_errors_stick)
{
    FILE *full = fopen("/dev/full", "w");
    ck_assert_ptr_nonnull(full);
    setvbuf(full, NULL, _IONBF, 0);
    struct csv c = {.out = full};
    csv_text(&c, "x", 1);
    ck_assert(c.failed);
    clearerr(full);
    csv_int(&c, 1);
    csv_end_row(&c);
    ck_assert(c.failed);
    ck_assert(!ferror(full)); /* nothing more was tried */
    fclose(full);
}
END_TEST

Suite *suite_csv(void)
{
    Suite *s = suite_create("csv");
    TCase *tc = tcase_create("csv");
    tcase_add_test(tc, writes_rows);
    tcase_add_test(tc, counts_columns);
    tcase_add_test(tc, quotes_where_it_must);
    tcase_add_test(tc, keeps_nuls_and_lengths);
    tcase_add_test(tc, defuses_formulas);
    tcase_add_test(tc, defuses_behind_blanks_and_in_full_width);
    tcase_add_test(tc, leaves_other_text_alone);
    tcase_add_test(tc, writes_reals);
    tcase_add_test(tc, write_errors_stick);
    suite_add_tcase(s, tc);
    return s;
}
