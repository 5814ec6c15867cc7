#include "tests/unit/test_ldap_run.h"

Suite *suite_ldap_range(void);

#define GUID_BYTES "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10"
#define GUID_BASE  "<GUID=04030201-0605-0807-090a-0b0c0d0e0f10>"

/* The stream reads such an object from its first part again, after all others. */
static int streaming(void)
{
    return searching == search_stream;
}

/* An object of 3,700 values in parts of 1,500, as AD gives them. How it misbehaves: */
enum trick { HONEST, CHANGES_ONCE, CHANGES_ALWAYS, VANISHES, SKIPS, STANDS_STILL, SHRINKS };
static enum trick trick;
static bool with_guid;

static void range_entry(int fd, const struct peer_request *r, int from, int to, int usn)
{
    BerElement *ber = peer_entry_begin(r->msgid, "CN=big,DC=corp,DC=example");
    char name[64], text[16];
    if (from == 0)
        peer_entry_values(ber, "servicePrincipalName", 0, -1);
    snprintf(text, sizeof text, "%d", usn);
    peer_entry_text(ber, "uSNChanged", text);
    if (to >= 3699)
        snprintf(name, sizeof name, "servicePrincipalName;range=%d-*", from);
    else
        snprintf(name, sizeof name, "servicePrincipalName;range=%d-%d", from, to);
    if (from <= 3699)
        peer_entry_values(ber, name, from, to > 3699 ? 3699 : to);
    if (with_guid && from == 0)
        ber_printf(ber, "{s[o]}", "objectGUID", GUID_BYTES, (ber_len_t)16);
    peer_entry_end(fd, ber);
}

static void answer_ranges(struct peer *peer, int fd, const struct peer_request *r)
{
    int from = 0, to, usn = 100;
    if (r->paged) {
        range_entry(fd, r, 0, 1499, 100);
        plain_entry(fd, r->msgid, "CN=after");
        peer_page_end(fd, r->msgid, "");
        return;
    }
    if (with_guid)
        ck_assert_str_eq(r->base.bv_val, GUID_BASE);
    else
        ck_assert_str_eq(r->base.bv_val, "CN=big,DC=corp,DC=example");
    bool part = sscanf(r->first_attr, "servicePrincipalName;range=%d-*", &from) == 1;
    to = from + 1499;
    if (trick == VANISHES && from == 3000) {
        peer_result(fd, r->msgid, LDAP_RES_SEARCH_RESULT, LDAP_NO_SUCH_OBJECT, "");
        return;
    }
    if (trick == CHANGES_ONCE)
        usn = peer->seen > 2 + streaming() ? 101 : 100;
    if (trick == CHANGES_ALWAYS)
        usn = 100 + peer->seen;
    if (part && trick == SKIPS)
        from += 10;
    if (part && trick == STANDS_STILL)
        from -= 1500;
    if (part && trick == SHRINKS)
        from = 5000;
    range_entry(fd, r, from, to, usn);
    peer_result(fd, r->msgid, LDAP_RES_SEARCH_RESULT, LDAP_SUCCESS, "");
}

static void serve_ranges(struct peer *peer, int fd)
{
    serve(peer, fd, answer_ranges);
}

static enum spn_code read_ranges(enum trick t, bool guid, struct seen *seen, struct spn_error *reterr,
                                 int *ret_requests)
{
    static const char *const asked[] = {"servicePrincipalName", "uSNChanged", "objectGUID", NULL};
    struct search search = paged;
    search.attrs = asked;
    trick = t;
    with_guid = guid;
    return run_search(serve_ranges, &search, seen, NULL, reterr, ret_requests);
}

START_TEST(ranges_are_joined_under_the_plain_name)
{
    struct seen seen = {.stop_at = 1 + streaming()};
    struct spn_error err = {0};
    int requests;
    ck_assert_int_eq(read_ranges(HONEST, _i, &seen, &err, &requests), SPN_DATABASE);
    ck_assert_uint_eq(seen.spns, 3700);
    ck_assert(seen.in_order);
    ck_assert_uint_eq(seen.attr_count, _i ? 3 : 2); /* the empty twin is gone */
    ck_assert_int_eq(requests, 3 + streaming());
}
END_TEST

START_TEST(the_search_goes_on_after_a_range)
{
    struct seen seen = {0};
    struct spn_error err = {0};
    ck_assert_msg(read_ranges(HONEST, true, &seen, &err, NULL) == SPN_OK, "%s", err.text);
    ck_assert_str_eq(seen.dns, streaming() ? "CN=after;CN=big,DC=corp,DC=example;"
                                           : "CN=big,DC=corp,DC=example;CN=after;");
}
END_TEST

START_TEST(changed_object_is_read_again)
{
    struct seen seen = {.stop_at = 1 + streaming()};
    struct spn_error err = {0};
    int requests;
    ck_assert_int_eq(read_ranges(CHANGES_ONCE, true, &seen, &err, &requests), SPN_DATABASE);
    ck_assert_uint_eq(seen.spns, 3700);
    ck_assert(seen.in_order);
    ck_assert_int_eq(requests, 6 + streaming());
}
END_TEST

START_TEST(ever_changing_object_fails_the_search)
{
    struct seen seen = {0};
    struct spn_error err = {0};
    ck_assert_int_eq(read_ranges(CHANGES_ALWAYS, true, &seen, &err, NULL), SPN_DIRECTORY);
    ck_assert_ptr_nonnull(strstr(err.text, "changed each of the 3 times"));
    ck_assert_int_eq(seen.entries, streaming());
}
END_TEST

START_TEST(shrinking_object_counts_as_changed)
{
    struct seen seen = {0};
    struct spn_error err = {0};
    ck_assert_int_eq(read_ranges(SHRINKS, true, &seen, &err, NULL), SPN_DIRECTORY);
    ck_assert_int_eq(seen.entries, streaming());
}
END_TEST

START_TEST(object_deleted_meanwhile_is_left_out)
{
    struct seen seen = {0};
    struct spn_error err = {0};
    ck_assert_msg(read_ranges(VANISHES, true, &seen, &err, NULL) == SPN_OK, "%s", err.text);
    ck_assert_str_eq(seen.dns, "CN=after;");
}
END_TEST

START_TEST(object_gone_under_its_name_fails_the_search)
{
    struct seen seen = {0};
    struct spn_error err = {0};
    ck_assert_int_eq(read_ranges(VANISHES, false, &seen, &err, NULL), SPN_DIRECTORY);
    ck_assert_int_eq(err.native, SEARCH_NO_SUCH_OBJECT);
}
END_TEST

START_TEST(ranges_that_do_not_fit_are_refused)
{
    struct seen seen = {0};
    struct spn_error err = {0};
    ck_assert_int_eq(read_ranges(_i ? SKIPS : STANDS_STILL, true, &seen, &err, NULL), SPN_PROTOCOL);
    ck_assert_ptr_nonnull(strstr(err.text, "don't fit together"));
}
END_TEST

static void add_both(Suite *s, const char *name, void (*how)(void))
{
    TCase *t = tcase_create(name);
    tcase_add_checked_fixture(t, how, NULL);
    tcase_set_timeout(t, 10);
    tcase_add_loop_test(t, ranges_are_joined_under_the_plain_name, 0, 2);
    tcase_add_test(t, the_search_goes_on_after_a_range);
    tcase_add_test(t, changed_object_is_read_again);
    tcase_add_test(t, ever_changing_object_fails_the_search);
    tcase_add_test(t, shrinking_object_counts_as_changed);
    tcase_add_test(t, object_deleted_meanwhile_is_left_out);
    tcase_add_test(t, object_gone_under_its_name_fails_the_search);
    tcase_add_loop_test(t, ranges_that_do_not_fit_are_refused, 0, 2);
    suite_add_tcase(s, t);
}

Suite *suite_ldap_range(void)
{
    Suite *s = suite_create("ldap range");
    add_both(s, "ranges, libldap", read_plain);
    add_both(s, "ranges, stream", read_stream);
    return s;
}
