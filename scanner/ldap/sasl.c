#include "scanner/ldap/sasl.h"

#include <sasl/sasl.h>
#include <stdio.h>
#include <string.h>

#include "scanner/ldap/fault.h"
#include "scanner/ldap/kerberos.h"

/* GSSAPI takes three, SPNEGO with a mechanism change a few more. */
#define MAX_ROUNDS 16

static const char *method_name(enum bind_method method)
{
    switch (method) {
    case BIND_GSSAPI:
        return "gssapi";
    case BIND_GSS_SPNEGO:
        return "gss-spnego";
    case BIND_SIMPLE:
        return "simple";
    case BIND_EXTERNAL:
        return "external";
    case BIND_ANONYMOUS:
        return "anonymous";
    }
    return "?";
}

/* The way out of a refusal that depends on how we came. */
static const char *refusal_hint(const struct login *login, int result)
{
    bool kerberos = login->method == BIND_GSSAPI || login->method == BIND_GSS_SPNEGO;
    if (kerberos && login->tls != TLS_OFF &&
        (result == LDAP_STRONG_AUTH_REQUIRED || result == LDAP_UNWILLING_TO_PERFORM))
        return "this DC takes no Kerberos inside TLS: use --tls off (gssapi signs and seals by itself) or "
               "--bind simple";
    if (kerberos && result == LDAP_INVALID_CREDENTIALS)
        return "this DC does not accept the Kerberos ticket: run kinit again, and compare the clocks";
    return NULL;
}

/* ---- a bind in one request: simple, anonymous, external ---- */

static enum spn_code check_answer(struct conn *conn, const char *what, LDAPMessage *msg,
                                  struct spn_error *reterr)
{
    char *diagnostic = NULL;
    int result = LDAP_OTHER;

    if (ldap_msgtype(msg) != LDAP_RES_BIND)
        return spn_error_set(reterr, SPN_PROTOCOL, 0, "%s: answer of another kind", what);
    enum spn_code code = conn_parse_result(conn, what, msg, &result, &diagnostic, NULL, reterr);
    if (code == SPN_OK && result != LDAP_SUCCESS)
        code = fault_result(what, result, diagnostic, refusal_hint(conn->login, result), reterr);
    ldap_memfree(diagnostic);
    return code;
}

static enum spn_code bind_once(struct conn *conn, const char *what, const char *name, const char *mechanism,
                               const char *password, struct spn_error *reterr)
{
    struct berval secret = {.bv_len = strlen(password)};
    LDAPMessage *msg = NULL;
    int msgid;

    memcpy(&secret.bv_val, &password, sizeof password); /* libldap's type has no const; it only reads */
    int rc = ldap_sasl_bind(conn->ld, name, mechanism, &secret, NULL, NULL, &msgid);
    if (rc != LDAP_SUCCESS)
        return conn_fault(conn, what, rc, reterr);
    enum spn_code code = conn_wait(conn, what, msgid, &msg, reterr);
    if (code == SPN_OK)
        code = check_answer(conn, what, msg, reterr);
    ldap_msgfree(msg);
    return code;
}

/* ---- Kerberos ---- */

/* SASL asks for names it could do without: whoever holds the ticket is meant. */
static int no_names(LDAP *ld, unsigned flags, void *defaults, void *prompts)
{
    (void)ld, (void)flags, (void)defaults;
    for (sasl_interact_t *p = prompts; p && p->id != SASL_CB_LIST_END; p++) {
        p->result = "";
        p->len = 0;
    }
    return LDAP_SUCCESS;
}

static bool set_protection(LDAP *ld, enum tls_mode tls)
{
    /* MS-ADTS 5.1.2.1: no SASL layer inside TLS. Outside: at least signed; no maximum, so that it is sealed.
     */
    const char *props =
        tls == TLS_OFF ? "noanonymous,noplain,minssf=1" : "noanonymous,noplain,minssf=0,maxssf=0";
    /* What Windows calls channel binding; without it a DC that insists answers 80090346. */
    const int binding = LDAP_OPT_X_SASL_CBINDING_TLS_ENDPOINT;
    return ldap_set_option(ld, LDAP_OPT_X_SASL_SECPROPS, props) == LDAP_OPT_SUCCESS &&
           ldap_set_option(ld, LDAP_OPT_X_SASL_CBINDING, &binding) == LDAP_OPT_SUCCESS;
}

static enum spn_code sasl_fault(struct conn *conn, const char *what, int rc, struct spn_error *reterr)
{
    char *diagnostic = NULL;
    if (rc < 0)
        return conn_fault(conn, what, rc, reterr);
    (void)ldap_get_option(conn->ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &diagnostic);
    enum spn_code code = fault_result(what, rc, diagnostic, refusal_hint(conn->login, rc), reterr);
    ldap_memfree(diagnostic);
    return code;
}

static enum spn_code bind_sasl(struct conn *conn, const char *what, const char *mechanism,
                               struct spn_error *reterr)
{
    const char *chosen = NULL;
    LDAPMessage *msg = NULL;
    int msgid = 0;
    int rc = LDAP_SASL_BIND_IN_PROGRESS;

    for (int round = 0; rc == LDAP_SASL_BIND_IN_PROGRESS; round++) {
        wire_start_wait(&conn->wire);
        rc = ldap_sasl_interactive_bind(conn->ld, NULL, mechanism, NULL, NULL, LDAP_SASL_QUIET, no_names,
                                        NULL, msg, &chosen, &msgid);
        ldap_msgfree(msg);
        msg = NULL;
        if (rc != LDAP_SASL_BIND_IN_PROGRESS)
            break;
        if (round == MAX_ROUNDS)
            return spn_error_set(reterr, SPN_PROTOCOL, 0, "%s: the bind takes more than %d rounds", what,
                                 MAX_ROUNDS);
        enum spn_code code = conn_wait(conn, what, msgid, &msg, reterr);
        if (code != SPN_OK)
            return code;
        if (ldap_msgtype(msg) != LDAP_RES_BIND) {
            ldap_msgfree(msg);
            return spn_error_set(reterr, SPN_PROTOCOL, 0, "%s: answer of another kind", what);
        }
    }
    return rc == LDAP_SUCCESS ? SPN_OK : sasl_fault(conn, what, rc, reterr);
}

static enum spn_code bind_kerberos(struct conn *conn, const char *what, const char *mechanism,
                                   struct spn_error *reterr)
{
    const struct login *login = conn->login;
    sasl_ssf_t ssf = 0;

    if (!set_protection(conn->ld, login->tls))
        return spn_error_set(reterr, SPN_INTERNAL, 0, "libldap refuses the SASL options");
    /* Asked for here and not inside SASL: with a time limit, and the KDC's answer comes as a code. */
    enum spn_code code =
        kerberos_get_service_ticket(what, conn->host, login->timeout_s, login->cancel, reterr);
    if (code == SPN_OK)
        code = bind_sasl(conn, what, mechanism, reterr);
    if (code != SPN_OK)
        return code;
    if (login->tls != TLS_OFF) {
        snprintf(conn->bind_text, sizeof conn->bind_text, "%s tls", method_name(login->method));
        return SPN_OK;
    }
    if (ldap_get_option(conn->ld, LDAP_OPT_X_SASL_SSF, &ssf) != LDAP_OPT_SUCCESS || ssf == 0)
        return spn_error_set(reterr, SPN_PROTOCOL, 0, "%s: the server agreed to neither signing nor sealing",
                             what);
    snprintf(conn->bind_text, sizeof conn->bind_text, "%s ssf=%u", method_name(login->method), (unsigned)ssf);
    return SPN_OK;
}

enum spn_code bind_conn(struct conn *conn, struct spn_error *reterr)
{
    const struct login *login = conn->login;
    char what[700];

    if (login->user && login->method != BIND_ANONYMOUS)
        snprintf(what, sizeof what, "cannot bind to %s as '%s'", conn->where, login->user);
    else if (login->principal && login->method != BIND_ANONYMOUS)
        snprintf(what, sizeof what, "cannot bind to %s as '%s'", conn->where, login->principal);
    else
        snprintf(what, sizeof what, "cannot bind to %s", conn->where);
    snprintf(conn->bind_text, sizeof conn->bind_text, "%s%s", method_name(login->method),
             login->tls == TLS_OFF ? "" : " tls");

    wire_start_wait(&conn->wire);
    switch (login->method) {
    case BIND_GSSAPI:
        return bind_kerberos(conn, what, "GSSAPI", reterr);
    case BIND_GSS_SPNEGO:
        return bind_kerberos(conn, what, "GSS-SPNEGO", reterr);
    case BIND_EXTERNAL:
        /* Empty, but there: whom the certificate names (RFC 4422 appendix A). Without it the server asks on.
         */
        return bind_once(conn, what, NULL, "EXTERNAL", "", reterr);
    case BIND_ANONYMOUS:
        return bind_once(conn, what, "", LDAP_SASL_SIMPLE, "", reterr);
    case BIND_SIMPLE:
        break;
    }
    /* login_prepare refused it; once more here, where the password would leave. An empty one would bind as
     * nobody. */
    if (login->tls == TLS_OFF || !login->password || !*login->password)
        return spn_error_set(reterr, SPN_INTERNAL, 0, "%s: simple bind without TLS or password", what);
    return bind_once(conn, what, login->user, LDAP_SASL_SIMPLE, login->password, reterr);
}
