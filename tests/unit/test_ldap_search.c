#include "tests/unit/test_ldap_run.h"

Suite *suite_ldap_search(void);

static void reference(int fd, ber_int_t msgid)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    ber_printf(ber, "{it{s}}", msgid, (ber_tag_t)LDAP_RES_SEARCH_REFERENCE, "ldap://corp.example/CN=x");
    peer_send(fd, ber);
}

/* ---- paging ---- */

static void three_pages(struct peer *peer, int fd, const struct peer_request *r)
{
    ck_assert(r->paged);
    ck_assert_str_eq(r->cookie, peer->seen == 1 ? "" : peer->seen == 2 ? "one" : "two");
    plain_entry(fd, r->msgid, peer->seen == 1 ? "CN=a" : peer->seen == 2 ? "CN=b" : "CN=c");
    reference(fd, r->msgid);
    peer_page_end(fd, r->msgid, peer->seen == 1 ? "one" : peer->seen == 2 ? "two" : "");
}

static void serve_three_pages(struct peer *peer, int fd)
{
    serve(peer, fd, three_pages);
}

START_TEST(pages_follow_the_cookie)
{
    struct seen seen = {0};
    struct search_stats stats = {0};
    struct spn_error err = {0};
    int requests;
    ck_assert_msg(run_search(serve_three_pages, &paged, &seen, &stats, &err, &requests) == SPN_OK, "%s",
                  err.text);
    ck_assert_int_eq(requests, 3);
    ck_assert_str_eq(seen.dns, "CN=a;CN=b;CN=c;");
    ck_assert_uint_eq(atomic_load(&stats.entries), 3);
    ck_assert_uint_eq(atomic_load(&stats.pages), 3);
    ck_assert_uint_gt(atomic_load(&stats.bytes), 150);
}
END_TEST

START_TEST(callback_ends_the_search)
{
    struct seen seen = {.stop_at = 2};
    struct spn_error err = {0};
    int requests;
    ck_assert_int_eq(run_search(serve_three_pages, &paged, &seen, NULL, &err, &requests), SPN_DATABASE);
    ck_assert_str_eq(err.text, "enough");
    ck_assert_int_eq(requests, 2);
}
END_TEST

static void one_answer_without_control(struct peer *peer, int fd, const struct peer_request *r)
{
    plain_entry(fd, r->msgid, "CN=a");
    if (peer->seen == 1 && peer->arg)
        peer_page_end(fd, r->msgid, "one");
    else
        peer_result(fd, r->msgid, LDAP_RES_SEARCH_RESULT, LDAP_SUCCESS, "");
}

static void serve_without_control(struct peer *peer, int fd)
{
    serve(peer, fd, one_answer_without_control);
}

static void serve_losing_the_control(struct peer *peer, int fd)
{
    peer->arg = peer;
    serve(peer, fd, one_answer_without_control);
}

START_TEST(server_that_does_not_page_is_read_once)
{
    struct seen seen = {0};
    struct spn_error err = {0};
    int requests;
    ck_assert_int_eq(run_search(serve_without_control, &paged, &seen, NULL, &err, &requests), SPN_OK);
    ck_assert_int_eq(requests, 1);
    ck_assert_int_eq(seen.entries, 1);
}
END_TEST

START_TEST(second_page_without_control_is_no_end)
{
    struct seen seen = {0};
    struct spn_error err = {0};
    ck_assert_int_eq(run_search(serve_losing_the_control, &paged, &seen, NULL, &err, NULL), SPN_PROTOCOL);
}
END_TEST

/* Its base got another name after the first page. */
static void base_goes_with_page_two(struct peer *peer, int fd, const struct peer_request *r)
{
    if (peer->seen == 1) {
        plain_entry(fd, r->msgid, "CN=a");
        peer_page_end(fd, r->msgid, "two");
    } else
        peer_result(fd, r->msgid, LDAP_RES_SEARCH_RESULT, LDAP_NO_SUCH_OBJECT, "");
}

static void serve_vanishing_base(struct peer *peer, int fd)
{
    serve(peer, fd, base_goes_with_page_two);
}

START_TEST(a_base_that_goes_between_pages_is_an_end_where_it_may_be_absent)
{
    struct search search = paged;
    struct seen seen = {0}, other = {0};
    struct spn_error err = {0};
    int requests;
    ck_assert_int_eq(run_search(serve_vanishing_base, &search, &seen, NULL, &err, NULL), SPN_DIRECTORY);
    ck_assert_int_eq(err.native, LDAP_NO_SUCH_OBJECT);
    search.absent_is_empty = true;
    ck_assert_int_eq(run_search(serve_vanishing_base, &search, &other, NULL, &err, &requests), SPN_OK);
    ck_assert_int_eq(requests, 2);
    ck_assert_int_eq(other.entries, 1);
}
END_TEST

/* ---- controls ---- */

static void controls_asked_for(struct peer *peer, int fd, const struct peer_request *r)
{
    char dn[60];
    snprintf(dn, sizeof dn, "deleted %d recycled %d sd %d paged %d", r->deleted, r->recycled,
             (int)r->sd_flags, r->paged);
    (void)peer;
    plain_entry(fd, r->msgid, dn);
    if (r->paged)
        peer_page_end(fd, r->msgid, "");
    else
        peer_result(fd, r->msgid, LDAP_RES_SEARCH_RESULT, LDAP_SUCCESS, "");
}

static void serve_controls(struct peer *peer, int fd)
{
    serve(peer, fd, controls_asked_for);
}

START_TEST(controls_go_with_every_page)
{
    struct search search = paged;
    struct seen none = {0}, both = {0}, unpaged = {0};
    struct spn_error err = {0};
    ck_assert_int_eq(run_search(serve_controls, &search, &none, NULL, &err, NULL), SPN_OK);
    ck_assert_str_eq(none.dns, "deleted 0 recycled 0 sd 0 paged 1;");
    search.show_deleted = true;
    search.sd_flags = SEARCH_SD_READABLE;
    ck_assert_int_eq(run_search(serve_controls, &search, &both, NULL, &err, NULL), SPN_OK);
    ck_assert_str_eq(both.dns, "deleted 1 recycled 1 sd 7 paged 1;");
    search.page_size = 0;
    ck_assert_int_eq(run_search(serve_controls, &search, &unpaged, NULL, &err, NULL), SPN_OK);
    ck_assert_str_eq(unpaged.dns, "deleted 1 recycled 1 sd 7 paged 0;");
}
END_TEST

/* An object whose values come in parts is read on by the same rules. */
static void part_then_controls(struct peer *peer, int fd, const struct peer_request *r)
{
    if (peer->seen == 1) {
        BerElement *ber = peer_entry_begin(r->msgid, "CN=a");
        peer_entry_values(ber, "servicePrincipalName;range=0-1", 0, 1);
        peer_entry_end(fd, ber);
        peer_page_end(fd, r->msgid, "");
        return;
    }
    ck_assert(r->deleted && r->recycled);
    ck_assert_int_eq(r->sd_flags, SEARCH_SD_READABLE);
    BerElement *ber = peer_entry_begin(r->msgid, "CN=a");
    peer_entry_values(ber, "servicePrincipalName", 0, 3);
    peer_entry_text(ber, "uSNChanged", "7");
    peer_entry_end(fd, ber);
    peer_result(fd, r->msgid, LDAP_RES_SEARCH_RESULT, LDAP_SUCCESS, "");
}

static void serve_part(struct peer *peer, int fd)
{
    serve(peer, fd, part_then_controls);
}

START_TEST(controls_go_with_ranges)
{
    struct search search = paged;
    struct seen seen = {0};
    struct spn_error err = {0};
    int requests;
    search.show_deleted = true;
    search.sd_flags = SEARCH_SD_READABLE;
    ck_assert_msg(run_search(serve_part, &search, &seen, NULL, &err, &requests) == SPN_OK, "%s", err.text);
    ck_assert_int_ge(requests, 2);
    ck_assert_uint_eq(seen.spns, 4);
}
END_TEST

/* ---- refusals ---- */

static void size_limit(struct peer *peer, int fd, const struct peer_request *r)
{
    (void)peer;
    plain_entry(fd, r->msgid, "CN=a");
    peer_result(fd, r->msgid, LDAP_RES_SEARCH_RESULT, LDAP_SIZELIMIT_EXCEEDED, "");
}

static void serve_size_limit(struct peer *peer, int fd)
{
    serve(peer, fd, size_limit);
}

START_TEST(a_partial_answer_is_an_error)
{
    struct seen seen = {0};
    struct spn_error err = {0};
    ck_assert_int_eq(run_search(serve_size_limit, &paged, &seen, NULL, &err, NULL), SPN_DIRECTORY);
    ck_assert_int_eq(err.native, LDAP_SIZELIMIT_EXCEEDED);
    ck_assert_ptr_nonnull(strstr(err.text, "'DC=corp,DC=example'"));
}
END_TEST

static void no_such_object(struct peer *peer, int fd, const struct peer_request *r)
{
    (void)peer;
    ck_assert(!r->paged);
    peer_result(fd, r->msgid, LDAP_RES_SEARCH_RESULT, LDAP_NO_SUCH_OBJECT, "");
}

static void serve_no_such_object(struct peer *peer, int fd)
{
    serve(peer, fd, no_such_object);
}

START_TEST(absent_base_is_told_by_its_code)
{
    const struct search base = {
        .base = "CN=x", .scope = SCOPE_BASE, .filter = "(objectClass=*)", .attrs = attrs};
    struct seen seen = {0};
    struct spn_error err = {0};
    ck_assert_int_eq(run_search(serve_no_such_object, &base, &seen, NULL, &err, NULL), SPN_DIRECTORY);
    ck_assert_int_eq(err.native, SEARCH_NO_SUCH_OBJECT);
    ck_assert_int_eq(seen.entries, 0);
}
END_TEST

static void close_after_an_entry(struct peer *peer, int fd)
{
    struct peer_request r;
    (void)peer;
    peer_accept_bind(fd);
    ck_assert(peer_read(fd, &r));
    plain_entry(fd, r.msgid, "CN=a");
    peer_request_end(&r);
}

START_TEST(lost_connection_is_no_end)
{
    struct seen seen = {0};
    struct spn_error err = {0};
    ck_assert_int_eq(run_search(close_after_an_entry, &paged, &seen, NULL, &err, NULL), SPN_UNREACHABLE);
    ck_assert_int_eq(seen.entries, 1);
    ck_assert_ptr_nonnull(strstr(err.text, "closed the connection"));
}
END_TEST

START_TEST(lost_connection_stays_lost)
{
    struct peer peer;
    struct conn *conn = NULL;
    struct seen seen = {0};
    struct spn_error err = {0};
    int phase;
    peer_start(&peer, close_after_an_entry, NULL);
    ck_assert_int_eq(open_to(&peer, &anonymous, &phase, &conn, &err), SPN_OK);
    ck_assert_int_eq(searching(conn, &paged, note_entry, &seen, NULL, &err), SPN_UNREACHABLE);
    ck_assert_int_eq(searching(conn, &paged, note_entry, &seen, NULL, &err), SPN_UNREACHABLE);
    ck_assert_ptr_nonnull(strstr(err.text, "lost before"));
    conn_close(conn);
    peer_end(&peer);
}
END_TEST

static void broken_entry(struct peer *peer, int fd, const struct peer_request *r)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    (void)peer;
    /* An attribute whose values are no set. */
    ber_printf(ber, "{it{s{{si}}}}", r->msgid, (ber_tag_t)LDAP_RES_SEARCH_ENTRY, "CN=a", "cn", 5);
    peer_send(fd, ber);
    peer_page_end(fd, r->msgid, "");
}

static void serve_broken_entry(struct peer *peer, int fd)
{
    serve(peer, fd, broken_entry);
}

START_TEST(malformed_entry_is_a_protocol_error)
{
    struct seen seen = {0};
    struct spn_error err = {0};
    ck_assert_int_eq(run_search(serve_broken_entry, &paged, &seen, NULL, &err, NULL), SPN_PROTOCOL);
    ck_assert_int_eq(seen.entries, 0);
}
END_TEST

/* ---- filters ---- */

static void expect_escape(struct bytes value, const char *want)
{
    struct text_buf buf = {0};
    text_append_str(&buf, "");
    search_filter_escape(&buf, value);
    ck_assert_str_eq(buf.data, want);
    text_release(&buf);
}

START_TEST(filter_values_are_escaped)
{
    expect_escape(B(""), "");
    expect_escape(B("HTTP"), "HTTP");
    expect_escape(B("HTTP/web1:80"), "HTTP\\2fweb1\\3a80");
    expect_escape(B("*)(cn=*"), "\\2a\\29\\28cn\\3d\\2a");
    expect_escape(B("a\0b\\"), "a\\00b\\5c");
    expect_escape(B("\xc3\xa9"), "\\c3\\a9");
}
END_TEST

static void add_both(Suite *s, const char *name, void (*how)(void))
{
    TCase *t = tcase_create(name);
    tcase_add_checked_fixture(t, how, NULL);
    tcase_set_timeout(t, 10);
    tcase_add_test(t, pages_follow_the_cookie);
    tcase_add_test(t, callback_ends_the_search);
    tcase_add_test(t, server_that_does_not_page_is_read_once);
    tcase_add_test(t, second_page_without_control_is_no_end);
    tcase_add_test(t, a_base_that_goes_between_pages_is_an_end_where_it_may_be_absent);
    tcase_add_test(t, controls_go_with_every_page);
    tcase_add_test(t, controls_go_with_ranges);
    tcase_add_test(t, a_partial_answer_is_an_error);
    tcase_add_test(t, absent_base_is_told_by_its_code);
    tcase_add_test(t, lost_connection_is_no_end);
    tcase_add_test(t, lost_connection_stays_lost);
    tcase_add_test(t, malformed_entry_is_a_protocol_error);
    suite_add_tcase(s, t);
}

Suite *suite_ldap_search(void)
{
    Suite *s = suite_create("ldap search");
    add_both(s, "pages and refusals, libldap", read_plain);
    add_both(s, "pages and refusals, stream", read_stream);

    TCase *t = tcase_create("filters");
    tcase_add_test(t, filter_values_are_escaped);
    suite_add_tcase(s, t);
    return s;
}
