#include "scanner/ldap/kerberos_fault.h"

#include <errno.h>
#include <stddef.h>

#define ANY_TASK (-1)

struct words {
    krb5_error_code error;
    int task; /* enum kerberos_task, or ANY_TASK */
    enum spn_code code;
    const char *plain, *hint;
};

#define KEYTAB_STALE "export the keytab anew: the account's password was changed since"

/* First match wins. */
static const struct words table[] = {
    {KRB5KDC_ERR_PREAUTH_FAILED, KERBEROS_KEYTAB, SPN_CREDENTIALS,
     "the key in the keytab is not the account's", KEYTAB_STALE},
    {KRB5KDC_ERR_PREAUTH_FAILED, ANY_TASK, SPN_CREDENTIALS, "password wrong", NULL},
    {KRB5KRB_AP_ERR_BAD_INTEGRITY, KERBEROS_KEYTAB, SPN_CREDENTIALS,
     "the key in the keytab is not the account's", KEYTAB_STALE},
    {KRB5KRB_AP_ERR_BAD_INTEGRITY, KERBEROS_PASSWORD, SPN_CREDENTIALS, "password wrong", NULL},
    {KRB5KRB_AP_ERR_BAD_INTEGRITY, KERBEROS_SERVICE, SPN_CREDENTIALS,
     "the KDC does not accept the ticket at hand", "run kinit again"},
    {KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN, ANY_TASK, SPN_CREDENTIALS, "the KDC knows no such account",
     "write it NAME@REALM as it stands in the directory"},
    {KRB5KDC_ERR_CLIENT_REVOKED, ANY_TASK, SPN_CREDENTIALS, "the account is disabled, expired or locked out",
     NULL},
    {KRB5KDC_ERR_KEY_EXP, ANY_TASK, SPN_CREDENTIALS, "the password has expired or must be changed", NULL},
    {KRB5KDC_ERR_NAME_EXP, ANY_TASK, SPN_CREDENTIALS, "the account has expired", NULL},
    {KRB5KDC_ERR_POLICY, ANY_TASK, SPN_CREDENTIALS, "the KDC's policy forbids it", NULL},
    {KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN, KERBEROS_SERVICE, SPN_CONFIG,
     "Kerberos knows no LDAP service under this host name",
     "give the DC's own full name, neither an alias nor an address; a new DC's name may still have to "
     "replicate"},
    {KRB5KDC_ERR_ETYPE_NOSUPP, ANY_TASK, SPN_CONFIG, "no Kerberos encryption type is common to both sides",
     "see permitted_enctypes in /etc/krb5.conf, and the etypes of the keytab"},
    {KRB5_KT_NOTFOUND, ANY_TASK, SPN_CREDENTIALS, "the keytab holds no key of this principal",
     "klist -k FILE lists what it holds"},
    {KRB5_KEYTAB_BADVNO, ANY_TASK, SPN_CONFIG, "the file is not a keytab", NULL},
    {KRB5_KT_FORMAT, ANY_TASK, SPN_CONFIG, "the keytab is damaged", NULL},
    {ENOENT, KERBEROS_KEYTAB, SPN_CONFIG, "no such keytab file", NULL},
    {EACCES, KERBEROS_KEYTAB, SPN_CONFIG, "no right to read the keytab", NULL},
    {EISDIR, KERBEROS_KEYTAB, SPN_CONFIG, "the keytab is a directory", NULL},
    {KRB5_PARSE_MALFORMED, ANY_TASK, SPN_CONFIG, "not a Kerberos principal", "write it NAME@REALM"},
    {KRB5_KDC_UNREACH, ANY_TASK, SPN_UNREACHABLE, "no Kerberos server (KDC) answered",
     "see /etc/krb5.conf and DNS"},
    {KRB5_REALM_UNKNOWN, ANY_TASK, SPN_CONFIG, "no Kerberos server (KDC) is known for the realm",
     "see /etc/krb5.conf and DNS; realms are written in upper case"},
    {KRB5_REALM_CANT_RESOLVE, ANY_TASK, SPN_CONFIG, "no Kerberos server (KDC) of the realm has an address",
     "see /etc/krb5.conf and DNS"},
    {KRB5KDC_ERR_WRONG_REALM, ANY_TASK, SPN_CONFIG, "the KDC does not serve this realm",
     "realms are written in upper case"},
    {KRB5_KDCREP_MODIFIED, ANY_TASK, SPN_CONFIG, "the KDC answered for another name than was asked",
     "write the principal as it stands in the directory, the realm in upper case"},
    {KRB5_CONFIG_NODEFREALM, ANY_TASK, SPN_CONFIG, "no Kerberos realm is configured",
     "write NAME@REALM, or set default_realm in /etc/krb5.conf"},
    {KRB5KRB_AP_ERR_SKEW, ANY_TASK, SPN_CONFIG,
     "this machine's clock and the KDC's differ by more than Kerberos allows", "set the clock"},
    {KRB5_KDCREP_SKEW, ANY_TASK, SPN_CONFIG,
     "this machine's clock and the KDC's differ by more than Kerberos allows", "set the clock"},
    {KRB5KRB_AP_ERR_TKT_EXPIRED, ANY_TASK, SPN_CREDENTIALS, "the Kerberos ticket has expired", "run kinit"},
    {KRB5KRB_AP_ERR_TKT_NYV, ANY_TASK, SPN_CREDENTIALS, "the Kerberos ticket is not valid yet",
     "compare the clocks, run kinit"},
    {KRB5_CC_NOTFOUND, ANY_TASK, SPN_CREDENTIALS, "no Kerberos ticket",
     "run kinit, or give --keytab FILE --principal NAME"},
    {KRB5_FCC_NOFILE, ANY_TASK, SPN_CREDENTIALS, "no Kerberos ticket",
     "run kinit, or give --keytab FILE --principal NAME"},
};

enum spn_code kerberos_fault(const char *what, enum kerberos_task task, krb5_error_code error,
                             const char *message, struct spn_error *reterr)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const struct words *w = &table[i];
        if (w->error == error && (w->task == ANY_TASK || w->task == (int)task))
            return spn_error_set(reterr, w->code, error, "%s: %s (Kerberos: %s)%s%s", what, w->plain, message,
                                 w->hint ? "; " : "", w->hint ? w->hint : "");
    }
    return spn_error_set(reterr, SPN_CREDENTIALS, error, "%s: Kerberos: %s", what, message);
}
