/* kerberos.h: what is asked of libkrb5 itself: a profile of our own, tickets at hand before a bind needs
 * them. Every question to a KDC is asked in a thread of its own (offload.h): libkrb5 knows neither time limit
 * nor cancel. */
#pragma once

#include "scanner/ldap/login.h"

/* Puts a profile in front of the user's: DNS must not change a host name. Before any other use of libkrb5. */
enum spn_code kerberos_room_init(struct spn_error *reterr);

/* login_prepare for gssapi and gss-spnego. May set KRB5CCNAME: before the first thread. */
enum spn_code kerberos_prepare(const struct login *login, struct spn_error *reterr);

/* A ticket for ldap/host into the cache that GSSAPI will use. what begins the error text. Thread-safe. */
enum spn_code kerberos_get_service_ticket(const char *what, const char *host, int timeout_s,
                                          const atomic_bool *cancel, struct spn_error *reterr);
