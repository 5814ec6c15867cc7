#include "scanner/run/rootdse.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "scanner/decode/gentime.h"
#include "spnscan/text_buf.h"
#include "spnscan/times.h"

#define HALF_SECOND_US 500000

struct reading {
    struct rootdse *ret;
    bool has_time;
    int64_t server_us;
};

static enum spn_code on_entry(void *ctx, const struct entry *entry, struct spn_error *reterr)
{
    struct reading *reading = ctx;
    struct rootdse *r = reading->ret;
    (void)reterr;
    if (entry_text(entry, "dnsHostName", r->host, sizeof r->host))
        text_lower(r->host);
    entry_text(entry, "configurationNamingContext", r->config_dn, sizeof r->config_dn);
    entry_text(entry, "rootDomainNamingContext", r->root_dn, sizeof r->root_dn);
    entry_text(entry, "defaultNamingContext", r->default_dn, sizeof r->default_dn);
    entry_text(entry, "dsServiceName", r->service_dn, sizeof r->service_dn);
    r->has_usn = entry_uint(entry, "highestCommittedUSN", &r->highest_usn);
    entry_bool(entry, "isGlobalCatalogReady", &r->gc_ready);
    struct bytes vendor = entry_value(entry, "vendorName");
    r->is_samba = vendor.len >= 5 && memcmp(vendor.data, "Samba", 5) == 0;
    reading->has_time = gentime_parse(entry_value(entry, "currentTime"), &reading->server_us);
    return SPN_OK;
}

static const char *const attrs[] = {"dnsHostName",
                                    "configurationNamingContext",
                                    "rootDomainNamingContext",
                                    "defaultNamingContext",
                                    "dsServiceName",
                                    "highestCommittedUSN",
                                    "isGlobalCatalogReady",
                                    "currentTime",
                                    "vendorName",
                                    NULL};

enum spn_code rootdse_read_with(struct conn *conn, const struct question *beside, size_t count,
                                struct rootdse *ret, struct spn_error *reterr)
{
    struct reading reading = {.ret = ret};
    const struct search search = {
        .base = "", .scope = SCOPE_BASE, .filter = "(objectClass=*)", .attrs = attrs};
    struct question *questions = xcalloc(1 + count, sizeof *questions);
    *ret = (struct rootdse){0};
    questions[0] = (struct question){.search = search, .found = on_entry, .ctx = &reading};
    for (size_t i = 0; i < count; i++)
        questions[1 + i] = beside[i];
    int64_t before = time_now_us();
    enum spn_code code = count ? questions_run(conn, questions, 1 + count, NULL, reterr)
                               : search_run(conn, &search, on_entry, &reading, NULL, reterr);
    int64_t after = time_now_us();
    free(questions);
    if (code != SPN_OK)
        return code;
    ret->round_trip_us = after - before;
    if (!ret->config_dn[0])
        return spn_error_set(reterr, SPN_PROTOCOL, 0,
                             "'%s' is no domain controller: its rootDSE names no configuration NC",
                             conn_address(conn));
    if (reading.has_time) {
        /* DCs tell whole seconds, cut off: half a second is the fair guess of the rest. */
        ret->has_skew = true;
        ret->skew_us = reading.server_us + HALF_SECOND_US - (before + (after - before) / 2);
    }
    return SPN_OK;
}

enum spn_code rootdse_read(struct conn *conn, struct rootdse *ret, struct spn_error *reterr)
{
    return rootdse_read_with(conn, NULL, 0, ret, reterr);
}

enum spn_code rootdse_identify(const struct rootdse *rootdse, const struct conn *conn, const char *name,
                               struct spn_error *reterr)
{
    if (!rootdse->host[0] || strcasecmp(rootdse->host, name) == 0)
        return SPN_OK;
    return spn_error_set(reterr, SPN_PROTOCOL, 0,
                         "'%s' answered at the address of '%s' (%s): check DNS, or --dc", rootdse->host, name,
                         conn_address(conn));
}
