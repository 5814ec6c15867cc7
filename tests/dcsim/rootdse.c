/* rootdse.c: what a DC tells anybody (MS-ADTS 3.1.1.3.2). Its attributes are no schema attributes: texts,
 * made when asked. */
#include "tests/dcsim/answer.h"

static bool asked(const struct question *q, const char *name)
{
    for (int i = 0; i < q->name_count; i++)
        if (same_fold(q->names[i].data, q->names[i].len, name, strlen(name)))
            return true;
    return q->all_names;
}

static void list(struct buf *out, const struct question *q, const char *name, const char *const *values,
                 int count)
{
    if (!asked(q, name))
        return;
    size_t sequence = ber_open(out, BER_SEQUENCE);
    ber_text(out, BER_OCTETS, name);
    size_t set = ber_open(out, BER_SET);
    for (int i = 0; i < count; i++)
        ber_text(out, BER_OCTETS, values[i]);
    ber_shut(out, set);
    ber_shut(out, sequence);
}

static void one(struct buf *out, const struct question *q, const char *name, const char *value)
{
    list(out, q, name, &value, 1);
}

static void dn_of(uint32_t object, char *ret, size_t size)
{
    struct bytes dn = version_dn(&forest.objects[object].version);
    snprintf(ret, size, "%.*s", (int)dn.len, (const char *)dn.data);
}

static void own_names(struct buf *out, const struct question *q, const struct dc *dc)
{
    const struct dc_facts *facts =
        dc->faults.wrong_name ? &forest.dcs[(dc->number + 1) % world.count] : dc->facts;
    char text[500];
    one(out, q, "dnsHostName", facts->host);
    dn_of(facts->dsa, text, sizeof text);
    one(out, q, "dsServiceName", text);
    dn_of(facts->server, text, sizeof text);
    one(out, q, "serverName", text);
    snprintf(text, sizeof text, "%s:%s$@%s", forest.plan.root, facts->name,
             forest.domains[facts->domain].dns);
    one(out, q, "ldapServiceName", text);
}

static void naming_contexts(struct buf *out, const struct question *q, const struct dc *dc)
{
    const char *ncs[3] = {forest.ncs[forest.domains[dc->facts->domain].nc].dn, forest.ncs[0].dn,
                          forest.ncs[1].dn};
    list(out, q, "namingContexts", ncs, 3);
    one(out, q, "defaultNamingContext", ncs[0]);
    one(out, q, "configurationNamingContext", ncs[1]);
    one(out, q, "schemaNamingContext", ncs[2]);
    one(out, q, "rootDomainNamingContext", forest.ncs[2].dn);
}

void put_rootdse(struct buf *out, const struct question *q, const struct dc *dc)
{
    static const char *const controls[] = {"1.2.840.113556.1.4.319",  "1.2.840.113556.1.4.801",
                                           "1.2.840.113556.1.4.417",  "1.2.840.113556.1.4.2064",
                                           "1.2.840.113556.1.4.1339", "1.2.840.113556.1.4.1340",
                                           "1.2.840.113556.1.4.1413"};
    static const char *const capabilities[] = {"1.2.840.113556.1.4.800",  "1.2.840.113556.1.4.1670",
                                               "1.2.840.113556.1.4.1791", "1.2.840.113556.1.4.1935",
                                               "1.2.840.113556.1.4.2080", "1.2.840.113556.1.4.2237",
                                               "1.2.840.113556.1.4.1920"};
    static const char *const policies[] = {"MaxValRange", "MaxPageSize", "MaxQueryDuration",
                                           "MaxResultSetSize", "MaxConnections"};
    static const char *const versions[] = {"3", "2"};
    char text[40];
    size_t message = ber_open(out, BER_SEQUENCE);
    ber_number(out, BER_INT, q->id);
    size_t op = ber_open(out, 0x64);
    ber_text(out, BER_OCTETS, "");
    size_t attrs = ber_open(out, BER_SEQUENCE);
    time_text(dc_time(dc), text);
    one(out, q, "currentTime", text);
    naming_contexts(out, q, dc);
    own_names(out, q, dc);
    snprintf(text, sizeof text, "%llu", (unsigned long long)dc->highest_usn);
    one(out, q, "highestCommittedUSN", text);
    one(out, q, "isGlobalCatalogReady", dc->facts->gc && !dc->not_ready ? "TRUE" : "FALSE");
    one(out, q, "isSynchronized", "TRUE");
    one(out, q, "domainFunctionality", "7");
    one(out, q, "forestFunctionality", "7");
    one(out, q, "domainControllerFunctionality", "7");
    list(out, q, "supportedLDAPVersion", versions, 2);
    list(out, q, "supportedLDAPPolicies", policies, 5);
    list(out, q, "supportedControl", controls, 7);
    list(out, q, "supportedCapabilities", capabilities, dc->facts->rodc ? 7 : 6);
    ber_shut(out, attrs);
    ber_shut(out, op);
    ber_shut(out, message);
}
