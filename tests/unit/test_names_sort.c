#include <check.h>
#include <stdlib.h>

#include "store/base/names_sort.h"

static void sorts(struct name_entry *names, size_t count, int alike)
{
    uint64_t before = 0, after = 0;
    for (size_t i = 0; i < count; i++)
        before += names[i].key * 31 + names[i].object * 7 + names[i].names;
    names_sort(names, count, alike);
    for (size_t i = 0; i < count; i++)
        after += names[i].key * 31 + names[i].object * 7 + names[i].names;
    ck_assert_uint_eq(before, after);
    for (size_t i = 1; i < count; i++)
        ck_assert(names[i - 1].key < names[i].key ||
                  (names[i - 1].key == names[i].key && names[i - 1].object <= names[i].object));
}

START_TEST(any_number_of_spread_keys)
{
    static const size_t counts[] = {0, 1, 2, 24, 25, 1000, 100000};
    for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
        struct name_entry *names = malloc((counts[c] + 1) * sizeof *names);
        uint64_t x = 1;
        for (size_t i = 0; i < counts[c]; i++) {
            x = x * 6364136223846793005u + 1442695040888963407u;
            names[i] = (struct name_entry){x, (uint32_t)(x >> 32), (uint32_t)i};
        }
        sorts(names, counts[c], 0);
        free(names);
    }
}
END_TEST

START_TEST(keys_that_are_all_alike)
{
    struct name_entry names[5000];
    for (uint32_t i = 0; i < 5000; i++)
        names[i] = (struct name_entry){i % 3, (i * 7919) % 100, i};
    sorts(names, 5000, 0);
}
END_TEST

START_TEST(keys_whose_top_bytes_are_known_to_be_alike)
{
    struct name_entry names[5000];
    uint64_t x = 1;
    for (int alike = 0; alike <= 8; alike++) {
        const uint64_t same = alike ? ~UINT64_C(0) << (64 - 8 * alike) : 0;
        for (size_t i = 0; i < 5000; i++) {
            x = x * 6364136223846793005u + 1442695040888963407u;
            names[i] = (struct name_entry){x | same, (uint32_t)(x >> 40), (uint32_t)i};
        }
        sorts(names, 5000, alike);
    }
}
END_TEST

Suite *suite_names_sort(void);
Suite *suite_names_sort(void)
{
    Suite *suite = suite_create("names sort");
    TCase *tc = tcase_create("order");
    tcase_add_test(tc, any_number_of_spread_keys);
    tcase_add_test(tc, keys_that_are_all_alike);
    tcase_add_test(tc, keys_whose_top_bytes_are_known_to_be_alike);
    suite_add_tcase(suite, tc);
    return suite;
}
