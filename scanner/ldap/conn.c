#include "scanner/ldap/conn.h"

#include <ldap.h>
#include <openldap.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scanner/ldap/conn_private.h"
#include "scanner/ldap/dns.h"
#include "scanner/ldap/fault.h"
#include "scanner/ldap/host.h"
#include "scanner/ldap/sasl.h"
#include "scanner/ldap/tls.h"
#include "spnscan/text_buf.h"
#include "spnscan/times.h"

/* ---- waiting and faults ---- */

static enum spn_code wire_fault(struct conn *conn, const char *what, struct spn_error *reterr)
{
    char text[160];
    enum spn_code code = conn->wire.end == WIRE_CANCELLED ? SPN_CANCELLED : SPN_UNREACHABLE;
    return spn_error_set(reterr, code, conn->wire.end == WIRE_FAILED ? conn->wire.error : 0, "%s: %s", what,
                         wire_end_text(&conn->wire, text, sizeof text));
}

enum spn_code conn_fault(struct conn *conn, const char *what, int rc, struct spn_error *reterr)
{
    char *diagnostic = NULL;
    if (conn->wire.end != WIRE_OPEN) {
        conn->broken = true;
        return wire_fault(conn, what, reterr);
    }
    (void)ldap_get_option(conn->ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &diagnostic);
    enum spn_code code = fault_library(what, rc, diagnostic, reterr);
    ldap_memfree(diagnostic);
    return code;
}

enum spn_code conn_read_fault(struct conn *conn, const char *what, struct spn_error *reterr)
{
    conn->broken = true;
    if (conn->wire.end != WIRE_OPEN)
        return wire_fault(conn, what, reterr);
    return spn_error_set(reterr, SPN_PROTOCOL, 0, "%s: what came is not an LDAP answer", what);
}

enum spn_code conn_wait(struct conn *conn, const char *what, int msgid, LDAPMessage **ret,
                        struct spn_error *reterr)
{
    *ret = NULL;
    wire_start_wait(&conn->wire);
    while (!conn->broken) {
        int ms = wire_tick_ms(&conn->wire);
        if (ms == 0)
            return conn_read_fault(conn, what, reterr);
        struct timeval tick = {.tv_usec = ms * 1000};
        int rc = ldap_result(conn->ld, msgid, LDAP_MSG_ONE, &tick, ret);
        if (rc > 0)
            return SPN_OK;
        if (rc < 0)
            return conn_read_fault(conn, what, reterr);
    }
    return spn_error_set(reterr, SPN_UNREACHABLE, 0, "%s: the connection was lost before", what);
}

enum spn_code conn_parse_result(struct conn *conn, const char *what, LDAPMessage *msg, int *ret_result,
                                char **ret_diagnostic, LDAPControl ***ret_controls, struct spn_error *reterr)
{
    int rc = ldap_parse_result(conn->ld, msg, ret_result, NULL, ret_diagnostic, NULL, ret_controls, 0);
    if (rc == LDAP_SUCCESS)
        return SPN_OK;
    return spn_error_set(reterr, SPN_PROTOCOL, rc, "%s: the server's answer can't be decoded", what);
}

/* ---- opening ---- */

static bool set_options(LDAP *ld, int timeout_s)
{
    const int version = LDAP_VERSION3;
    const struct timeval limit = {.tv_sec = timeout_s};
    Sockbuf *sb = NULL;
    ber_len_t max = CONN_MAX_MESSAGE;

    return ldap_set_option(ld, LDAP_OPT_PROTOCOL_VERSION, &version) == LDAP_OPT_SUCCESS &&
           /* A referral followed would be another DC's data under this one's name, asked for without a bind.
            */
           ldap_set_option(ld, LDAP_OPT_REFERRALS, LDAP_OPT_OFF) == LDAP_OPT_SUCCESS &&
           /* A signal ends no wait by itself; the cancel flag does. */
           ldap_set_option(ld, LDAP_OPT_RESTART, LDAP_OPT_ON) == LDAP_OPT_SUCCESS &&
           ldap_set_option(ld, LDAP_OPT_NETWORK_TIMEOUT, &limit) == LDAP_OPT_SUCCESS &&
           ldap_set_option(ld, LDAP_OPT_TIMEOUT, &limit) == LDAP_OPT_SUCCESS &&
           /* A lost connection stays lost: libldap would reopen it by itself, unprotected. */
           ldap_set_option(ld, LDAP_OPT_KEEPCONN, LDAP_OPT_ON) == LDAP_OPT_SUCCESS &&
           /* SASL takes the host name from our URI, not from a reverse lookup of the peer's address. */
           ldap_set_option(ld, LDAP_OPT_X_SASL_NOCANON, LDAP_OPT_ON) == LDAP_OPT_SUCCESS &&
           ldap_get_option(ld, LDAP_OPT_SOCKBUF, &sb) == LDAP_OPT_SUCCESS && sb &&
           ber_sockbuf_ctrl(sb, LBER_SB_OPT_SET_MAX_INCOMING, &max) == 1;
}

/* The handle over the socket that is already connected. */
static enum spn_code open_handle(struct conn *conn, uint16_t port, struct spn_error *reterr)
{
    char uri[300];
    Sockbuf *sb = NULL;
    bool v6 = strchr(conn->host, ':') != NULL;

    /* ldap:// also for LDAPS: the scheme would only make libldap connect by itself. */
    snprintf(uri, sizeof uri, "ldap://%s%s%s:%u/", v6 ? "[" : "", conn->host, v6 ? "]" : "", (unsigned)port);
    int rc = ldap_init_fd(conn->wire.fd, LDAP_PROTO_EXT, uri, &conn->ld);
    if (rc != LDAP_SUCCESS)
        return spn_error_set(reterr, SPN_INTERNAL, rc, "cannot make a handle for %s: %s", conn->where,
                             ldap_err2string(rc));
    if (ldap_get_option(conn->ld, LDAP_OPT_SOCKBUF, &sb) != LDAP_OPT_SUCCESS ||
        !wire_attach(&conn->wire, sb) || !tap_attach(&conn->tap, &conn->wire, sb) ||
        !set_options(conn->ld, conn->login->timeout_s))
        return spn_error_set(reterr, SPN_INTERNAL, 0, "libldap refuses the connection options");
    return conn->login->tls == TLS_OFF ? SPN_OK : tls_set_options(conn->ld, conn->login, reterr);
}

/* Tries each address in turn. */
static enum spn_code connect_any(struct conn *conn, const struct dns_addresses *list, uint16_t port,
                                 struct spn_error *reterr)
{
    char what[400];
    for (unsigned i = 0; i < list->count; i++) {
        snprintf(conn->address, sizeof conn->address, "%s", list->text[i]);
        if (wire_connect(&conn->wire, conn->address, port))
            return SPN_OK;
        if (conn->wire.end == WIRE_CANCELLED)
            break;
    }
    if (strcmp(conn->address, conn->host) == 0)
        snprintf(what, sizeof what, "cannot connect to %s", conn->where);
    else
        snprintf(what, sizeof what, "cannot connect to %s at %s", conn->where, conn->address);
    return wire_fault(conn, what, reterr);
}

static enum spn_code take_target(struct conn *conn, const struct conn_target *target,
                                 struct spn_error *reterr)
{
    bool literal = host_literal(target->host, conn->host, sizeof conn->host);
    if (!literal && !host_name_ok(target->host))
        return spn_error_set(reterr, SPN_CONFIG, 0, "'%s' is neither a host name nor an address",
                             target->host);
    if (!literal)
        snprintf(conn->host, sizeof conn->host, "%s", target->host);
    size_t len = strlen(conn->host);
    if (conn->host[len - 1] == '.') /* "dc1.corp.example.": the same host, but no certificate names it so */
        conn->host[len - 1] = 0;
    bool v6 = strchr(conn->host, ':') != NULL;
    snprintf(conn->where, sizeof conn->where, "'%s%s%s:%u'", v6 ? "[" : "", conn->host, v6 ? "]" : "",
             (unsigned)target->port);
    return SPN_OK;
}

static void set_phase(_Atomic(int) *phase, int value)
{
    if (phase)
        atomic_store(phase, value);
}

static enum spn_code open_conn(const struct conn_target *target, const struct login *login, bool bind,
                               _Atomic(int) *phase, struct conn **ret, struct spn_error *reterr)
{
    struct conn *conn = xcalloc(1, sizeof *conn);
    struct dns_addresses addresses;
    const char *lookup = target->address && *target->address ? target->address : target->host;

    conn->login = login;
    wire_init(&conn->wire, login->timeout_s, login->cancel);
    set_phase(phase, PHASE_RESOLVE);
    enum spn_code code = take_target(conn, target, reterr);
    if (code == SPN_OK)
        code = dns_lookup(lookup, login->timeout_s, login->cancel, &addresses, reterr);
    if (code != SPN_OK)
        goto done;
    set_phase(phase, PHASE_CONNECT);
    code = connect_any(conn, &addresses, target->port, reterr);
    if (code == SPN_OK)
        code = open_handle(conn, target->port, reterr);
    if (code == SPN_OK && login->tls != TLS_OFF) {
        set_phase(phase, PHASE_TLS);
        code = tls_start(conn, reterr);
    }
    if (code == SPN_OK && bind) {
        set_phase(phase, PHASE_BIND);
        const double start = time_steady_s();
        code = bind_conn(conn, reterr);
        conn->bind_s = time_steady_s() - start;
    }
done:
    if (code != SPN_OK) {
        conn_close(conn);
        return code;
    }
    *ret = conn;
    return SPN_OK;
}

enum spn_code conn_open(const struct conn_target *target, const struct login *login, _Atomic(int) *phase,
                        struct conn **ret, struct spn_error *reterr)
{
    return open_conn(target, login, true, phase, ret, reterr);
}

enum spn_code conn_open_unbound(const struct conn_target *target, const struct login *login,
                                _Atomic(int) *phase, struct conn **ret, struct spn_error *reterr)
{
    return open_conn(target, login, false, phase, ret, reterr);
}

void conn_close(struct conn *conn)
{
    if (!conn)
        return;
    conn->wire.closing = true;
    if (conn->ld)
        ldap_unbind_ext(conn->ld, NULL, NULL);
    tap_release(&conn->tap);
    wire_release(&conn->wire);
    free(conn);
}

bool conn_is_idle(const struct conn *conn)
{
    struct pollfd p = {.fd = conn->wire.fd, .events = POLLIN};
    return !conn->broken && !conn->abandoned && conn->wire.end == WIRE_OPEN && !wire_has_ahead(&conn->wire) &&
           !tap_have(&conn->tap).len && poll(&p, 1, 0) == 0;
}

const char *conn_address(const struct conn *conn)
{
    return conn->address;
}

const char *conn_bind_text(const struct conn *conn)
{
    return conn->bind_text;
}

double conn_bind_seconds(const struct conn *conn)
{
    return conn->bind_s;
}

uint64_t conn_bytes(const struct conn *conn)
{
    return conn->tap.received;
}
