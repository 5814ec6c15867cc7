#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "spnscan/text_buf.h"

Suite *suite_text_buf(void);

START_TEST(is_terminated_after_the_first_append)
{
    struct text_buf b = {0};
    text_append(&b, NULL, 0);
    ck_assert_ptr_nonnull(b.data);
    ck_assert_str_eq(b.data, "");
    ck_assert_uint_eq(b.len, 0);
    text_release(&b);
    text_release(&b);
    ck_assert_ptr_null(b.data);
}
END_TEST

START_TEST(grows_through_every_length)
{
    struct text_buf b = {0};
    for (size_t i = 0; i < 5000; i++) {
        text_append_char(&b, (char)('a' + i % 26));
        ck_assert_uint_eq(b.len, i + 1);
        ck_assert_uint_lt(b.len, b.size);
        ck_assert_int_eq(b.data[b.len], 0);
    }
    for (size_t i = 0; i < 5000; i++)
        ck_assert_int_eq(b.data[i], (char)('a' + i % 26));
    text_release(&b);
}
END_TEST

START_TEST(keeps_nuls)
{
    struct text_buf b = {0};
    text_append(&b, "a\0b", 3);
    text_append_str(&b, "c");
    ck_assert_uint_eq(b.len, 4);
    ck_assert_mem_eq(b.data, "a\0bc", 5);
    text_release(&b);
}
END_TEST

START_TEST(formats_whatever_the_length)
{
    struct text_buf b = {0};
    char word[300];
    for (size_t len = 0; len < sizeof word; len++) {
        memset(word, 'w', len);
        word[len] = 0;
        text_clear(&b);
        text_append_fmt(&b, "<%s>%d", word, 7);
        ck_assert_uint_eq(b.len, len + 3);
        ck_assert_int_eq(b.data[len + 1], '>');
        ck_assert_int_eq(b.data[b.len], 0);
    }
    text_release(&b);
    for (size_t len = 0; len < sizeof word; len++) { /* and into a fresh buffer */
        memset(word, 'w', len);
        word[len] = 0;
        text_append_fmt(&b, "%s", word);
        ck_assert_str_eq(b.data, word);
        text_release(&b);
    }
}
END_TEST

START_TEST(clear_keeps_memory)
{
    struct text_buf b = {0};
    text_clear(&b);
    text_append_str(&b, "something");
    char *data = b.data;
    text_clear(&b);
    ck_assert_uint_eq(b.len, 0);
    ck_assert_str_eq(b.data, "");
    text_append_str(&b, "other");
    ck_assert_ptr_eq(b.data, data);
    text_release(&b);
}
END_TEST

static void check_json(const char *in, size_t len, const char *want)
{
    struct text_buf b = {0};
    text_append_json(&b, in, len);
    ck_assert_str_eq(b.data, want);
    ck_assert_uint_eq(b.len, strlen(want));
    text_release(&b);
}

START_TEST(escapes_json)
{
    check_json("", 0, "\"\"");
    check_json("HTTP/web.corp.test", 18, "\"HTTP/web.corp.test\"");
    check_json("a\"b\\c/", 6, "\"a\\\"b\\\\c/\"");
    check_json("\n\r\t\0\x1f", 5, "\"\\n\\r\\t\\u0000\\u001f\"");
    check_json("\"", 1, "\"\\\"\"");
    check_json("b\xc3\xbcro\x7f", 6, "\"b\xc3\xbcro\x7f\"");
}
END_TEST

START_TEST(grow_doubles_and_keeps)
{
    size_t capacity = 0;
    uint32_t *a = NULL;
    for (uint32_t i = 0; i < 1000; i++) {
        a = xgrow(a, &capacity, i + 1, sizeof *a);
        ck_assert_uint_ge(capacity, i + 1);
        a[i] = i;
    }
    ck_assert_uint_le(capacity, 1024);
    for (uint32_t i = 0; i < 1000; i++)
        ck_assert_uint_eq(a[i], i);
    ck_assert_ptr_eq(xgrow(a, &capacity, 10, sizeof *a), a);
    free(a);
}
END_TEST

START_TEST(allocators_never_return_null)
{
    char *copy = xstrdup("");
    void *nothing = xmalloc(0), *zero = xcalloc(0, 8), *moved = xrealloc(NULL, 0);
    ck_assert_str_eq(copy, "");
    ck_assert_ptr_nonnull(nothing);
    ck_assert_ptr_nonnull(zero);
    ck_assert_ptr_nonnull(moved);
    unsigned char *cleared = xcalloc(100, 3);
    for (int i = 0; i < 300; i++)
        ck_assert_uint_eq(cleared[i], 0);
    free(copy);
    free(nothing);
    free(zero);
    free(moved);
    free(cleared);
}
END_TEST

/* Sizes whose product does not fit end the program; they never become a small allocation. */
START_TEST(grow_refuses_overflow)
{
    size_t capacity = 0;
    free(xgrow(NULL, &capacity, SIZE_MAX / 2, 16));
}
END_TEST

START_TEST(calloc_refuses_overflow)
{
    volatile size_t count = SIZE_MAX / 4; /* volatile: the compiler would warn of it */
    free(xcalloc(count, 8));
}
END_TEST

START_TEST(append_refuses_overflow)
{
    struct text_buf b = {0};
    text_append_str(&b, "x");
    text_append(&b, "y", SIZE_MAX - 1);
}
END_TEST

Suite *suite_text_buf(void)
{
    Suite *s = suite_create("text_buf");
    TCase *tc = tcase_create("text_buf");
    tcase_add_test(tc, is_terminated_after_the_first_append);
    tcase_add_test(tc, grows_through_every_length);
    tcase_add_test(tc, keeps_nuls);
    tcase_add_test(tc, formats_whatever_the_length);
    tcase_add_test(tc, clear_keeps_memory);
    tcase_add_test(tc, escapes_json);
    tcase_add_test(tc, grow_doubles_and_keeps);
    tcase_add_test(tc, allocators_never_return_null);
    const char *fork = getenv("CK_FORK");
    if (!fork || strcmp(fork, "no") != 0) { /* these end their process */
        tcase_add_exit_test(tc, grow_refuses_overflow, 3);
        tcase_add_exit_test(tc, calloc_refuses_overflow, 3);
        tcase_add_exit_test(tc, append_refuses_overflow, 3);
    }
    suite_add_tcase(s, tc);
    return s;
}
