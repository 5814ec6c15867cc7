#include "scanner/decode/value.h"

#include <check.h>

#include "tests/unit/make_entry.h"

Suite *suite_value(void);

/* ---- as it would be done byte by byte ---- */

static bool printable(const uint8_t *data, size_t len, uint8_t but1, uint8_t but2)
{
    for (size_t i = 0; i < len; i++)
        if (data[i] < ' ' || data[i] >= 0x7F || (but1 && data[i] == but1) || (but2 && data[i] == but2))
            return false;
    return true;
}

static int compare(struct bytes a, struct bytes b)
{
    for (size_t i = 0; i < a.len && i < b.len; i++)
        if (fold_byte(a.data[i]) != fold_byte(b.data[i]))
            return fold_byte(a.data[i]) < fold_byte(b.data[i]) ? -1 : 1;
    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    return memcmp(a.data, b.data, a.len);
}

static int sign(int n)
{
    return (n > 0) - (n < 0);
}

/* ---- */

/* Every pair of bytes side by side, wherever they stand in a word or behind the last one. */
START_TEST(printable_is_told_of_every_byte)
{
    static const uint8_t buts[][2] = {{0, 0}, {'"', '\\'}, {0, 'x'}};
    uint8_t data[19];
    for (size_t at = 0; at + 1 < sizeof data; at++)
        for (unsigned pair = 0; pair < 0x10000; pair++) {
            memset(data, 'a', sizeof data);
            data[at] = (uint8_t)pair;
            data[at + 1] = (uint8_t)(pair >> 8);
            for (size_t b = 0; b < sizeof buts / sizeof buts[0]; b++)
                if (bytes_printable((struct bytes){data, sizeof data}, buts[b][0], buts[b][1]) !=
                    printable(data, sizeof data, buts[b][0], buts[b][1]))
                    ck_abort_msg("bytes %02x %02x at %zu, exceptions %zu", data[at], data[at + 1], at, b);
        }
    ck_assert(bytes_printable((struct bytes){NULL, 0}, 0, 0));
}
END_TEST

START_TEST(order_is_that_of_folded_bytes)
{
    static const uint8_t letters[] = {'a', 'A', 'z', 'Z', '[', '@', 0x00, 0x7F, 0x80, 0xC1, 0xE1};
    uint8_t a[24], b[24];
    uint64_t x = 1;
    for (int round = 0; round < 200000; round++) {
        size_t len[2];
        for (size_t i = 0; i < sizeof a; i++) {
            x = x * 6364136223846793005u + 1442695040888963407u;
            a[i] = letters[(x >> 33) % sizeof letters];
            b[i] = (x >> 60) ? a[i] ^ (uint8_t)((x >> 55 & 1) << 5) : letters[(x >> 40) % sizeof letters];
        }
        len[0] = (x >> 20) % (sizeof a + 1);
        len[1] = x >> 59 & 1 ? len[0] : (x >> 8) % (sizeof b + 1);
        struct bytes left = {a, len[0]}, right = {b, len[1]};
        ck_assert_int_eq(sign(bytes_compare_fold(left, right)), sign(compare(left, right)));
        ck_assert_int_eq(sign(bytes_compare_fold(right, left)), -sign(compare(left, right)));
        bool equal = len[0] == len[1];
        for (size_t i = 0; equal && i < len[0]; i++)
            equal = fold_byte(a[i]) == fold_byte(b[i]);
        ck_assert_int_eq(bytes_equal_fold(left, right), equal);
    }
    ck_assert_int_eq(bytes_compare_fold((struct bytes){NULL, 0}, (struct bytes){NULL, 0}), 0);
    ck_assert(bytes_equal_fold((struct bytes){NULL, 0}, B("")));
}
END_TEST

Suite *suite_value(void)
{
    Suite *suite = suite_create("value");
    TCase *tc = tcase_create("bytes");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, printable_is_told_of_every_byte);
    tcase_add_test(tc, order_is_that_of_folded_bytes);
    suite_add_tcase(suite, tc);
    return suite;
}
