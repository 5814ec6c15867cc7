/* sasl.h: the bind of a connection: SASL (gssapi, gss-spnego, external), simple or anonymous, as login says.
 */
#pragma once

#include "scanner/ldap/conn_private.h"

/* Fills conn->bind_text. */
enum spn_code bind_conn(struct conn *conn, struct spn_error *reterr);
