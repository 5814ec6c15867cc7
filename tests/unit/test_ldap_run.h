/* test_ldap_run.h: a search against a scripted peer, and what its callback saw. The two ways of reading keep
 * the same promises: suites run their tests with each, chosen by a fixture. */
#pragma once

#include "scanner/ldap/stream.h"
#include "tests/unit/make_entry.h"
#include "tests/unit/test_ldap_peer.h"

static const struct login anonymous = {.method = BIND_ANONYMOUS, .timeout_s = 2};
static const char *const attrs[] = {"servicePrincipalName", "cn", NULL};
static const struct search paged = {.base = "DC=corp,DC=example",
                                    .scope = SCOPE_SUBTREE,
                                    .filter = "(servicePrincipalName=*)",
                                    .attrs = attrs,
                                    .page_size = 2};

/* How searches of this test are read. */
static enum spn_code (*searching)(struct conn *, const struct search *, search_entry_fn, void *,
                                  struct search_stats *, struct spn_error *) = search_run;

static inline void read_plain(void)
{
    room_setup();
    searching = search_run;
}

static inline void read_stream(void)
{
    room_setup();
    searching = search_stream;
}

/* What the callback saw. */
struct seen {
    int entries, stop_at;
    size_t spns, attr_count;
    bool in_order; /* the values are v0, v1, v2 ... */
    char dns[200];
};

static inline enum spn_code note_entry(void *ctx, const struct entry *entry, struct spn_error *reterr)
{
    struct seen *seen = ctx;
    const struct attr *spn = entry_attr(entry, "servicePrincipalName");
    size_t at = strlen(seen->dns);
    seen->entries++;
    seen->attr_count = entry->attr_count;
    seen->spns = spn ? spn->count : 0;
    seen->in_order = true;
    for (size_t i = 0; i < seen->spns; i++) {
        char want[32];
        snprintf(want, sizeof want, "v%zu", i);
        if (spn->values[i].len != strlen(want) || memcmp(spn->values[i].data, want, strlen(want)) != 0)
            seen->in_order = false;
    }
    snprintf(seen->dns + at, sizeof seen->dns - at, "%.*s;", (int)entry->dn.len, entry->dn.data);
    if (seen->entries == seen->stop_at)
        return spn_error_set(reterr, SPN_DATABASE, 7, "enough");
    return SPN_OK;
}

static inline enum spn_code run_search(void (*script)(struct peer *, int), const struct search *search,
                                       struct seen *seen, struct search_stats *stats,
                                       struct spn_error *reterr, int *ret_requests)
{
    struct peer peer;
    struct conn *conn = NULL;
    int phase;
    peer_start(&peer, script, NULL);
    ck_assert_msg(open_to(&peer, &anonymous, &phase, &conn, reterr) == SPN_OK, "%s", reterr->text);
    enum spn_code code = searching(conn, search, note_entry, seen, stats, reterr);
    conn_close(conn);
    peer_end(&peer);
    if (ret_requests)
        *ret_requests = peer.seen;
    return code;
}

/* Reads requests until the client unbinds, and has each answered. */
static inline void serve(struct peer *peer, int fd,
                         void (*answer)(struct peer *, int, const struct peer_request *))
{
    struct peer_request r;
    peer_accept_bind(fd);
    while (peer_read(fd, &r) && r.op != LDAP_REQ_UNBIND) {
        if (r.op == LDAP_REQ_SEARCH) {
            peer->seen++;
            answer(peer, fd, &r);
        }
        peer_request_end(&r);
    }
    peer_request_end(&r);
}

static inline void plain_entry(int fd, ber_int_t msgid, const char *dn)
{
    BerElement *ber = peer_entry_begin(msgid, dn);
    peer_entry_text(ber, "servicePrincipalName", "v0");
    peer_entry_end(fd, ber);
}
