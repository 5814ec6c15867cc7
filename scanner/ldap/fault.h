/* fault.h: what went wrong, in plain words with the way out: LDAP results, AD's sub-codes, SASL texts, TLS.
 * Pure.
 *
 * what: how the sentence begins, "cannot bind to 'dc1.corp.example:389' as 'reader'". hint: the way out that
 * only the caller knows; NULL when there is none. diagnostic: the server's or the library's own text; may be
 * NULL.
 */
#pragma once

#include "spnscan/error.h"

/* A server's result code other than success (native is set to it). */
enum spn_code fault_result(const char *what, int result, const char *diagnostic, const char *hint,
                           struct spn_error *reterr);

/* A negative code of libldap itself: SASL and Kerberos trouble stands in the diagnostic text only. */
enum spn_code fault_library(const char *what, int rc, const char *diagnostic, struct spn_error *reterr);

/* A TLS handshake that failed although the connection is up. */
enum spn_code fault_tls(const char *what, const char *host, const char *ca_file, const char *diagnostic,
                        struct spn_error *reterr);

/* What AD's "data 52e" in a bind's diagnostic text means; NULL: no such sub-code in it, or not a known one.
 */
const char *fault_ad_subcode(const char *diagnostic);
