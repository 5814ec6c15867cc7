#include <check.h>
#include <stdbool.h>

#include "scanner/run/slices.h"

#define PAGE 1000

START_TEST(a_part_is_sized_to_a_page)
{
    struct gauge gauge = {0};
    ck_assert_uint_eq(gauge_width(&gauge, PAGE), UINT64_MAX); /* nothing known: as it comes */
    gauge.density = 0.5;
    ck_assert_uint_eq(gauge_width(&gauge, PAGE), 1600); /* 800 entries, four fifths of a page */
    gauge.density = 1;
    ck_assert_uint_eq(gauge_width(&gauge, PAGE), 1000); /* so many USNs always fit */
    gauge.density = 1e-300;
    ck_assert_uint_gt(gauge_width(&gauge, PAGE), 1u << 30);
    ck_assert_uint_ge(gauge_width(&gauge, 0), 1);
}
END_TEST

START_TEST(a_first_answer_replaces_a_guess)
{
    struct gauge gauge = {0};
    gauge_overflowed(&gauge, 100000, PAGE);
    ck_assert_uint_eq(gauge_width(&gauge, PAGE), PAGE);
    gauge_fitted(&gauge, PAGE, 400, PAGE);
    ck_assert_uint_eq(gauge_width(&gauge, PAGE), 2000);
}
END_TEST

START_TEST(after_empty_answers_a_part_is_wider_but_no_more_than_twice)
{
    struct gauge gauge = {.density = 0.8, .peak = 0.8};
    for (int i = 0; i < SLICES_AT_ONCE; i++)
        gauge_fitted(&gauge, 1000, 0, PAGE);
    ck_assert_uint_eq(gauge_width(&gauge, PAGE), 2000);
    gauge_fitted(&gauge, 10, 0, PAGE); /* a small rest says nothing */
    ck_assert_uint_eq(gauge_width(&gauge, PAGE), 2000);
}
END_TEST

START_TEST(after_an_overflow_a_part_is_as_wide_as_the_densest_allows)
{
    struct gauge gauge = {.density = 0.01, .peak = 0.5};
    gauge_overflowed(&gauge, 80000, PAGE);
    ck_assert_uint_eq(gauge_width(&gauge, PAGE), 1600);
    gauge = (struct gauge){.density = 0.5, .peak = 0.5}; /* denser than any before */
    gauge_overflowed(&gauge, 1600, PAGE);
    ck_assert_uint_eq(gauge_width(&gauge, PAGE), PAGE);
}
END_TEST

/* Questions that a forest of top USNs takes, asked one after the other; and that none is left out. */
static unsigned questions(uint64_t top, uint64_t (*below)(uint64_t usn), uint64_t *ret_overflows)
{
    struct gauge gauge = {0};
    unsigned asked = 0;
    uint64_t most = UINT64_MAX;
    *ret_overflows = 0;
    for (uint64_t low = 0; low < top; asked++) {
        uint64_t width = gauge_width(&gauge, PAGE);
        width = width > most ? most : width;
        width = width > top - low ? top - low : width;
        uint64_t entries = below(low + width) - below(low);
        if (entries > PAGE) {
            gauge_overflowed(&gauge, width, PAGE);
            most = width / 2;
            ++*ret_overflows;
            ck_assert_uint_gt(most, 0);
            continue;
        }
        gauge_fitted(&gauge, width, entries, PAGE);
        low += width;
        most = UINT64_MAX;
    }
    return asked;
}

static uint64_t every(uint64_t usn)
{
    return usn;
}
static uint64_t every_tenth(uint64_t usn)
{
    return usn / 10;
}
static uint64_t at_the_end(uint64_t usn) /* 100,000 in one row, behind 99,900,000 of other objects */
{
    return usn > 99900000 ? usn - 99900000 : 0;
}
static uint64_t in_heaps(uint64_t usn) /* 5,000 in a row of each million */
{
    return usn / 1000000 * 5000 + (usn % 1000000 < 5000 ? usn % 1000000 : 5000);
}

START_TEST(pages_come_well_filled_however_the_entries_lie)
{
    uint64_t overflows;
    ck_assert_uint_le(questions(1000000, every, &overflows), 1000 + 10);
    ck_assert_uint_le(overflows, 2);
    ck_assert_uint_le(questions(10000000, every_tenth, &overflows), 1250 + 30);
    ck_assert_uint_le(overflows, 2);
    ck_assert_uint_le(questions(100000000, at_the_end, &overflows),
                      100 + 17 * 17 / 2);                                    /* 17 times wider, and again */
    ck_assert_uint_le(questions(100000000, in_heaps, &overflows), 100 * 60); /* 10 times wider, and again */
    ck_assert_uint_le(overflows, 100 * 12);
}
END_TEST

Suite *suite_slices(void);
Suite *suite_slices(void)
{
    Suite *suite = suite_create("slices");
    TCase *tc = tcase_create("gauge");
    tcase_add_test(tc, a_part_is_sized_to_a_page);
    tcase_add_test(tc, a_first_answer_replaces_a_guess);
    tcase_add_test(tc, after_empty_answers_a_part_is_wider_but_no_more_than_twice);
    tcase_add_test(tc, after_an_overflow_a_part_is_as_wide_as_the_densest_allows);
    tcase_add_test(tc, pages_come_well_filled_however_the_entries_lie);
    suite_add_tcase(suite, tc);
    return suite;
}
