#include <netinet/tcp.h>

#include "tests/unit/test_ldap_run.h"

Suite *suite_ldap_stream(void);

#define NOTICE "1.3.6.1.4.1.1466.20036"

static void tell(int fd, const char *oid, int code, const char *diagnostic)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    ber_printf(ber, "{it{essts}}", 0, (ber_tag_t)LDAP_RES_EXTENDED, code, "", diagnostic,
               (ber_tag_t)LDAP_TAG_EXOP_RES_OID, oid);
    peer_send(fd, ber);
}

static enum spn_code stream_from(void (*script)(struct peer *, int), struct seen *seen,
                                 struct spn_error *reterr)
{
    return run_search(script, &paged, seen, NULL, reterr, NULL);
}

/* ---- time ---- */

static void half_an_entry(struct peer *peer, int fd, const struct peer_request *r)
{
    static const char half[] = "\x30\x84\x00\x00\x01\x00\x02\x01\x02\x64";
    (void)peer;
    plain_entry(fd, r->msgid, "CN=a");
    (void)send(fd, half, sizeof half - 1, MSG_NOSIGNAL);
}

static void serve_half(struct peer *peer, int fd)
{
    serve(peer, fd, half_an_entry);
}

START_TEST(half_a_message_ends_in_time)
{
    struct seen seen = {0};
    struct spn_error err = {0};
    double began = time_steady_s();
    ck_assert_int_eq(stream_from(serve_half, &seen, &err), SPN_UNREACHABLE);
    ck_assert_ptr_nonnull(strstr(err.text, "no answer within 2 s"));
    ck_assert_int_eq(seen.entries, 1);
    ck_assert(time_steady_s() - began < 2.6);
}
END_TEST

static atomic_bool cancel;

static void *cancel_soon(void *arg)
{
    (void)arg;
    usleep(300000);
    atomic_store(&cancel, true);
    return NULL;
}

static void endless(struct peer *peer, int fd, const struct peer_request *r)
{
    (void)peer;
    while (!atomic_load(&cancel))
        plain_entry(fd, r->msgid, "CN=a");
}

static void serve_endless(struct peer *peer, int fd)
{
    serve(peer, fd, endless);
}

static enum spn_code ignore_entry(void *ctx, const struct entry *entry, struct spn_error *reterr)
{
    (void)ctx, (void)entry, (void)reterr;
    return SPN_OK;
}

/* _i: in the middle of a message, or while bytes come without a pause. */
START_TEST(cancel_ends_a_stream)
{
    const struct login login = {.method = BIND_ANONYMOUS, .timeout_s = 20, .cancel = &cancel};
    struct peer peer;
    struct conn *conn = NULL;
    struct spn_error err = {0};
    pthread_t thread;
    int phase;
    peer_start(&peer, _i ? serve_endless : serve_half, NULL);
    ck_assert_int_eq(open_to(&peer, &login, &phase, &conn, &err), SPN_OK);
    double began = time_steady_s();
    pthread_create(&thread, NULL, cancel_soon, NULL);
    ck_assert_int_eq(search_stream(conn, &paged, ignore_entry, NULL, NULL, &err), SPN_CANCELLED);
    ck_assert(time_steady_s() - began < 0.6);
    pthread_join(thread, NULL);
    conn_close(conn);
    peer_end(&peer);
}
END_TEST

/* ---- answers that are none ---- */

static void other_id(struct peer *peer, int fd, const struct peer_request *r)
{
    (void)peer;
    plain_entry(fd, r->msgid + 1, "CN=a");
}

static void done_for_the_next(struct peer *peer, int fd, const struct peer_request *r)
{
    (void)peer;
    peer_page_end(fd, r->msgid, "more");
    usleep(50000);
    peer_page_end(fd, r->msgid, "more");
}

static void other_kind(struct peer *peer, int fd, const struct peer_request *r)
{
    (void)peer;
    peer_result(fd, r->msgid, LDAP_RES_BIND, LDAP_SUCCESS, "");
}

static void absurd_length(struct peer *peer, int fd, const struct peer_request *r)
{
    static const char bytes[] = "\x30\x84\x7f\xff\xff\xff\x02\x01";
    (void)peer, (void)r;
    (void)send(fd, bytes, sizeof bytes - 1, MSG_NOSIGNAL);
}

static void noise(struct peer *peer, int fd, const struct peer_request *r)
{
    static const char bytes[] = "HTTP/1.1 400 Bad Request\r\n";
    (void)peer, (void)r;
    (void)send(fd, bytes, sizeof bytes - 1, MSG_NOSIGNAL);
}

static void bad_result(struct peer *peer, int fd, const struct peer_request *r)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    (void)peer;
    ber_printf(ber, "{it{i}}", r->msgid, (ber_tag_t)LDAP_RES_SEARCH_RESULT, 0);
    peer_send(fd, ber);
}

static void (*answers[])(struct peer *, int, const struct peer_request *) = {
    other_id, done_for_the_next, other_kind, absurd_length, noise, bad_result};
static int chosen;

static void serve_chosen(struct peer *peer, int fd)
{
    serve(peer, fd, answers[chosen]);
}

START_TEST(answers_that_are_none_are_refused)
{
    struct seen seen = {0};
    struct spn_error err = {0};
    double began = time_steady_s();
    chosen = _i;
    ck_assert_int_eq(stream_from(serve_chosen, &seen, &err), SPN_PROTOCOL);
    ck_assert_ptr_nonnull(strstr(err.text, "'DC=corp,DC=example'"));
    ck_assert_int_eq(seen.entries, 0);
    ck_assert(time_steady_s() - began < 1);
}
END_TEST

static void farewell(struct peer *peer, int fd, const struct peer_request *r)
{
    (void)peer;
    plain_entry(fd, r->msgid, "CN=a");
    tell(fd, NOTICE, LDAP_UNAVAILABLE, "shutting down");
}

static void serve_farewell(struct peer *peer, int fd)
{
    serve(peer, fd, farewell);
}

START_TEST(notice_of_disconnection_is_told)
{
    struct seen seen = {0};
    struct spn_error err = {0};
    ck_assert_int_eq(stream_from(serve_farewell, &seen, &err), SPN_UNREACHABLE);
    ck_assert_int_eq(err.native, LDAP_UNAVAILABLE);
    ck_assert_ptr_nonnull(strstr(err.text, "ends the connection"));
    ck_assert_ptr_nonnull(strstr(err.text, "shutting down"));
}
END_TEST

static void other_notice(struct peer *peer, int fd, const struct peer_request *r)
{
    (void)peer;
    tell(fd, "1.2.3.4", 0, "");
    plain_entry(fd, r->msgid, "CN=a");
    peer_page_end(fd, r->msgid, "");
}

static void serve_other_notice(struct peer *peer, int fd)
{
    serve(peer, fd, other_notice);
}

START_TEST(unknown_notice_is_passed_over)
{
    struct seen seen = {0};
    struct spn_error err = {0};
    ck_assert_msg(stream_from(serve_other_notice, &seen, &err) == SPN_OK, "%s", err.text);
    ck_assert_int_eq(seen.entries, 1);
}
END_TEST

/* ---- before, after, beside ---- */

static void late_answers(struct peer *peer, int fd, const struct peer_request *r)
{
    static ber_int_t first;
    if (peer->seen == 1)
        first = r->msgid;
    for (int i = 0; i < 3; i++)
        plain_entry(fd, r->msgid, "CN=a");
    plain_entry(fd, first, "CN=late");
    if (peer->seen > 1)
        peer_page_end(fd, r->msgid, "");
}

static void serve_late(struct peer *peer, int fd)
{
    serve(peer, fd, late_answers);
}

/* What was abandoned may still answer: to the next stream, and to libldap (_i). */
START_TEST(connection_serves_on_after_an_end)
{
    const struct search base = {
        .base = "CN=x", .scope = SCOPE_BASE, .filter = "(objectClass=*)", .attrs = attrs};
    struct peer peer;
    struct conn *conn = NULL;
    struct seen seen = {.stop_at = 1}, next = {0}, last = {0};
    struct spn_error err = {0};
    int phase;
    peer_start(&peer, serve_late, NULL);
    ck_assert_int_eq(open_to(&peer, &anonymous, &phase, &conn, &err), SPN_OK);
    ck_assert_int_eq(search_stream(conn, &paged, note_entry, &seen, NULL, &err), SPN_DATABASE);
    for (int i = 0; i < 3; i++) {
        next = (struct seen){0};
        enum spn_code code = _i ? search_run(conn, &base, note_entry, &next, NULL, &err)
                                : search_stream(conn, &paged, note_entry, &next, NULL, &err);
        ck_assert_msg(code == SPN_OK, "%s", err.text);
        ck_assert_str_eq(next.dns, "CN=a;CN=a;CN=a;");
    }
    ck_assert_int_eq(search_stream(conn, &paged, note_entry, &last, NULL, &err), SPN_OK);
    ck_assert_str_eq(last.dns, "CN=a;CN=a;CN=a;");
    conn_close(conn);
    peer_end(&peer);
}
END_TEST

static _Atomic(int) requests_seen;

static void two_pages(struct peer *peer, int fd, const struct peer_request *r)
{
    atomic_store(&requests_seen, peer->seen);
    plain_entry(fd, r->msgid, "CN=a");
    peer_page_end(fd, r->msgid, peer->seen == 1 ? "more" : "");
}

static void serve_two_pages(struct peer *peer, int fd)
{
    int on = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_CORK, &on, sizeof on); /* the page in one piece */
    serve(peer, fd, two_pages);
}

static enum spn_code wait_for_request(void *ctx, const struct entry *entry, struct spn_error *reterr)
{
    (void)ctx, (void)entry, (void)reterr;
    for (int i = 0; i < 200 && atomic_load(&requests_seen) < 2; i++)
        usleep(10000);
    ck_assert_int_eq(atomic_load(&requests_seen), 2);
    return SPN_OK;
}

START_TEST(next_page_is_asked_for_before_entries_are_handed_on)
{
    struct peer peer;
    struct conn *conn = NULL;
    struct spn_error err = {0};
    int phase;
    peer_start(&peer, serve_two_pages, NULL);
    ck_assert_int_eq(open_to(&peer, &anonymous, &phase, &conn, &err), SPN_OK);
    ck_assert_msg(search_stream(conn, &paged, wait_for_request, NULL, NULL, &err) == SPN_OK, "%s", err.text);
    conn_close(conn);
    peer_end(&peer);
}
END_TEST

Suite *suite_ldap_stream(void)
{
    Suite *s = suite_create("ldap stream");
    TCase *t = tcase_create("faults");
    tcase_add_checked_fixture(t, read_stream, NULL);
    tcase_set_timeout(t, 10);
    tcase_add_test(t, half_a_message_ends_in_time);
    tcase_add_loop_test(t, cancel_ends_a_stream, 0, 2);
    tcase_add_loop_test(t, answers_that_are_none_are_refused, 0, sizeof answers / sizeof *answers);
    tcase_add_test(t, notice_of_disconnection_is_told);
    tcase_add_test(t, unknown_notice_is_passed_over);
    suite_add_tcase(s, t);

    t = tcase_create("order");
    tcase_add_checked_fixture(t, read_stream, NULL);
    tcase_set_timeout(t, 10);
    tcase_add_loop_test(t, connection_serves_on_after_an_end, 0, 2);
    tcase_add_test(t, next_page_is_asked_for_before_entries_are_handed_on);
    suite_add_tcase(s, t);
    return s;
}
