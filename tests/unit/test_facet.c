/* Hashes of facets; their text is in test_facet_text.c. */
#include <check.h>
#include <stdlib.h>

#include "scanner/decode/facet.h"
#include "tests/unit/make_entry.h"

Suite *suite_facet(void);

#define ALL  ((1u << FACET_COUNT) - 1)
#define SEED 0x1234567890ABCDEFu
#define GUID ATTR("objectGUID", B("0123456789abcdef"))

static struct facet_view view_of(const struct entry *e)
{
    struct facet_view v;
    ck_assert(facet_read(e, SEED, ALL, &v));
    return v;
}

static bool same(const struct entry *a, const struct entry *b, enum facet f)
{
    return hash128_equal(view_of(a).hash[f], view_of(b).hash[f]);
}

static bool is_none(struct hash128 h)
{
    return h.lo == 0 && h.hi == 0;
}

START_TEST(needs_a_guid)
{
    struct facet_view v;
    ENTRY(none, "CN=x", ATTR("cn", B("x")));
    ENTRY(brief, "CN=x", ATTR("objectGUID", B("0123456789abcde")));
    ENTRY(zero, "CN=x", ATTR("objectGUID", B("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")));
    ENTRY(good, "CN=x", ATTR("OBJECTguid", B("0123456789abcdef")));
    ck_assert(!facet_read(&none, SEED, ALL, &v));
    ck_assert(!facet_read(&brief, SEED, ALL, &v));
    ck_assert(!facet_read(&zero, SEED, ALL, &v));
    ck_assert(facet_read(&good, SEED, ALL, &v));
    ck_assert_mem_eq(v.guid.b, "0123456789abcdef", 16);
}
END_TEST

START_TEST(order_does_not_count)
{
    ENTRY(a, "CN=x", GUID, ATTR("servicePrincipalName", B("HTTP/a"), B("HTTP/b"), B("cifs/c")),
          ATTR("sAMAccountName", B("X")));
    ENTRY(b, "CN=x", ATTR("sAMAccountName", B("X")),
          ATTR("servicePrincipalName", B("cifs/c"), B("HTTP/b"), B("HTTP/a")), GUID);
    for (unsigned f = 0; f < FACET_COUNT; f++)
        ck_assert(same(&a, &b, (enum facet)f));
}
END_TEST

START_TEST(case_of_names_does_not_count)
{
    ENTRY(a, "CN=x,DC=corp", GUID, ATTR("servicePrincipalName", B("HTTP/Web.corp.test")),
          ATTR("dNSHostName", B("web.CORP.test")), ATTR("userPrincipalName", B("X@corp")),
          ATTR("msDS-AllowedToDelegateTo", B("CIFS/f")));
    ENTRY(b, "cn=X,dc=CORP", GUID, ATTR("SERVICEPRINCIPALNAME", B("http/wEB.CORP.TEST")),
          ATTR("dNSHostName", B("WEB.corp.test")), ATTR("userPrincipalName", B("x@CORP")),
          ATTR("msds-allowedtodelegateto", B("cifs/F")));
    for (unsigned f = 0; f < FACET_COUNT; f++)
        ck_assert(same(&a, &b, (enum facet)f));
}
END_TEST

START_TEST(bytes_beyond_ascii_count_as_they_are)
{
    ENTRY(a, "CN=x", GUID, ATTR("servicePrincipalName", B("HTTP/b\xc3\xbcro")));
    ENTRY(b, "CN=x", GUID, ATTR("servicePrincipalName", B("HTTP/b\xc3\x9cro")));
    ck_assert(!same(&a, &b, FACET_SPN));
}
END_TEST

START_TEST(facets_are_apart)
{
    ENTRY(a, "CN=x", GUID, ATTR("servicePrincipalName", B("HTTP/a")), ATTR("userAccountControl", B("512")),
          ATTR("msDS-AllowedToDelegateTo", B("cifs/a")));
    ENTRY(spn, "CN=x", GUID, ATTR("servicePrincipalName", B("HTTP/b")), ATTR("userAccountControl", B("512")),
          ATTR("msDS-AllowedToDelegateTo", B("cifs/a")));
    ENTRY(uac, "CN=x", GUID, ATTR("servicePrincipalName", B("HTTP/a")), ATTR("userAccountControl", B("514")),
          ATTR("msDS-AllowedToDelegateTo", B("cifs/a")));
    ENTRY(moved, "CN=y", GUID, ATTR("servicePrincipalName", B("HTTP/a")),
          ATTR("userAccountControl", B("512")), ATTR("msDS-AllowedToDelegateTo", B("cifs/a")));
    ENTRY(target, "CN=x", GUID, ATTR("servicePrincipalName", B("HTTP/a")),
          ATTR("userAccountControl", B("512")), ATTR("msDS-AllowedToDelegateTo", B("cifs/b")));
    const struct entry *others[] = {&spn, &uac, &moved, &target};
    const enum facet changed[] = {FACET_SPN, FACET_ACCOUNT, FACET_ACCOUNT, FACET_DELEGATION};
    for (size_t i = 0; i < 4; i++)
        for (unsigned f = 0; f < FACET_COUNT; f++)
            ck_assert_int_eq(same(&a, others[i], (enum facet)f), f != changed[i]);
}
END_TEST

START_TEST(mask_leaves_facets_empty)
{
    ENTRY(a, "CN=x", GUID, ATTR("servicePrincipalName", B("HTTP/a")), ATTR("userAccountControl", B("512")),
          ATTR("msDS-SupportedEncryptionTypes", B("24")));
    struct facet_view all = view_of(&a);
    for (unsigned mask = 0; mask <= ALL; mask++) {
        struct facet_view v;
        ck_assert(facet_read(&a, SEED, mask, &v));
        for (unsigned f = 0; f < FACET_COUNT; f++)
            ck_assert(mask & 1u << f ? hash128_equal(v.hash[f], all.hash[f]) : is_none(v.hash[f]));
        ck_assert(!v.uac_hidden);
    }
}
END_TEST

START_TEST(nothing_hashes_to_nothing)
{
    ENTRY(a, "CN=x", GUID, {.name = B("servicePrincipalName")}, {.name = B("msDS-AllowedToDelegateTo")},
          ATTR("description", B("x")));
    struct facet_view v = view_of(&a);
    ck_assert(is_none(v.hash[FACET_SPN]));
    ck_assert(is_none(v.hash[FACET_DELEGATION]));
    ck_assert(!is_none(v.hash[FACET_ACCOUNT])); /* there is always the DN */
    ENTRY(empty, "CN=x", GUID, ATTR("servicePrincipalName", B("")),
          ATTR("msDS-SupportedEncryptionTypes", B("0")));
    v = view_of(&empty);
    ck_assert(!is_none(v.hash[FACET_SPN])); /* one empty value is not none */
    ck_assert(!is_none(v.hash[FACET_DELEGATION]));
}
END_TEST

START_TEST(hidden_uac_is_a_state_of_its_own)
{
    ENTRY(hidden, "CN=x", GUID, ATTR("sAMAccountName", B("X")));
    ENTRY(also, "CN=x", GUID, ATTR("sAMAccountName", B("X")), {.name = B("userAccountControl")});
    ENTRY(zero, "CN=x", GUID, ATTR("sAMAccountName", B("X")), ATTR("userAccountControl", B("0")));
    ENTRY(empty, "CN=x", GUID, ATTR("sAMAccountName", B("X")), ATTR("userAccountControl", B("")));
    ck_assert(view_of(&hidden).uac_hidden);
    ck_assert(view_of(&also).uac_hidden);
    ck_assert(!view_of(&zero).uac_hidden);
    ck_assert(same(&hidden, &also, FACET_ACCOUNT));
    ck_assert(!same(&hidden, &zero, FACET_ACCOUNT));
    ck_assert(!same(&hidden, &empty, FACET_ACCOUNT));
    struct facet_view v;
    ck_assert(facet_read(&hidden, SEED, 1u << FACET_SPN, &v));
    ck_assert(!v.uac_hidden); /* not asked */
}
END_TEST

START_TEST(flags_count_by_number)
{
    ENTRY(minus, "CN=x", GUID, ATTR("userAccountControl", B("-2147483648")));
    ENTRY(plus, "CN=x", GUID, ATTR("userAccountControl", B("2147483648")));
    ENTRY(odd, "CN=x", GUID, ATTR("userAccountControl", B("02147483648")));
    ENTRY(big, "CN=x", GUID, ATTR("userAccountControl", B("4294967296")));
    ENTRY(zero, "CN=x", GUID, ATTR("userAccountControl", B("0")));
    ck_assert(same(&minus, &plus, FACET_ACCOUNT));
    ck_assert(!same(&minus, &odd, FACET_ACCOUNT));
    ck_assert(!same(&zero, &big, FACET_ACCOUNT));
    ENTRY(number, "CN=x", GUID, ATTR("userAccountControl", B("24")));
    ENTRY(bytes, "CN=x", GUID, ATTR("userAccountControl", B("\x18\0\0\0"))); /* 24 as it is hashed */
    ck_assert(!same(&number, &bytes, FACET_ACCOUNT));
}
END_TEST

START_TEST(one_value_in_two_attributes_differs)
{
    ENTRY(sam, "CN=x", GUID, ATTR("sAMAccountName", B("same")));
    ENTRY(dns, "CN=x", GUID, ATTR("dNSHostName", B("same")));
    ENTRY(upn, "CN=x", GUID, ATTR("userPrincipalName", B("same")));
    ck_assert(!same(&sam, &dns, FACET_ACCOUNT));
    ck_assert(!same(&sam, &upn, FACET_ACCOUNT));
    ck_assert(!same(&dns, &upn, FACET_ACCOUNT));
    ENTRY(target, "CN=x", GUID, ATTR("msDS-AllowedToDelegateTo", B("24")));
    ENTRY(enc, "CN=x", GUID, ATTR("msDS-SupportedEncryptionTypes", B("24")));
    ENTRY(rbcd, "CN=x", GUID, ATTR("msDS-AllowedToActOnBehalfOfOtherIdentity", B("24")));
    ck_assert(!same(&target, &enc, FACET_DELEGATION));
    ck_assert(!same(&target, &rbcd, FACET_DELEGATION));
}
END_TEST

START_TEST(encryption_types_alone_are_a_state_that_is_known)
{
    static const struct {
        struct bytes value;
        int state;
    } cases[] = {
        {B("0"), -2},  {B("24"), -26},        {B("28"), -30},        {B("31"), -33}, {B("63"), -65},
        {B("032"), 0}, {B("4"), 0 /* RC4 */}, {B("3"), 0 /* DES */}, {B("7"), 0},    {B("36"), 0},
        {B("64"), 0},  {B("-24"), 0},         {B("x"), 0},           {B(""), 0},     {B("2147483672"), 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ENTRY(a, "CN=x", GUID, ATTR("msDS-SupportedEncryptionTypes", cases[i].value));
        ck_assert_int_eq(view_of(&a).types_state, cases[i].state);
    }
    ENTRY(targets, "CN=x", GUID, ATTR("msDS-SupportedEncryptionTypes", B("24")),
          ATTR("msDS-AllowedToDelegateTo", B("HTTP/a")));
    ENTRY(rbcd, "CN=x", GUID, ATTR("msDS-AllowedToActOnBehalfOfOtherIdentity", B("")),
          ATTR("msDS-SupportedEncryptionTypes", B("24")));
    ENTRY(two, "CN=x", GUID, ATTR("msDS-SupportedEncryptionTypes", B("24"), B("28")));
    ENTRY(twice, "CN=x", GUID, ATTR("msDS-SupportedEncryptionTypes", B("24")),
          ATTR("msDS-SupportedEncryptionTypes", B("28")));
    ENTRY(without, "CN=x", GUID, {.name = B("msDS-SupportedEncryptionTypes")});
    const struct entry *others[] = {&targets, &rbcd, &two, &twice, &without};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        ck_assert_int_eq(view_of(others[i]).types_state, 0);
    struct facet_view v;
    ENTRY(alone, "CN=x", GUID, ATTR("msDS-SupportedEncryptionTypes", B("24")));
    ck_assert(facet_read(&alone, SEED, 1u << FACET_SPN | 1u << FACET_ACCOUNT, &v));
    ck_assert_int_eq(v.types_state, 0); /* not asked for */
}
END_TEST

START_TEST(values_do_not_run_together)
{
    ENTRY(two, "CN=x", GUID, ATTR("servicePrincipalName", B("ab"), B("c")));
    ENTRY(other, "CN=x", GUID, ATTR("servicePrincipalName", B("a"), B("bc")));
    ENTRY(one, "CN=x", GUID, ATTR("servicePrincipalName", B("abc")));
    ck_assert(!same(&two, &other, FACET_SPN));
    ck_assert(!same(&two, &one, FACET_SPN));
}
END_TEST

START_TEST(binary_counts_byte_by_byte)
{
    ENTRY(a, "CN=x", GUID, ATTR("objectSid", B("SID\0a")),
          ATTR("msDS-AllowedToActOnBehalfOfOtherIdentity", B("A\0b")));
    ENTRY(b, "CN=x", GUID, ATTR("objectSid", B("SID\0A")),
          ATTR("msDS-AllowedToActOnBehalfOfOtherIdentity", B("a\0b")));
    ck_assert(!same(&a, &b, FACET_ACCOUNT));
    ck_assert(!same(&a, &b, FACET_DELEGATION));
}
END_TEST

START_TEST(seed_changes_everything)
{
    ENTRY(a, "CN=x", GUID, ATTR("servicePrincipalName", B("HTTP/a")),
          ATTR("msDS-SupportedEncryptionTypes", B("24")));
    struct facet_view other;
    struct facet_view v = view_of(&a);
    ck_assert(facet_read(&a, SEED + 1, ALL, &other));
    for (unsigned f = 0; f < FACET_COUNT; f++) {
        ck_assert_uint_ne(v.hash[f].lo, other.hash[f].lo);
        ck_assert_uint_ne(v.hash[f].hi, other.hash[f].hi);
    }
}
END_TEST

/* No two of those that are told apart here have one sum. */
static uint64_t key_of(struct bytes spn)
{
    const struct spn_key key = facet_spn_key(spn, SEED);
    return key.host + 3 * key.rest;
}

/* The buffer's edge and beyond: a name of any length folds alike, and its last byte counts. */
START_TEST(long_names_are_hashed_whole)
{
    enum { MOST = 1200 };
    char *upper = malloc(MOST), *lower = malloc(MOST);
    for (size_t i = 0; i < MOST; i++) {
        upper[i] = (char)('A' + i % 26);
        lower[i] = (char)('a' + i % 26);
    }
    for (size_t len = 1; len < MOST; len++) {
        const uint64_t key = key_of((struct bytes){(uint8_t *)upper, len});
        ck_assert_uint_eq(key, key_of((struct bytes){(uint8_t *)lower, len}));
        lower[len - 1] ^= 0x10;
        ck_assert_uint_ne(key, key_of((struct bytes){(uint8_t *)lower, len}));
        lower[len - 1] ^= 0x10;
        ck_assert_uint_ne(key, key_of((struct bytes){(uint8_t *)upper, len - 1}));
    }
    free(upper);
    free(lower);
}
END_TEST

START_TEST(every_byte_folds_right)
{
    for (unsigned c = 0; c < 256; c++)
        for (size_t at = 0; at < 20; at++) {
            uint8_t raw[20], folded[20];
            memset(raw, 'q', sizeof raw);
            memset(folded, 'q', sizeof folded);
            raw[at] = (uint8_t)c;
            folded[at] = (uint8_t)(c >= 'A' && c <= 'Z' ? c + 32 : c);
            for (size_t len = at + 1; len <= sizeof raw; len++)
                ck_assert_uint_eq(key_of((struct bytes){raw, len}), key_of((struct bytes){folded, len}));
        }
}
END_TEST

/* Bit 5 parts upper case from lower, and many other characters from each other: there it counts. */
START_TEST(only_letters_fold)
{
    for (unsigned c = 0; c < 256; c++)
        for (size_t len = 1; len <= 20; len++) {
            uint8_t one[20], other[20];
            memset(one, 'q', sizeof one);
            memset(other, 'q', sizeof other);
            one[len / 2] = (uint8_t)c;
            other[len / 2] = (uint8_t)(c ^ 0x20);
            bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
            ck_assert_int_eq(key_of((struct bytes){one, len}) == key_of((struct bytes){other, len}), letter);
        }
}
END_TEST

/* Hashes are kept in databases: the same on every machine and in every version, or each rescan sees all
 * changed. */
START_TEST(hashes_stay_what_they_are)
{
    ENTRY(a, "CN=Web,DC=corp,DC=test", GUID,
          ATTR("servicePrincipalName", B("HTTP/web"), B("HOST/web.corp.test")),
          ATTR("userAccountControl", B("4096")), ATTR("sAMAccountName", B("WEB$")),
          ATTR("msDS-AllowedToDelegateTo", B("cifs/f")));
    struct facet_view v = view_of(&a);
    char text[3 * 40];
    snprintf(text, sizeof text, "%016llx%016llx %016llx%016llx %016llx%016llx",
             (unsigned long long)v.hash[0].hi, (unsigned long long)v.hash[0].lo,
             (unsigned long long)v.hash[1].hi, (unsigned long long)v.hash[1].lo,
             (unsigned long long)v.hash[2].hi, (unsigned long long)v.hash[2].lo);
    ck_assert_str_eq(text, "f0f154edcb0fbdbfa37de10ee691a7f6 "
                           "70e85c9b2e4eb09331e059825af214f1 "
                           "4e31934695933988aec8ce7cb756ea1e");
}
END_TEST

START_TEST(asks_for_what_it_reads)
{
    size_t pas = 0, rest = 0, all = 0;
    while (facet_pas_attrs[pas])
        pas++;
    while (facet_rest_attrs[rest])
        rest++;
    while (facet_all_attrs[all])
        all++;
    ck_assert_uint_eq(pas, 7);
    ck_assert_uint_eq(rest, 9);
    ck_assert_uint_eq(all, 10);
    /* Each but objectGUID changes a facet: none is asked for
     * in vain. */
    for (size_t i = 0; i < all; i++) {
        struct bytes value = B("0123456789abcdef");
        const struct attr attrs[] = {GUID,
                                     {.name = bytes_of(facet_all_attrs[i]), .values = &value, .count = 1}};
        const struct entry without = {.dn = B("CN=x"), .attrs = attrs, .attr_count = 1},
                           with = {.dn = B("CN=x"), .attrs = attrs, .attr_count = 2};
        bool changed = false;
        for (unsigned f = 0; f < FACET_COUNT; f++)
            changed |= !same(&without, &with, (enum facet)f);
        ck_assert_int_eq(changed, strcmp(facet_all_attrs[i], "objectGUID") != 0);
    }
}
END_TEST

Suite *suite_facet(void)
{
    Suite *s = suite_create("facet");
    TCase *tc = tcase_create("facet");
    tcase_add_test(tc, needs_a_guid);
    tcase_add_test(tc, order_does_not_count);
    tcase_add_test(tc, case_of_names_does_not_count);
    tcase_add_test(tc, bytes_beyond_ascii_count_as_they_are);
    tcase_add_test(tc, facets_are_apart);
    tcase_add_test(tc, mask_leaves_facets_empty);
    tcase_add_test(tc, nothing_hashes_to_nothing);
    tcase_add_test(tc, hidden_uac_is_a_state_of_its_own);
    tcase_add_test(tc, flags_count_by_number);
    tcase_add_test(tc, one_value_in_two_attributes_differs);
    tcase_add_test(tc, encryption_types_alone_are_a_state_that_is_known);
    tcase_add_test(tc, values_do_not_run_together);
    tcase_add_test(tc, binary_counts_byte_by_byte);
    tcase_add_test(tc, seed_changes_everything);
    tcase_add_test(tc, long_names_are_hashed_whole);
    tcase_add_test(tc, every_byte_folds_right);
    tcase_add_test(tc, only_letters_fold);
    tcase_add_test(tc, hashes_stay_what_they_are);
    tcase_add_test(tc, asks_for_what_it_reads);
    suite_add_tcase(s, tc);
    return s;
}
