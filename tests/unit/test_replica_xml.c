#include <check.h>

#include "tests/unit/make_blob.h"

Suite *suite_replica_xml(void);

/* As Windows writes it: lines, tabs, a NUL behind each string and at the end. */
#define STAMP_XML                                                                                            \
    "<DS_REPL_ATTR_META_DATA>\n\t<pszAttributeName>servicePrincipalName</pszAttributeName>\n"                \
    "\t<dwVersion>4294967295</dwVersion>\n"                                                                  \
    "\t<ftimeLastOriginatingChange>2026-11-22T13:09:51Z</ftimeLastOriginatingChange>\n"                      \
    "\t<uuidLastOriginatingDsaInvocationID>00112233-4455-6677-8899-AABBccddeeff"                             \
    "</uuidLastOriginatingDsaInvocationID>\n"                                                                \
    "\t<usnOriginatingChange>18446744073709551615</usnOriginatingChange>\n"                                  \
    "\t<usnLocalChange>4385</usnLocalChange>\n"                                                              \
    "\t<pszLastOriginatingDsaDN></pszLastOriginatingDsaDN>\n</DS_REPL_ATTR_META_DATA>\n\0"

static const struct guid mixed_guid = {
    {0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff}};

START_TEST(reads_a_stamp)
{
    struct attr_stamp s;
    ck_assert(metadata_xml(B(STAMP_XML), &s));
    ck_assert_uint_eq(s.attid, ATTID_SPN);
    ck_assert_uint_eq(s.stamp.version, UINT32_MAX);
    ck_assert_int_eq(s.stamp.time_us, TEST_US);
    ck_assert(guid_equal(&s.stamp.origin, &mixed_guid));
    ck_assert_uint_eq(s.stamp.usn, UINT64_MAX);
    ck_assert_uint_eq(s.local_usn, 4385);
}
END_TEST

START_TEST(nuls_anywhere_do_no_harm)
{
    struct bytes whole = B(STAMP_XML);
    uint8_t *spread = malloc(2 * whole.len);
    for (size_t i = 0; i < whole.len; i++) {
        spread[2 * i] = whole.data[i];
        spread[2 * i + 1] = 0;
    }
    struct attr_stamp s;
    ck_assert(metadata_xml((struct bytes){spread, 2 * whole.len}, &s));
    ck_assert_uint_eq(s.attid, ATTID_SPN);
    free(spread);
}
END_TEST

START_TEST(every_cut_is_refused)
{
    struct bytes whole = B(STAMP_XML);
    size_t end = whole.len - 2; /* its newline and NUL are no loss */
    for (size_t len = 0; len <= whole.len; len++) {
        struct bytes cut = cut_at(whole, len);
        struct attr_stamp s = {.attid = 77};
        bool fine = metadata_xml(cut, &s);
        ck_assert_msg(fine == (len >= end), "%zu", len);
        ck_assert_uint_eq(s.attid, fine ? ATTID_SPN : 77);
        cut_free(cut);
    }
}
END_TEST

/* The cursor with one part replaced. */
static bool cursor_with(const char *part, const char *by, struct utd_vector *v)
{
    static const char whole[] =
        "<DS_REPL_CURSOR_3><uuidSourceDsaInvocationID>{00112233-4455-6677-8899-aabbccddeeff}"
        "</uuidSourceDsaInvocationID><usnAttributeFilter>123</usnAttributeFilter>"
        "<ftimeLastSyncSuccess>2026-11-22T13:09:51Z</ftimeLastSyncSuccess>"
        "<pszSourceDsaDN>CN=NTDS Settings,CN=A&amp;B</pszSourceDsaDN></DS_REPL_CURSOR_3>";
    char text[2 * sizeof whole];
    const char *at = strstr(whole, part);
    ck_assert_ptr_nonnull(at);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - whole), whole, by, at + strlen(part));
    return vector_add_xml(v, bytes_of(text));
}

START_TEST(reads_cursors)
{
    static const struct {
        const char *part, *by;
        uint64_t usn;
        int64_t synced_us;
    } good[] = {
        {"", "", 123, TEST_US},
        {"_3>", "_3 >", 123, TEST_US},
        {"2026-11-22T13:09:51Z", "2026-11-22T13:09:51.5Z", 123, TEST_US + 500000},
        {"2026-11-22T13:09:51Z", "1601-01-01T00:00:00Z", 123, 0},
        {"<pszSourceDsaDN>CN=NTDS Settings,CN=A&amp;B</pszSourceDsaDN>", "<pszSourceDsaDN/>", 123, TEST_US},
        {"<ftimeLastSyncSuccess>2026-11-22T13:09:51Z</ftimeLastSyncSuccess>", "<other />", 123, 0},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct utd_vector v = {0};
        ck_assert_msg(cursor_with(good[i].part, good[i].by, &v), "%zu", i);
        const struct utd_cursor *c = vector_find(&v, &mixed_guid);
        ck_assert_ptr_nonnull(c);
        ck_assert_uint_eq(c->usn, good[i].usn);
        ck_assert_int_eq(c->synced_us, good[i].synced_us);
        vector_release(&v);
    }
    struct utd_vector v = {0};
    ck_assert(vector_add_xml(&v, B("<DS_REPL_CURSOR><uuidSourceDsaInvocationID>"
                                   "00112233-4455-6677-8899-aabbccddeeff</uuidSourceDsaInvocationID>"
                                   "<usnAttributeFilter>7</usnAttributeFilter></DS_REPL_CURSOR>")));
    ck_assert_uint_eq(vector_find(&v, &mixed_guid)->usn, 7);
    vector_release(&v);
}
END_TEST

START_TEST(refuses_what_is_not_that)
{
    static const char *const bad[][2] = {
        {"<DS_REPL_CURSOR_3>", "<DS_REPL_CURSOR_2>"},
        {"<DS_REPL_CURSOR_3>", "<DS_REPL_CURSOR_4>"},
        {"<DS_REPL_CURSOR_3>", "<?xml version=\"1.0\"?><DS_REPL_CURSOR_3>"},
        {"<DS_REPL_CURSOR_3>", "<!-- x --><DS_REPL_CURSOR_3>"},
        {"<DS_REPL_CURSOR_3>", "<DS_REPL_CURSOR_3 a=\"b\">"},
        {"<DS_REPL_CURSOR_3>", "text<DS_REPL_CURSOR_3>"},
        {"<DS_REPL_CURSOR_3>", "<DS_REPL_CURSOR_3>text"},
        {"<DS_REPL_CURSOR_3>", "< DS_REPL_CURSOR_3>"},
        {"</DS_REPL_CURSOR_3>", "</DS_REPL_CURSOR_3>x"},
        {"</DS_REPL_CURSOR_3>", "</DS_REPL_CURSOR_3></DS_REPL_CURSOR_3>"},
        {"</DS_REPL_CURSOR_3>", "</DS_REPL_CURSOR_3/>"},
        {"</usnAttributeFilter>", "</usnattributeFilter>"},
        {"</usnAttributeFilter>", ""},
        {"<usnAttributeFilter>", ""},
        {"<usnAttributeFilter>123</usnAttributeFilter>", ""},
        {"<usnAttributeFilter>", "<usnAttributeFilter><b/>"},
        {"<usnAttributeFilter>", "<usnAttributeFilter>9</usnAttributeFilter><usnAttributeFilter>"},
        {">123<", ">-123<"},
        {">123<", ">0x7b<"},
        {">123<", "> 123<"},
        {">123<", ">18446744073709551616<"},
        {">123<", "><"},
        {"{0", "0"},
        {"f}", "g}"},
        {"f}", "f"},
        {"-4455", "44550"},
        {"ee", "e"},
        {"2026-11-22T13:09:51Z", "2026-11-22 13:09:51Z"},
        {"2026-11-22T13:09:51Z", "2026-11-22T13:09:51"},
        {"2026-11-22T13:09:51Z", "2026-13-22T13:09:51Z"},
        {"2026-11-22T13:09:51Z", "20261122130951.0Z"},
        {"2026-11-22T13:09:51Z", "2026/11-22T13:09:51Z"},
        {"2026-11-22T13:09:51Z", "2026-11-22T13:09:51.00000000000000000000000Z"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct utd_vector v = {0};
        ck_assert_msg(!cursor_with(bad[i][0], bad[i][1], &v), "%s for %s", bad[i][1], bad[i][0]);
        ck_assert_uint_eq(v.count, 0);
    }
    struct utd_vector v = {0};
    ck_assert(!vector_add_xml(&v, (struct bytes){NULL, 0}));
    ck_assert(!vector_add_xml(&v, B("\0\0\0")));
}
END_TEST

START_TEST(refuses_the_huge)
{
    size_t size = 300000;
    uint8_t *text = malloc(size);
    memset(text, ' ', size);
    struct bytes cursor = B("<DS_REPL_CURSOR><uuidSourceDsaInvocationID>00112233-4455-6677-8899-aabbccddeeff"
                            "</uuidSourceDsaInvocationID><usnAttributeFilter>7</usnAttributeFilter>"
                            "</DS_REPL_CURSOR>");
    memcpy(text, cursor.data, cursor.len);
    struct utd_vector v = {0};
    ck_assert(!vector_add_xml(&v, (struct bytes){text, size}));
    ck_assert(vector_add_xml(&v, (struct bytes){text, 1000}));
    vector_release(&v);
    free(text);
}
END_TEST

#define NEIGHBOUR_XML(address)                                                                               \
    "<DS_REPL_NEIGHBOR><pszNamingContext>DC=corp\0</pszNamingContext>"                                       \
    "<pszSourceDsaDN>CN=NTDS Settings,CN=A&amp;B&lt;&gt;&quot;&apos;&other;&\0</pszSourceDsaDN>"             \
    "<pszSourceDsaAddress>" address "</pszSourceDsaAddress>"                                                 \
    "<pszAsyncIntersiteTransportDN></pszAsyncIntersiteTransportDN><dwReplicaFlags>112</dwReplicaFlags>"      \
    "<uuidSourceDsaObjGuid>00112233-4455-6677-8899-aabbccddeeff</uuidSourceDsaObjGuid>"                      \
    "<uuidSourceDsaInvocationID>00112233-4455-6677-8899-aabbccddeeff</uuidSourceDsaInvocationID>"            \
    "<usnLastObjChangeSynced>1000</usnLastObjChangeSynced><usnAttributeFilter>2000</usnAttributeFilter>"     \
    "<ftimeLastSyncSuccess>1601-01-01T00:00:00Z</ftimeLastSyncSuccess>"                                      \
    "<ftimeLastSyncAttempt>2026-11-22T13:09:51Z</ftimeLastSyncAttempt>"                                      \
    "<dwLastSyncResult>1722</dwLastSyncResult>"                                                              \
    "<cNumConsecutiveSyncFailures>4</cNumConsecutiveSyncFailures></DS_REPL_NEIGHBOR>"

START_TEST(reads_a_neighbour)
{
    struct neighbour n;
    ck_assert(neighbour_xml(B(NEIGHBOUR_XML("dc1\0.corp")), &n));
    ck_assert(guid_equal(&n.dsa, &mixed_guid));
    ck_assert(guid_equal(&n.invocation, &mixed_guid));
    ck_assert_uint_eq(n.usn, 2000);
    ck_assert_uint_eq(n.failures, 4);
    ck_assert_uint_eq(n.result, 1722);
    ck_assert_int_eq(n.success_us, 0);
    ck_assert_int_eq(n.attempt_us, TEST_US);
    ck_assert_str_eq(n.source, "dc1.corp");
    ck_assert(neighbour_xml(B(NEIGHBOUR_XML("")), &n));
    ck_assert_str_eq(n.source, "CN=NTDS Settings,CN=A&B<>\"'&other;&");

    struct bytes whole = B(NEIGHBOUR_XML("dc1.corp"));
    for (size_t len = 0; len < whole.len; len++) {
        struct bytes cut = cut_at(whole, len);
        ck_assert_msg(!neighbour_xml(cut, &n), "%zu", len);
        cut_free(cut);
    }
}
END_TEST

Suite *suite_replica_xml(void)
{
    Suite *s = suite_create("replica_xml");
    TCase *tc = tcase_create("replica_xml");
    tcase_add_test(tc, reads_a_stamp);
    tcase_add_test(tc, nuls_anywhere_do_no_harm);
    tcase_add_test(tc, every_cut_is_refused);
    tcase_add_test(tc, reads_cursors);
    tcase_add_test(tc, refuses_what_is_not_that);
    tcase_add_test(tc, refuses_the_huge);
    tcase_add_test(tc, reads_a_neighbour);
    suite_add_tcase(s, tc);
    return s;
}
