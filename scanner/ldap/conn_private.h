/* conn_private.h: the inside of a connection, for the files of this room. */
#pragma once

#include <ldap.h>

#include "scanner/ldap/conn.h"
#include "scanner/ldap/tap.h"

/* An entry with a million values is larger than any DC sends in one message (MaxValRange); a length beyond
 * this is an attack or noise, and must not become a malloc. */
#define CONN_MAX_MESSAGE (64UL * 1024 * 1024)

struct conn {
    LDAP *ld;
    struct wire wire;
    struct tap tap;
    const struct login *login;
    bool abandoned; /* a request was: answers to it may still come */
    bool broken; /* a wait failed: the stream may be in the middle of a message, nothing more may be asked */
    double bind_s;   /* how long the bind took */
    char host[256];  /* the name that Kerberos and TLS check */
    char where[300]; /* "'dc1.corp.example:389'", for messages */
    char address[64];
    char bind_text[64];
};

/* The next message for msgid, within login->timeout_s. what begins the error text. *ret is for ldap_msgfree.
 */
enum spn_code conn_wait(struct conn *conn, const char *what, int msgid, LDAPMessage **ret,
                        struct spn_error *reterr);

/* rc of a libldap call that failed: the reason is the wire's end if it ended, else libldap's own. */
enum spn_code conn_fault(struct conn *conn, const char *what, int rc, struct spn_error *reterr);

/* A read failed; the connection is broken from now on. With the wire still open the bytes that came were not
 * LDAP. */
enum spn_code conn_read_fault(struct conn *conn, const char *what, struct spn_error *reterr);

/* Result code, diagnostic text and controls of a result message. On success *ret_result may be any code; what
 * the caller does not ask for may be NULL. diagnostic is for ldap_memfree, controls for ldap_controls_free.
 */
enum spn_code conn_parse_result(struct conn *conn, const char *what, LDAPMessage *msg, int *ret_result,
                                char **ret_diagnostic, LDAPControl ***ret_controls, struct spn_error *reterr);
