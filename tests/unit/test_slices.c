#include <check.h>

#include "scanner/run/slices.h"

START_TEST(parts_are_sized_to_a_page)
{
    ck_assert_uint_eq(slices_part_width(100000, 0.5, 1000), 1600); /* 800 entries, four fifths of a page */
    ck_assert_uint_eq(slices_part_width(100000, 0, 1000), 1000);   /* not known: as many USNs as always fit */
    ck_assert_uint_eq(slices_part_width(100000, 1, 1000), 1000);
}
END_TEST

START_TEST(parts_are_neither_too_many_nor_the_whole)
{
    ck_assert_uint_eq(slices_part_width(10240000, 0, 1000), 10000);
    ck_assert_uint_eq(slices_part_width(100000, 1e-9, 1000), 50000);
    ck_assert_uint_eq(slices_part_width(1500, 0, 1000), 750);
    ck_assert_uint_eq(slices_part_width(2, 0.5, 1000), 1);
    ck_assert_uint_ge(slices_part_width(UINT64_MAX, 0, 1000), 1);
}
END_TEST

Suite *suite_slices(void);
Suite *suite_slices(void)
{
    Suite *suite = suite_create("slices");
    TCase *tc = tcase_create("parts");
    tcase_add_test(tc, parts_are_sized_to_a_page);
    tcase_add_test(tc, parts_are_neither_too_many_nor_the_whole);
    suite_add_tcase(suite, tc);
    return suite;
}
