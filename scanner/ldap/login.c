#include "scanner/ldap/login.h"

#include <ares.h>
#include <errno.h>
#include <ldap.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "scanner/ldap/kerberos.h"
#include "scanner/ldap/tls.h"

/* ---- once a process ---- */

/* The first handle initialises libldap, Cyrus SASL with its plug-ins, and GnuTLS, none of them safe against a
 * second thread that does the same. In a thread of its own because libldap also looks up this machine's own
 * name there, with the C library's resolver, whose settings are kept a thread: RES_OPTIONS makes that short
 * when DNS is dead. */
static void *first_handle(void *arg)
{
    const int client = 0;
    LDAP *ld = NULL;
    int *rc = arg;
    *rc = ldap_initialize(&ld, NULL);
    if (*rc == LDAP_SUCCESS) {
        (void)ldap_set_option(ld, LDAP_OPT_X_TLS_NEWCTX, &client);
        ldap_unbind_ext(ld, NULL, NULL);
    }
    return NULL;
}

static int init_libldap(void)
{
    char *user = getenv("RES_OPTIONS") ? strdup(getenv("RES_OPTIONS")) : NULL;
    pthread_t thread;
    int rc = LDAP_LOCAL_ERROR;

    (void)setenv("RES_OPTIONS", "timeout:1 attempts:1", 1);
    if (pthread_create(&thread, NULL, first_handle, &rc) == 0)
        pthread_join(thread, NULL);
    if (user)
        (void)setenv("RES_OPTIONS", user, 1);
    else
        (void)unsetenv("RES_OPTIONS");
    free(user);
    return rc;
}

enum spn_code ldap_room_init(struct spn_error *reterr)
{
    /* A lost peer is an error of a write, not the end of the process. */
    signal(SIGPIPE, SIG_IGN);
    /* Neither ldap.conf nor LDAPRC nor LDAP* variables: a scan is what its options say. Before libldap wakes
     * up. */
    if (setenv("LDAPNOINIT", "1", 1) != 0)
        return spn_error_set(reterr, SPN_INTERNAL, errno, "cannot set LDAPNOINIT");
    enum spn_code code = kerberos_room_init(reterr);
    if (code != SPN_OK)
        return code;
    if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS)
        return spn_error_set(reterr, SPN_INTERNAL, 0, "c-ares can't be initialised");
    int rc = init_libldap();
    if (rc != LDAP_SUCCESS)
        return spn_error_set(reterr, SPN_INTERNAL, rc, "libldap can't be initialised: %s",
                             ldap_err2string(rc));
    return tls_room_init(reterr);
}

/* ---- credentials ---- */

static enum spn_code refuse(struct spn_error *reterr, const char *text)
{
    return spn_error_set(reterr, SPN_USAGE, 0, "%s", text);
}

static enum spn_code check_kerberos(const struct login *login, struct spn_error *reterr)
{
    if (login->keytab && login->user)
        return refuse(reterr, "a keytab and a user with a password contradict each other: give one of them");
    if (login->keytab && !login->principal)
        return refuse(reterr, "--keytab needs --principal NAME (klist -k FILE lists what it holds)");
    if (login->principal && !login->keytab)
        return refuse(reterr, "--principal needs --keytab FILE");
    if (login->password && !login->user)
        return refuse(reterr, "a password needs --user NAME@REALM");
    if (login->user && !login->password)
        return refuse(
            reterr, "a Kerberos user needs a password (--password-file); to use a ticket, leave --user out");
    if (login->user && strchr(login->user, '\\'))
        return refuse(reterr, "a Kerberos user is written NAME@REALM, not DOMAIN\\name");
    if (login->password && !*login->password)
        return refuse(reterr, "the password is empty");
    return kerberos_prepare(login, reterr);
}

static enum spn_code check_simple(const struct login *login, struct spn_error *reterr)
{
    if (login->keytab || login->principal)
        return refuse(reterr, "a simple bind takes no keytab: use --bind gssapi, or --user with a password");
    if (!login->user || !*login->user)
        return refuse(reterr, "a simple bind needs --user and --password-file");
    /* RFC 4513 5.1.2: the server would answer success, and we would be nobody. */
    if (login->password && !*login->password)
        return refuse(reterr, "the password is empty: the server would take that for an anonymous bind");
    /* Before a password is asked for: what may never go out need not be typed. */
    if (login->tls == TLS_OFF)
        return refuse(reterr,
                      "a simple bind in clear would show the password: use --tls ldaps or --tls starttls");
    if (!login->password)
        return refuse(reterr, "a simple bind needs --password-file, or a terminal to ask on");
    return SPN_OK;
}

static enum spn_code check_external(const struct login *login, struct spn_error *reterr)
{
    if (login->user || login->password || login->keytab || login->principal)
        return refuse(reterr,
                      "--bind external is who the client certificate says: no user, password or keytab");
    if (login->tls == TLS_OFF || !login->cert_file || !login->key_file)
        return refuse(reterr, "--bind external needs TLS and a client certificate with its key");
    return SPN_OK;
}

static enum spn_code check_anonymous(const struct login *login, struct spn_error *reterr)
{
    if (login->user || login->password || login->keytab || login->principal)
        return refuse(reterr, "--bind anonymous takes no user, password or keytab");
    return SPN_OK;
}

enum spn_code login_prepare(const struct login *login, struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    if (login->timeout_s < 1)
        return refuse(reterr, "the time limit must be at least one second");
    if (login->tls == TLS_OFF && (login->cert_file || login->key_file))
        return refuse(reterr, "a client certificate needs --tls ldaps or --tls starttls");
    if (!login->cert_file != !login->key_file)
        return refuse(reterr, "a client certificate and its key go together: give both");
    if (login->tls != TLS_OFF)
        code = tls_check_files(login, reterr);
    if (code != SPN_OK)
        return code;
    switch (login->method) {
    case BIND_GSSAPI:
    case BIND_GSS_SPNEGO:
        return check_kerberos(login, reterr);
    case BIND_SIMPLE:
        return check_simple(login, reterr);
    case BIND_EXTERNAL:
        return check_external(login, reterr);
    case BIND_ANONYMOUS:
        return check_anonymous(login, reterr);
    }
    return spn_error_set(reterr, SPN_INTERNAL, 0, "unknown bind method");
}
