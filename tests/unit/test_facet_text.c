#include <check.h>
#include <stdlib.h>

#include "scanner/decode/facet.h"
#include "scanner/decode/spn.h"
#include "tests/unit/make_entry.h"
#include "tests/unit/make_sd.h"

Suite *suite_facet_text(void);

static void check_ref(const struct text_buf *buf, struct text_ref ref, const char *want)
{
    if (!want) {
        ck_assert_uint_eq(ref.off, NO_TEXT);
        return;
    }
    ck_assert_uint_ne(ref.off, NO_TEXT);
    ck_assert_uint_le((size_t)ref.off + ref.len, buf->len);
    ck_assert_msg(ref.len == strlen(want) && memcmp(buf->data + ref.off, want, ref.len) == 0,
                  "'%.*s' is not '%s'", (int)ref.len, buf->data + ref.off, want);
}

START_TEST(spns_are_sorted_json)
{
    ENTRY(a, "",
          ATTR("servicePrincipalName", B("http/b"), B("HTTP/a"), B("cifs/z"), B("CIFS/A"), B("HTTP/B")));
    ENTRY(b, "",
          ATTR("servicePrincipalName", B("HTTP/B"), B("CIFS/A"), B("http/b"), B("cifs/z"), B("HTTP/a")));
    const char *want = "[\"CIFS/A\",\"cifs/z\",\"HTTP/a\",\"HTTP/B\",\"http/b\"]";
    struct text_buf buf = {0};
    struct spn_state s;
    text_append_str(&buf, "before");
    facet_spn_text(&a, &buf, &s);
    check_ref(&buf, s.spns, want);
    facet_spn_text(&b, &buf, &s);
    check_ref(&buf, s.spns, want);
    ck_assert_int_eq(memcmp(buf.data, "before[", 7), 0);
    text_release(&buf);
}
END_TEST

START_TEST(an_odd_spn_has_its_kinds_and_skeleton)
{
    struct bytes raw = B("HTTP/W\xe2\x80\x8e e\xcc\x81"
                         "b");
    struct text_buf buf = {0};
    struct odd_spn odd;
    text_append_str(&buf, "before");
    facet_odd_spn_text(raw, spn_kinds(raw), &buf, &odd);
    check_ref(&buf, odd.spn,
              "HTTP/W\\e2\\80\\8e e\xcc\x81"
              "b"); /* as in the array of the state */
    check_ref(&buf, odd.kind, "non-ascii,invisible,spaces");
    check_ref(&buf, odd.skeleton, "http/w eb");
    text_release(&buf);
}
END_TEST

START_TEST(no_spn_is_an_empty_array)
{
    ENTRY(a, "", ATTR("cn", B("x")));
    ENTRY(b, "", {.name = B("servicePrincipalName")});
    struct text_buf buf = {0};
    struct spn_state s;
    facet_spn_text(&a, &buf, &s);
    check_ref(&buf, s.spns, "[]");
    facet_spn_text(&b, &buf, &s);
    check_ref(&buf, s.spns, "[]");
    text_release(&buf);
}
END_TEST

START_TEST(hostile_spns_are_shown_not_obeyed)
{
    ENTRY(a, "",
          ATTR("servicePrincipalName", B("a\"b"), B("a\\b"), B("\x1b[2J"), B("x\0y"), B("\xe2\x80\xae"),
               B("\xff"), B("")));
    struct text_buf buf = {0};
    struct spn_state s;
    facet_spn_text(&a, &buf, &s);
    check_ref(&buf, s.spns,
              "[\"\",\"\\\\1b[2J\",\"a\\\"b\",\"a\\\\b\",\"x\\\\00y\",\"\\\\e2\\\\80\\\\ae\",\"\\\\ff\"]");
    text_release(&buf);
}
END_TEST

START_TEST(many_spns_come_whole)
{
    enum { COUNT = 3000 };
    static char names[COUNT][16];
    struct bytes *values = calloc(COUNT, sizeof *values);
    for (size_t i = 0; i < COUNT; i++) {
        snprintf(names[i], sizeof names[i], "HTTP/h%05zu", (i * 7919) % COUNT);
        values[i] = bytes_of(names[i]);
    }
    const struct attr attr = {B("servicePrincipalName"), values, COUNT};
    struct text_buf buf = {0};
    struct spn_state s;
    facet_spn_text(&(struct entry){.attrs = &attr, .attr_count = 1}, &buf, &s);
    ck_assert_uint_eq(s.spns.len, 2 + COUNT * 13 + COUNT - 1);
    ck_assert_int_eq(memcmp(buf.data, "[\"HTTP/h00000\",\"HTTP/h00001\",", 29), 0);
    ck_assert_str_eq(buf.data + buf.len - 15, ",\"HTTP/h02999\"]");
    text_release(&buf);
    free(values);
}
END_TEST

START_TEST(long_values_are_cut)
{
    size_t len = 65536;
    for (size_t extra = 0; extra < 5; extra++) {
        char *value = malloc(len + extra);
        memset(value, 'x', len + extra);
        const struct bytes v = {(uint8_t *)value, len + extra};
        const struct attr attr = {B("servicePrincipalName"), &v, 1};
        struct text_buf buf = {0};
        struct spn_state s;
        facet_spn_text(&(struct entry){.attrs = &attr, .attr_count = 1}, &buf, &s);
        ck_assert_uint_eq(s.spns.len, len + 4 + (extra ? 3 : 0));
        if (extra)
            ck_assert_str_eq(buf.data + buf.len - 6, "x...\"]");
        text_clear(&buf);
        if (extra == 2) { /* the cut falls inside a character: it goes as a whole */
            memcpy(value + len - 1, "\xe2\x82\xac", 3);
            facet_spn_text(&(struct entry){.attrs = &attr, .attr_count = 1}, &buf, &s);
            ck_assert_uint_eq(s.spns.len, len - 1 + 7);
        }
        text_release(&buf);
        free(value);
    }
}
END_TEST

START_TEST(account_is_told)
{
    ENTRY(a, "CN=Web,DC=corp", ATTR("sAMAccountName", B("WEB$")),
          ATTR("userAccountControl", B("-2147479552")), ATTR("dNSHostName", B("web.corp")),
          ATTR("userPrincipalName", B("w@corp\n")), ATTR("objectSid", SID_USER));
    struct text_buf buf = {0};
    struct account_state s;
    facet_account_text(&a, &buf, &s);
    check_ref(&buf, s.dn, "CN=Web,DC=corp");
    check_ref(&buf, s.sam, "WEB$");
    check_ref(&buf, s.dns_host, "web.corp");
    check_ref(&buf, s.upn, "w@corp\\0a");
    check_ref(&buf, s.sid, "S-1-5-21-1-2-3-500");
    ck_assert(s.has_uac);
    ck_assert_uint_eq(s.uac, 0x80001000u);
    text_release(&buf);
}
END_TEST

START_TEST(absent_facts_have_no_text)
{
    ENTRY(a, "CN=x", ATTR("sAMAccountName", B("")), ATTR("objectSid", B("junk")),
          ATTR("userAccountControl", B("junk")));
    struct text_buf buf = {0};
    struct account_state s;
    facet_account_text(&a, &buf, &s);
    check_ref(&buf, s.sam, ""); /* there, and empty */
    check_ref(&buf, s.dns_host, NULL);
    check_ref(&buf, s.upn, NULL);
    check_ref(&buf, s.sid, NULL);
    ck_assert(!s.has_uac);
    text_release(&buf);
}
END_TEST

START_TEST(delegation_is_told)
{
    struct sd sd = sd_begin();
    sd_ace(&sd, 0, 0, 0xF01FF, SID_USER);
    sd_ace(&sd, 0, 0, 0xF01FF, SID_WORLD);
    ENTRY(a, "", ATTR("msDS-AllowedToDelegateTo", B("cifs/b"), B("CIFS/a")),
          ATTR("msDS-AllowedToActOnBehalfOfOtherIdentity", sd_end(&sd)),
          ATTR("msDS-SupportedEncryptionTypes", B("28")));
    struct text_buf buf = {0};
    struct delegation_state s;
    facet_delegation_text(&a, &buf, &s);
    check_ref(&buf, s.targets, "[\"CIFS/a\",\"cifs/b\"]");
    check_ref(&buf, s.trustees, "[\"S-1-1-0\",\"S-1-5-21-1-2-3-500\"]");
    check_ref(&buf, s.rbcd_note, NULL);
    ck_assert_uint_eq(s.rbcd.len, 2 * sd.len);
    ck_assert_int_eq(memcmp(buf.data + s.rbcd.off, "0100048000000000", 16), 0);
    ck_assert(s.has_enctypes);
    ck_assert_uint_eq(s.enctypes, 28);
    text_release(&buf);
}
END_TEST

START_TEST(no_delegation_is_empty)
{
    ENTRY(a, "", ATTR("cn", B("x")));
    struct text_buf buf = {0};
    struct delegation_state s;
    facet_delegation_text(&a, &buf, &s);
    check_ref(&buf, s.targets, "[]");
    check_ref(&buf, s.trustees, "[]");
    check_ref(&buf, s.rbcd_note, NULL);
    check_ref(&buf, s.rbcd, NULL);
    ck_assert(!s.has_enctypes);
    text_release(&buf);
}
END_TEST

START_TEST(odd_descriptors_are_noted)
{
    struct sd sd = sd_begin();
    sd_end(&sd);
    sd.data[2] = 0;
    ENTRY(null_dacl, "", ATTR("msDS-AllowedToActOnBehalfOfOtherIdentity", (struct bytes){sd.data, sd.len}));
    ENTRY(junk, "", ATTR("msDS-AllowedToActOnBehalfOfOtherIdentity", B("\x01\xff")));
    ENTRY(empty, "", ATTR("msDS-AllowedToActOnBehalfOfOtherIdentity", B("")));
    struct text_buf buf = {0};
    struct delegation_state s;
    facet_delegation_text(&null_dacl, &buf, &s);
    check_ref(&buf, s.rbcd_note, "null DACL");
    check_ref(&buf, s.trustees, "[]");
    facet_delegation_text(&junk, &buf, &s);
    check_ref(&buf, s.rbcd_note, "malformed security descriptor");
    check_ref(&buf, s.trustees, "[]");
    check_ref(&buf, s.rbcd, "01ff");
    facet_delegation_text(&empty, &buf, &s);
    check_ref(&buf, s.rbcd_note, "malformed security descriptor");
    check_ref(&buf, s.rbcd, "");
    text_release(&buf);
}
END_TEST

START_TEST(long_descriptors_are_cut)
{
    size_t len = 70000;
    uint8_t *value = calloc(1, len);
    const struct bytes v = {value, len};
    const struct attr attr = {B("msDS-AllowedToActOnBehalfOfOtherIdentity"), &v, 1};
    struct text_buf buf = {0};
    struct delegation_state s;
    facet_delegation_text(&(struct entry){.attrs = &attr, .attr_count = 1}, &buf, &s);
    ck_assert_uint_eq(s.rbcd.len, 2 * 65536 + 3);
    ck_assert_int_eq(memcmp(buf.data + s.rbcd.off + s.rbcd.len - 5, "00...", 5), 0);
    text_release(&buf);
    free(value);
}
END_TEST

Suite *suite_facet_text(void)
{
    Suite *s = suite_create("facet_text");
    TCase *tc = tcase_create("facet_text");
    tcase_add_test(tc, spns_are_sorted_json);
    tcase_add_test(tc, an_odd_spn_has_its_kinds_and_skeleton);
    tcase_add_test(tc, no_spn_is_an_empty_array);
    tcase_add_test(tc, hostile_spns_are_shown_not_obeyed);
    tcase_add_test(tc, many_spns_come_whole);
    tcase_add_test(tc, long_values_are_cut);
    tcase_add_test(tc, account_is_told);
    tcase_add_test(tc, absent_facts_have_no_text);
    tcase_add_test(tc, delegation_is_told);
    tcase_add_test(tc, no_delegation_is_empty);
    tcase_add_test(tc, odd_descriptors_are_noted);
    tcase_add_test(tc, long_descriptors_are_cut);
    suite_add_tcase(s, tc);
    return s;
}
