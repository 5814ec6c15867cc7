#include <check.h>

#include "tests/unit/make_blob.h"

Suite *suite_replica_neighbour(void);

#define FIXED 216 /* of repsFrom as it is written today */

static struct blob reps_from(uint32_t version, const struct blob *other)
{
    struct blob b = {.len = 0};
    put32(&b, version);
    put32(&b, 0);
    put32(&b, (uint32_t)(FIXED + other->len));
    put32(&b, 4);                 /* failures */
    put64(&b, TEST_SECONDS);      /* last success */
    put64(&b, TEST_SECONDS + 60); /* last attempt */
    put32(&b, 1722);              /* RPC server unavailable */
    put32(&b, other->len ? FIXED : 0);
    put32(&b, (uint32_t)other->len);
    put32(&b, 0x70);
    b.len += 84; /* schedule */
    put32(&b, 0);
    put64(&b, 1000); /* usnHighObjUpdate */
    put64(&b, 0);
    put64(&b, 2000); /* usnHighPropUpdate */
    put_guid(&b, 0xaa);
    put_guid(&b, 0xbb);
    put_guid(&b, 0xcc);
    put32(&b, 0);
    put32(&b, 0);
    put_bytes(&b, other->b, other->len);
    return b;
}

static struct blob address(const char *name)
{
    struct blob other = {.len = 0};
    put32(&other, (uint32_t)strlen(name) + 1);
    put_bytes(&other, name, strlen(name) + 1);
    return other;
}

/* DSA_RPC_INST with a server's name and an instance's address; either may be NULL. */
static struct blob instance(const char *server, const char *address_text)
{
    struct blob other = {.len = 0};
    put32(&other, 20);
    for (int i = 0; i < 4; i++)
        put32(&other, 0);
    if (server) {
        set32(&other, 4, (uint32_t)other.len);
        put_utf16(&other, server);
    }
    if (address_text) {
        set32(&other, 12, (uint32_t)other.len);
        put_utf16(&other, address_text);
    }
    set32(&other, 0, (uint32_t)other.len);
    return other;
}

static void check_fields(const struct neighbour *n)
{
    struct guid dsa = guid_of(0xaa), invocation = guid_of(0xbb);
    ck_assert(guid_equal(&n->dsa, &dsa));
    ck_assert(guid_equal(&n->invocation, &invocation));
    ck_assert_uint_eq(n->usn, 2000);
    ck_assert_uint_eq(n->failures, 4);
    ck_assert_uint_eq(n->result, 1722);
    ck_assert_int_eq(n->success_us, TEST_US);
    ck_assert_int_eq(n->attempt_us, TEST_US + 60000000);
}

START_TEST(reads_repsfrom_1)
{
    struct blob other = address("aaaa._msdcs.corp.example"), blob = reps_from(1, &other);
    struct neighbour n;
    ck_assert(neighbour_raw(blob_bytes(&blob), &n));
    check_fields(&n);
    ck_assert_str_eq(n.source, "aaaa._msdcs.corp.example");
}
END_TEST

START_TEST(reads_repsfrom_2)
{
    struct blob other = instance("DC1", "bbbb._msdcs.corp.example"), blob = reps_from(2, &other);
    struct neighbour n;
    ck_assert(neighbour_raw(blob_bytes(&blob), &n));
    check_fields(&n);
    ck_assert_str_eq(n.source, "bbbb._msdcs.corp.example");
    other = instance("DC1", NULL);
    blob = reps_from(2, &other);
    ck_assert(neighbour_raw(blob_bytes(&blob), &n));
    ck_assert_str_eq(n.source, "DC1");
    other = instance(NULL, NULL);
    blob = reps_from(2, &other);
    ck_assert(neighbour_raw(blob_bytes(&blob), &n));
    ck_assert_str_eq(n.source, "");
}
END_TEST

START_TEST(reads_the_short_form)
{
    struct blob none = {.len = 0}, blob = reps_from(1, &none);
    blob.len = 208; /* without the two last fields */
    set32(&blob, 8, 208);
    struct neighbour n;
    ck_assert(neighbour_raw(blob_bytes(&blob), &n));
    check_fields(&n);
    ck_assert_str_eq(n.source, "");
}
END_TEST

START_TEST(every_cut_is_refused)
{
    struct blob one = address("dc1"), two = instance("DC1", "dc1.corp");
    for (uint32_t version = 1; version <= 2; version++) {
        struct blob blob = reps_from(version, version == 1 ? &one : &two);
        for (size_t len = 0; len < blob.len; len++) {
            struct neighbour n = {.usn = 77};
            struct bytes cut = cut_at(blob_bytes(&blob), len);
            ck_assert_msg(!neighbour_raw(cut, &n), "%u, %zu", version, len);
            ck_assert_uint_eq(n.usn, 77);
            cut_free(cut);
        }
    }
}
END_TEST

START_TEST(refuses_other_versions_and_offsets)
{
    struct blob other = address("dc1"), fine = reps_from(1, &other);
    static const struct {
        size_t at;
        uint32_t n;
    } bad[] = {{0, 0},  {0, 3},           {0, 0xFFFFFFFF},  {8, 0xFFFFFFFF},    {8, 225},
               {36, 0}, {36, 207},        {36, 0xFFFFFFFF}, {36, 217},          {40, 9},
               {40, 3}, {40, 0xFFFFFFFF}, {FIXED, 5},       {FIXED, 0xFFFFFFFF}};
    struct neighbour n;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct blob blob = fine;
        set32(&blob, bad[i].at, bad[i].n);
        ck_assert_msg(!neighbour_raw(blob_bytes(&blob), &n), "%zu", i);
    }
    other = instance("DC1", "dc1");
    fine = reps_from(2, &other);
    static const uint32_t offsets[] = {1, 19, 35, 200, 0xFFFFFFFF};
    for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++) {
        struct blob blob = fine;
        set32(&blob, FIXED + 12, offsets[i]);
        ck_assert_msg(!neighbour_raw(blob_bytes(&blob), &n), "%u", offsets[i]);
    }
}
END_TEST

START_TEST(a_source_is_clean_and_cut)
{
    struct blob other = {.len = 0};
    struct neighbour n;
    put32(&other, 5);
    put_bytes(&other, "d\033c\0x", 5);
    struct blob blob = reps_from(1, &other);
    ck_assert(neighbour_raw(blob_bytes(&blob), &n));
    ck_assert_str_eq(n.source, "d\\1bc");

    char name[600];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = 0;
    other = address(name);
    blob = reps_from(1, &other);
    ck_assert(neighbour_raw(blob_bytes(&blob), &n));
    ck_assert_uint_eq(strlen(n.source), sizeof n.source - 1);
    other = instance(NULL, name);
    blob = reps_from(2, &other);
    ck_assert(neighbour_raw(blob_bytes(&blob), &n));
    ck_assert_uint_eq(strlen(n.source), sizeof n.source - 1);
}
END_TEST

START_TEST(names_beyond_ascii)
{
    /* a-umlaut, a letter of three bytes, a pair of surrogates, half a pair, NUL */
    static const uint8_t units[] = {0xe4, 0x00, 0xac, 0x20, 0x3d, 0xd8, 0x00, 0xde, 0x3d, 0xd8, 'x', 0, 0, 0};
    struct blob other = instance(NULL, NULL);
    set32(&other, 12, (uint32_t)other.len);
    put_bytes(&other, units, sizeof units);
    struct blob blob = reps_from(2, &other);
    struct neighbour n;
    ck_assert(neighbour_raw(blob_bytes(&blob), &n));
    ck_assert_str_eq(n.source, "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\\ed\\a0\\bdx");
}
END_TEST

/* DS_REPL_NEIGHBORW_BLOB (MS-ADTS 2.2.3). */
static struct blob binary(const char *address_text)
{
    struct blob b = {.len = 0};
    for (int i = 0; i < 4; i++)
        put32(&b, 0);
    put32(&b, 0x70);
    put32(&b, 0);
    put_guid(&b, 1);
    put_guid(&b, 0xaa);
    put_guid(&b, 0xbb);
    put_guid(&b, 0);
    put64(&b, 1000);
    put64(&b, 2000);
    put64(&b, TEST_FILETIME);
    put64(&b, TEST_FILETIME + 600000000);
    put32(&b, 1722);
    put32(&b, 4);
    ck_assert_uint_eq(b.len, 128);
    set32(&b, 0, (uint32_t)b.len);
    put_utf16(&b, "DC=corp");
    set32(&b, 4, (uint32_t)b.len);
    put_utf16(&b, "CN=NTDS Settings,CN=DC1");
    if (address_text) {
        set32(&b, 8, (uint32_t)b.len);
        put_utf16(&b, address_text);
    }
    return b;
}

START_TEST(reads_binary)
{
    struct blob blob = binary("dc1.corp");
    struct neighbour n;
    ck_assert(neighbour_binary(blob_bytes(&blob), &n));
    check_fields(&n);
    ck_assert_str_eq(n.source, "dc1.corp");
    for (size_t len = 0; len < blob.len; len++) {
        struct bytes cut = cut_at(blob_bytes(&blob), len);
        ck_assert_msg(!neighbour_binary(cut, &n), "%zu", len);
        cut_free(cut);
    }
    for (size_t i = 0; i < 4; i++) {
        struct blob other = blob;
        set32(&other, 4 * i, 127);
        ck_assert(!neighbour_binary(blob_bytes(&other), &n));
        set32(&other, 4 * i, 0xFFFFFFFF);
        ck_assert(!neighbour_binary(blob_bytes(&other), &n));
    }
    blob = binary(NULL);
    ck_assert(neighbour_binary(blob_bytes(&blob), &n));
    ck_assert_str_eq(n.source, "CN=NTDS Settings,CN=DC1");
}
END_TEST

static void count_one(void *ctx, const struct neighbour *n)
{
    check_fields(n);
    ++*(size_t *)ctx;
}

START_TEST(finds_the_neighbours_of_an_entry)
{
    struct blob other = address("dc1"), one = reps_from(1, &other), bin = binary("dc1");
    struct bytes junk = B("junk");
    struct bytes raws[] = {blob_bytes(&one), blob_bytes(&one)};
    struct bytes bins[] = {blob_bytes(&bin), junk, blob_bytes(&bin)};
    const struct {
        struct attr attr;
        size_t count;
        bool whole;
    } cases[] = {{{B("repsFrom"), raws, 2}, 2, true},
                 {{B("msDS-NCReplInboundNeighbors;binary"), bins, 1}, 1, true},
                 {{B("msDS-NCReplInboundNeighbors"), bins, 1}, 1, true},
                 {{B("msDS-NCReplInboundNeighbors;binary"), bins, 3}, 2, false},
                 {{B("repsFrom"), &junk, 1}, 0, false},
                 {{B("repsTo"), raws, 2}, 0, false},
                 {{B("repsFrom"), NULL, 0}, 0, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct entry entry = {.dn = B("DC=x"), .attrs = &cases[i].attr, .attr_count = 1};
        size_t count = 0;
        ck_assert_msg(neighbours_of_entry(&entry, count_one, &count) == cases[i].whole, "%zu", i);
        ck_assert_uint_eq(count, cases[i].count);
    }
}
END_TEST

Suite *suite_replica_neighbour(void)
{
    Suite *s = suite_create("replica_neighbour");
    TCase *tc = tcase_create("replica_neighbour");
    tcase_add_test(tc, reads_repsfrom_1);
    tcase_add_test(tc, reads_repsfrom_2);
    tcase_add_test(tc, reads_the_short_form);
    tcase_add_test(tc, every_cut_is_refused);
    tcase_add_test(tc, refuses_other_versions_and_offsets);
    tcase_add_test(tc, a_source_is_clean_and_cut);
    tcase_add_test(tc, names_beyond_ascii);
    tcase_add_test(tc, reads_binary);
    tcase_add_test(tc, finds_the_neighbours_of_an_entry);
    suite_add_tcase(s, tc);
    return s;
}
