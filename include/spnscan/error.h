/* error.h: the one error value that every part of spnscan passes out.
 *
 * A function that can fail returns enum spn_code and fills *reterr; on success *reterr is not touched.
 * Text: lower case, no full stop, what failed first, the subject in single quotes, the way out last.
 * Nothing below scanner/command prints; the top layer prints each error once.
 */
#pragma once

#include <stdarg.h>

enum spn_code {
    SPN_OK = 0,
    SPN_USAGE,       /* the command line is wrong */
    SPN_CREDENTIALS, /* ticket, keytab, password: who we are is not accepted */
    SPN_CONFIG,      /* a file, a name or a setting of this machine is wrong */
    SPN_DATABASE,    /* the database can't be opened, read or written */
    SPN_UNREACHABLE, /* no answer from a DC: refused, timed out, connection lost */
    SPN_DIRECTORY,   /* a DC answered and declined (LDAP result code in native) */
    SPN_PROTOCOL,    /* a DC answered something that is not what the protocol allows */
    SPN_CANCELLED,   /* the user, or the caller, ended it */
    SPN_INTERNAL,    /* our own fault */
    SPN_CODE_COUNT
};

struct spn_error {
    enum spn_code code;
    int native; /* LDAP result code, SQLite code or errno; 0 when there is none */
    char text[600];
};

/* Fills *reterr (which may be NULL) and returns code, so that a caller can `return spn_error_set(...)`.
 * An argument may be
 * reterr->text itself, to put words before it. Text that does not fit is cut. Bytes that could harm a
 * terminal are replaced by '?'. */
enum spn_code spn_error_set(struct spn_error *reterr, enum spn_code code, int native, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* One or two words for a code: "credentials", "unreachable". Never NULL. */
const char *spn_code_name(enum spn_code code);
