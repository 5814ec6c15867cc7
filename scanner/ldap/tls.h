/* tls.h: TLS on a connection: verified against ca_file and the host name, 1.2 or newer. */
#pragma once

#include "scanner/ldap/conn_private.h"

/* Once, after libldap is initialised and before any thread. */
enum spn_code tls_room_init(struct spn_error *reterr);

/* For login_prepare: the files are there, hold what they should, and fit together. */
enum spn_code tls_check_files(const struct login *login, struct spn_error *reterr);

/* The options of one handle, a TLS context of its own included. */
enum spn_code tls_set_options(LDAP *ld, const struct login *login, struct spn_error *reterr);

/* Handshake, after the StartTLS operation when login->tls says so. */
enum spn_code tls_start(struct conn *conn, struct spn_error *reterr);
