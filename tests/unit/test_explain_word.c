/* An entry as a witness's word. */
#include <check.h>

#include "scanner/run/explain_inside.h"
#include "tests/unit/make_blob.h"

Suite *suite_explain_word(void);

#define SEED 7

/* replPropertyMetaData with one stamp an attribute: version n, USN 10 * n for the n-th, origin 5. */
static struct blob metadata_of(const uint32_t *attids, uint32_t count)
{
    struct blob blob = {.len = 0};
    put32(&blob, 1);
    put32(&blob, 0);
    put32(&blob, count);
    put32(&blob, 0);
    for (uint32_t i = 1; i <= count; i++) {
        put32(&blob, attids[i - 1]);
        put32(&blob, i);
        put64(&blob, TEST_SECONDS);
        put_guid(&blob, 5);
        put64(&blob, UINT64_C(10) * i);
        put64(&blob, 1);
    }
    return blob;
}

START_TEST(values_and_stamps_of_a_live_entry)
{
    static const uint32_t attids[] = {ATTID_WHEN_CREATED, ATTID_SPN, ATTID_CN_NAME, ATTID_UPN, 0x12345};
    struct blob blob = metadata_of(attids, 5);
    struct bytes raw = blob_bytes(&blob);
    const struct attr attrs[] = {ATTR("servicePrincipalName", B("HTTP/a"), B("http/B")),
                                 ATTR("sAMAccountName", B("svc")),
                                 {B("replPropertyMetaData"), &raw, 1},
                                 ATTR("nTSecurityDescriptor", B("sd"))};
    const struct entry entry = {.dn = B("CN=Svc,OU=A,DC=x"), .attrs = attrs, .attr_count = 4};
    struct witness w;
    word_of_entry(&entry, SEED, &w);
    ck_assert(w.fresh && w.has_metadata && w.sd);
    ck_assert_int_eq(w.presence, SHOWS_LIVE);
    ck_assert(w.values[JUDGED_OBJECT].has_stamp);
    ck_assert_uint_eq(w.values[JUDGED_OBJECT].stamp.usn, 10);
    ck_assert(w.values[JUDGED_SPN].present && w.values[JUDGED_SPN].has_stamp);
    ck_assert_uint_eq(w.values[JUDGED_SPN].stamp.version, 2);
    ck_assert_int_eq(w.values[JUDGED_SPN].stamp.time_us, TEST_US);
    ck_assert_uint_eq(w.values[JUDGED_DN].stamp.usn, 30);
    ck_assert(w.values[JUDGED_SAM].present && !w.values[JUDGED_SAM].has_stamp);
    /* A stamp without a value: it was cleared. */
    ck_assert(!w.values[JUDGED_UPN].present && w.values[JUDGED_UPN].has_stamp);
    ck_assert(hash128_equal(w.values[JUDGED_UPN].hash, (struct hash128){0, 0}));
    ck_assert(!w.values[JUDGED_UAC].present && !w.values[JUDGED_DELETED].has_stamp);
}
END_TEST

static struct witness word(const char *dn, const struct attr *attrs, size_t count)
{
    const struct entry entry = {.dn = bytes_of(dn), .attrs = attrs, .attr_count = count};
    struct witness w;
    word_of_entry(&entry, SEED, &w);
    return w;
}

START_TEST(values_count_as_in_their_facets)
{
    const struct attr one[] = {ATTR("servicePrincipalName", B("HTTP/a"), B("HTTP/b")),
                               ATTR("userAccountControl", B("-2147483136")),
                               ATTR("msDS-AllowedToActOnBehalfOfOtherIdentity", B("Ab"))};
    const struct attr same[] = {ATTR("SERVICEPRINCIPALNAME", B("http/B"), B("Http/A")),
                                ATTR("userAccountControl", B("2147484160")),
                                ATTR("msDS-AllowedToActOnBehalfOfOtherIdentity", B("AB"))};
    struct witness a = word("CN=x,DC=y", one, 3), b = word("cn=X,dc=Y", same, 3);
    ck_assert(hash128_equal(a.values[JUDGED_SPN].hash, b.values[JUDGED_SPN].hash));
    ck_assert(hash128_equal(a.values[JUDGED_UAC].hash, b.values[JUDGED_UAC].hash));
    ck_assert(hash128_equal(a.values[JUDGED_DN].hash, b.values[JUDGED_DN].hash));
    ck_assert(!hash128_equal(a.values[JUDGED_RBCD].hash, b.values[JUDGED_RBCD].hash));
    ck_assert(!a.has_metadata && a.sd == 0);
}
END_TEST

START_TEST(what_agrees_alone_agrees_in_its_facet)
{
    const struct attr one[] = {ATTR("objectGUID", B("0123456789abcdef")),
                               ATTR("servicePrincipalName", B("HTTP/a"), B("HTTP/b"))};
    const struct attr other[] = {ATTR("objectGUID", B("0123456789abcdef")),
                                 ATTR("servicePrincipalName", B("HTTP/a"))};
    const struct entry entries[] = {{.attrs = one, .attr_count = 2}, {.attrs = other, .attr_count = 2}};
    struct facet_view views[2];
    struct witness words[2];
    for (int i = 0; i < 2; i++) {
        ck_assert(facet_read(&entries[i], SEED, 1u << FACET_SPN, &views[i]));
        word_of_entry(&entries[i], SEED, &words[i]);
        ck_assert(hash128_equal(views[i].hash[FACET_SPN], words[i].values[JUDGED_SPN].hash));
    }
    ck_assert(!hash128_equal(words[0].values[JUDGED_SPN].hash, words[1].values[JUDGED_SPN].hash));
}
END_TEST

START_TEST(an_rdn_is_told_apart_from_what_is_above)
{
    struct witness a = word("CN=x\\,y,OU=a,DC=z", NULL, 0), moved = word("cn=X\\,Y,OU=b,DC=z", NULL, 0),
                   renamed = word("CN=x\\,z,OU=a,DC=z", NULL, 0);
    ck_assert(!hash128_equal(a.values[JUDGED_DN].hash, moved.values[JUDGED_DN].hash));
    ck_assert_uint_eq(a.values[JUDGED_DN].rdn, moved.values[JUDGED_DN].rdn);
    ck_assert_uint_ne(a.values[JUDGED_DN].rdn, renamed.values[JUDGED_DN].rdn);
}
END_TEST

START_TEST(a_tombstone_is_no_live_entry)
{
    const struct attr yes[] = {ATTR("isDeleted", B("TRUE"))}, no[] = {ATTR("isDeleted", B("FALSE"))};
    ck_assert_int_eq(word("CN=x\\0ADEL:1,CN=Deleted Objects,DC=y", yes, 1).presence, SHOWS_DELETED);
    ck_assert_int_eq(word("CN=x,DC=y", no, 1).presence, SHOWS_LIVE);
}
END_TEST

START_TEST(malformed_metadata_is_none)
{
    static const uint32_t attids[] = {ATTID_SPN};
    struct blob blob = metadata_of(attids, 1);
    set32(&blob, 8, 2);
    struct bytes raw = blob_bytes(&blob);
    const struct attr attrs[] = {{B("replPropertyMetaData"), &raw, 1}};
    struct witness w = word("CN=x,DC=y", attrs, 1);
    ck_assert(!w.has_metadata);
    for (int what = 0; what < JUDGED_COUNT; what++)
        ck_assert(!w.values[what].has_stamp);
}
END_TEST

Suite *suite_explain_word(void)
{
    Suite *s = suite_create("explain: words");
    TCase *t = tcase_create("entries");
    tcase_add_test(t, values_and_stamps_of_a_live_entry);
    tcase_add_test(t, values_count_as_in_their_facets);
    tcase_add_test(t, what_agrees_alone_agrees_in_its_facet);
    tcase_add_test(t, an_rdn_is_told_apart_from_what_is_above);
    tcase_add_test(t, a_tombstone_is_no_live_entry);
    tcase_add_test(t, malformed_metadata_is_none);
    suite_add_tcase(s, t);
    return s;
}
