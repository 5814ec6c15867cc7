#include "scanner/ldap/fault.h"

#include <ctype.h>
#include <ldap.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct result_words {
    int result;
    enum spn_code code;
    const char *plain, *hint;
};

static const struct result_words results[] = {
    {LDAP_OPERATIONS_ERROR, SPN_DIRECTORY, "the server asks for a bind first, or failed inside",
     "give credentials that may read the directory"},
    {LDAP_PROTOCOL_ERROR, SPN_DIRECTORY, "the server does not know this request", NULL},
    {LDAP_TIMELIMIT_EXCEEDED, SPN_DIRECTORY, "the server's time limit was exceeded",
     "try a smaller --page-size"},
    {LDAP_SIZELIMIT_EXCEEDED, SPN_DIRECTORY, "the server's size limit was exceeded",
     "try a smaller --page-size"},
    {LDAP_AUTH_METHOD_NOT_SUPPORTED, SPN_DIRECTORY, "the server does not offer this way of binding",
     "try another --bind"},
    {LDAP_STRONG_AUTH_REQUIRED, SPN_DIRECTORY, "the server requires a signed, sealed or TLS-protected bind",
     "use --bind gssapi without TLS, or --tls ldaps"},
    {LDAP_REFERRAL, SPN_DIRECTORY,
     "the server does not hold this part of the directory and refers to another", NULL},
    {LDAP_ADMINLIMIT_EXCEEDED, SPN_DIRECTORY, "an administrative limit of the server was exceeded",
     "try a smaller --page-size"},
    {LDAP_UNAVAILABLE_CRITICAL_EXTENSION, SPN_DIRECTORY, "the server does not know a control that is needed",
     NULL},
    {LDAP_CONFIDENTIALITY_REQUIRED, SPN_DIRECTORY, "the server requires encryption",
     "use --bind gssapi, or --tls ldaps"},
    {LDAP_NO_SUCH_OBJECT, SPN_DIRECTORY, "no such object, or no right to see it", NULL},
    {LDAP_INVALID_DN_SYNTAX, SPN_DIRECTORY, "the server takes this for no valid name", NULL},
    {LDAP_INAPPROPRIATE_AUTH, SPN_CREDENTIALS, "this account cannot bind in this way", "try another --bind"},
    {LDAP_INVALID_CREDENTIALS, SPN_CREDENTIALS, "the credentials were not accepted", NULL},
    {LDAP_INSUFFICIENT_ACCESS, SPN_DIRECTORY, "not enough rights", NULL},
    {LDAP_BUSY, SPN_DIRECTORY, "the server is too busy", "try again later"},
    {LDAP_UNAVAILABLE, SPN_DIRECTORY, "the server is starting or shutting down", "try again later"},
    {LDAP_UNWILLING_TO_PERFORM, SPN_DIRECTORY, "the server is unwilling", NULL},
};

/* Win32 error numbers that AD writes into the text of result 49 ([MS-ERREF] 2.2). */
static const struct {
    unsigned data;
    const char *plain;
} subcodes[] = {
    {0x525, "no such account"},
    {0x52e, "password wrong or account unknown"},
    {0x52f, "the account's restrictions forbid this logon"},
    {0x530, "logon not permitted at this hour"},
    {0x531, "logon not permitted from this computer"},
    {0x532, "the password has expired"},
    {0x533, "the account is disabled"},
    {0x568, "the account is in too many groups for its token"},
    {0x701, "the account has expired"},
    {0x773, "the password must be changed before the first logon"},
    {0x775, "the account is locked out"},
};

/* What MIT Kerberos and Cyrus SASL say, and what it comes to. First match wins. */
static const struct {
    const char *phrase;
    enum spn_code code;
    const char *plain, *hint;
} phrases[] = {
    {"Ticket expired", SPN_CREDENTIALS, "the Kerberos ticket has expired", "run kinit"},
    {"redentials cache", SPN_CREDENTIALS, "no Kerberos ticket",
     "run kinit, or give --keytab FILE --principal NAME"},
    {"No Kerberos credentials available", SPN_CREDENTIALS, "no Kerberos ticket",
     "run kinit, or give --keytab FILE --principal NAME"},
    {"Clock skew too great", SPN_CONFIG,
     "this machine's clock and the server's differ by more than Kerberos allows",
     "set the clock of the one that is wrong"},
    {"not found in Kerberos database", SPN_CONFIG, "Kerberos knows no service under this host name",
     "give the DC's own full name, neither an alias nor an address; a new DC's name may still have to "
     "replicate"},
    {"Cannot contact any KDC", SPN_UNREACHABLE, "no Kerberos server (KDC) answered",
     "see /etc/krb5.conf and DNS"},
    {"Cannot find KDC", SPN_CONFIG, "no Kerberos server (KDC) is known for the realm",
     "see /etc/krb5.conf and DNS; realms are written in upper case"},
    {"default realm", SPN_CONFIG, "no Kerberos realm is configured", "set default_realm in /etc/krb5.conf"},
    {"No worthy mechs", SPN_CONFIG, "this machine has no SASL plug-in for this way of binding",
     "install libsasl2-modules-gssapi-mit"},
    {"no mechanism available", SPN_CONFIG,
     "this machine has no SASL plug-in that gives the protection asked for",
     "install libsasl2-modules-gssapi-mit"},
    {"Mutual authentication failed", SPN_CREDENTIALS, "the server could not prove who it is", NULL},
    {"not yet valid", SPN_CREDENTIALS, "the Kerberos ticket is not valid yet",
     "compare the clocks, run kinit"},
    {"encryption type", SPN_CONFIG, "no Kerberos encryption type is common to both sides",
     "see permitted_enctypes in /etc/krb5.conf"},
};

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* AD ends its texts with line feeds and NULs; ours stand in the middle of a line. */
static void trimmed(const char *diagnostic, char *text, size_t size)
{
    size_t len = diagnostic ? strlen(diagnostic) : 0;
    while (len && (isspace((unsigned char)diagnostic[len - 1]) || diagnostic[len - 1] == '.'))
        len--;
    if (len >= size)
        len = size - 1;
    if (len)
        memcpy(text, diagnostic, len);
    text[len] = 0;
}

const char *fault_ad_subcode(const char *diagnostic)
{
    const char *at = diagnostic ? strstr(diagnostic, "data ") : NULL;
    if (!at)
        return NULL;
    char *end;
    unsigned long data = strtoul(at + 5, &end, 16);
    if (end == at + 5 || (*end && *end != ',' && !isspace((unsigned char)*end)))
        return NULL;
    for (size_t i = 0; i < COUNT(subcodes); i++)
        if (subcodes[i].data == data)
            return subcodes[i].plain;
    return NULL;
}

enum spn_code fault_result(const char *what, int result, const char *diagnostic, const char *hint,
                           struct spn_error *reterr)
{
    struct result_words words = {result, SPN_DIRECTORY, ldap_err2string(result), NULL};
    char text[300];

    trimmed(diagnostic, text, sizeof text);
    for (size_t i = 0; i < COUNT(results); i++)
        if (results[i].result == result)
            words = results[i];
    if (result == LDAP_INVALID_CREDENTIALS && fault_ad_subcode(text))
        words.plain = fault_ad_subcode(text);
    if (!hint)
        hint = words.hint;
    return spn_error_set(reterr, words.code, result, "%s: %s (LDAP %d%s%s)%s%s", what, words.plain, result,
                         *text ? ": " : "", text, hint ? "; " : "", hint ? hint : "");
}

enum spn_code fault_library(const char *what, int rc, const char *diagnostic, struct spn_error *reterr)
{
    char text[300];

    trimmed(diagnostic, text, sizeof text);
    for (size_t i = 0; i < COUNT(phrases); i++)
        if (strstr(text, phrases[i].phrase))
            return spn_error_set(reterr, phrases[i].code, rc, "%s: %s (%s)%s%s", what, phrases[i].plain, text,
                                 phrases[i].hint ? "; " : "", phrases[i].hint ? phrases[i].hint : "");
    enum spn_code code = SPN_INTERNAL;
    if (rc == LDAP_LOCAL_ERROR || rc == LDAP_AUTH_UNKNOWN)
        code = SPN_CREDENTIALS; /* SASL and GSSAPI say no more than that */
    else if (rc == LDAP_DECODING_ERROR)
        code = SPN_PROTOCOL;
    else if (rc == LDAP_FILTER_ERROR || rc == LDAP_PARAM_ERROR)
        code = SPN_INTERNAL;
    else if (rc == LDAP_TIMEOUT || rc == LDAP_SERVER_DOWN || rc == LDAP_CONNECT_ERROR)
        code = SPN_UNREACHABLE;
    return spn_error_set(reterr, code, rc, "%s: %s (LDAP %d%s%s)", what, ldap_err2string(rc), rc,
                         *text ? ": " : "", text);
}

enum spn_code fault_tls(const char *what, const char *host, const char *ca_file, const char *diagnostic,
                        struct spn_error *reterr)
{
    char text[300];

    trimmed(diagnostic, text, sizeof text);
    if (strstr(text, "does not match") || strstr(text, "common name") || strstr(text, "get CN") ||
        strstr(text, "subjectAltName"))
        return spn_error_set(
            reterr, SPN_CONFIG, LDAP_CONNECT_ERROR,
            "%s: its certificate is for another name than '%s' (%s); give the name that stands "
            "in the certificate",
            what, host, text);
    if (strstr(text, "is expired") || strstr(text, "has expired") || strstr(text, "not yet active"))
        return spn_error_set(reterr, SPN_CONFIG, LDAP_CONNECT_ERROR, "%s: %s; compare the clocks, renew it",
                             what, text);
    /* GnuTLS builds of libldap give no text at all for a chain that does not verify; OpenSSL's do. */
    bool verify = strstr(text, "verify failed") != NULL;
    if (!*text || strstr(text, "unknown error code") || verify)
        return spn_error_set(
            reterr, SPN_CONFIG, LDAP_CONNECT_ERROR,
            "%s: its certificate is not trusted: not issued by a CA in '%s', or expired, or not "
            "yet valid%s%s%s; give the right CA with --ca-file",
            what, ca_file, verify ? " (" : "", verify ? text : "", verify ? ")" : "");
    if (strstr(text, "unexpected TLS packet") || strstr(text, "wrong version number") ||
        strstr(text, "packet length"))
        return spn_error_set(reterr, SPN_PROTOCOL, LDAP_CONNECT_ERROR,
                             "%s: that port does not speak TLS (%s); is it the LDAPS port?", what, text);
    return spn_error_set(reterr, SPN_PROTOCOL, LDAP_CONNECT_ERROR, "%s: TLS failed (%s)", what, text);
}
