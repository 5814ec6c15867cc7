#include "scanner/run/forest_read.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "scanner/decode/clean.h"
#include "scanner/decode/dn.h"

#define DSA_IS_GC          0x1 /* NTDSDSA_OPT_IS_GC, MS-ADTS 6.1.1.2.2.1.2.1.1 */
#define CROSSREF_IS_DOMAIN 0x2 /* FLAG_CR_NTDS_DOMAIN, MS-ADTS 2.2.10 (systemFlags of a crossRef) */
#define CONFIG_PAGE        500

/* What a server object tells, kept until all have come: answers to the questions come mixed. */
struct server {
    char dn[600], host[256];
};

struct reading {
    struct forest_info *forest;
    const struct rootdse *rootdse;
    struct server *servers;
    struct text_buf *ncs; /* of each DC: the NCs of which one is its own domain, each with a NUL behind it */
    size_t server_count, server_size, dc_size, ncs_size, domain_size;
};

static void copy_bytes(char *text, size_t size, struct bytes raw)
{
    struct text_buf buf = {0};
    clean_append(&buf, raw);
    snprintf(text, size, "%s", buf.data ? buf.data : "");
    text_release(&buf);
}

static bool has_value(const struct entry *entry, const char *name, const char *value)
{
    const struct attr *attr = entry_attr(entry, name);
    for (size_t i = 0; attr && i < attr->count; i++)
        if (bytes_equal_nocase(attr->values[i], value))
            return true;
    return false;
}

/* ---- domains ---- */

static enum spn_code on_crossref(void *ctx, const struct entry *entry, struct spn_error *reterr)
{
    struct reading *r = ctx;
    int64_t flags = 0;
    struct domain_info domain = {0};
    if (!entry_int(entry, "systemFlags", &flags) || !(flags & CROSSREF_IS_DOMAIN) ||
        !entry_text(entry, "nCName", domain.dn, sizeof domain.dn))
        return SPN_OK;
    if (r->forest->domain_count == MAX_DOMAINS)
        return spn_error_set(reterr, SPN_PROTOCOL, 0, "the configuration NC lists over %d domains",
                             MAX_DOMAINS);
    if (entry_text(entry, "dnsRoot", domain.dns_name, sizeof domain.dns_name))
        text_lower(domain.dns_name);
    else
        dn_to_dns(bytes_of(domain.dn), domain.dns_name, sizeof domain.dns_name);
    entry_text(entry, "nETBIOSName", domain.netbios, sizeof domain.netbios);
    r->forest->domains =
        xgrow(r->forest->domains, &r->domain_size, r->forest->domain_count + 1, sizeof domain);
    r->forest->domains[r->forest->domain_count++] = domain;
    return SPN_OK;
}

static int domain_by_dn(const struct forest_info *forest, struct bytes dn)
{
    for (size_t i = 0; i < forest->domain_count; i++)
        if (bytes_equal_nocase(dn, forest->domains[i].dn))
            return (int)i;
    return -1;
}

/* ---- DCs ---- */

static enum spn_code on_server(void *ctx, const struct entry *entry, struct spn_error *reterr)
{
    struct reading *r = ctx;
    struct server server = {0};
    if (r->server_count == MAX_DCS)
        return spn_error_set(reterr, SPN_PROTOCOL, 0, "the configuration NC lists over %d servers", MAX_DCS);
    copy_bytes(server.dn, sizeof server.dn, entry->dn);
    if (entry_text(entry, "dNSHostName", server.host, sizeof server.host))
        text_lower(server.host);
    r->servers = xgrow(r->servers, &r->server_size, r->server_count + 1, sizeof server);
    r->servers[r->server_count++] = server;
    return SPN_OK;
}

static const struct server *server_by_dn(const struct reading *r, struct bytes dn)
{
    for (size_t i = 0; i < r->server_count; i++)
        if (bytes_equal_nocase(dn, r->servers[i].dn))
            return &r->servers[i];
    return NULL;
}

static void note_ncs(const struct entry *entry, struct text_buf *ret)
{
    static const char *const names[] = {"msDS-HasDomainNCs", "msDS-hasFullReplicaNCs", "msDS-hasMasterNCs",
                                        "hasMasterNCs"};
    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++) {
        const struct attr *attr = entry_attr(entry, names[n]);
        for (size_t i = 0; attr && i < attr->count; i++) {
            clean_append(ret, attr->values[i]); /* has no NUL in it */
            text_append(ret, "", 1);
        }
    }
}

static int own_domain(const struct forest_info *forest, const struct text_buf *ncs)
{
    int domain = -1;
    for (size_t at = 0; domain < 0 && at < ncs->len; at += strlen(ncs->data + at) + 1)
        domain = domain_by_dn(forest, bytes_of(ncs->data + at));
    return domain;
}

static enum spn_code on_dsa(void *ctx, const struct entry *entry, struct spn_error *reterr)
{
    struct reading *r = ctx;
    struct forest_info *forest = r->forest;
    int64_t options = 0;
    if (forest->dc_count == MAX_DCS)
        return spn_error_set(reterr, SPN_PROTOCOL, 0, "the configuration NC lists over %d DCs", MAX_DCS);
    forest->dcs = xgrow(forest->dcs, &r->dc_size, forest->dc_count + 1, sizeof *forest->dcs);
    r->ncs = xgrow(r->ncs, &r->ncs_size, forest->dc_count + 1, sizeof *r->ncs);
    r->ncs[forest->dc_count] = (struct text_buf){0};
    note_ncs(entry, &r->ncs[forest->dc_count]);
    struct dc_info *dc = &forest->dcs[forest->dc_count++];
    *dc = (struct dc_info){.located = true, .domain = -1};
    copy_bytes(dc->dsa_dn, sizeof dc->dsa_dn, entry->dn);
    dc->is_gc = entry_int(entry, "options", &options) && (options & DSA_IS_GC);
    dc->is_rodc = has_value(entry, "objectClass", "nTDSDSARO");
    entry_guid(entry, "invocationId", &dc->invocation_id);
    entry_guid(entry, "objectGUID", &dc->dsa_guid);
    return SPN_OK;
}

/* CN=NTDS Settings,CN=<server>,CN=Servers,CN=<site>,CN=Sites,...: whose it is, by domains and servers. */
static void understand_dsa(const struct reading *r, size_t i)
{
    struct dc_info *dc = &r->forest->dcs[i];
    const struct bytes server_dn = dn_parent(bytes_of(dc->dsa_dn));
    const struct server *server = server_by_dn(r, server_dn);
    dc->domain = own_domain(r->forest, &r->ncs[i]);
    if (server && server->host[0])
        snprintf(dc->name, sizeof dc->name, "%s", server->host);
    else /* no host name (yet): still listed, and found unresolved */
        copy_bytes(dc->name, sizeof dc->name, dn_rdn_value(server_dn));
    text_lower(dc->name);
    copy_bytes(dc->site, sizeof dc->site, dn_rdn_value(dn_parent(dn_parent(server_dn))));
}

/* ---- settings ---- */

static enum spn_code on_settings(void *ctx, const struct entry *entry, struct spn_error *reterr)
{
    struct reading *r = ctx;
    struct forest_info *forest = r->forest;
    const struct attr *mappings = entry_attr(entry, "sPNMappings");
    int64_t days = 0;
    (void)reterr;
    entry_text(entry, "dSHeuristics", forest->ds_heuristics, sizeof forest->ds_heuristics);
    if (entry_int(entry, "tombstoneLifetime", &days) && days > 0 && days < 100000)
        forest->tombstone_lifetime_days = (int)days;
    forest->spn_mappings = xcalloc((mappings ? mappings->count : 0) + 1, sizeof *forest->spn_mappings);
    for (size_t i = 0; mappings && i < mappings->count; i++) {
        struct text_buf buf = {0};
        clean_append(&buf, mappings->values[i]);
        if (buf.data)
            forest->spn_mappings[forest->spn_mapping_count++] = buf.data;
    }
    return SPN_OK;
}

/* A question for what lies below prefix in the configuration NC; base holds its name. */
static struct question part(struct reading *r, struct text_buf *base, const char *prefix,
                            const struct search *how, search_entry_fn found)
{
    struct question question = {.search = *how, .found = found, .ctx = r};
    text_clear(base);
    text_append_str(base, prefix);
    text_append_str(base, r->rootdse->config_dn);
    question.search.base = base->data;
    return question;
}

enum spn_code forest_read(struct conn *conn, const struct rootdse *rootdse, struct forest_info *forest,
                          struct spn_error *reterr)
{
    static const char *const crossref_attrs[] = {"nCName", "dnsRoot", "nETBIOSName", "systemFlags", NULL};
    static const char *const server_attrs[] = {"dNSHostName", NULL};
    static const char *const dsa_attrs[] = {
        "options",      "objectGUID",        "invocationId",           "objectClass", "msDS-HasDomainNCs",
        "hasMasterNCs", "msDS-hasMasterNCs", "msDS-hasFullReplicaNCs", NULL};
    static const char *const settings_attrs[] = {"sPNMappings", "dSHeuristics", "tombstoneLifetime", NULL};
    const struct search crossrefs = {.scope = SCOPE_ONE,
                                     .filter = "(objectClass=crossRef)",
                                     .attrs = crossref_attrs,
                                     .page_size = CONFIG_PAGE};
    const struct search servers = {.scope = SCOPE_SUBTREE,
                                   .filter = "(objectClass=server)",
                                   .attrs = server_attrs,
                                   .page_size = CONFIG_PAGE};
    const struct search dsas = {.scope = SCOPE_SUBTREE,
                                .filter = "(|(objectClass=nTDSDSA)(objectClass=nTDSDSARO))",
                                .attrs = dsa_attrs,
                                .page_size = CONFIG_PAGE};
    const struct search settings = {
        .scope = SCOPE_BASE, .filter = "(objectClass=*)", .attrs = settings_attrs};
    struct reading r = {.forest = forest, .rootdse = rootdse};
    struct rootdse now;
    struct text_buf bases[4] = {0};

    snprintf(forest->config_dn, sizeof forest->config_dn, "%s", rootdse->config_dn);
    snprintf(forest->root_dn, sizeof forest->root_dn, "%s", rootdse->root_dn);
    if (!dn_to_dns(bytes_of(rootdse->root_dn), forest->root_domain, sizeof forest->root_domain))
        return spn_error_set(reterr, SPN_PROTOCOL, 0, "'%s' names no forest root domain", conn_address(conn));
    const struct question questions[] = {
        part(&r, &bases[0], "CN=Partitions,", &crossrefs, on_crossref),
        part(&r, &bases[1], "CN=Sites,", &servers, on_server),
        part(&r, &bases[2], "CN=Sites,", &dsas, on_dsa),
        part(&r, &bases[3], "CN=Directory Service,CN=Windows NT,CN=Services,", &settings, on_settings)};
    enum spn_code code =
        rootdse_read_with(conn, questions, sizeof questions / sizeof questions[0], &now, reterr);
    if (code == SPN_OK && (strcasecmp(now.config_dn, rootdse->config_dn) != 0 ||
                           strcasecmp(now.root_dn, rootdse->root_dn) != 0))
        code = spn_error_set(
            reterr, SPN_PROTOCOL, 0,
            "'%s' says of itself after a bind that it is of the forest '%s', and said '%s' before",
            conn_address(conn), now.config_dn, rootdse->config_dn);
    for (size_t i = 0; i < forest->dc_count; i++) {
        understand_dsa(&r, i);
        text_release(&r.ncs[i]);
    }
    if (code == SPN_OK && (!forest->dc_count || !forest->domain_count))
        code = spn_error_set(reterr, SPN_CREDENTIALS, 0,
                             "'%s' shows no %s in '%s': this account may not read the configuration NC",
                             conn_address(conn), forest->dc_count ? "domain" : "DC", rootdse->config_dn);
    for (size_t i = 0; i < sizeof bases / sizeof bases[0]; i++)
        text_release(&bases[i]);
    free(r.servers);
    free(r.ncs);
    return code;
}

/* ---- a DC's own word ---- */

struct own_reading {
    const struct forest_info *forest;
    struct own_dsa *ret;
    bool told;
};

static void mark_replicas(const struct own_reading *o, const struct entry *entry, const char *name,
                          enum replica_kind kind)
{
    const struct attr *attr = entry_attr(entry, name);
    for (size_t i = 0; attr && i < attr->count; i++) {
        int domain = domain_by_dn(o->forest, attr->values[i]);
        if (domain >= 0 && o->ret->replicas[domain] < kind)
            o->ret->replicas[domain] = kind;
    }
}

static enum spn_code on_own_dsa(void *ctx, const struct entry *entry, struct spn_error *reterr)
{
    struct own_reading *o = ctx;
    int64_t options = 0;
    (void)reterr;
    entry_guid(entry, "invocationId", &o->ret->invocation_id);
    o->ret->is_gc = entry_int(entry, "options", &options) && (options & DSA_IS_GC);
    o->ret->is_rodc = has_value(entry, "objectClass", "nTDSDSARO");
    mark_replicas(o, entry, "hasPartialReplicaNCs", REPLICA_PARTIAL);
    mark_replicas(o, entry, "hasMasterNCs", REPLICA_FULL);
    mark_replicas(o, entry, "msDS-hasMasterNCs", REPLICA_FULL);
    mark_replicas(o, entry, "msDS-hasFullReplicaNCs", REPLICA_FULL);
    o->told = true;
    return SPN_OK;
}

static const char *const own_attrs[] = {"invocationId",
                                        "options",
                                        "objectClass",
                                        "hasPartialReplicaNCs",
                                        "hasMasterNCs",
                                        "msDS-hasMasterNCs",
                                        "msDS-hasFullReplicaNCs",
                                        NULL};

enum spn_code own_dsa_meet(struct conn *conn, const char *dsa_dn, const char *name,
                           const struct forest_info *forest, struct rootdse *rootdse, struct own_dsa *ret,
                           struct spn_error *reterr)
{
    struct own_reading o = {.forest = forest, .ret = ret};
    struct question own = {.search = {.base = dsa_dn,
                                      .scope = SCOPE_BASE,
                                      .filter = "(objectClass=*)",
                                      .attrs = own_attrs,
                                      .absent_is_empty = true},
                           .found = on_own_dsa,
                           .ctx = &o};
    *ret = (struct own_dsa){.replicas = xcalloc(forest->domain_count + 1, sizeof *ret->replicas)};
    enum spn_code code = rootdse_read_with(conn, &own, *dsa_dn ? 1 : 0, rootdse, reterr);
    if (code == SPN_OK)
        code = rootdse_identify(rootdse, conn, name, reterr);
    if (code != SPN_OK)
        return code;
    /* It was moved to another site since, or the DC that told of it did not know it yet. */
    if (!o.told || strcasecmp(rootdse->service_dn, dsa_dn) != 0) {
        memset(ret->replicas, 0, forest->domain_count * sizeof *ret->replicas);
        own.search.base = rootdse->service_dn;
        code = search_run(conn, &own.search, on_own_dsa, &o, NULL, reterr);
    }
    if (code != SPN_OK)
        return code;
    int home = domain_by_dn(forest, bytes_of(rootdse->default_dn));
    if (home >= 0)
        ret->replicas[home] = REPLICA_FULL;
    if (!o.told || home < 0)
        return spn_error_set(reterr, SPN_DIRECTORY, 0,
                             "'%s' does not show its own NTDS Settings object, or a domain of this forest",
                             conn_address(conn));
    return SPN_OK;
}
