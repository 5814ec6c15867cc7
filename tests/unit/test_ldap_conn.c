#include "tests/unit/test_ldap_peer.h"

Suite *suite_ldap_conn(void);

static const struct login anonymous = {.method = BIND_ANONYMOUS, .timeout_s = 1};
static const struct login over_ldaps = {
    .method = BIND_ANONYMOUS, .tls = TLS_LDAPS, .ca_file = "/dev/null", .timeout_s = 1};
static const struct login over_starttls = {
    .method = BIND_ANONYMOUS, .tls = TLS_STARTTLS, .ca_file = "/dev/null", .timeout_s = 1};

/* Opens against script; the code, the phase and a part of the text are what is expected. */
static void expect_failure(void (*script)(struct peer *, int), const struct login *login, enum spn_code code,
                           enum dc_phase phase, const char *text)
{
    struct peer peer;
    struct conn *conn = NULL;
    struct spn_error err = {0};
    int reached;
    double began = time_steady_s();

    peer_start(&peer, script, NULL);
    enum spn_code got = open_to(&peer, login, &reached, &conn, &err);
    double took = time_steady_s() - began;
    peer_end(&peer);
    ck_assert_msg(got == code, "%s: %s", spn_code_name(got), err.text);
    ck_assert_int_eq(err.code, code);
    ck_assert_int_eq(reached, phase);
    ck_assert_msg(strstr(err.text, text) != NULL, "'%s' is not in: %s", text, err.text);
    ck_assert_msg(strstr(err.text, "'dc1.corp.example:") != NULL, "no host in: %s", err.text);
    ck_assert_msg(took < login->timeout_s + 0.6, "took %.2f s", took);
    ck_assert_ptr_null(conn);
}

START_TEST(refused_port_is_unreachable)
{
    struct peer peer;
    struct conn *conn;
    struct spn_error err = {0};
    int phase;
    peer_start(&peer, peer_listen_only, NULL);
    peer_end(&peer); /* nobody listens there now */
    ck_assert_int_eq(open_to(&peer, &anonymous, &phase, &conn, &err), SPN_UNREACHABLE);
    ck_assert_int_eq(phase, PHASE_CONNECT);
    ck_assert_int_eq(err.native, ECONNREFUSED);
    ck_assert_ptr_nonnull(strstr(err.text, "refused"));
    ck_assert_ptr_nonnull(strstr(err.text, "at 127.0.0.1"));
}
END_TEST

/* Lets the client in, waits for a byte on the pipe *arg, and goes. */
static void welcome_then_go(struct peer *peer, int fd)
{
    struct peer_request r;
    char go;
    ck_assert(peer_read(fd, &r) && r.op == LDAP_REQ_BIND);
    peer_result(fd, r.msgid, LDAP_RES_BIND, 0, "");
    peer_request_end(&r);
    ck_assert_int_eq(read(*(int *)peer->arg, &go, 1), 1);
}

START_TEST(a_connection_is_idle_until_the_peer_goes)
{
    struct peer peer;
    struct conn *conn;
    struct spn_error err = {0};
    int phase, go[2];
    ck_assert_int_eq(pipe(go), 0);
    peer_start(&peer, welcome_then_go, &go[0]);
    ck_assert_int_eq(open_to(&peer, &anonymous, &phase, &conn, &err), SPN_OK);
    ck_assert(conn_is_idle(conn));
    ck_assert_int_eq(write(go[1], "x", 1), 1);
    peer_end(&peer);
    ck_assert(!conn_is_idle(conn));
    conn_close(conn);
    close(go[0]);
    close(go[1]);
}
END_TEST

START_TEST(silent_peer_ends_in_time)
{
    expect_failure(peer_listen_only, &anonymous, SPN_UNREACHABLE, PHASE_BIND, "no answer within 1 s");
}
END_TEST

START_TEST(silent_tls_handshake_ends_in_time)
{
    expect_failure(peer_listen_only, &over_ldaps, SPN_UNREACHABLE, PHASE_TLS, "no answer within 1 s");
}
END_TEST

START_TEST(silent_starttls_ends_in_time)
{
    expect_failure(peer_listen_only, &over_starttls, SPN_UNREACHABLE, PHASE_TLS, "no answer within 1 s");
}
END_TEST

static void agree_to_starttls_then_nothing(struct peer *peer, int fd)
{
    struct peer_request r;
    ck_assert(peer_read(fd, &r));
    ck_assert_uint_eq(r.op, LDAP_REQ_EXTENDED);
    peer_result(fd, r.msgid, LDAP_RES_EXTENDED, LDAP_SUCCESS, "");
    peer_request_end(&r);
    peer_listen_only(peer, fd);
}

START_TEST(silence_after_starttls_ends_in_time)
{
    expect_failure(agree_to_starttls_then_nothing, &over_starttls, SPN_UNREACHABLE, PHASE_TLS,
                   "no answer within 1 s");
}
END_TEST

static void agree_to_starttls_with_more(struct peer *peer, int fd)
{
    struct peer_request r;
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    struct berval all;
    ck_assert(peer_read(fd, &r));
    /* One write, so that both come in one read: what a man in the middle would add. */
    ber_printf(ber, "{it{ess}}", r.msgid, (ber_tag_t)LDAP_RES_EXTENDED, 0, "", "");
    ber_printf(ber, "{it{ess}}", r.msgid + 1, (ber_tag_t)LDAP_RES_BIND, 0, "", "");
    ck_assert_int_eq(ber_flatten2(ber, &all, 0), 0);
    ck_assert_int_gt(send(fd, all.bv_val, all.bv_len, MSG_NOSIGNAL), 0);
    ber_free(ber, 1);
    peer_request_end(&r);
    peer_listen_only(peer, fd);
}

START_TEST(data_before_the_handshake_is_refused)
{
    expect_failure(agree_to_starttls_with_more, &over_starttls, SPN_PROTOCOL, PHASE_TLS, "in clear");
}
END_TEST

static void refuse_starttls(struct peer *peer, int fd)
{
    struct peer_request r;
    (void)peer;
    ck_assert(peer_read(fd, &r));
    peer_result(fd, r.msgid, LDAP_RES_EXTENDED, LDAP_UNAVAILABLE, "00000000: LdapErr");
    peer_request_end(&r);
}

START_TEST(refused_starttls_goes_no_further)
{
    expect_failure(refuse_starttls, &over_starttls, SPN_DIRECTORY, PHASE_TLS, "no certificate");
}
END_TEST

static void send_noise(struct peer *peer, int fd)
{
    /* Read as BER its first element is 84 bytes long. */
    static const char noise[] = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n"
                                "Connection: close\r\nContent-Length: 0\r\n\r\n";
    (void)send(fd, noise, sizeof noise - 1, MSG_NOSIGNAL);
    peer_listen_only(peer, fd);
}

START_TEST(noise_is_a_protocol_error)
{
    expect_failure(send_noise, &anonymous, SPN_PROTOCOL, PHASE_BIND, "not an LDAP answer");
}
END_TEST

START_TEST(noise_instead_of_tls_is_named)
{
    expect_failure(send_noise, &over_ldaps, SPN_PROTOCOL, PHASE_TLS, "does not speak TLS");
}
END_TEST

static void send_huge_length(struct peer *peer, int fd)
{
    static const char head[] = "\x30\x84\x7f\xff\xff\xff\x02\x01\x01";
    (void)send(fd, head, sizeof head - 1, MSG_NOSIGNAL);
    peer_listen_only(peer, fd);
}

START_TEST(absurd_length_is_refused_at_once)
{
    expect_failure(send_huge_length, &anonymous, SPN_PROTOCOL, PHASE_BIND, "not an LDAP answer");
}
END_TEST

static void send_half(struct peer *peer, int fd)
{
    static const char half[] = "\x30\x0c\x02\x01\x01\x61";
    (void)send(fd, half, sizeof half - 1, MSG_NOSIGNAL);
    peer_listen_only(peer, fd);
}

START_TEST(half_a_message_ends_in_time)
{
    expect_failure(send_half, &anonymous, SPN_UNREACHABLE, PHASE_BIND, "no answer within 1 s");
}
END_TEST

static void send_half_and_close(struct peer *peer, int fd)
{
    struct peer_request r;
    static const char half[] = "\x30\x0c\x02\x01\x01\x61";
    (void)peer;
    ck_assert(peer_read(fd, &r));
    (void)send(fd, half, sizeof half - 1, MSG_NOSIGNAL);
    peer_request_end(&r);
}

START_TEST(close_in_a_message_is_a_lost_connection)
{
    expect_failure(send_half_and_close, &anonymous, SPN_UNREACHABLE, PHASE_BIND, "closed the connection");
}
END_TEST

/* A byte now and then keeps no wait alive. */
static void drip(struct peer *peer, int fd)
{
    static const char message[] = "\x30\x84\x00\x00\x10\x00\x02\x01\x01\x61";
    (void)peer;
    for (size_t i = 0; i < sizeof message - 1; i++) {
        if (send(fd, message + i, 1, MSG_NOSIGNAL) < 0)
            return;
        usleep(250000);
    }
}

START_TEST(dripping_peer_ends_in_time)
{
    struct peer peer;
    struct conn *conn;
    struct spn_error err = {0};
    int phase;
    double began = time_steady_s();
    peer_start(&peer, drip, NULL);
    ck_assert_int_eq(open_to(&peer, &anonymous, &phase, &conn, &err), SPN_UNREACHABLE);
    ck_assert_double_lt(time_steady_s() - began, 1.6);
    peer_end(&peer);
}
END_TEST

/* ---- cancel ---- */

static atomic_bool cancel;

static void *cancel_soon(void *arg)
{
    usleep(300000);
    atomic_store(&cancel, true);
    return arg;
}

static void expect_cancel(enum tls_mode tls, void (*script)(struct peer *, int))
{
    struct login login = {
        .method = BIND_ANONYMOUS, .tls = tls, .ca_file = "/dev/null", .timeout_s = 20, .cancel = &cancel};
    struct peer peer;
    struct conn *conn;
    struct spn_error err = {0};
    pthread_t thread;
    int phase;

    atomic_store(&cancel, false);
    peer_start(&peer, script, NULL);
    double began = time_steady_s();
    ck_assert_int_eq(pthread_create(&thread, NULL, cancel_soon, NULL), 0);
    enum spn_code code = open_to(&peer, &login, &phase, &conn, &err);
    double took = time_steady_s() - began;
    pthread_join(thread, NULL);
    peer_end(&peer);
    ck_assert_msg(code == SPN_CANCELLED, "%s", err.text);
    ck_assert_double_lt(took, 0.8);
}

START_TEST(cancel_ends_a_wait)
{
    expect_cancel(TLS_OFF, peer_listen_only);
}
END_TEST

START_TEST(cancel_ends_a_handshake)
{
    expect_cancel(TLS_LDAPS, peer_listen_only);
}
END_TEST

START_TEST(cancel_ends_half_a_message)
{
    expect_cancel(TLS_OFF, send_half);
}
END_TEST

/* ---- what a bind says ---- */

static void accept_then_listen(struct peer *peer, int fd)
{
    peer_accept_bind(fd);
    peer_listen_only(peer, fd);
}

START_TEST(anonymous_bind_in_clear_works)
{
    struct peer peer;
    struct conn *conn = NULL;
    struct spn_error err = {0};
    int phase;
    peer_start(&peer, accept_then_listen, NULL);
    ck_assert_msg(open_to(&peer, &anonymous, &phase, &conn, &err) == SPN_OK, "%s", err.text);
    ck_assert_int_eq(phase, PHASE_BIND);
    ck_assert_str_eq(conn_address(conn), "127.0.0.1");
    ck_assert_str_eq(conn_bind_text(conn), "anonymous");
    ck_assert_uint_eq(conn_bytes(conn), 14);
    conn_close(conn);
    peer_end(&peer);
}
END_TEST

START_TEST(unbound_connection_stands_before_the_bind)
{
    struct peer peer;
    struct conn *conn = NULL;
    struct spn_error err = {0};
    const struct conn_target target = {.host = "127.0.0.1", .port = 0};
    struct conn_target to = target;
    _Atomic(int) phase = PHASE_WAITING;
    peer_start(&peer, peer_listen_only, NULL);
    to.port = peer.port;
    ck_assert_int_eq(conn_open_unbound(&to, &anonymous, &phase, &conn, &err), SPN_OK);
    ck_assert_int_eq(atomic_load(&phase), PHASE_CONNECT);
    conn_close(conn);
    peer_end(&peer);
}
END_TEST

static void refuse_bind(struct peer *peer, int fd)
{
    struct peer_request r;
    (void)peer;
    ck_assert(peer_read(fd, &r));
    peer_result(fd, r.msgid, LDAP_RES_BIND, LDAP_INVALID_CREDENTIALS,
                "80090308: LdapErr: DSID-0C09, comment: AcceptSecurityContext error, data 533, v1db1\n");
    peer_request_end(&r);
}

START_TEST(refused_bind_tells_the_sub_code)
{
    expect_failure(refuse_bind, &anonymous, SPN_CREDENTIALS, PHASE_BIND,
                   "the account is disabled (LDAP 49: ");
}
END_TEST

static void answer_with_a_search(struct peer *peer, int fd)
{
    struct peer_request r;
    ck_assert(peer_read(fd, &r));
    peer_result(fd, r.msgid, LDAP_RES_SEARCH_RESULT, LDAP_SUCCESS, "");
    peer_request_end(&r);
    peer_listen_only(peer, fd);
}

START_TEST(answer_of_another_kind_is_no_bind)
{
    expect_failure(answer_with_a_search, &anonymous, SPN_PROTOCOL, PHASE_BIND, "another kind");
}
END_TEST

START_TEST(hostile_host_name_is_refused)
{
    static const char *const bad[] = {"",       "a b",  "dc1/x", "dc1:389", "dc1?x",
                                      "dc1..x", "-dc1", "dc1\n", "[dc1]"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const struct conn_target target = {.host = bad[i], .address = "127.0.0.1", .port = 9};
        struct conn *conn;
        struct spn_error err = {0};
        _Atomic(int) phase;
        ck_assert_int_eq(conn_open(&target, &anonymous, &phase, &conn, &err), SPN_CONFIG);
    }
}
END_TEST

START_TEST(closing_nothing_is_fine)
{
    conn_close(NULL);
}
END_TEST

Suite *suite_ldap_conn(void)
{
    Suite *s = suite_create("ldap conn");
    TCase *t = tcase_create("peers that fail");
    tcase_add_checked_fixture(t, room_setup, NULL);
    tcase_set_timeout(t, 10);
    tcase_add_test(t, refused_port_is_unreachable);
    tcase_add_test(t, a_connection_is_idle_until_the_peer_goes);
    tcase_add_test(t, silent_peer_ends_in_time);
    tcase_add_test(t, silent_tls_handshake_ends_in_time);
    tcase_add_test(t, silent_starttls_ends_in_time);
    tcase_add_test(t, silence_after_starttls_ends_in_time);
    tcase_add_test(t, data_before_the_handshake_is_refused);
    tcase_add_test(t, refused_starttls_goes_no_further);
    tcase_add_test(t, noise_is_a_protocol_error);
    tcase_add_test(t, noise_instead_of_tls_is_named);
    tcase_add_test(t, absurd_length_is_refused_at_once);
    tcase_add_test(t, half_a_message_ends_in_time);
    tcase_add_test(t, close_in_a_message_is_a_lost_connection);
    tcase_add_test(t, dripping_peer_ends_in_time);
    suite_add_tcase(s, t);

    t = tcase_create("cancel");
    tcase_add_checked_fixture(t, room_setup, NULL);
    tcase_set_timeout(t, 10);
    tcase_add_test(t, cancel_ends_a_wait);
    tcase_add_test(t, cancel_ends_a_handshake);
    tcase_add_test(t, cancel_ends_half_a_message);
    suite_add_tcase(s, t);

    t = tcase_create("bind");
    tcase_add_checked_fixture(t, room_setup, NULL);
    tcase_set_timeout(t, 10);
    tcase_add_test(t, anonymous_bind_in_clear_works);
    tcase_add_test(t, unbound_connection_stands_before_the_bind);
    tcase_add_test(t, refused_bind_tells_the_sub_code);
    tcase_add_test(t, answer_of_another_kind_is_no_bind);
    tcase_add_test(t, hostile_host_name_is_refused);
    tcase_add_test(t, closing_nothing_is_fine);
    suite_add_tcase(s, t);
    return s;
}
