/* conn.h: one protected connection to one port of one DC. Not shared between threads.
 *
 * What is promised (and why, at the option in conn.c): protocol 3; referrals never chased; no SASL layer
 * inside TLS (MS-ADTS 5.1.2.1 rejects it); integrity at least, confidentiality wanted outside TLS;
 * certificates always verified against ca_file and the host name; the host name given is the one that
 * Kerberos and TLS check, whatever address is used and whatever DNS says; every wait ends after timeout_s,
 * also when the peer accepts and says nothing, also in the middle of a message (SO_RCVTIMEO, SO_SNDTIMEO) and
 * in a TLS handshake.
 */
#pragma once

#include "scanner/ldap/login.h"
#include "spnscan/records.h"

struct conn;

struct conn_target {
    const char *host;    /* name for Kerberos and TLS; may be an address literal */
    const char *address; /* where to connect; NULL or empty: look host up */
    uint16_t port;
};

/* *phase follows the progress (PHASE_RESOLVE .. PHASE_BIND) and stands at the failing one on error.
 * Several addresses are tried in turn; the error tells of the last. Error texts name host, port and reason,
 * with the server's diagnostic text and, where AD's "data 52e" sub-code stands in it, what it means in plain
 * words. */
enum spn_code conn_open(const struct conn_target *target, const struct login *login, _Atomic(int) *phase,
                        struct conn **ret, struct spn_error *reterr);

/* Same without a bind: for the rootDSE of a server whose name isn't known yet. */
enum spn_code conn_open_unbound(const struct conn_target *target, const struct login *login,
                                _Atomic(int) *phase, struct conn **ret, struct spn_error *reterr);

/* Nothing is outstanding, and the peer has neither closed nor said anything since: it may serve another
 * thread, or after a while. */
bool conn_is_idle(const struct conn *conn);

/* NULL is fine. Sends an unbind when that doesn't block. */
void conn_close(struct conn *conn);

const char *conn_address(const struct conn *conn);   /* "10.1.2.3", numeric, no port */
const char *conn_bind_text(const struct conn *conn); /* "gssapi ssf=256", "simple tls", "anonymous" */
double conn_bind_seconds(const struct conn *conn);   /* how long the bind took: a round trip, or several */
uint64_t conn_bytes(const struct conn *conn);        /* BER bytes of the answers received so far */
