#include "scanner/ldap/tls.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "scanner/ldap/fault.h"

#define MAX_PEM_LINE 512

/* ---- what libldap says about TLS ---- */

/* The first complaint of this thread since it was cleared. GnuTLS builds of libldap replace the reason of a
 * failed handshake by "(unknown error code)" in the handle's own error text; what they log has it. */
static _Thread_local char complaint[256];

static void keep_complaint(const char *text)
{
    if (!*complaint && strncmp(text, "TLS: ", 5) == 0 && !strstr(text, "can't connect"))
        snprintf(complaint, sizeof complaint, "%.*s", (int)strcspn(text + 5, "\r\n"), text + 5);
}

enum spn_code tls_room_init(struct spn_error *reterr)
{
    /* A bit that no message has by itself: only those for every level (LDAP_DEBUG_ANY, real errors) come. */
    const int level = 0x40000000;
    BER_LOG_PRINT_FN print = keep_complaint;
    const void *function;
    memcpy(&function, &print, sizeof function);
    if (ber_set_option(NULL, LBER_OPT_LOG_PRINT_FN, function) != LBER_OPT_SUCCESS ||
        ldap_set_option(NULL, LDAP_OPT_DEBUG_LEVEL, &level) != LDAP_OPT_SUCCESS)
        return spn_error_set(reterr, SPN_INTERNAL, 0, "libldap refuses a log function");
    return SPN_OK;
}

/* ---- files and options ---- */

/* false: errno. */
static bool file_has_line(const char *path, const char *begin, bool *ret_found)
{
    char line[MAX_PEM_LINE];
    FILE *f = fopen(path, "re");
    if (!f)
        return false;
    *ret_found = false;
    while (!*ret_found && fgets(line, sizeof line, f))
        *ret_found = strncmp(line, begin, strlen(begin)) == 0;
    int error = ferror(f) ? errno : 0;
    fclose(f);
    errno = error;
    return error == 0;
}

static enum spn_code check_pem(const char *kind, const char *path, const char *begin, const char *hint,
                               struct spn_error *reterr)
{
    bool found;
    if (!file_has_line(path, begin, &found))
        return spn_error_set(reterr, SPN_CONFIG, errno, "cannot read %s '%s': %s", kind, path,
                             strerrordesc_np(errno));
    if (!found)
        return spn_error_set(reterr, SPN_CONFIG, 0, "%s '%s' holds nothing in PEM form; %s", kind, path,
                             hint);
    return SPN_OK;
}

enum spn_code tls_check_files(const struct login *login, struct spn_error *reterr)
{
    static const char certificate[] = "-----BEGIN CERTIFICATE-----";
    LDAP *ld = NULL;
    enum spn_code code;

    if (!login->ca_file)
        return spn_error_set(reterr, SPN_CONFIG, 0, "TLS needs a CA file: give --ca-file FILE");
    code = check_pem("CA file", login->ca_file, certificate,
                     "openssl x509 -inform der converts a certificate", reterr);
    if (code == SPN_OK && login->cert_file)
        code = check_pem("certificate file", login->cert_file, certificate,
                         "openssl x509 -inform der converts it", reterr);
    if (code == SPN_OK && login->key_file)
        code = check_pem("key file", login->key_file, "-----BEGIN ", "openssl pkey -inform der converts it",
                         reterr);
    if (code != SPN_OK)
        return code;
    /* A context made and thrown away: what the library can't use is found now and not at each DC. */
    if (ldap_initialize(&ld, NULL) != LDAP_SUCCESS)
        return spn_error_set(reterr, SPN_INTERNAL, 0, "libldap can't be initialised");
    code = tls_set_options(ld, login, reterr);
    ldap_unbind_ext(ld, NULL, NULL);
    return code;
}

/* false: the library refused the file's name or contents. */
static bool set_files(LDAP *ld, const struct login *login)
{
    return ldap_set_option(ld, LDAP_OPT_X_TLS_CACERTFILE, login->ca_file) == LDAP_OPT_SUCCESS &&
           (!login->cert_file ||
            ldap_set_option(ld, LDAP_OPT_X_TLS_CERTFILE, login->cert_file) == LDAP_OPT_SUCCESS) &&
           (!login->key_file ||
            ldap_set_option(ld, LDAP_OPT_X_TLS_KEYFILE, login->key_file) == LDAP_OPT_SUCCESS);
}

enum spn_code tls_set_options(LDAP *ld, const struct login *login, struct spn_error *reterr)
{
    const int demand = LDAP_OPT_X_TLS_DEMAND;
    const int oldest = LDAP_OPT_X_TLS_PROTOCOL_TLS1_2;
    /* A subjectAltName decides when there is one; Samba's own certificates have none, and the CN counts. */
    const int san = LDAP_OPT_X_TLS_TRY;
    const int client = 0;

    if (ldap_set_option(ld, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand) != LDAP_OPT_SUCCESS ||
        ldap_set_option(ld, LDAP_OPT_X_TLS_REQUIRE_SAN, &san) != LDAP_OPT_SUCCESS ||
        ldap_set_option(ld, LDAP_OPT_X_TLS_PROTOCOL_MIN, &oldest) != LDAP_OPT_SUCCESS)
        return spn_error_set(reterr, SPN_INTERNAL, 0, "libldap refuses the TLS options");
    /* Last: the context is made from the options set so far, and for this handle alone. */
    *complaint = 0;
    if (!set_files(ld, login) || ldap_set_option(ld, LDAP_OPT_X_TLS_NEWCTX, &client) != LDAP_OPT_SUCCESS)
        return spn_error_set(reterr, SPN_CONFIG, 0, "cannot use %s '%s': %s",
                             login->cert_file ? "the client certificate, its key, or CA file" : "CA file",
                             login->ca_file, *complaint ? complaint : "damaged, or they don't fit together");
    return SPN_OK;
}

/* ---- the handshake ---- */

static enum spn_code ask_starttls(struct conn *conn, struct spn_error *reterr)
{
    char what[400];
    char *diagnostic = NULL;
    LDAPMessage *msg = NULL;
    int msgid, result;

    snprintf(what, sizeof what, "cannot start TLS with %s", conn->where);
    wire_start_wait(&conn->wire);
    int rc = ldap_extended_operation(conn->ld, LDAP_EXOP_START_TLS, NULL, NULL, NULL, &msgid);
    if (rc != LDAP_SUCCESS)
        return conn_fault(conn, what, rc, reterr);
    enum spn_code code = conn_wait(conn, what, msgid, &msg, reterr);
    if (code == SPN_OK && ldap_msgtype(msg) != LDAP_RES_EXTENDED)
        code = spn_error_set(reterr, SPN_PROTOCOL, 0, "%s: answer of another kind", what);
    if (code == SPN_OK)
        code = conn_parse_result(conn, what, msg, &result, &diagnostic, NULL, reterr);
    if (code == SPN_OK && result != LDAP_SUCCESS)
        code = fault_result(what, result, diagnostic,
                            result == LDAP_PROTOCOL_ERROR || result == LDAP_UNAVAILABLE
                                ? "the DC seems to have no certificate: use --tls off with --bind gssapi"
                                : NULL,
                            reterr);
    /* Bytes sent before the handshake come from nobody who has proved anything. */
    if (code == SPN_OK && wire_has_ahead(&conn->wire))
        code = spn_error_set(reterr, SPN_PROTOCOL, 0, "%s: data came in clear after the answer", what);
    ldap_memfree(diagnostic);
    ldap_msgfree(msg);
    return code;
}

static enum spn_code handshake_fault(struct conn *conn, const char *what, int rc, struct spn_error *reterr)
{
    char *diagnostic = NULL;
    enum spn_code code;

    conn->broken = true;
    if (conn->wire.end == WIRE_CLOSED)
        return spn_error_set(
            reterr, SPN_UNREACHABLE, conn->wire.error,
            "%s: the other side closed the connection; a DC without a certificate does so, and a "
            "port without TLS",
            what);
    if (conn->wire.end != WIRE_OPEN || rc != LDAP_CONNECT_ERROR)
        return conn_fault(conn, what, rc, reterr);
    (void)ldap_get_option(conn->ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &diagnostic);
    code = fault_tls(what, conn->host, conn->login->ca_file, *complaint ? complaint : diagnostic, reterr);
    ldap_memfree(diagnostic);
    return code;
}

enum spn_code tls_start(struct conn *conn, struct spn_error *reterr)
{
    char what[400];
    enum spn_code code = conn->login->tls == TLS_STARTTLS ? ask_starttls(conn, reterr) : SPN_OK;
    if (code != SPN_OK)
        return code;

    snprintf(what, sizeof what, "cannot make a TLS connection to %s", conn->where);
    wire_start_wait(&conn->wire);
    *complaint = 0;
    int rc = ldap_install_tls(conn->ld);
    return rc == LDAP_SUCCESS ? SPN_OK : handshake_fault(conn, what, rc, reterr);
}
