#include <check.h>

#include "tests/unit/make_blob.h"

Suite *suite_replica_stamp(void);

struct seen {
    struct attr_stamp stamps[16];
    size_t count;
};

static void take(void *ctx, const struct attr_stamp *stamp)
{
    struct seen *seen = ctx;
    ck_assert_uint_lt(seen->count, 16);
    seen->stamps[seen->count++] = *stamp;
}

static struct stamp stamp_of(uint32_t version, int64_t time_us, uint8_t origin)
{
    return (struct stamp){.version = version, .time_us = time_us, .origin = guid_of(origin)};
}

START_TEST(orders_by_version_then_time_then_origin)
{
    static const struct {
        uint32_t version;
        int64_t time_us;
        uint8_t origin;
    } rising[] = {{1, 900, 9}, {2, 100, 9}, {2, 200, 1}, {2, 200, 2}, {3, 0, 0}};
    size_t count = sizeof rising / sizeof *rising;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++) {
            struct stamp a = stamp_of(rising[i].version, rising[i].time_us, rising[i].origin);
            struct stamp b = stamp_of(rising[j].version, rising[j].time_us, rising[j].origin);
            int order = stamp_compare(&a, &b);
            ck_assert_msg((order < 0) == (i < j) && (order > 0) == (i > j), "%zu against %zu: %d", i, j,
                          order);
        }
}
END_TEST

START_TEST(versions_count_round)
{
    static const struct {
        uint32_t older, newer;
    } pairs[] = {{0xFFFFFFFF, 0},          {0xFFFFFFFF, 1},          {0xFFFFFFF0, 0x10},
                 {0x7FFFFFFF, 0x80000000}, {0x7FFFFFFE, 0x80000001}, {1, 0x7FFFFFFF},
                 {0, 0x80000000},          {0x7FFFFFFF, 0xFFFFFFFF}, {0x80000001, 0}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct stamp a = stamp_of(pairs[i].older, 200, 1), b = stamp_of(pairs[i].newer, 100, 1);
        ck_assert_msg(stamp_compare(&a, &b) < 0, "%08x, %08x", pairs[i].older, pairs[i].newer);
        ck_assert_msg(stamp_compare(&b, &a) > 0, "%08x, %08x", pairs[i].newer, pairs[i].older);
    }
}
END_TEST

/* MS-DRSR 5.11 as it is written there, with its cases, against ours. */
static int by_the_book(uint32_t x, uint32_t y)
{
    if (x == y)
        return 0;
    if (x > 0x7FFFFFFF) {
        if (y == x - 0x80000000)
            return 1;
        return y < x - 0x7FFFFFFF || x < y ? -1 : 1;
    }
    if (x < 0x7FFFFFFF) {
        if (y == x + 0x80000000)
            return -1;
        return x < y && y < x - 0x7FFFFFFF ? -1 : 1;
    }
    return y == 0xFFFFFFFF || y > x ? -1 : 1;
}

START_TEST(versions_as_by_the_book)
{
    static const uint32_t near[] = {0,          1,          2,          0x7FFFFFFD, 0x7FFFFFFE, 0x7FFFFFFF,
                                    0x80000000, 0x80000001, 0x80000002, 0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFF,
                                    0x12345678, 0x92345678, 0x92345677, 0x92345679};
    size_t count = sizeof near / sizeof *near;
    for (size_t i = 0; i < count * count; i++) {
        uint32_t x = near[i / count], y = near[i % count];
        struct stamp a = stamp_of(x, 5, 1), b = stamp_of(y, 5, 1);
        ck_assert_msg(stamp_compare(&a, &b) == by_the_book(x, y), "%08x, %08x", x, y);
    }
}
END_TEST

START_TEST(origins_order_as_their_text_does)
{
    struct stamp a = stamp_of(1, 1, 0), b = a;
    a.origin.b[0] = 0xFF; /* 000000ff-... */
    b.origin.b[3] = 0x01; /* 01000000-... */
    ck_assert_int_lt(stamp_compare(&a, &b), 0);
    a.usn = 7; /* no part of the comparison */
    b = a;
    b.usn = 8;
    ck_assert_int_eq(stamp_compare(&a, &b), 0);
}
END_TEST

/* servicePrincipalName, version 3, 2026-11-22T13:09:51Z, 22222222-..., 4124 there, 4385 here. */
static const uint8_t raw_one[] = {
    1,    0,    0,    0,    0,    0,    0,    0,    1,    0,    0,    0,    0,    0,    0,    0,
    0x03, 0x03, 0x09, 0x00, 3,    0,    0,    0,    0x9f, 0x7a, 0x13, 0x21, 0x03, 0x00, 0x00, 0x00,
    0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22,
    0x1c, 0x10, 0,    0,    0,    0,    0,    0,    0x21, 0x11, 0,    0,    0,    0,    0,    0};

static void check_one(const struct seen *seen)
{
    struct guid origin = guid_of(0x22);
    ck_assert_uint_eq(seen->count, 1);
    const struct attr_stamp *s = &seen->stamps[0];
    ck_assert_uint_eq(s->attid, ATTID_SPN);
    ck_assert_uint_eq(s->stamp.version, 3);
    ck_assert_int_eq(s->stamp.time_us, TEST_US);
    ck_assert(guid_equal(&s->stamp.origin, &origin));
    ck_assert_uint_eq(s->stamp.usn, 4124);
    ck_assert_uint_eq(s->local_usn, 4385);
}

START_TEST(reads_raw_metadata)
{
    struct seen seen = {.count = 0};
    ck_assert(metadata_raw((struct bytes){raw_one, sizeof raw_one}, take, &seen));
    check_one(&seen);
}
END_TEST

static struct blob raw_of(uint32_t version, uint32_t told, uint32_t real)
{
    struct blob blob = {.len = 0};
    put32(&blob, version);
    put32(&blob, 0);
    put32(&blob, told);
    put32(&blob, 0);
    for (uint32_t i = 0; i < real; i++) {
        put32(&blob, 0x90000 + i);
        put32(&blob, 1);
        put64(&blob, TEST_SECONDS);
        put_guid(&blob, 5);
        put64(&blob, 100 + i);
        put64(&blob, 200 + i);
    }
    return blob;
}

START_TEST(reads_all_stamps_in_order_or_none)
{
    struct blob blob = raw_of(1, 5, 5);
    for (size_t len = 0; len <= blob.len; len++) {
        struct seen seen = {.count = 0};
        struct bytes cut = cut_at(blob_bytes(&blob), len);
        bool whole = metadata_raw(cut, take, &seen);
        ck_assert_int_eq(whole, len == blob.len);
        ck_assert_uint_eq(seen.count, whole ? 5 : 0);
        cut_free(cut);
    }
    struct seen seen = {.count = 0};
    metadata_raw(blob_bytes(&blob), take, &seen);
    for (uint32_t i = 0; i < 5; i++) {
        ck_assert_uint_eq(seen.stamps[i].attid, 0x90000 + i);
        ck_assert_uint_eq(seen.stamps[i].stamp.usn, 100 + i);
    }
    blob.len += 3; /* bytes behind what is counted */
    seen.count = 0;
    ck_assert(metadata_raw(blob_bytes(&blob), take, &seen));
    ck_assert_uint_eq(seen.count, 5);
}
END_TEST

START_TEST(refuses_other_versions_and_absurd_counts)
{
    static const struct {
        uint32_t version, count;
    } bad[] = {{0, 2}, {2, 2}, {0xFFFFFFFF, 2}, {1, 3}, {1, 0xFFFFFFFF}, {1, 0x05555556}, {1, 0x80000000}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct seen seen = {.count = 0};
        struct blob blob = raw_of(bad[i].version, bad[i].count, 2);
        ck_assert_msg(!metadata_raw(blob_bytes(&blob), take, &seen), "%zu", i);
        ck_assert_uint_eq(seen.count, 0);
    }
    struct seen seen = {.count = 0};
    struct blob none = raw_of(1, 0, 0);
    ck_assert(metadata_raw(blob_bytes(&none), take, &seen));
    ck_assert_uint_eq(seen.count, 0);
    ck_assert(!metadata_raw((struct bytes){NULL, 0}, take, &seen));
}
END_TEST

START_TEST(keeps_the_order_of_odd_times)
{
    static const uint64_t rising[] = {0, 1, TEST_SECONDS, TEST_SECONDS + 1, UINT64_C(20000000000)};
    int64_t before = INT64_MIN;
    for (size_t i = 0; i < sizeof rising / sizeof *rising; i++) {
        struct seen seen = {.count = 0};
        struct blob blob = raw_of(1, 1, 1), time = {.len = 0};
        put64(&time, rising[i]);
        memcpy(blob.b + 16 + 8, time.b, 8);
        ck_assert(metadata_raw(blob_bytes(&blob), take, &seen));
        ck_assert(seen.stamps[0].stamp.time_us > before);
        before = seen.stamps[0].stamp.time_us;
    }
    struct seen seen = {.count = 0};
    struct blob blob = raw_of(1, 1, 1);
    memset(blob.b + 16 + 8, 0xFF, 8);
    ck_assert(metadata_raw(blob_bytes(&blob), take, &seen));
    ck_assert_int_eq(seen.stamps[0].stamp.time_us, INT64_C(253402300799000000)); /* 9999-12-31T23:59:59Z */
}
END_TEST

/* A value of msDS-ReplAttributeMetaData;binary that tells what raw_one does. */
static struct blob binary_of(const char *name)
{
    struct blob blob = {.len = 0};
    put32(&blob, 52);
    put32(&blob, 3);
    put64(&blob, TEST_FILETIME);
    put_guid(&blob, 0x22);
    put64(&blob, 4124);
    put64(&blob, 4385);
    put32(&blob, (uint32_t)(52 + 2 * (strlen(name) + 1)));
    put_utf16(&blob, name);
    put_utf16(&blob, "CN=NTDS Settings,CN=DC1");
    return blob;
}

START_TEST(reads_binary_metadata)
{
    struct blob blob = binary_of("servicePrincipalName");
    struct seen seen = {.count = 1};
    ck_assert(metadata_binary(blob_bytes(&blob), &seen.stamps[0]));
    check_one(&seen);

    static const struct {
        const char *name;
        uint32_t attid;
    } names[] = {{"NAME", ATTID_CN_NAME},
                 {"whenCreated", ATTID_WHEN_CREATED},
                 {"isDeleted", ATTID_IS_DELETED},
                 {"nTSecurityDescriptor", ATTID_SECURITY_DESCRIPTOR},
                 {"useraccountcontrol", ATTID_UAC},
                 {"objectSid", ATTID_OBJECT_SID},
                 {"sAMAccountName", ATTID_SAM},
                 {"dNSHostName", ATTID_DNS_HOST},
                 {"userPrincipalName", ATTID_UPN},
                 {"msDS-AllowedToDelegateTo", ATTID_TARGETS},
                 {"msDS-SupportedEncryptionTypes", ATTID_ENCTYPES},
                 {"msDS-AllowedToActOnBehalfOfOtherIdentity", ATTID_RBCD},
                 {"servicePrincipalNames", 0},
                 {"description", 0}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        blob = binary_of(names[i].name);
        ck_assert(metadata_binary(blob_bytes(&blob), &seen.stamps[0]));
        ck_assert_msg(seen.stamps[0].attid == names[i].attid, "%s", names[i].name);
    }
}
END_TEST

START_TEST(binary_metadata_cut_or_pointing_elsewhere_is_refused)
{
    struct blob blob = binary_of("name");
    struct attr_stamp stamp = {.attid = 77};
    for (size_t len = 0; len < blob.len; len++) {
        struct bytes cut = cut_at(blob_bytes(&blob), len);
        ck_assert_msg(!metadata_binary(cut, &stamp), "%zu", len);
        cut_free(cut);
    }
    static const uint32_t bad[] = {1, 51, 0x7FFFFFFF, 0xFFFFFFFF, 0xFFFFFFFE};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct blob other = blob;
        set32(&other, 0, bad[i]);
        ck_assert_msg(!metadata_binary(blob_bytes(&other), &stamp), "%x", bad[i]);
        other = blob;
        set32(&other, 48, bad[i]);
        ck_assert_msg(!metadata_binary(blob_bytes(&other), &stamp), "%x", bad[i]);
    }
    set32(&blob, 0, 0); /* a stamp of no attribute */
    ck_assert(!metadata_binary(blob_bytes(&blob), &stamp));
    ck_assert_uint_eq(stamp.attid, 77);
}
END_TEST

#define XML_ONE                                                                                              \
    "<DS_REPL_ATTR_META_DATA><pszAttributeName>servicePrincipalName</pszAttributeName>"                      \
    "<dwVersion>3</dwVersion><ftimeLastOriginatingChange>2026-11-22T13:09:51Z</ftimeLastOriginatingChange>"  \
    "<uuidLastOriginatingDsaInvocationID>22222222-2222-2222-2222-222222222222"                               \
    "</uuidLastOriginatingDsaInvocationID><usnOriginatingChange>4124</usnOriginatingChange>"                 \
    "<usnLocalChange>4385</usnLocalChange></DS_REPL_ATTR_META_DATA>"

START_TEST(finds_the_stamps_of_an_entry)
{
    struct blob binary = binary_of("servicePrincipalName");
    struct bytes raw = {raw_one, sizeof raw_one}, bin = blob_bytes(&binary), xml = B(XML_ONE);
    struct bytes junk = B("junk");
    struct bytes mixed[] = {xml, junk};
    const struct attr sources[] = {{B("replPropertyMetaData"), &raw, 1},
                                   {B("REPLPROPERTYMETADATA"), &raw, 1},
                                   {B("msDS-ReplAttributeMetaData;binary"), &bin, 1},
                                   {B("msDS-ReplAttributeMetaData;Binary;range=0-*"), &bin, 1},
                                   {B("msDS-ReplAttributeMetaData"), &bin, 1},
                                   {B("msDS-ReplAttributeMetaData"), &xml, 1}};
    const struct attr bad[] = {{B("replPropertyMetaData"), &junk, 1},
                               {B("replPropertyMetaData"), NULL, 0},
                               {B("replPropertyMetaDatas"), &raw, 1},
                               {B("msDS-ReplAttributeMetaData;range=0-499"), &xml, 1},
                               {B("msDS-ReplAttributeMetaData;binary;range=500-*"), &bin, 1},
                               {B("msDS-ReplAttributeMetaData;binary"), &xml, 1},
                               {B("msDS-ReplAttributeMetaData"), mixed, 2},
                               {B("msDS-ReplAttributeMetaData"), &junk, 1}};
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        struct attr attrs[] = {{B("cn"), &junk, 1}, {B("replPropertyMetaData"), NULL, 0}, sources[i]};
        struct seen seen = {.count = 0};
        struct entry entry = {.dn = B("CN=x"), .attrs = attrs, .attr_count = 3};
        ck_assert_msg(metadata_of_entry(&entry, take, &seen), "%zu", i);
        check_one(&seen);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct seen seen = {.count = 0};
        struct entry entry = {.dn = B("CN=x"), .attrs = &bad[i], .attr_count = 1};
        ck_assert_msg(!metadata_of_entry(&entry, take, &seen), "%zu", i);
        ck_assert_uint_eq(seen.count, 0);
    }
}
END_TEST

Suite *suite_replica_stamp(void)
{
    Suite *s = suite_create("replica_stamp");
    TCase *tc = tcase_create("replica_stamp");
    tcase_add_test(tc, orders_by_version_then_time_then_origin);
    tcase_add_test(tc, versions_count_round);
    tcase_add_test(tc, versions_as_by_the_book);
    tcase_add_test(tc, origins_order_as_their_text_does);
    tcase_add_test(tc, reads_raw_metadata);
    tcase_add_test(tc, reads_all_stamps_in_order_or_none);
    tcase_add_test(tc, refuses_other_versions_and_absurd_counts);
    tcase_add_test(tc, keeps_the_order_of_odd_times);
    tcase_add_test(tc, reads_binary_metadata);
    tcase_add_test(tc, binary_metadata_cut_or_pointing_elsewhere_is_refused);
    tcase_add_test(tc, finds_the_stamps_of_an_entry);
    suite_add_tcase(s, tc);
    return s;
}
