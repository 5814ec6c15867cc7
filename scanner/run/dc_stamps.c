/* dc_stamps.c: who wrote servicePrincipalName last, of single objects. */
#include "scanner/run/dc_worker.h"

#define ASK_AT_ONCE 50

struct stamp_reading {
    void (*found)(void *ctx, const struct guid *guid, const struct stamp *stamp);
    void *ctx;
};

struct spn_stamp {
    bool told;
    struct stamp stamp;
};

static void on_stamp(void *ctx, const struct attr_stamp *stamp)
{
    struct spn_stamp *ret = ctx;
    if (stamp->attid != ATTID_SPN)
        return;
    ret->stamp = stamp->stamp;
    ret->told = true;
}

static enum spn_code on_entry(void *ctx, const struct entry *entry, struct spn_error *reterr)
{
    const struct stamp_reading *s = ctx;
    struct spn_stamp stamp = {0};
    struct guid guid;
    (void)reterr;
    if (entry_guid(entry, "objectGUID", &guid) && metadata_of_entry(entry, on_stamp, &stamp) && stamp.told)
        s->found(s->ctx, &guid, &stamp.stamp);
    return SPN_OK;
}

static enum spn_code ask(struct conn *conn, const char *base, const struct guid_list *wanted, int domain,
                         struct stamp_reading *reading, struct spn_error *reterr)
{
    static const char *const attrs[] = {"objectGUID", "replPropertyMetaData",
                                        "msDS-ReplAttributeMetaData;binary", NULL};
    enum spn_code code = SPN_OK;
    for (size_t at = 0; code == SPN_OK && at < wanted->count;) {
        struct text_buf filter = {0};
        size_t count = 0;
        text_append_str(&filter, "(|");
        for (; at < wanted->count && count < ASK_AT_ONCE; at++) {
            if (wanted->items[at].domain != domain)
                continue;
            search_filter_add_guid(&filter, &wanted->items[at].guid);
            count++;
        }
        text_append_char(&filter, ')');
        const struct search search = {
            .base = base, .scope = SCOPE_SUBTREE, .filter = filter.data, .attrs = attrs};
        if (count)
            code = search_run(conn, &search, on_entry, reading, NULL, reterr);
        text_release(&filter);
    }
    return code;
}

enum spn_code dc_read_stamps(const struct scan_context *scan, size_t index, const enum replica_kind *replicas,
                             const struct guid_list *wanted,
                             void (*found)(void *ctx, const struct guid *guid, const struct stamp *stamp),
                             void *ctx, struct spn_error *reterr)
{
    const struct dc_info *dc = &scan->forest->dcs[index];
    struct stamp_reading reading = {found, ctx};
    enum spn_code code = SPN_OK;
    for (int gc = 0; code == SPN_OK && gc < 2; gc++) {
        const struct conn_target target = {dc->name, dc->address, gc ? dc->gc_port : dc->ldap_port};
        struct conn *conn = NULL;
        for (size_t d = 0; code == SPN_OK && d < scan->forest->domain_count; d++) {
            bool any = false;
            for (size_t i = 0; i < wanted->count; i++)
                any |= wanted->items[i].domain == (int)d;
            if (!any || replicas[d] != (gc ? REPLICA_PARTIAL : REPLICA_FULL))
                continue;
            if (!conn)
                code = conn_open(&target, &scan->config->login, NULL, &conn, reterr);
            if (code == SPN_OK)
                code = ask(conn, scan->forest->domains[d].dn, wanted, (int)d, &reading, reterr);
        }
        conn_close(conn);
    }
    return code;
}
