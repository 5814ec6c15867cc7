#include <check.h>
#include <ldap.h>
#include <string.h>

#include "scanner/ldap/fault.h"

Suite *suite_ldap_fault(void);

#define AD_TEXT(data)                                                                                        \
    "80090308: LdapErr: DSID-0C090400, comment: AcceptSecurityContext error, data " data ", v1db1"

static const struct {
    const char *diagnostic, *plain;
} subcodes[] = {
    {AD_TEXT("525"), "no such account"},
    {AD_TEXT("52e"), "password wrong or account unknown"},
    {AD_TEXT("52f"), "restrictions"},
    {AD_TEXT("530"), "at this hour"},
    {AD_TEXT("531"), "from this computer"},
    {AD_TEXT("532"), "password has expired"},
    {AD_TEXT("533"), "disabled"},
    {AD_TEXT("568"), "too many groups"},
    {AD_TEXT("701"), "account has expired"},
    {AD_TEXT("773"), "must be changed"},
    {AD_TEXT("775"), "locked out"},
};

START_TEST(sub_codes_of_ad_are_told_in_words)
{
    struct spn_error err = {0};
    const char *diagnostic = subcodes[_i].diagnostic, *plain = subcodes[_i].plain;
    ck_assert_ptr_nonnull(fault_ad_subcode(diagnostic));
    ck_assert_ptr_nonnull(strstr(fault_ad_subcode(diagnostic), plain));
    ck_assert_int_eq(fault_result("cannot bind to 'dc1:389' as 'x'", 49, diagnostic, NULL, &err),
                     SPN_CREDENTIALS);
    ck_assert_int_eq(err.native, 49);
    ck_assert_ptr_nonnull(strstr(err.text, "cannot bind to 'dc1:389' as 'x': "));
    ck_assert_ptr_nonnull(strstr(err.text, plain));
    ck_assert_ptr_nonnull(strstr(err.text, "(LDAP 49: 80090308: "));
}
END_TEST

START_TEST(other_texts_are_no_sub_code)
{
    ck_assert_ptr_null(fault_ad_subcode(NULL));
    ck_assert_ptr_null(fault_ad_subcode(""));
    ck_assert_ptr_null(fault_ad_subcode("data "));
    ck_assert_ptr_null(fault_ad_subcode("data 52ex"));
    ck_assert_ptr_null(fault_ad_subcode("data ffffffffffffffffffff,"));
    ck_assert_ptr_null(fault_ad_subcode(AD_TEXT("999")));
}
END_TEST

START_TEST(hint_of_the_caller_goes_first)
{
    struct spn_error err = {0};
    ck_assert_int_eq(fault_result("x", LDAP_STRONG_AUTH_REQUIRED, "SASL:[GSSAPI]: Sign or Seal are required.",
                                  "use --tls off", &err),
                     SPN_DIRECTORY);
    ck_assert_int_eq(err.native, 8);
    ck_assert_ptr_nonnull(strstr(err.text, "Sign or Seal are required); use --tls off"));
    ck_assert_int_eq(fault_result("x", LDAP_STRONG_AUTH_REQUIRED, NULL, NULL, &err), SPN_DIRECTORY);
    ck_assert_ptr_nonnull(strstr(err.text, "(LDAP 8); use --bind gssapi"));
}
END_TEST

START_TEST(line_feeds_and_unknown_codes_are_harmless)
{
    struct spn_error err = {0};
    ck_assert_int_eq(fault_result("x", 4711, "line one\nline two\r\n\n", NULL, &err), SPN_DIRECTORY);
    ck_assert_int_eq(err.native, 4711);
    ck_assert_ptr_null(strchr(err.text, '\n'));
    ck_assert_ptr_nonnull(strstr(err.text, "line two)"));
}
END_TEST

#define GSS                                                                                                  \
    "SASL(-1): generic failure: GSSAPI Error: Unspecified GSS failure.  Minor code may provide more "        \
    "information "

static const struct {
    const char *diagnostic;
    enum spn_code code;
    const char *plain;
} sasl[] = {
    {GSS "(Ticket expired)", SPN_CREDENTIALS, "run kinit"},
    {GSS "(No Kerberos credentials available (default cache: FILE:/tmp/x))", SPN_CREDENTIALS,
     "no Kerberos ticket"},
    {GSS "(No credentials cache found)", SPN_CREDENTIALS, "no Kerberos ticket"},
    {GSS "(Server not found in Kerberos database)", SPN_CONFIG, "full name"},
    {GSS "(Clock skew too great)", SPN_CONFIG, "clock"},
    {GSS "(Cannot contact any KDC for realm 'CORP.EXAMPLE')", SPN_UNREACHABLE, "KDC"},
    {GSS "(Cannot find KDC for realm \"corp.example\")", SPN_CONFIG, "upper case"},
    {"SASL(-4): no mechanism available: No worthy mechs found", SPN_CONFIG, "libsasl2-modules-gssapi-mit"},
    {"SASL(-1): something new", SPN_CREDENTIALS, "something new"},
};

START_TEST(sasl_texts_are_told_in_words)
{
    struct spn_error err = {0};
    ck_assert_int_eq(fault_library("x", LDAP_LOCAL_ERROR, sasl[_i].diagnostic, &err), sasl[_i].code);
    ck_assert_ptr_nonnull(strstr(err.text, sasl[_i].plain));
}
END_TEST

START_TEST(certificate_faults_are_told_apart)
{
    struct spn_error err = {0};
    ck_assert_int_eq(
        fault_tls("x", "dc1", "ca.pem", "hostname (dc1) does not match common name in certificate (b)", &err),
        SPN_CONFIG);
    ck_assert_ptr_nonnull(strstr(err.text, "for another name than 'dc1'"));
    ck_assert_int_eq(fault_tls("x", "dc1", "ca.pem", "(unknown error code)", &err), SPN_CONFIG);
    ck_assert_ptr_nonnull(strstr(err.text, "'ca.pem'"));
    ck_assert_int_eq(fault_tls("x", "dc1", "ca.pem", NULL, &err), SPN_CONFIG);
    ck_assert_int_eq(
        fault_tls("x", "dc1", "ca.pem", "error:0A000086:certificate verify failed (self-signed)", &err),
        SPN_CONFIG);
    ck_assert_ptr_nonnull(strstr(err.text, "self-signed"));
    ck_assert_int_eq(fault_tls("x", "dc1", "ca.pem", "peer certificate is expired", &err), SPN_CONFIG);
    ck_assert_ptr_nonnull(strstr(err.text, "expired"));
    ck_assert_int_eq(fault_tls("x", "dc1", "ca.pem", "A TLS fatal alert has been received.", &err),
                     SPN_PROTOCOL);
}
END_TEST

Suite *suite_ldap_fault(void)
{
    Suite *s = suite_create("ldap fault");
    TCase *t = tcase_create("words");
    tcase_add_loop_test(t, sub_codes_of_ad_are_told_in_words, 0, sizeof subcodes / sizeof subcodes[0]);
    tcase_add_test(t, other_texts_are_no_sub_code);
    tcase_add_test(t, hint_of_the_caller_goes_first);
    tcase_add_test(t, line_feeds_and_unknown_codes_are_harmless);
    tcase_add_loop_test(t, sasl_texts_are_told_in_words, 0, sizeof sasl / sizeof sasl[0]);
    tcase_add_test(t, certificate_faults_are_told_apart);
    suite_add_tcase(s, t);
    return s;
}
