/* kerberos_fault.h: error codes of libkrb5 in plain words, with the way out. */
#pragma once

#include <krb5.h>

#include "spnscan/error.h"

/* What was being done, for codes whose way out depends on it. */
enum kerberos_task { KERBEROS_KEYTAB, KERBEROS_PASSWORD, KERBEROS_SERVICE };

/* what: how the sentence begins. message: libkrb5's own text. */
enum spn_code kerberos_fault(const char *what, enum kerberos_task task, krb5_error_code error,
                             const char *message, struct spn_error *reterr);
