/* gen_configuration.c: the configuration and schema naming contexts, as LAB.md sections 2 and 7 and
 * MS-ADTS 6.1.1 have them. */
#include <stdarg.h>
#include <stdlib.h>

#include "tests/dcsim/forest.h"

#define CONFIG 0
#define SCHEMA 1

static const char spn_mappings[] = "host=alerter,appmgmt,cisvc,clipsrv,browser,dhcp,dnscache,replicator,"
                                   "eventlog,eventsystem,policyagent,oakley,dmserver,dns,mcsvc,"
                                   "fax,msiserver,ias,messenger,netlogon,netman,netdde,netddedsm,nmagent,"
                                   "plugplay,protectedstorage,rasman,rpclocator,rpc,rpcss,"
                                   "remoteaccess,rsvp,samss,scardsvr,scesrv,seclogon,scm,dcom,cifs,spooler,"
                                   "snmp,schedule,tapisrv,trksvr,trkwks,ups,time,wins,www,"
                                   "http,w3svc,iisadmin,msdtc";

static __attribute__((format(printf, 2, 3))) struct draft *config_object(enum object_class cls,
                                                                         const char *format, ...)
{
    char dn[500];
    va_list args;
    va_start(args, format);
    size_t len = (size_t)vsnprintf(dn, sizeof dn, format, args);
    va_end(args);
    snprintf(dn + len, sizeof dn - len, "%s%s", len ? "," : "", forest.ncs[CONFIG].dn);
    return new_object(cls, dn);
}

static void plain(enum object_class cls, const char *rdn)
{
    config_object(cls, "%s", rdn);
    add_object(CONFIG, 0);
}

static void value_list(struct draft *d, enum attr attr, const char *const *values, size_t count)
{
    draft_open(d, attr);
    for (size_t i = 0; i < count; i++)
        draft_value(d, values[i], strlen(values[i]));
    draft_shut(d);
}

/* ---- partitions ---- */

static void crossref(int nc, const char *cn, const char *dns, const char *netbios, int flags)
{
    struct draft *d = config_object(OC_CROSSREF, "CN=%s,CN=Partitions", cn);
    draft_text(d, A_NC_NAME, forest.ncs[nc].dn);
    draft_text(d, A_DNS_ROOT, dns);
    if (netbios)
        draft_text(d, A_NETBIOS, netbios);
    draft_number(d, A_SYSTEM_FLAGS, flags);
    if (nc > 2) {
        char parent[300];
        snprintf(parent, sizeof parent, "CN=%s,CN=Partitions,%s", forest.domains[0].netbios,
                 forest.ncs[CONFIG].dn);
        draft_text(d, A_TRUST_PARENT, parent);
    }
    add_object(CONFIG, 0);
}

static void partitions(void)
{
    struct draft *d = config_object(OC_PARTITIONS, "CN=Partitions");
    draft_number(d, A_BEHAVIOR, 7);
    add_object(CONFIG, 0);
    crossref(CONFIG, "Enterprise Configuration", forest.plan.root, NULL, 1);
    crossref(SCHEMA, "Enterprise Schema", forest.plan.root, NULL, 1);
    for (int n = 0; n < forest.plan.domains; n++) {
        const struct domain *domain = &forest.domains[n];
        crossref(domain->nc, domain->netbios, domain->dns, domain->netbios, 3);
    }
}

/* ---- services ---- */

static void services(void)
{
    static const char *const limits[] = {
        "MaxValRange=1500",     "MaxReceiveBuffer=10485760", "MaxDatagramRecv=4096",
        "MaxPoolThreads=4",     "MaxResultSetSize=262144",   "MaxTempTableSize=10000",
        "MaxQueryDuration=120", "MaxPageSize=1000",          "MaxNotificationPerConn=5",
        "MaxActiveQueries=20",  "MaxConnIdleTime=900",       "InitRecvTimeout=120",
        "MaxConnections=5000"};
    plain(OC_CONTAINER, "CN=Services");
    plain(OC_CONTAINER, "CN=Windows NT,CN=Services");
    struct draft *d = config_object(OC_SERVICE, "CN=Directory Service,CN=Windows NT,CN=Services");
    draft_text(d, A_SPN_MAPPINGS, spn_mappings);
    if (forest.plan.heuristics && *forest.plan.heuristics)
        draft_text(d, A_HEURISTICS, forest.plan.heuristics);
    if (forest.plan.tombstone_days)
        draft_number(d, A_TOMBSTONE_LIFE, forest.plan.tombstone_days);
    add_object(CONFIG, 0);
    plain(OC_CONTAINER, "CN=Query-Policies,CN=Directory Service,CN=Windows NT,CN=Services");
    d = config_object(
        OC_QUERY_POLICY,
        "CN=Default Query Policy,CN=Query-Policies,CN=Directory Service,CN=Windows NT,CN=Services");
    value_list(d, A_ADMIN_LIMITS, limits, sizeof limits / sizeof *limits);
    add_object(CONFIG, 0);
}

/* ---- sites and DCs ---- */

static void draft_ncs(struct draft *d, enum attr attr, const int *ncs, int count)
{
    draft_open(d, attr);
    for (int i = 0; i < count; i++)
        draft_value(d, forest.ncs[ncs[i]].dn, strlen(forest.ncs[ncs[i]].dn));
    draft_shut(d);
}

static void add_dsa(int n)
{
    struct dc_facts *dc = &forest.dcs[n];
    int own = forest.domains[dc->domain].nc;
    const int full[] = {CONFIG, SCHEMA, own};
    int partial[MAX_NCS], partials = 0;
    struct draft *d =
        config_object(dc->rodc ? OC_DSA_RO : OC_DSA, "CN=NTDS Settings,CN=%s,CN=Servers,CN=%s,CN=Sites",
                      dc->name, forest.sites[dc->site]);
    draft_number(d, A_OPTIONS, (dc->gc ? 1 : 0) | (dc->rodc ? 0x24 : 0));
    draft_bytes(d, A_INVOCATION, forest.invocations[dc->invocation].guid, 16);
    draft_number(d, A_BEHAVIOR, 7);
    draft_ncs(d, A_DOMAIN_NCS, &own, 1);
    if (dc->rodc) {
        draft_ncs(d, A_FULL_NCS, full, 3);
        draft_text(d, A_IS_RODC, "TRUE");
    } else {
        draft_ncs(d, A_MASTER_NCS, full, 3);
        draft_ncs(d, A_MS_MASTER_NCS, full, 3);
    }
    for (int i = 0; dc->gc && i < forest.plan.domains; i++)
        if (i != dc->domain)
            partial[partials++] = forest.domains[i].nc;
    draft_ncs(d, A_PARTIAL_NCS, partial, partials);
    dc->dsa = add_object(CONFIG, 0);
}

static void add_server(int n)
{
    struct dc_facts *dc = &forest.dcs[n];
    char account[300];
    struct draft *d =
        config_object(OC_SERVER, "CN=%s,CN=Servers,CN=%s,CN=Sites", dc->name, forest.sites[dc->site]);
    draft_text(d, A_DNS_HOST, dc->host);
    snprintf(account, sizeof account, "CN=%s,OU=Domain Controllers,%s", dc->name,
             forest.ncs[forest.domains[dc->domain].nc].dn);
    draft_text(d, A_SERVER_REF, account);
    dc->server = add_object(CONFIG, 0);
    add_dsa(n);
}

static void site_link(void)
{
    plain(OC_CONTAINER, "CN=Inter-Site Transports,CN=Sites");
    plain(OC_CONTAINER, "CN=IP,CN=Inter-Site Transports,CN=Sites");
    struct draft *d =
        config_object(OC_SITE_LINK, "CN=DEFAULTIPSITELINK,CN=IP,CN=Inter-Site Transports,CN=Sites");
    draft_number(d, A_COST, 100);
    draft_number(d, A_REPL_INTERVAL, 180);
    draft_open(d, A_SITE_LIST);
    for (int n = 0; n < forest.plan.sites; n++) {
        char dn[300];
        int len = snprintf(dn, sizeof dn, "CN=%s,CN=Sites,%s", forest.sites[n], forest.ncs[CONFIG].dn);
        draft_value(d, dn, (size_t)len);
    }
    draft_shut(d);
    add_object(CONFIG, 0);
}

static void sites(void)
{
    plain(OC_SITES, "CN=Sites");
    for (int n = 0; n < forest.plan.sites; n++) {
        config_object(OC_SITE, "CN=%s,CN=Sites", forest.sites[n]);
        add_object(CONFIG, 0);
        config_object(OC_SERVERS, "CN=Servers,CN=%s,CN=Sites", forest.sites[n]);
        add_object(CONFIG, 0);
    }
    for (int n = 0; n < forest.plan.dcs; n++)
        add_server(n);
    site_link();
}

/* ---- schema ---- */

static void attribute(enum attr attr)
{
    const struct attr_info *info = &attr_table[attr];
    char dn[300], oid[64];
    snprintf(dn, sizeof dn, "CN=%s,%s", info->name, forest.ncs[SCHEMA].dn);
    struct draft *d = new_object(OC_ATTRIBUTE_SCHEMA, dn);
    uint32_t low = info->attid & 0xffff, prefix = info->attid >> 16;
    snprintf(oid, sizeof oid, "%s.%u",
             prefix == 9   ? "1.2.840.113556.1.4"
             : prefix == 2 ? "1.2.840.113556.1.2"
                           : "2.5.4",
             low);
    draft_text(d, A_LDAP_NAME, info->name);
    draft_text(d, A_ATTRIBUTE_ID, oid);
    draft_text(d, A_IN_PAS, info->flags & IN_PAS ? "TRUE" : "FALSE");
    draft_number(d, A_SEARCH_FLAGS, info->flags & KEPT ? 8 : 0);
    draft_number(d, A_SYSTEM_FLAGS, info->flags & LOCAL ? 0x11 : 0x10);
    add_object(SCHEMA, 0);
}

void forest_add_configuration(void)
{
    config_object(OC_CONFIGURATION, "%s", "");
    add_object(CONFIG, 0);
    partitions();
    services();
    sites();
    struct draft *d = config_object(OC_CONTAINER, "CN=Deleted Objects");
    draft_text(d, A_IS_DELETED, "TRUE");
    add_object(CONFIG, 0);
    new_object(OC_DMD, forest.ncs[SCHEMA].dn);
    add_object(SCHEMA, 0);
    for (int a = 1; a < A_COUNT; a++)
        attribute((enum attr)a);
}
