#include "scanner/ldap/kerberos.h"

#include <errno.h>
#include <krb5.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "scanner/ldap/kerberos_cache.h"
#include "scanner/ldap/kerberos_fault.h"
#include "scanner/ldap/offload.h"
#include "spnscan/text_buf.h"
#include "spnscan/times.h"

/* ---- the profile ---- */

enum spn_code kerberos_room_init(struct spn_error *reterr)
{
    /* Of two files that set the same relation the first counts. */
    static const char profile[] = "[libdefaults]\n"
                                  "rdns = false\n"
                                  "dns_canonicalize_hostname = false\n";
    const char *user = getenv("KRB5_CONFIG");
    struct text_buf path = {0};
    enum spn_code code = SPN_OK;

    /* Stays open for good: libkrb5 reads it by this name whenever a context is made. */
    int fd = memfd_create("spnscan-krb5.conf", MFD_CLOEXEC);
    if (fd < 0 || write(fd, profile, sizeof profile - 1) != (ssize_t)(sizeof profile - 1)) {
        int error = errno;
        if (fd >= 0)
            close(fd);
        return spn_error_set(reterr, SPN_INTERNAL, error, "cannot make the Kerberos profile: %s",
                             strerrordesc_np(error));
    }
    text_append_fmt(&path, "/proc/self/fd/%d:%s", fd, user && *user ? user : "/etc/krb5.conf");
    if (setenv("KRB5_CONFIG", path.data, 1) != 0)
        code = spn_error_set(reterr, SPN_INTERNAL, errno, "cannot set KRB5_CONFIG");
    text_release(&path);
    return code;
}

/* ---- errands: what a thread of its own does ---- */

struct errand {
    enum kerberos_task task;
    char *name;     /* principal, or the host of a service */
    char *keytab;   /* NULL: password, or the default client keytab */
    char *password; /* NULL: keytab */
    char *cache;    /* where the TGT goes */
    krb5_error_code error;
    char message[300];
};

static void errand_release(void *arg)
{
    struct errand *errand = arg;
    if (errand->password)
        explicit_bzero(errand->password, strlen(errand->password));
    free(errand->password);
    free(errand->name);
    free(errand->keytab);
    free(errand->cache);
    free(errand);
}

static void keep_message(krb5_context ctx, krb5_error_code error, char *text, size_t size)
{
    const char *message = krb5_get_error_message(ctx, error);
    snprintf(text, size, "%s", message);
    krb5_free_error_message(ctx, message);
}

static krb5_error_code get_with_keytab(krb5_context ctx, const struct errand *errand, krb5_principal who,
                                       krb5_get_init_creds_opt *opt, krb5_creds *creds)
{
    krb5_keytab keytab = NULL;
    krb5_keytab_entry entry;
    krb5_error_code error =
        errand->keytab ? krb5_kt_resolve(ctx, errand->keytab, &keytab) : krb5_kt_client_default(ctx, &keytab);
    if (error)
        return error;
    /* Says "no such file" and "not in it" apart, which the next call does not always. */
    error = krb5_kt_get_entry(ctx, keytab, who, 0, 0, &entry);
    if (!error) {
        krb5_free_keytab_entry_contents(ctx, &entry);
        error = krb5_get_init_creds_keytab(ctx, creds, who, keytab, 0, NULL, opt);
    }
    krb5_kt_close(ctx, keytab);
    return error;
}

static krb5_error_code get_tgt(krb5_context ctx, const struct errand *errand)
{
    krb5_principal who = NULL;
    krb5_get_init_creds_opt *opt = NULL;
    krb5_ccache cache = NULL;
    krb5_creds creds;

    memset(&creds, 0, sizeof creds);
    krb5_error_code error = krb5_parse_name(ctx, errand->name, &who);
    if (!error)
        error = krb5_cc_resolve(ctx, errand->cache, &cache);
    if (!error)
        error = krb5_get_init_creds_opt_alloc(ctx, &opt);
    if (!error)
        error = krb5_get_init_creds_opt_set_out_ccache(ctx, opt, cache);
    if (!error) {
        krb5_get_init_creds_opt_set_change_password_prompt(opt, 0);
        error = errand->password ? krb5_get_init_creds_password(ctx, &creds, who, errand->password, NULL,
                                                                NULL, 0, NULL, opt)
                                 : get_with_keytab(ctx, errand, who, opt, &creds);
    }
    krb5_free_cred_contents(ctx, &creds); /* wipes the session key */
    krb5_get_init_creds_opt_free(ctx, opt);
    if (cache)
        krb5_cc_close(ctx, cache); /* a MEMORY cache lives on under its name */
    krb5_free_principal(ctx, who);
    return error;
}

static void run_tgt(void *arg)
{
    struct errand *errand = arg;
    krb5_context ctx = NULL;
    errand->error = krb5_init_context(&ctx);
    if (!errand->error)
        errand->error = get_tgt(ctx, errand);
    if (errand->error)
        keep_message(ctx, errand->error, errand->message, sizeof errand->message);
    if (ctx)
        krb5_free_context(ctx);
}

/* The cache that GSSAPI will take for this service, in a collection perhaps not the default one. */
static krb5_error_code choose_cache(krb5_context ctx, krb5_principal service, krb5_ccache *ret_cache,
                                    krb5_principal *ret_client)
{
    krb5_error_code error = krb5_cc_select(ctx, service, ret_cache, ret_client);
    if (error != KRB5_CC_NOTFOUND)
        return error;
    krb5_free_principal(ctx, *ret_client); /* it may name who was looked for */
    *ret_client = NULL;
    error = krb5_cc_default(ctx, ret_cache);
    return error ? error : krb5_cc_get_principal(ctx, *ret_cache, ret_client);
}

static krb5_error_code get_service(krb5_context ctx, const char *host)
{
    krb5_ccache cache = NULL;
    krb5_creds want, *got = NULL;

    memset(&want, 0, sizeof want);
    krb5_error_code error = krb5_sname_to_principal(ctx, host, "ldap", KRB5_NT_SRV_HST, &want.server);
    if (!error)
        error = choose_cache(ctx, want.server, &cache, &want.client);
    if (!error)
        error = krb5_get_credentials(ctx, 0, cache, &want, &got);
    krb5_free_creds(ctx, got);
    krb5_free_cred_contents(ctx, &want);
    if (cache)
        krb5_cc_close(ctx, cache);
    return error;
}

static void run_service(void *arg)
{
    struct errand *errand = arg;
    krb5_context ctx = NULL;
    errand->error = krb5_init_context(&ctx);
    if (!errand->error)
        errand->error = get_service(ctx, errand->name);
    if (errand->error)
        keep_message(ctx, errand->error, errand->message, sizeof errand->message);
    if (ctx)
        krb5_free_context(ctx);
}

/* Takes errand over. */
static enum spn_code do_errand(void (*run)(void *), struct errand *errand, const char *what, int timeout_s,
                               const atomic_bool *cancel, struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    switch (offload(run, errand_release, errand, timeout_s, cancel)) {
    case OFFLOAD_CANCELLED:
        return spn_error_set(reterr, SPN_CANCELLED, 0, "%s: cancelled", what);
    case OFFLOAD_TIMED_OUT:
        return spn_error_set(
            reterr, SPN_UNREACHABLE, 0,
            "%s: no answer from a Kerberos server (KDC) within %d s; see /etc/krb5.conf and DNS", what,
            timeout_s);
    case OFFLOAD_NO_THREAD:
        code = spn_error_set(reterr, SPN_INTERNAL, EAGAIN, "%s: no thread can be started", what);
        break;
    case OFFLOAD_DONE:
        if (errand->error)
            code = kerberos_fault(what, errand->task, errand->error, errand->message, reterr);
    }
    errand_release(errand);
    return code;
}

enum spn_code kerberos_get_service_ticket(const char *what, const char *host, int timeout_s,
                                          const atomic_bool *cancel, struct spn_error *reterr)
{
    struct errand *errand = xcalloc(1, sizeof *errand);
    errand->task = KERBEROS_SERVICE;
    errand->name = xstrdup(host);
    return do_errand(run_service, errand, what, timeout_s, cancel, reterr);
}

/* ---- a TGT into a cache of our own ---- */

static enum spn_code fetch_tgt(const struct login *login, const char *keytab, const char *who,
                               const char *password, struct spn_error *reterr)
{
    struct errand *errand = xcalloc(1, sizeof *errand);
    struct text_buf text = {0};
    char what[700], cache[64];

    snprintf(cache, sizeof cache, "MEMORY:spnscan-%ld", (long)getpid());
    errand->task = password ? KERBEROS_PASSWORD : KERBEROS_KEYTAB;
    errand->name = xstrdup(who);
    errand->cache = xstrdup(cache);
    if (password) {
        errand->password = xstrdup(password);
    } else if (keytab) {
        text_append_fmt(&text, "FILE:%s", keytab);
        errand->keytab = xstrdup(text.data);
        text_release(&text);
    }
    if (keytab)
        snprintf(what, sizeof what, "cannot get a Kerberos ticket for '%s' with keytab '%s'", who, keytab);
    else
        snprintf(what, sizeof what, "cannot get a Kerberos ticket for '%s'", who);
    enum spn_code code = do_errand(run_tgt, errand, what, login->timeout_s, login->cancel, reterr);
    if (code == SPN_OK && setenv("KRB5CCNAME", cache, 1) != 0)
        code = spn_error_set(reterr, SPN_INTERNAL, errno, "cannot set KRB5CCNAME");
    return code;
}

/* ---- which of these ---- */

static enum spn_code prepare_from_caches(const struct login *login, struct spn_error *reterr)
{
    struct kerberos_tickets tickets;
    char end[TIME_TEXT_SIZE];
    enum spn_code code = kerberos_look_at_caches(&tickets, reterr);

    if (code != SPN_OK)
        return code;
    if (tickets.valid)
        return SPN_OK;
    if (*tickets.client_keytab_principal)
        return fetch_tgt(login, NULL, tickets.client_keytab_principal, NULL, reterr);
    if (!*tickets.principal)
        return spn_error_set(
            reterr, SPN_CREDENTIALS, 0,
            "no Kerberos ticket (cache '%s'): run kinit, or give --keytab FILE --principal NAME",
            tickets.cache);
    return spn_error_set(
        reterr, SPN_CREDENTIALS, 0,
        "the Kerberos ticket of '%s' expired at %s (cache '%s'): run kinit, or give --keytab FILE "
        "--principal NAME",
        tickets.principal, time_format(tickets.end_s * 1000000, end), tickets.cache);
}

enum spn_code kerberos_prepare(const struct login *login, struct spn_error *reterr)
{
    if (login->keytab)
        return fetch_tgt(login, login->keytab, login->principal, NULL, reterr);
    if (login->user)
        return fetch_tgt(login, NULL, login->user, login->password, reterr);
    return prepare_from_caches(login, reterr);
}
