#include <check.h>

#include "scanner/decode/cursor.h"
#include "tests/unit/make_entry.h"

Suite *suite_cursor(void);

START_TEST(reads_little_endian)
{
    struct cursor c = cursor_over(B("\x01\x02\x03\x04\x05\x06\xff"));
    ck_assert_uint_eq(cursor_u16(&c), 0x0201);
    ck_assert_uint_eq(cursor_u32(&c), 0x06050403);
    ck_assert_uint_eq(cursor_left(&c), 1);
    ck_assert_uint_eq(cursor_u8(&c), 0xff);
    ck_assert(!c.failed);
    ck_assert_uint_eq(cursor_left(&c), 0);
}
END_TEST

START_TEST(error_sticks)
{
    struct cursor c = cursor_over(B("\x01\x02\x03"));
    ck_assert_uint_eq(cursor_u32(&c), 0);
    ck_assert(c.failed);
    ck_assert_uint_eq(cursor_u8(&c), 0);
    ck_assert_ptr_null(cursor_take(&c, 0));
    ck_assert(c.failed);
}
END_TEST

START_TEST(empty_is_no_fault_until_read)
{
    struct cursor c = cursor_over((struct bytes){NULL, 0});
    ck_assert(!c.failed);
    ck_assert_uint_eq(cursor_left(&c), 0);
    cursor_u8(&c);
    ck_assert(c.failed);
}
END_TEST

START_TEST(part_is_bounded)
{
    struct bytes whole = B("abcdef");
    struct cursor c = cursor_part(whole, 2, 3);
    ck_assert_uint_eq(cursor_left(&c), 3);
    ck_assert_mem_eq(cursor_take(&c, 3), "cde", 3);
    ck_assert_ptr_null(cursor_take(&c, 1));
    c = cursor_part(whole, 6, 0);
    ck_assert(!c.failed);
    c = cursor_part(whole, 7, 0);
    ck_assert(c.failed);
    c = cursor_part(whole, 4, 3);
    ck_assert(c.failed);
    c = cursor_part(whole, 2, SIZE_MAX);
    ck_assert(c.failed);
    c = cursor_part(whole, SIZE_MAX, 2);
    ck_assert(c.failed);
}
END_TEST

Suite *suite_cursor(void)
{
    Suite *s = suite_create("cursor");
    TCase *tc = tcase_create("cursor");
    tcase_add_test(tc, reads_little_endian);
    tcase_add_test(tc, error_sticks);
    tcase_add_test(tc, empty_is_no_fault_until_read);
    tcase_add_test(tc, part_is_bounded);
    suite_add_tcase(s, tc);
    return s;
}
