#include "scanner/ldap/kerberos_cache.h"

#include <krb5.h>
#include <stdio.h>
#include <string.h>

static void put_name(krb5_context ctx, krb5_const_principal principal, char *text, size_t size)
{
    char *name = NULL;
    if (krb5_unparse_name(ctx, principal, &name) == 0)
        snprintf(text, size, "%s", name);
    krb5_free_unparsed_name(ctx, name);
}

static void put_cache_name(krb5_context ctx, krb5_ccache cache, char *text, size_t size)
{
    char *name = NULL;
    if (krb5_cc_get_full_name(ctx, cache, &name) == 0)
        snprintf(text, size, "%s", name);
    krb5_free_string(ctx, name);
}

/* Keeps the ticket that ends last. Times on the wire are unsigned in practice (they pass 2038). */
static void note_ticket(krb5_context ctx, krb5_ccache cache, const krb5_creds *creds,
                        struct kerberos_tickets *ret)
{
    int64_t end_s = (uint32_t)creds->times.endtime;
    if (*ret->principal && end_s <= ret->end_s)
        return;
    ret->end_s = end_s;
    put_name(ctx, creds->client, ret->principal, sizeof ret->principal);
    put_cache_name(ctx, cache, ret->cache, sizeof ret->cache);
}

static void look_at_cache(krb5_context ctx, krb5_ccache cache, struct kerberos_tickets *ret)
{
    krb5_cc_cursor cursor;
    krb5_creds creds;

    if (krb5_cc_start_seq_get(ctx, cache, &cursor) != 0)
        return; /* empty, or not ours to read: as good as none */
    while (krb5_cc_next_cred(ctx, cache, &cursor, &creds) == 0) {
        if (!krb5_is_config_principal(ctx, creds.server))
            note_ticket(ctx, cache, &creds, ret);
        krb5_free_cred_contents(ctx, &creds);
    }
    krb5_cc_end_seq_get(ctx, cache, &cursor);
}

static void look_at_collection(krb5_context ctx, struct kerberos_tickets *ret)
{
    krb5_cccol_cursor cursor;
    krb5_ccache cache = NULL;

    if (krb5_cccol_cursor_new(ctx, &cursor) != 0)
        return;
    while (krb5_cccol_cursor_next(ctx, cursor, &cache) == 0 && cache) {
        look_at_cache(ctx, cache, ret);
        krb5_cc_close(ctx, cache);
        cache = NULL;
    }
    krb5_cccol_cursor_free(ctx, &cursor);
}

static void look_at_client_keytab(krb5_context ctx, struct kerberos_tickets *ret)
{
    krb5_keytab keytab = NULL;
    krb5_kt_cursor cursor;
    krb5_keytab_entry entry;

    if (krb5_kt_client_default(ctx, &keytab) != 0)
        return;
    if (krb5_kt_start_seq_get(ctx, keytab, &cursor) == 0) {
        if (krb5_kt_next_entry(ctx, keytab, &entry, &cursor) == 0) {
            put_name(ctx, entry.principal, ret->client_keytab_principal, sizeof ret->client_keytab_principal);
            krb5_free_keytab_entry_contents(ctx, &entry);
        }
        krb5_kt_end_seq_get(ctx, keytab, &cursor);
    }
    krb5_kt_close(ctx, keytab);
}

enum spn_code kerberos_look_at_caches(struct kerberos_tickets *ret, struct spn_error *reterr)
{
    krb5_context ctx = NULL;
    krb5_timestamp now;
    krb5_error_code error = krb5_init_context(&ctx);

    *ret = (struct kerberos_tickets){0};
    if (error) {
        const char *message = krb5_get_error_message(ctx, error);
        enum spn_code code = spn_error_set(reterr, SPN_CONFIG, error,
                                           "Kerberos can't be set up: %s; see /etc/krb5.conf", message);
        krb5_free_error_message(ctx, message);
        return code;
    }
    snprintf(ret->cache, sizeof ret->cache, "%s", krb5_cc_default_name(ctx));
    look_at_collection(ctx, ret);
    look_at_client_keytab(ctx, ret);
    ret->valid = *ret->principal && krb5_timeofday(ctx, &now) == 0 && ret->end_s > (int64_t)(uint32_t)now;
    krb5_free_context(ctx);
    return SPN_OK;
}
