#include <check.h>

#include "tests/unit/make_blob.h"

Suite *suite_replica_vector(void);

static const struct utd_cursor *at(const struct utd_vector *vector, uint8_t origin)
{
    struct guid g = guid_of(origin);
    return vector_find(vector, &g);
}

static bool covers(const struct utd_vector *vector, uint8_t origin, uint64_t usn)
{
    struct stamp stamp = {.version = 1, .origin = guid_of(origin), .usn = usn};
    return vector_covers(vector, &stamp);
}

static void check_sorted(const struct utd_vector *v)
{
    for (size_t i = 1; i < v->count; i++)
        ck_assert_int_lt(memcmp(&v->cursors[i - 1].origin, &v->cursors[i].origin, 16), 0);
}

static struct blob head(uint32_t version, uint32_t count)
{
    struct blob blob = {.len = 0};
    put32(&blob, version);
    put32(&blob, 0);
    put32(&blob, count);
    put32(&blob, 0);
    return blob;
}

static void put_cursor(struct blob *blob, uint8_t origin, uint64_t usn)
{
    put_guid(blob, origin);
    put64(blob, usn);
}

/* Version 2, one cursor: 44444444-..., 0x0102030405, 2026-11-22T13:09:51Z in seconds. */
static const uint8_t two[] = {2,    0,    0,    0,    0,    0,    0,    0,    1,    0,    0,    0,
                              0,    0,    0,    0,    0x44, 0x44, 0x44, 0x44, 0x44, 0x44, 0x44, 0x44,
                              0x44, 0x44, 0x44, 0x44, 0x44, 0x44, 0x44, 0x44, 0x05, 0x04, 0x03, 0x02,
                              0x01, 0x00, 0x00, 0x00, 0x9f, 0x7a, 0x13, 0x21, 0x03, 0x00, 0x00, 0x00};

START_TEST(reads_version_2)
{
    struct utd_vector v;
    ck_assert(vector_raw((struct bytes){two, sizeof two}, &v));
    ck_assert_uint_eq(v.count, 1);
    ck_assert_uint_eq(v.cursors[0].usn, 0x0102030405);
    ck_assert_int_eq(v.cursors[0].synced_us, TEST_US);
    ck_assert_ptr_eq(at(&v, 0x44), &v.cursors[0]);
    ck_assert_ptr_null(at(&v, 0x43));
    ck_assert_ptr_null(at(&v, 0x45));
    vector_release(&v);
    ck_assert_uint_eq(v.count, 0);
    ck_assert_ptr_null(v.cursors);
}
END_TEST

START_TEST(reads_version_1)
{
    struct blob blob = head(1, 2);
    put_cursor(&blob, 9, 90);
    put_cursor(&blob, 3, 30);
    struct utd_vector v;
    ck_assert(vector_raw(blob_bytes(&blob), &v));
    ck_assert_uint_eq(v.count, 2);
    ck_assert_uint_eq(at(&v, 3)->usn, 30);
    ck_assert_uint_eq(at(&v, 9)->usn, 90);
    ck_assert_int_eq(at(&v, 9)->synced_us, 0);
    check_sorted(&v);
    vector_release(&v);
}
END_TEST

START_TEST(tells_the_unit_of_time_by_its_size)
{
    static const struct {
        uint64_t raw;
        int64_t us;
    } times[] = {{TEST_SECONDS, TEST_US},
                 {TEST_FILETIME, TEST_US},
                 {0, 0},
                 {UINT64_C(116444736000000000), 0}, /* 1970: Samba's never */
                 {UINT64_C(11644473600), 0},
                 {UINT64_C(12275625599), 0}, /* the last second of 1989 */
                 {UINT64_C(12275625600), INT64_C(631152000000000)},
                 {UINT64_C(18902592000), 0}, /* 2200 */
                 {UINT64_C(18902591999), INT64_C(7258118399000000)},
                 {UINT64_MAX, 0},
                 {UINT64_C(1) << 63, 0},
                 {UINT64_C(1000000000000), 0}};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        struct blob blob = head(2, 1);
        put_cursor(&blob, 1, 1);
        put64(&blob, times[i].raw);
        struct utd_vector v;
        ck_assert(vector_raw(blob_bytes(&blob), &v));
        ck_assert_msg(v.cursors[0].synced_us == times[i].us, "%llu", (unsigned long long)times[i].raw);
        vector_release(&v);
    }
}
END_TEST

START_TEST(every_cut_is_refused)
{
    for (uint32_t version = 1; version <= 2; version++) {
        struct blob blob = head(version, 3);
        for (uint8_t i = 1; i <= 3; i++) {
            put_cursor(&blob, i, i);
            if (version == 2)
                put64(&blob, TEST_SECONDS);
        }
        for (size_t len = 0; len <= blob.len; len++) {
            struct utd_vector v = {.size = 77};
            struct bytes cut = cut_at(blob_bytes(&blob), len);
            bool whole = vector_raw(cut, &v);
            ck_assert_int_eq(whole, len == blob.len);
            if (whole)
                vector_release(&v);
            else
                ck_assert_uint_eq(v.size, 77);
            cut_free(cut);
        }
    }
}
END_TEST

START_TEST(refuses_other_versions_and_absurd_counts)
{
    static const struct {
        uint32_t version, count;
    } bad[] = {{0, 1}, {3, 1}, {1, 2}, {2, 2}, {2, 0xFFFFFFFF}, {2, 0x08000001}, {1, 0x0AAAAAAB}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct blob blob = head(bad[i].version, bad[i].count);
        put_cursor(&blob, 1, 1);
        put64(&blob, 0);
        struct utd_vector v;
        ck_assert_msg(!vector_raw(blob_bytes(&blob), &v), "%zu", i);
    }
    /* More cursors than there may be, and all of them there. */
    size_t size = 16 + (size_t)24 * (MAX_CURSORS + 1);
    uint8_t *many = calloc(1, size);
    many[0] = 1;
    many[8] = 1;
    many[10] = 0x10; /* 1048577 */
    struct utd_vector v;
    ck_assert(!vector_raw((struct bytes){many, size}, &v));
    many[8] = 0;
    ck_assert(vector_raw((struct bytes){many, size}, &v));
    ck_assert_uint_eq(v.count, 1); /* all of one origin */
    vector_release(&v);
    free(many);
    struct blob none = head(2, 0);
    ck_assert(vector_raw(blob_bytes(&none), &v));
    ck_assert_uint_eq(v.count, 0);
    ck_assert(!covers(&v, 1, 0));
    vector_release(&v);
}
END_TEST

START_TEST(of_two_cursors_of_one_origin_the_higher_counts)
{
    struct blob blob = head(2, 4);
    static const uint64_t usns[] = {20, 90, 90, 5};
    for (size_t i = 0; i < 4; i++) {
        put_cursor(&blob, i == 0 ? 7 : 6, usns[i]);
        put64(&blob, TEST_SECONDS + i);
    }
    struct utd_vector v;
    ck_assert(vector_raw(blob_bytes(&blob), &v));
    ck_assert_uint_eq(v.count, 2);
    ck_assert_uint_eq(at(&v, 6)->usn, 90);
    ck_assert_int_eq(at(&v, 6)->synced_us, TEST_US + 2000000);
    ck_assert_uint_eq(at(&v, 7)->usn, 20);
    vector_release(&v);
}
END_TEST

START_TEST(covers_up_to_the_usn_itself)
{
    struct utd_vector v = {0};
    vector_set(&v, &(struct utd_cursor){.origin = guid_of(5), .usn = 100});
    ck_assert(covers(&v, 5, 99));
    ck_assert(covers(&v, 5, 100));
    ck_assert(!covers(&v, 5, 101));
    ck_assert(!covers(&v, 6, 0));
    vector_release(&v);
}
END_TEST

START_TEST(sets_in_order_and_never_backwards)
{
    struct utd_vector v = {0};
    static const uint8_t origins[] = {9, 3, 200, 1, 7, 255, 0, 8};
    for (size_t i = 0; i < sizeof origins; i++)
        vector_set(&v, &(struct utd_cursor){.origin = guid_of(origins[i]), .usn = origins[i] * 10u + 10});
    ck_assert_uint_eq(v.count, sizeof origins);
    check_sorted(&v);
    for (size_t i = 0; i < sizeof origins; i++)
        ck_assert_uint_eq(at(&v, origins[i])->usn, origins[i] * 10u + 10);
    vector_set(&v, &(struct utd_cursor){.origin = guid_of(7), .usn = 79, .synced_us = 5});
    ck_assert_uint_eq(at(&v, 7)->usn, 80);
    ck_assert_int_eq(at(&v, 7)->synced_us, 0);
    vector_set(&v, &(struct utd_cursor){.origin = guid_of(7), .usn = 81});
    ck_assert_uint_eq(at(&v, 7)->usn, 81);
    ck_assert_uint_eq(v.count, sizeof origins);
    vector_release(&v);
}
END_TEST

static struct blob binary_of(uint8_t origin, uint64_t usn, uint64_t time)
{
    struct blob blob = {.len = 0};
    put_cursor(&blob, origin, usn);
    put64(&blob, time);
    put32(&blob, 36);
    put_utf16(&blob, "CN=NTDS Settings,CN=DC1");
    return blob;
}

START_TEST(reads_binary_cursors)
{
    struct utd_vector v = {0};
    struct blob blob = binary_of(4, 400, TEST_FILETIME);
    ck_assert(vector_add_binary(&v, blob_bytes(&blob)));
    ck_assert_uint_eq(at(&v, 4)->usn, 400);
    ck_assert_int_eq(at(&v, 4)->synced_us, TEST_US);
    for (size_t len = 0; len < blob.len; len++) {
        struct bytes cut = cut_at(blob_bytes(&blob), len);
        ck_assert(!vector_add_binary(&v, cut));
        cut_free(cut);
    }
    static const uint32_t bad[] = {1, 35, 1000, 0xFFFFFFFF};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct blob other = blob;
        set32(&other, 32, bad[i]);
        ck_assert(!vector_add_binary(&v, blob_bytes(&other)));
    }
    ck_assert_uint_eq(v.count, 1);
    set32(&blob, 32, 0); /* no DN */
    blob.len = 36;
    blob.b[0] = 5;
    ck_assert(vector_add_binary(&v, blob_bytes(&blob)));
    ck_assert_uint_eq(v.count, 2);
    vector_release(&v);
}
END_TEST

#define XML_CURSOR(guid, usn)                                                                                \
    "<DS_REPL_CURSOR_2><uuidSourceDsaInvocationID>" guid "</uuidSourceDsaInvocationID>"                      \
    "<usnAttributeFilter>" usn "</usnAttributeFilter>"                                                       \
    "<ftimeLastSyncSuccess>2026-11-22T13:09:51Z</ftimeLastSyncSuccess></DS_REPL_CURSOR_2>"
#define NINES "09090909-0909-0909-0909-090909090909"

START_TEST(finds_the_vector_of_an_entry)
{
    struct blob raw_blob = head(1, 2), bin_9 = binary_of(9, 90, 0), bin_3 = binary_of(3, 30, 0);
    put_cursor(&raw_blob, 9, 90);
    put_cursor(&raw_blob, 3, 30);
    struct bytes raw = blob_bytes(&raw_blob), junk = B("junk");
    struct bytes bin[] = {blob_bytes(&bin_9), blob_bytes(&bin_3)};
    struct bytes xml[] = {B(XML_CURSOR(NINES, "90")),
                          B(XML_CURSOR("03030303-0303-0303-0303-030303030303", "30"))};
    struct bytes broken[] = {bin[0], junk};
    const struct attr good[] = {{B("replUpToDateVector"), &raw, 1},
                                {B("msDS-NCReplCursors;binary"), bin, 2},
                                {B("msDS-NCReplCursors"), bin, 2},
                                {B("msDS-NCReplCursors"), xml, 2}};
    const struct attr bad[] = {
        {B("replUpToDateVector"), &junk, 1},         {B("msDS-NCReplCursors;binary"), broken, 2},
        {B("msDS-NCReplCursors;binary"), xml, 2},    {B("msDS-NCReplCursors;binary;range=0-1"), bin, 2},
        {B("msDS-NCReplCursors;range=1-*"), xml, 2}, {B("msDS-NCReplCursor"), xml, 2}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct entry entry = {.attrs = &good[i], .attr_count = 1};
        struct utd_vector v;
        ck_assert_msg(vector_of_entry(&entry, &v), "%zu", i);
        ck_assert_uint_eq(v.count, 2);
        ck_assert_uint_eq(at(&v, 3)->usn, 30);
        ck_assert_uint_eq(at(&v, 9)->usn, 90);
        check_sorted(&v);
        vector_release(&v);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct entry entry = {.attrs = &bad[i], .attr_count = 1};
        struct utd_vector v = {.size = 77};
        ck_assert_msg(!vector_of_entry(&entry, &v), "%zu", i);
        ck_assert_uint_eq(v.size, 77);
    }
}
END_TEST

Suite *suite_replica_vector(void)
{
    Suite *s = suite_create("replica_vector");
    TCase *tc = tcase_create("replica_vector");
    tcase_add_test(tc, reads_version_2);
    tcase_add_test(tc, reads_version_1);
    tcase_add_test(tc, tells_the_unit_of_time_by_its_size);
    tcase_add_test(tc, every_cut_is_refused);
    tcase_add_test(tc, refuses_other_versions_and_absurd_counts);
    tcase_add_test(tc, of_two_cursors_of_one_origin_the_higher_counts);
    tcase_add_test(tc, covers_up_to_the_usn_itself);
    tcase_add_test(tc, sets_in_order_and_never_backwards);
    tcase_add_test(tc, reads_binary_cursors);
    tcase_add_test(tc, finds_the_vector_of_an_entry);
    suite_add_tcase(s, tc);
    return s;
}
