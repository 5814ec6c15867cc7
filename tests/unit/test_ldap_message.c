#include <check.h>
#include <lber.h>
#include <stdlib.h>

#include "scanner/decode/ldap_message.h"
#include "scanner/decode/tlv.h"
#include "tests/unit/make_entry.h"

Suite *suite_ldap_message(void);

#define LIMIT 1000000

/* ---- elements ---- */

static enum tlv_fit length_of(struct bytes octets, size_t *ret)
{
    struct tlv_reader r = tlv_over(octets);
    return tlv_length(&r, ret);
}

START_TEST(lengths_in_every_form)
{
    size_t len;
    ck_assert_int_eq(length_of(B("\x00"), &len), TLV_WHOLE);
    ck_assert_uint_eq(len, 0);
    ck_assert_int_eq(length_of(B("\x7f"), &len), TLV_WHOLE);
    ck_assert_uint_eq(len, 127);
    ck_assert_int_eq(length_of(B("\x81\x80"), &len), TLV_WHOLE);
    ck_assert_uint_eq(len, 128);
    ck_assert_int_eq(length_of(B("\x82\x12\x34"), &len), TLV_WHOLE);
    ck_assert_uint_eq(len, 0x1234);
    ck_assert_int_eq(length_of(B("\x83\x12\x34\x56"), &len), TLV_WHOLE);
    ck_assert_uint_eq(len, 0x123456);
    ck_assert_int_eq(length_of(B("\x84\x00\x00\x00\x05"), &len), TLV_WHOLE); /* as AD writes it */
    ck_assert_uint_eq(len, 5);
    ck_assert_int_eq(length_of(B("\x84\xff\xff\xff\xff"), &len), TLV_WHOLE);
    ck_assert_uint_eq(len, 0xffffffff);
}
END_TEST

START_TEST(lengths_cut_off_or_bad)
{
    size_t len;
    ck_assert_int_eq(length_of(B(""), &len), TLV_PART);
    ck_assert_int_eq(length_of(B("\x81"), &len), TLV_PART);
    ck_assert_int_eq(length_of(B("\x84\x00\x00\x00"), &len), TLV_PART);
    ck_assert_int_eq(length_of(B("\x80"), &len), TLV_BAD); /* indefinite */
    ck_assert_int_eq(length_of(B("\x85\x00\x00\x00\x00\x05"), &len), TLV_BAD);
    ck_assert_int_eq(length_of(B("\xff"), &len), TLV_BAD);
}
END_TEST

START_TEST(elements_stay_inside)
{
    struct tlv_reader r = tlv_over(B("\x04\x02zy\x04\x03zy"));
    struct bytes v;
    uint8_t tag;
    ck_assert(!tlv_take(&r, TLV_SEQUENCE, &v));
    ck_assert(tlv_take(&r, TLV_OCTET_STRING, &v));
    ck_assert_uint_eq(v.len, 2);
    ck_assert_mem_eq(v.data, "zy", 2);
    ck_assert(!tlv_take(&r, TLV_OCTET_STRING, &v)); /* one byte too long */
    ck_assert(!tlv_take_any(&r, &tag, &v));
    r = tlv_over(B("\x1f\x01\x00"));
    ck_assert(!tlv_take_any(&r, &tag, &v)); /* a tag of several octets */
    r = tlv_over((struct bytes){NULL, 0});
    ck_assert(!tlv_take_any(&r, &tag, &v));
}
END_TEST

START_TEST(numbers_are_bounded)
{
    int32_t n;
    ck_assert(tlv_number(B("\x00"), &n) && n == 0);
    ck_assert(tlv_number(B("\x00\x80"), &n) && n == 128);
    ck_assert(tlv_number(B("\x7f\xff\xff\xff"), &n) && n == INT32_MAX);
    ck_assert(!tlv_number(B(""), &n));
    ck_assert(!tlv_number(B("\x80"), &n)); /* negative */
    ck_assert(!tlv_number(B("\x00\x7f\xff\xff\xff"), &n));
}
END_TEST

/* ---- messages ---- */

/* One entry, with liblber. *ret is for ber_memfree. */
static struct bytes make_entry_message(struct berval *ret)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    ck_assert(ber_printf(ber, "{it{s{{s[sss]}{s[o]}{s[]}}}}", 77, (ber_tag_t)LDAP_OP_ENTRY, "CN=a,DC=b",
                         "servicePrincipalName", "HTTP/a", "", "HOST/a", "objectGUID", "0123\0def",
                         (ber_len_t)8, "member") >= 0);
    ck_assert_int_eq(ber_flatten2(ber, ret, 1), 0);
    ber_free(ber, 1);
    return (struct bytes){(const uint8_t *)ret->bv_val, ret->bv_len};
}

static bool value_is(const struct attr *a, size_t i, struct bytes want)
{
    return i < a->count && a->values[i].len == want.len &&
           memcmp(a->values[i].data, want.data, want.len) == 0;
}

START_TEST(entry_is_read_in_place)
{
    struct berval owned;
    struct bytes whole = make_entry_message(&owned);
    struct ldap_message msg;
    struct entry_scan scan = {0};
    struct entry entry;
    size_t len;
    ck_assert_int_eq(ldap_frame(whole, LIMIT, &len), FRAME_WHOLE);
    ck_assert_uint_eq(len, whole.len);
    ck_assert(ldap_message_read(whole, &msg));
    ck_assert_int_eq(msg.id, 77);
    ck_assert_int_eq(msg.op, LDAP_OP_ENTRY);
    for (int again = 0; again < 2; again++) {
        ck_assert_int_eq(entry_scan_read(&scan, msg.body, &entry), SCAN_OK);
        ck_assert_uint_eq(entry.attr_count, 3);
        ck_assert(bytes_equal_nocase(entry.dn, "CN=a,DC=b"));
        ck_assert(entry.dn.data > whole.data && entry.dn.data < whole.data + whole.len);
        const struct attr *spn = entry_attr(&entry, "servicePrincipalName");
        ck_assert(value_is(spn, 0, B("HTTP/a")) && value_is(spn, 1, B("")) && value_is(spn, 2, B("HOST/a")));
        ck_assert_uint_eq(spn->count, 3);
        ck_assert(value_is(entry_attr(&entry, "objectGUID"), 0, B("0123\0def")));
        const struct attr *empty = entry_attr(&entry, "member");
        ck_assert(empty && empty->count == 0 && !empty->values);
        ck_assert(!entry_has_range(&entry));
    }
    entry_scan_release(&scan);
    ber_memfree(owned.bv_val);
}
END_TEST

static bool guid_is(struct bytes body, const char *want)
{
    struct guid guid;
    return entry_scan_guid(body, &guid) && memcmp(guid.b, want, sizeof guid.b) == 0;
}

START_TEST(guid_is_found_without_the_rest)
{
#define HEAD                                                                                                 \
    "\x04\x04"                                                                                               \
    "CN=a"
#define OTHER "\x30\x07\x04\x01x\x31\x02\x04\x00"
#define NAMED                                                                                                \
    "\x30\x20\x04\x0aobjectGUID\x31\x12\x04\x10"                                                             \
    "0123456789abcdef"
    struct guid guid;
    ck_assert(guid_is(B(HEAD "\x30\x22" NAMED), "0123456789abcdef"));
    ck_assert(guid_is(B(HEAD "\x30\x2b" OTHER NAMED), "0123456789abcdef"));
    ck_assert(guid_is(B(HEAD "\x30\x26" NAMED "junk"), "0123456789abcdef")); /* not looked at */
    ck_assert(guid_is(B(HEAD "\x30\x22\x30\x20\x04\x0aOBJECTguid\x31\x12\x04\x10"
                             "0123456789abcdef"),
                      "0123456789abcdef"));
    ck_assert(!entry_scan_guid(B(""), &guid));
    ck_assert(!entry_scan_guid(B(HEAD), &guid));
    ck_assert(!entry_scan_guid(B(HEAD "\x30\x00"), &guid));
    ck_assert(!entry_scan_guid(B(HEAD "\x30\x09" OTHER), &guid));
    ck_assert(!entry_scan_guid(B(HEAD "\x30\x21" NAMED), &guid)); /* cut off */
    ck_assert(!entry_scan_guid(B(HEAD "\x30\x26junk" NAMED), &guid));
    ck_assert(!entry_scan_guid(B(HEAD "\x30\x10\x30\x0e\x04\x0aobjectGUID\x31\x00"), &guid));
    ck_assert(!entry_scan_guid(B(HEAD "\x30\x13\x30\x11\x04\x0aobjectGUID\x31\x03\x04\x01x"), &guid));
}
END_TEST

/* In memory of its own, so that a sanitizer sees a step beyond. */
static enum frame frame_of(const uint8_t *data, size_t len, size_t *ret_len)
{
    uint8_t *copy = malloc(len ? len : 1);
    memcpy(copy, data, len);
    enum frame f = ldap_frame((struct bytes){copy, len}, LIMIT, ret_len);
    free(copy);
    return f;
}

START_TEST(cut_anywhere_it_is_a_part)
{
    struct berval owned;
    struct bytes whole = make_entry_message(&owned);
    size_t need;
    for (size_t len = 0; len < whole.len; len++) {
        ck_assert_int_eq(frame_of(whole.data, len, &need), FRAME_PART);
        ck_assert(need > len && need <= whole.len);
    }
    ber_memfree(owned.bv_val);
}
END_TEST

/* What comes out of a message, damaged or not, lies within it. */
static bool inside(struct bytes part, const uint8_t *data, size_t len)
{
    return part.len == 0 ||
           (part.data >= data && part.len <= len && (size_t)(part.data - data) <= len - part.len);
}

static bool read_damaged(const uint8_t *data, size_t len)
{
    uint8_t *copy = malloc(len ? len : 1);
    struct bytes whole = {copy, len};
    struct ldap_message msg;
    struct ldap_result result;
    struct entry_scan scan = {0};
    struct entry entry;
    memcpy(copy, data, len);
    bool ok = ldap_message_read(whole, &msg);
    if (ok) {
        (void)ldap_result_read(msg.body, &result);
        ok = entry_scan_read(&scan, msg.body, &entry) == SCAN_OK;
    }
    for (size_t i = 0; ok && i < entry.attr_count; i++) {
        ck_assert(inside(entry.attrs[i].name, copy, len));
        for (size_t j = 0; j < entry.attrs[i].count; j++)
            ck_assert(inside(entry.attrs[i].values[j], copy, len));
    }
    entry_scan_release(&scan);
    free(copy);
    return ok;
}

START_TEST(every_byte_damaged_in_every_way)
{
    struct berval owned;
    struct bytes whole = make_entry_message(&owned);
    uint8_t *copy = malloc(whole.len);
    for (size_t i = 0; i < whole.len; i++)
        for (unsigned value = 0; value < 256; value++) {
            memcpy(copy, whole.data, whole.len);
            copy[i] = (uint8_t)value;
            (void)read_damaged(copy, whole.len);
        }
    for (size_t len = 0; len < whole.len; len++)
        ck_assert(!read_damaged(whole.data, len));
    ck_assert(read_damaged(whole.data, whole.len));
    free(copy);
    ber_memfree(owned.bv_val);
}
END_TEST

START_TEST(frames_that_are_none)
{
    size_t len;
    ck_assert_int_eq(ldap_frame(B("HTTP/1.1 400"), LIMIT, &len), FRAME_BAD);
    ck_assert_int_eq(ldap_frame(B("\x30\x80"), LIMIT, &len), FRAME_BAD);
    ck_assert_int_eq(ldap_frame(B("\x30\x84\xff\xff\xff\xff"), LIMIT, &len), FRAME_BAD);
    ck_assert_int_eq(ldap_frame(B("\x30\x84\x00\x0f\x42\x3b"), LIMIT, &len), FRAME_BAD); /* head goes over */
    ck_assert_int_eq(ldap_frame(B("\x30\x84\x00\x0f\x42\x3a"), LIMIT, &len), FRAME_PART);
    ck_assert_uint_eq(len, LIMIT);
}
END_TEST

static bool message_ok(struct bytes whole)
{
    struct ldap_message msg;
    return ldap_message_read(whole, &msg);
}

START_TEST(message_ids)
{
    ck_assert(message_ok(B("\x30\x05\x02\x01\x05\x65\x00")));
    ck_assert(message_ok(B("\x30\x05\x02\x01\x00\x78\x00")));
    ck_assert(!message_ok(B("\x30\x05\x02\x01\xff\x65\x00")));             /* negative */
    ck_assert(!message_ok(B("\x30\x04\x02\x00\x65\x00")));                 /* empty */
    ck_assert(!message_ok(B("\x30\x09\x02\x05\x01\x00\x00\x00\x00\x65"))); /* beyond maxInt */
    ck_assert(!message_ok(B("\x30\x03\x02\x01\x05")));                     /* no operation */
    ck_assert(!message_ok(B("\x30\x05\x02\x01\x05\x65\x01")));             /* operation goes over */
    ck_assert(!message_ok(B("\x30\x05\x02\x01\x05\x65\x00\x00")));         /* more than the message */
}
END_TEST

static enum scan_result scan_of(struct bytes body)
{
    struct entry_scan scan = {0};
    struct entry entry;
    enum scan_result result = entry_scan_read(&scan, body, &entry);
    entry_scan_release(&scan);
    return result;
}

START_TEST(entries_of_wrong_shape)
{
    ck_assert_int_eq(scan_of(B("\x04\x00\x30\x00")), SCAN_OK);
    ck_assert_int_eq(scan_of(B("\x04\x00\x30\x07\x30\x05\x04\x01x\x31\x00")), SCAN_OK);
    ck_assert_int_eq(scan_of(B("")), SCAN_MALFORMED);
    ck_assert_int_eq(scan_of(B("\x04\x00")), SCAN_MALFORMED);
    ck_assert_int_eq(scan_of(B("\x04\x00\x31\x00")), SCAN_MALFORMED);
    ck_assert_int_eq(scan_of(B("\x04\x00\x30\x02\x30\x00")), SCAN_MALFORMED);
    ck_assert_int_eq(scan_of(B("\x04\x00\x30\x06\x30\x04\x04\x00\x31\x00")), SCAN_MALFORMED); /* no name */
    ck_assert_int_eq(scan_of(B("\x04\x00\x30\x09\x30\x07\x04\x01x\x31\x02\x02\x00")), SCAN_MALFORMED);
    /* Components that follow are passed over. */
    ck_assert_int_eq(scan_of(B("\x04\x00\x30\x09\x30\x07\x04\x01x\x31\x00\x85\x00")), SCAN_OK);
    ck_assert_int_eq(scan_of(B("\x04\x00\x30\x00\x85\x00")), SCAN_OK);
}
END_TEST

static struct bytes many_attrs(unsigned count, const char *dn, struct berval *ret)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    ck_assert(ber_printf(ber, "{s{", dn) >= 0);
    for (unsigned i = 0; i < count; i++)
        ck_assert(ber_printf(ber, "{s[s]}", "x", "y") >= 0);
    ck_assert(ber_printf(ber, "}}") >= 0);
    ck_assert_int_eq(ber_flatten2(ber, ret, 1), 0);
    ber_free(ber, 1);
    struct tlv_reader r = tlv_over((struct bytes){(const uint8_t *)ret->bv_val, ret->bv_len});
    struct bytes body;
    ck_assert(tlv_take(&r, TLV_SEQUENCE, &body));
    return body;
}

START_TEST(more_than_real_is_huge)
{
    struct berval owned;
    char *dn = calloc(1, ENTRY_MAX_DN + 2);
    ck_assert_int_eq(scan_of(many_attrs(ENTRY_MAX_ATTRS, "", &owned)), SCAN_OK);
    ber_memfree(owned.bv_val);
    ck_assert_int_eq(scan_of(many_attrs(ENTRY_MAX_ATTRS + 1, "", &owned)), SCAN_HUGE);
    ber_memfree(owned.bv_val);
    memset(dn, 'x', ENTRY_MAX_DN + 1);
    ck_assert_int_eq(scan_of(many_attrs(1, dn, &owned)), SCAN_HUGE);
    ber_memfree(owned.bv_val);
    ck_assert_int_eq(scan_of(many_attrs(1, dn + 1, &owned)), SCAN_OK);
    ber_memfree(owned.bv_val);
    free(dn);
}
END_TEST

START_TEST(ranges_are_seen)
{
    ENTRY(part, "CN=a", ATTR("cn", B("a")), ATTR("member;range=0-1499", B("b")));
    ENTRY(last, "CN=a", ATTR("member;range=1500-*", B("b")));
    ENTRY(none, "CN=a", ATTR("extensionAttribute1", B("b")), ATTR("x*", B("b")));
    ck_assert(entry_has_range(&part));
    ck_assert(entry_has_range(&last));
    ck_assert(!entry_has_range(&none));
}
END_TEST

START_TEST(results)
{
    struct ldap_result result;
    ck_assert(ldap_result_read(B("\x0a\x01\x20\x04\x01m\x04\x02no"), &result));
    ck_assert_int_eq(result.code, 32);
    ck_assert(bytes_equal_nocase(result.matched_dn, "m") && bytes_equal_nocase(result.diagnostic, "no"));
    ck_assert_uint_eq(result.name.len, 0);
    /* A referral, then the name. */
    ck_assert(ldap_result_read(B("\x0a\x01\x34\x04\x00\x04\x00\xa3\x03\x04\x01u\x8a\x03"
                                 "1.3"),
                               &result));
    ck_assert(bytes_equal_nocase(result.name, "1.3"));
    ck_assert(!ldap_result_read(B("\x0a\x01\x34\x04\x00"), &result));
    ck_assert(!ldap_result_read(B("\x02\x01\x34\x04\x00\x04\x00"), &result));
    ck_assert(!ldap_result_read(B("\x0a\x01\x34\x04\x00\x04\x00\x8a\x04"
                                  "1.3"),
                                &result));
}
END_TEST

Suite *suite_ldap_message(void)
{
    Suite *s = suite_create("ldap message");
    TCase *t = tcase_create("elements");
    tcase_add_test(t, lengths_in_every_form);
    tcase_add_test(t, lengths_cut_off_or_bad);
    tcase_add_test(t, elements_stay_inside);
    tcase_add_test(t, numbers_are_bounded);
    suite_add_tcase(s, t);

    t = tcase_create("messages");
    tcase_add_test(t, entry_is_read_in_place);
    tcase_add_test(t, guid_is_found_without_the_rest);
    tcase_add_test(t, cut_anywhere_it_is_a_part);
    tcase_add_test(t, every_byte_damaged_in_every_way);
    tcase_add_test(t, frames_that_are_none);
    tcase_add_test(t, message_ids);
    tcase_add_test(t, entries_of_wrong_shape);
    tcase_add_test(t, more_than_real_is_huge);
    tcase_add_test(t, ranges_are_seen);
    tcase_add_test(t, results);
    suite_add_tcase(s, t);
    return s;
}
