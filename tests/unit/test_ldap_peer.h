/* test_ldap_peer.h: a scripted LDAP server on 127.0.0.1 in a thread of its own; BER made and read by liblber.
 */
#pragma once

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <lber.h>
#include <ldap.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "scanner/ldap/search.h"
#include "spnscan/times.h"

struct peer {
    int listener;
    uint16_t port;
    pthread_t thread;
    /* Runs once, with the first connection; fd is closed after it. */
    void (*script)(struct peer *peer, int fd);
    void *arg;
    int seen; /* for scripts that count */
};

static inline void *peer_thread(void *arg)
{
    struct peer *peer = arg;
    int fd = accept(peer->listener, NULL, NULL);
    if (fd >= 0) {
        peer->script(peer, fd);
        close(fd);
    }
    return NULL;
}

static inline void peer_start(struct peer *peer, void (*script)(struct peer *, int), void *arg)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    *peer = (struct peer){.script = script, .arg = arg};
    peer->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(peer->listener, 0);
    ck_assert_int_eq(bind(peer->listener, (struct sockaddr *)&at, sizeof at), 0);
    ck_assert_int_eq(listen(peer->listener, 4), 0);
    ck_assert_int_eq(getsockname(peer->listener, (struct sockaddr *)&at, &len), 0);
    peer->port = ntohs(at.sin_port);
    ck_assert_int_eq(pthread_create(&peer->thread, NULL, peer_thread, peer), 0);
}

static inline void peer_end(struct peer *peer)
{
    shutdown(peer->listener, SHUT_RDWR);
    pthread_join(peer->thread, NULL);
    close(peer->listener);
}

/* ---- scripts that several tests use ---- */

/* Takes everything, says nothing, until the other side goes. */
static inline void peer_listen_only(struct peer *peer, int fd)
{
    char sink[4096];
    (void)peer;
    while (read(fd, sink, sizeof sink) > 0)
        ;
}

/* ---- requests ---- */

struct peer_request {
    BerElement *ber;
    ber_int_t msgid;
    ber_tag_t op;
    struct berval base; /* of a search; points into ber, as attrs do */
    char first_attr[128];
    int attr_count;
    bool paged, deleted, recycled;
    char cookie[64];
    ber_int_t sd_flags;
};

static inline void peer_take_controls(struct peer_request *r)
{
    struct berval oid, value, cookie;
    ber_int_t size;
    ber_len_t len;
    char *last;
    if (ber_peek_tag(r->ber, &len) != LDAP_TAG_CONTROLS)
        return;
    for (ber_tag_t tag = ber_first_element(r->ber, &len, &last); tag != LBER_DEFAULT;
         tag = ber_next_element(r->ber, &len, last)) {
        ber_int_t critical = 0;
        ck_assert(ber_scanf(r->ber, "{m", &oid) != LBER_ERROR);
        if (ber_peek_tag(r->ber, &len) == LBER_BOOLEAN)
            ck_assert(ber_scanf(r->ber, "b", &critical) != LBER_ERROR);
        if (ber_peek_tag(r->ber, &len) == LBER_OCTETSTRING)
            ck_assert(ber_scanf(r->ber, "m", &value) != LBER_ERROR);
        r->deleted |= critical && strcmp(oid.bv_val, "1.2.840.113556.1.4.417") == 0;
        r->recycled |= !critical && strcmp(oid.bv_val, "1.2.840.113556.1.4.2064") == 0;
        if (strcmp(oid.bv_val, "1.2.840.113556.1.4.801") == 0) {
            BerElement *flags = ber_init(&value);
            ck_assert_int_ne(critical, 0);
            ck_assert(ber_scanf(flags, "{i}", &r->sd_flags) != LBER_ERROR);
            ber_free(flags, 1);
        }
        if (strcmp(oid.bv_val, LDAP_CONTROL_PAGEDRESULTS) != 0)
            continue;
        BerElement *inner = ber_init(&value);
        ck_assert_int_ne(critical, 0);
        ck_assert(ber_scanf(inner, "{im}", &size, &cookie) != LBER_ERROR);
        snprintf(r->cookie, sizeof r->cookie, "%.*s", (int)cookie.bv_len, cookie.bv_val);
        r->paged = true;
        ber_free(inner, 1);
    }
}

/* false: the other side has gone. */
static inline bool peer_read(int fd, struct peer_request *r)
{
    Sockbuf *sb = ber_sockbuf_alloc();
    ber_len_t len;
    ber_int_t scope, deref, size, time_limit, types_only;
    struct berval *attrs = NULL;
    ber_tag_t tag;

    memset(r, 0, sizeof *r);
    r->ber = ber_alloc_t(LBER_USE_DER);
    ber_sockbuf_ctrl(sb, LBER_SB_OPT_SET_FD, &fd);
    ber_sockbuf_add_io(sb, &ber_sockbuf_io_tcp, LBER_SBIOD_LEVEL_PROVIDER, NULL);
    do
        tag = ber_get_next(sb, &len, r->ber);
    while (tag == LBER_DEFAULT && errno == EWOULDBLOCK);
    int none = -1; /* so that the fd stays open */
    ber_sockbuf_ctrl(sb, LBER_SB_OPT_SET_FD, &none);
    ber_sockbuf_free(sb);
    if (tag != LDAP_TAG_MESSAGE || ber_scanf(r->ber, "i", &r->msgid) == LBER_ERROR)
        return false;
    r->op = ber_peek_tag(r->ber, &len);
    if (r->op != LDAP_REQ_SEARCH)
        return true;
    ck_assert(ber_scanf(r->ber, "{meeiibx", &r->base, &scope, &deref, &size, &time_limit, &types_only) !=
              LBER_ERROR);
    len = sizeof *attrs;
    ck_assert(ber_scanf(r->ber, "{M}}", &attrs, &len, (ber_len_t)0) != LBER_ERROR);
    for (; attrs && attrs[r->attr_count].bv_val; r->attr_count++)
        if (r->attr_count == 0)
            snprintf(r->first_attr, sizeof r->first_attr, "%.*s", (int)attrs[0].bv_len, attrs[0].bv_val);
    ber_memfree(attrs);
    peer_take_controls(r);
    return true;
}

static inline void peer_request_end(struct peer_request *r)
{
    ber_free(r->ber, 1);
}

/* ---- answers ---- */

static inline void peer_send(int fd, BerElement *ber)
{
    struct berval all;
    ck_assert_int_eq(ber_flatten2(ber, &all, 0), 0);
    if (send(fd, all.bv_val, all.bv_len, MSG_NOSIGNAL) < 0)
        errno = 0; /* gone: the test will see */
    ber_free(ber, 1);
}

static inline void peer_result(int fd, ber_int_t msgid, ber_tag_t op, int code, const char *diagnostic)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    ck_assert_int_ge(ber_printf(ber, "{it{ess}}", msgid, op, code, "", diagnostic), 0);
    peer_send(fd, ber);
}

/* The end of a page: cookie "" is the last one. */
static inline void peer_page_end(int fd, ber_int_t msgid, const char *cookie)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER), *inner = ber_alloc_t(LBER_USE_DER);
    struct berval value;
    ck_assert_int_ge(ber_printf(inner, "{is}", 0, cookie), 0);
    ck_assert_int_eq(ber_flatten2(inner, &value, 0), 0);
    ck_assert_int_ge(ber_printf(ber, "{it{ess}t{{sO}}}", msgid, (ber_tag_t)LDAP_RES_SEARCH_RESULT, 0, "", "",
                                (ber_tag_t)LDAP_TAG_CONTROLS, LDAP_CONTROL_PAGEDRESULTS, &value),
                     0);
    ber_free(inner, 1);
    peer_send(fd, ber);
}

static inline BerElement *peer_entry_begin(ber_int_t msgid, const char *dn)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    ck_assert_int_ge(ber_printf(ber, "{it{s{", msgid, (ber_tag_t)LDAP_RES_SEARCH_ENTRY, dn), 0);
    return ber;
}

/* Values "v<from>" .. "v<to>"; none when to < from. */
static inline void peer_entry_values(BerElement *ber, const char *name, int from, int to)
{
    ck_assert_int_ge(ber_printf(ber, "{s[", name), 0);
    for (int i = from; i <= to; i++) {
        char value[32];
        snprintf(value, sizeof value, "v%d", i);
        ck_assert_int_ge(ber_printf(ber, "s", value), 0);
    }
    ck_assert_int_ge(ber_printf(ber, "]}"), 0);
}

static inline void peer_entry_text(BerElement *ber, const char *name, const char *value)
{
    ck_assert_int_ge(ber_printf(ber, "{s[s]}", name, value), 0);
}

static inline void peer_entry_end(int fd, BerElement *ber)
{
    ck_assert_int_ge(ber_printf(ber, "}}}"), 0);
    peer_send(fd, ber);
}

/* Answers the anonymous bind with which each test connection begins. */
static inline void peer_accept_bind(int fd)
{
    struct peer_request r;
    ck_assert(peer_read(fd, &r));
    ck_assert_uint_eq(r.op, LDAP_REQ_BIND);
    peer_result(fd, r.msgid, LDAP_RES_BIND, LDAP_SUCCESS, "");
    peer_request_end(&r);
}

/* ---- the client's side ---- */

static inline void room_setup(void)
{
    static bool done;
    struct spn_error err = {0};
    if (!done)
        ck_assert_msg(ldap_room_init(&err) == SPN_OK, "%s", err.text);
    done = true;
}

static inline enum spn_code open_to(const struct peer *peer, const struct login *login, int *ret_phase,
                                    struct conn **ret, struct spn_error *reterr)
{
    const struct conn_target target = {
        .host = "dc1.corp.example", .address = "127.0.0.1", .port = peer->port};
    _Atomic(int) phase = PHASE_WAITING;
    enum spn_code code = conn_open(&target, login, &phase, ret, reterr);
    *ret_phase = atomic_load(&phase);
    return code;
}
