/* login.h: who we are and how a connection is protected. Values only, frozen before the first thread starts.
 */
#pragma once

#include <stdatomic.h>

#include "spnscan/error.h"
#include "spnscan/ids.h"

enum bind_method { BIND_GSSAPI, BIND_GSS_SPNEGO, BIND_SIMPLE, BIND_EXTERNAL, BIND_ANONYMOUS };
enum tls_mode { TLS_OFF, TLS_LDAPS, TLS_STARTTLS };

struct login {
    enum bind_method method;
    enum tls_mode tls;
    const char *user;      /* simple: DN, UPN or DOMAIN\name; gssapi with a password: principal; else NULL */
    const char *password;  /* NULL when none was given */
    const char *keytab;    /* NULL, or a keytab file */
    const char *principal; /* with keytab */
    const char *ca_file;   /* PEM; never NULL once tls is not off */
    const char *cert_file, *key_file; /* client certificate for external; NULL when none */
    int timeout_s;                    /* of every single wait: connect, handshake, each answer */
    const atomic_bool *cancel;        /* set from a signal: every wait ends within 0.3 s */
};

/* Process-wide preparation, once, before any thread and any other call of this room: ldap.conf and LDAPRC are
 * ignored, Kerberos is told never to let DNS change a host name (a private krb5 profile in front of the
 * user's own), libldap, Cyrus SASL and c-ares are initialised, TLS defaults set. */
enum spn_code ldap_room_init(struct spn_error *reterr);

/* Makes sure that credentials are at hand before the first DC is asked, so that their lack is one clear error
 * and not one a DC. gssapi, gss-spnego: with keytab, or user and password, gets a TGT into a memory
 * credential cache of this process alone (KRB5CCNAME is set to it); else looks into the default cache: none,
 * or all expired, is an error that names the cache and says what to run. A default client keytab
 * (KRB5_CLIENT_KTNAME) is accepted instead of a ticket. Refuses what may never go out (simple bind in clear)
 * and options that contradict each other. */
enum spn_code login_prepare(const struct login *login, struct spn_error *reterr);
