#include "scanner/ldap/dns.h"
#include "scanner/ldap/host.h"
#include "scanner/ldap/offload.h"
#include "tests/unit/test_ldap_peer.h"

Suite *suite_ldap_login(void);

/* ---- names ---- */

static void expect_address(const char *host, const char *want)
{
    struct dns_addresses found = {0};
    struct spn_error err = {0};
    ck_assert_msg(dns_lookup(host, 2, NULL, &found, &err) == SPN_OK, "%s", err.text);
    ck_assert_uint_eq(found.count, 1);
    ck_assert_str_eq(found.text[0], want);
}

START_TEST(literals_yield_themselves)
{
    expect_address("127.0.0.1", "127.0.0.1");
    expect_address("::1", "::1");
    expect_address("[2001:db8::1]", "2001:db8::1");
    expect_address("fe80::1%eth0", "fe80::1%eth0");
}
END_TEST

START_TEST(names_of_this_machine_are_found)
{
    struct dns_addresses found = {0};
    struct spn_error err = {0};
    ck_assert_msg(dns_lookup("localhost", 2, NULL, &found, &err) == SPN_OK, "%s", err.text);
    ck_assert_uint_ge(found.count, 1);
}
END_TEST

START_TEST(unknown_names_are_a_matter_of_configuration)
{
    struct dns_addresses found = {.count = 77};
    struct dns_srv srv[2];
    struct spn_error err = {0};
    unsigned count = 77;
    ck_assert_int_eq(dns_lookup("dc1.nowhere.invalid", 2, NULL, &found, &err), SPN_CONFIG);
    ck_assert_ptr_nonnull(strstr(err.text, "'dc1.nowhere.invalid'"));
    ck_assert_uint_eq(found.count, 77);
    ck_assert_int_eq(dns_lookup_srv("_ldap._tcp.nowhere.invalid", 2, NULL, srv, 2, &count, &err), SPN_CONFIG);
    ck_assert_uint_eq(count, 77);
    ck_assert_int_eq(dns_lookup("a b", 2, NULL, &found, &err), SPN_CONFIG);
    ck_assert_int_eq(dns_lookup("", 2, NULL, &found, &err), SPN_CONFIG);
}
END_TEST

START_TEST(host_names_are_held_to_their_characters)
{
    char label[70], name[300];
    memset(label, 'a', sizeof label);
    label[63] = 0;
    ck_assert(host_name_ok(label));
    label[63] = 'a';
    label[64] = 0;
    ck_assert(!host_name_ok(label));
    memset(name, 'a', sizeof name);
    for (size_t i = 9; i < sizeof name; i += 10)
        name[i] = '.';
    name[253] = 0;
    ck_assert(host_name_ok(name));
    name[253] = 'a';
    name[254] = 0;
    ck_assert(!host_name_ok(name));
    ck_assert(host_name_ok("dc1.corp.example."));
    ck_assert(host_name_ok("_ldap._tcp.corp.example"));
    ck_assert(!host_name_ok("."));
    ck_assert(!host_name_ok("d\xc3\xa9"));
}
END_TEST

START_TEST(what_is_no_literal_is_refused)
{
    static const char *const bad[] = {
        "1", "127.1", "[127.0.0.1]", "::1%", "::1%a/b", "127.0.0.1%lo", "[::1", "::g", ""};
    char text[64];
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(!host_literal(bad[i], text, sizeof text), "%s", bad[i]);
}
END_TEST

/* ---- refusals of login_prepare ---- */

static void expect_refusal(struct login login, enum spn_code code, const char *text)
{
    struct spn_error err = {0};
    if (!login.timeout_s)
        login.timeout_s = 2;
    enum spn_code got = login_prepare(&login, &err);
    ck_assert_msg(got == code, "%s: %s", spn_code_name(got), err.text);
    ck_assert_msg(strstr(err.text, text) != NULL, "'%s' is not in: %s", text, err.text);
}

#define REFUSED(code, text, ...) expect_refusal((struct login){__VA_ARGS__}, code, text)

START_TEST(simple_bind_in_clear_is_refused)
{
    REFUSED(SPN_USAGE, "would show the password", .method = BIND_SIMPLE, .user = "x", .password = "y");
}
END_TEST

START_TEST(options_that_contradict_are_refused)
{
    REFUSED(SPN_USAGE, "needs --user", .method = BIND_SIMPLE);
    REFUSED(SPN_USAGE, "empty", .method = BIND_SIMPLE, .user = "x", .password = "");
    REFUSED(SPN_USAGE, "keytab", .method = BIND_SIMPLE, .keytab = "k");
    REFUSED(SPN_USAGE, "anonymous", .method = BIND_ANONYMOUS, .user = "x");
    REFUSED(SPN_USAGE, "external", .method = BIND_EXTERNAL);
    REFUSED(SPN_USAGE, "--principal", .method = BIND_GSSAPI, .keytab = "k");
    REFUSED(SPN_USAGE, "--keytab", .method = BIND_GSSAPI, .principal = "p");
    REFUSED(SPN_USAGE, "contradict", .method = BIND_GSSAPI, .keytab = "k", .principal = "p", .user = "u");
    REFUSED(SPN_USAGE, "--password-file", .method = BIND_GSS_SPNEGO, .user = "u");
    REFUSED(SPN_USAGE, "NAME@REALM", .method = BIND_GSSAPI, .user = "CORP\\u", .password = "p");
    REFUSED(SPN_USAGE, "together", .method = BIND_EXTERNAL, .tls = TLS_LDAPS, .cert_file = "c");
    REFUSED(SPN_USAGE, "--tls", .method = BIND_ANONYMOUS, .cert_file = "c", .key_file = "k");
    REFUSED(SPN_USAGE, "time limit", .method = BIND_ANONYMOUS, .timeout_s = -1);
}
END_TEST

START_TEST(anonymous_may_go_in_clear)
{
    const struct login login = {.method = BIND_ANONYMOUS, .timeout_s = 1};
    struct spn_error err = {0};
    ck_assert_int_eq(login_prepare(&login, &err), SPN_OK);
}
END_TEST

START_TEST(ca_file_must_hold_a_certificate)
{
    char path[] = "/tmp/spnscan-test-XXXXXX";
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    REFUSED(SPN_CONFIG, "--ca-file", .method = BIND_ANONYMOUS, .tls = TLS_LDAPS);
    REFUSED(SPN_CONFIG, "No such file", .method = BIND_ANONYMOUS, .tls = TLS_LDAPS,
            .ca_file = "/nonexistent/ca.pem");
    REFUSED(SPN_CONFIG, "directory", .method = BIND_ANONYMOUS, .tls = TLS_LDAPS, .ca_file = "/tmp");
    REFUSED(SPN_CONFIG, "PEM", .method = BIND_ANONYMOUS, .tls = TLS_STARTTLS, .ca_file = path);
    static const char broken[] = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    ck_assert_int_eq(write(fd, broken, sizeof broken - 1), sizeof broken - 1);
    REFUSED(SPN_CONFIG, path, .method = BIND_ANONYMOUS, .tls = TLS_STARTTLS, .ca_file = path);
    close(fd);
    unlink(path);
}
END_TEST

START_TEST(lack_of_a_ticket_names_the_cache)
{
    setenv("KRB5CCNAME", "FILE:/nonexistent/spnscan-test", 1);
    setenv("KRB5_CLIENT_KTNAME", "FILE:/nonexistent/spnscan-keytab", 1);
    REFUSED(SPN_CREDENTIALS,
            "no Kerberos ticket (cache 'FILE:/nonexistent/spnscan-test'): run kinit, or give --keytab",
            .method = BIND_GSSAPI);
}
END_TEST

START_TEST(unusable_keytab_is_named)
{
    REFUSED(SPN_CONFIG, "no such keytab file", .method = BIND_GSSAPI, .keytab = "/nonexistent/k",
            .principal = "u@X.EXAMPLE");
    REFUSED(SPN_CONFIG, "not a keytab", .method = BIND_GSSAPI, .keytab = "/etc/passwd",
            .principal = "u@X.EXAMPLE");
}
END_TEST

START_TEST(user_ldap_settings_are_ignored)
{
    ck_assert_str_eq(getenv("LDAPNOINIT"), "1");
    ck_assert_int_eq(strncmp(getenv("KRB5_CONFIG"), "/proc/self/fd/", 14), 0);
}
END_TEST

/* ---- waiting for what can't be interrupted ---- */

static _Atomic(int) released;

static void nap(void *job)
{
    usleep(*(const unsigned *)job);
}

static void note_release(void *job)
{
    free(job);
    atomic_fetch_add(&released, 1);
}

static unsigned *naptime(unsigned us)
{
    unsigned *job = malloc(sizeof *job);
    ck_assert_ptr_nonnull(job);
    *job = us;
    return job;
}

START_TEST(errand_is_waited_for)
{
    unsigned *job = naptime(50000);
    ck_assert_int_eq(offload(nap, note_release, job, 2, NULL), OFFLOAD_DONE);
    free(job);
    ck_assert_int_eq(atomic_load(&released), 0);
}
END_TEST

START_TEST(late_errand_is_left_behind)
{
    double began = time_steady_s();
    ck_assert_int_eq(offload(nap, note_release, naptime(1500000), 1, NULL), OFFLOAD_TIMED_OUT);
    ck_assert_double_lt(time_steady_s() - began, 1.4);
    while (atomic_load(&released) == 0 && time_steady_s() - began < 3)
        usleep(20000);
    ck_assert_int_eq(atomic_load(&released), 1);
}
END_TEST

START_TEST(cancelled_errand_is_left_behind)
{
    const atomic_bool cancel = true;
    double began = time_steady_s();
    ck_assert_int_eq(offload(nap, note_release, naptime(500000), 5, &cancel), OFFLOAD_CANCELLED);
    ck_assert_double_lt(time_steady_s() - began, 0.4);
    while (atomic_load(&released) == 0 && time_steady_s() - began < 3)
        usleep(20000);
}
END_TEST

Suite *suite_ldap_login(void)
{
    Suite *s = suite_create("ldap login");
    TCase *t = tcase_create("names");
    tcase_add_checked_fixture(t, room_setup, NULL);
    tcase_add_test(t, literals_yield_themselves);
    tcase_add_test(t, names_of_this_machine_are_found);
    tcase_add_test(t, unknown_names_are_a_matter_of_configuration);
    tcase_add_test(t, host_names_are_held_to_their_characters);
    tcase_add_test(t, what_is_no_literal_is_refused);
    suite_add_tcase(s, t);

    t = tcase_create("refusals");
    tcase_add_checked_fixture(t, room_setup, NULL);
    tcase_add_test(t, simple_bind_in_clear_is_refused);
    tcase_add_test(t, options_that_contradict_are_refused);
    tcase_add_test(t, anonymous_may_go_in_clear);
    tcase_add_test(t, ca_file_must_hold_a_certificate);
    tcase_add_test(t, lack_of_a_ticket_names_the_cache);
    tcase_add_test(t, unusable_keytab_is_named);
    tcase_add_test(t, user_ldap_settings_are_ignored);
    suite_add_tcase(s, t);

    t = tcase_create("errands");
    tcase_add_test(t, errand_is_waited_for);
    tcase_add_test(t, late_errand_is_left_behind);
    tcase_add_test(t, cancelled_errand_is_left_behind);
    suite_add_tcase(s, t);
    return s;
}
