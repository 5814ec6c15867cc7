#include "scanner/run/tombstones.h"

#include "tests/unit/test_ldap_run.h"

Suite *suite_tombstones(void);

/* ---- the server ---- */

static void answer_deleted(struct peer *peer, int fd, const struct peer_request *r)
{
    const char *kind = peer->arg;
    ck_assert(r->deleted);
    ck_assert_str_eq(r->base.bv_val, "CN=Deleted Objects,DC=corp,DC=example");
    if (strcmp(kind, "hidden") == 0 || strcmp(kind, "guarded") == 0 || strcmp(kind, "busy") == 0) {
        peer_result(fd, r->msgid, LDAP_RES_SEARCH_RESULT,
                    *kind == 'h'   ? LDAP_NO_SUCH_OBJECT
                    : *kind == 'g' ? LDAP_INSUFFICIENT_ACCESS
                                   : LDAP_BUSY,
                    "");
        return;
    }
    /* The server's time may be up before it has found one. */
    if (strcmp(kind, "slow") == 0 && peer->seen == 1) {
        peer_page_end(fd, r->msgid, "more");
        return;
    }
    if (strcmp(kind, "none") != 0) {
        BerElement *ber = peer_entry_begin(r->msgid, "CN=x\\0ADEL:1,CN=Deleted Objects,DC=corp,DC=example");
        peer_entry_text(ber, "isDeleted", strcmp(kind, "alive") == 0 ? "FALSE" : "TRUE");
        peer_entry_end(fd, ber);
    }
    peer_page_end(fd, r->msgid, strcmp(kind, "many") == 0 ? "more" : "");
}

static void serve_deleted(struct peer *peer, int fd)
{
    serve(peer, fd, answer_deleted);
}

static enum spn_code ask(const char *kind, bool *ret, int *ret_requests)
{
    static char kinds[16];
    struct peer peer;
    struct conn *conn = NULL;
    struct spn_error err = {0};
    int phase;
    snprintf(kinds, sizeof kinds, "%s", kind);
    peer_start(&peer, serve_deleted, kinds);
    ck_assert_msg(open_to(&peer, &anonymous, &phase, &conn, &err) == SPN_OK, "%s", err.text);
    enum spn_code code = tombstones_readable(conn, "DC=corp,DC=example", ret, NULL, &err);
    conn_close(conn);
    peer_end(&peer);
    *ret_requests = peer.seen;
    return code;
}

START_TEST(one_that_is_seen_is_enough)
{
    int requests;
    bool readable = false;
    ck_assert_int_eq(ask("one", &readable, &requests), SPN_OK);
    ck_assert(readable);
    readable = false;
    ck_assert_int_eq(ask("many", &readable, &requests), SPN_OK);
    ck_assert(readable);
    ck_assert_int_eq(requests, 1);
    readable = false;
    ck_assert_int_eq(ask("slow", &readable, &requests), SPN_OK);
    ck_assert(readable);
    ck_assert_int_eq(requests, 2);
}
END_TEST

START_TEST(nothing_seen_is_not_readable)
{
    static const char *const kinds[] = {"none", "alive", "hidden", "guarded"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        bool readable = true;
        int requests;
        ck_assert_int_eq(ask(kinds[i], &readable, &requests), SPN_OK);
        ck_assert(!readable);
    }
}
END_TEST

START_TEST(other_refusals_are_errors)
{
    bool readable;
    int requests;
    ck_assert_int_eq(ask("busy", &readable, &requests), SPN_DIRECTORY);
}
END_TEST

Suite *suite_tombstones(void)
{
    Suite *s = suite_create("tombstones");
    TCase *t = tcase_create("readable");
    tcase_add_checked_fixture(t, read_plain, NULL);
    tcase_add_test(t, one_that_is_seen_is_enough);
    tcase_add_test(t, nothing_seen_is_not_readable);
    tcase_add_test(t, other_refusals_are_errors);
    suite_add_tcase(s, t);
    return s;
}
