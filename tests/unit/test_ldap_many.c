#include <unistd.h>

#include "tests/unit/test_ldap_run.h"

Suite *suite_ldap_many(void);

/* Several searches outstanding on one connection. */

/* Answers of three searches in turn, two pages each, once all three have asked. */
static void three_at_once(struct peer *peer, int fd, const struct peer_request *r)
{
    static ber_int_t ids[3];
    static char page[3];
    int which = r->base.bv_val[3] - 'a';
    ids[which] = r->msgid;
    page[which]++;
    ck_assert_str_eq(r->cookie, page[which] == 1 ? "" : "more");
    if (peer->seen == 3)
        for (int i = 0; i < 9; i++)
            plain_entry(fd, ids[i % 3], "CN=x");
    if (peer->seen % 3 == 0)
        for (int i = 2; i >= 0; i--) {
            plain_entry(fd, ids[i], "CN=y");
            peer_page_end(fd, ids[i], page[i] == 1 ? "more" : "");
        }
}

static void serve_three(struct peer *peer, int fd)
{
    serve(peer, fd, three_at_once);
}

struct tally {
    struct stream *stream;
    int entries[4], ended[4];
};

static enum spn_code tally_entry(void *ctx, size_t index, const struct entry *entry, struct spn_error *reterr)
{
    struct tally *t = ctx;
    (void)entry, (void)reterr;
    ck_assert(index < 4 && !t->ended[index]);
    t->entries[index]++;
    return SPN_OK;
}

static enum spn_code tally_end(void *ctx, size_t index, struct spn_error *reterr)
{
    struct tally *t = ctx;
    (void)reterr;
    t->ended[index]++;
    return SPN_OK;
}

static void run_many(void (*script)(struct peer *, int), struct tally *tally, const struct stream_sink *sink,
                     const char *const *bases, size_t count)
{
    struct peer peer;
    struct conn *conn = NULL;
    struct search_stats stats = {0};
    struct spn_error err = {0};
    int phase;
    peer_start(&peer, script, NULL);
    ck_assert_int_eq(open_to(&peer, &anonymous, &phase, &conn, &err), SPN_OK);
    tally->stream = stream_new(conn, sink, &stats);
    for (size_t i = 0; i < count; i++) {
        struct search search = paged;
        search.base = bases[i];
        ck_assert_int_eq(stream_add(tally->stream, &search, &err), SPN_OK);
    }
    ck_assert_msg(stream_run(tally->stream, &err) == SPN_OK, "%s", err.text);
    stream_free(tally->stream);
    ck_assert_uint_eq(atomic_load(&stats.entries),
                      tally->entries[0] + tally->entries[1] + tally->entries[2] + tally->entries[3]);
    conn_close(conn);
    peer_end(&peer);
}

START_TEST(searches_at_once_are_told_apart)
{
    static const char *const bases[] = {"CN=a", "CN=b", "CN=c"};
    struct tally tally = {0};
    const struct stream_sink sink = {.ctx = &tally, .found = tally_entry, .ended = tally_end};
    run_many(serve_three, &tally, &sink, bases, 3);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(tally.entries[i], 5);
        ck_assert_int_eq(tally.ended[i], 1);
    }
}
END_TEST

static void one_page(struct peer *peer, int fd, const struct peer_request *r)
{
    (void)peer;
    plain_entry(fd, r->msgid, "CN=a");
    peer_page_end(fd, r->msgid, "");
}

static void serve_one_page(struct peer *peer, int fd)
{
    serve(peer, fd, one_page);
}

static enum spn_code add_another(void *ctx, size_t index, struct spn_error *reterr)
{
    struct tally *t = ctx;
    t->ended[index]++;
    return index < 3 ? stream_add(t->stream, &paged, reterr) : SPN_OK;
}

START_TEST(the_end_of_one_may_begin_another)
{
    static const char *const bases[] = {"CN=a"};
    struct tally tally = {0};
    const struct stream_sink sink = {.ctx = &tally, .found = tally_entry, .ended = add_another};
    run_many(serve_one_page, &tally, &sink, bases, 1);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(tally.entries[i] * 10 + tally.ended[i], 11);
}
END_TEST

/* Two searches find one object with ranges each; nothing is asked for until both have their answer. */
static void ranges_in_both(struct peer *peer, int fd, const struct peer_request *r)
{
    static ber_int_t ids[2];
    if (peer->seen <= 2)
        ids[peer->seen - 1] = r->msgid;
    if (peer->seen == 2)
        for (int i = 0; i < 2; i++) {
            BerElement *ber = peer_entry_begin(ids[i], i ? "CN=q" : "CN=p");
            peer_entry_values(ber, "servicePrincipalName;range=0-1", 0, 1);
            peer_entry_end(fd, ber);
            plain_entry(fd, ids[i], "CN=x");
            peer_page_end(fd, ids[i], "");
        }
    if (peer->seen > 2) {
        BerElement *ber = peer_entry_begin(r->msgid, r->base.bv_val);
        ck_assert(!r->paged);
        ck_assert_str_eq(r->base.bv_val, peer->seen == 3 ? "CN=p" : "CN=q");
        peer_entry_values(ber, "servicePrincipalName", 0, 2);
        peer_entry_end(fd, ber);
        peer_result(fd, r->msgid, LDAP_RES_SEARCH_RESULT, LDAP_SUCCESS, "");
    }
}

static void serve_ranges_in_both(struct peer *peer, int fd)
{
    serve(peer, fd, ranges_in_both);
}

static enum spn_code tally_all(void *ctx, size_t index, const struct entry *entry, struct spn_error *reterr)
{
    struct tally *t = ctx;
    (void)entry, (void)reterr;
    t->entries[index]++;
    return SPN_OK;
}

START_TEST(objects_with_ranges_come_last)
{
    static const char *const bases[] = {"CN=a", "CN=b"};
    struct tally tally = {0};
    const struct stream_sink sink = {.ctx = &tally, .found = tally_all};
    run_many(serve_ranges_in_both, &tally, &sink, bases, 2);
    ck_assert_int_eq(tally.entries[0], 2);
    ck_assert_int_eq(tally.entries[1], 2);
}
END_TEST

/* The first is refused while the answer of the second is there already, whole. A third is answered later. */
static void one_refused(struct peer *peer, int fd, const struct peer_request *r)
{
    static ber_int_t first;
    if (peer->seen == 1)
        first = r->msgid;
    if (peer->seen == 2) {
        plain_entry(fd, first, "CN=a");
        peer_result(fd, first, LDAP_RES_SEARCH_RESULT, LDAP_UNWILLING_TO_PERFORM, "no");
    }
    if (peer->seen > 1) {
        plain_entry(fd, r->msgid, "CN=b");
        peer_page_end(fd, r->msgid, "");
    }
}

static void serve_one_refused(struct peer *peer, int fd)
{
    serve(peer, fd, one_refused);
}

/* Until all that the peer has sent is there. */
static enum spn_code dawdle(void *ctx, size_t index, const struct entry *entry, struct spn_error *reterr)
{
    struct tally *t = ctx;
    (void)entry, (void)reterr;
    t->entries[index]++;
    usleep(100000);
    return SPN_OK;
}

START_TEST(what_came_for_others_before_an_end_is_passed_over)
{
    struct peer peer;
    struct conn *conn = NULL;
    struct tally tally = {0};
    struct seen next = {0};
    struct spn_error err = {0};
    const struct stream_sink sink = {.ctx = &tally, .found = dawdle};
    int phase;
    peer_start(&peer, serve_one_refused, NULL);
    ck_assert_int_eq(open_to(&peer, &anonymous, &phase, &conn, &err), SPN_OK);
    struct stream *stream = stream_new(conn, &sink, NULL);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(stream_add(stream, &paged, &err), SPN_OK);
    ck_assert_int_eq(stream_run(stream, &err), SPN_DIRECTORY);
    stream_free(stream);
    ck_assert_int_eq(tally.entries[1], 0);
    ck_assert_msg(search_stream(conn, &paged, note_entry, &next, NULL, &err) == SPN_OK, "%s", err.text);
    ck_assert_str_eq(next.dns, "CN=b;");
    conn_close(conn);
    peer_end(&peer);
}
END_TEST

Suite *suite_ldap_many(void)
{
    Suite *s = suite_create("ldap many");
    TCase *t = tcase_create("searches at once");
    tcase_add_checked_fixture(t, read_stream, NULL);
    tcase_set_timeout(t, 10);
    tcase_add_test(t, searches_at_once_are_told_apart);
    tcase_add_test(t, the_end_of_one_may_begin_another);
    tcase_add_test(t, objects_with_ranges_come_last);
    tcase_add_test(t, what_came_for_others_before_an_end_is_passed_over);
    suite_add_tcase(s, t);
    return s;
}
