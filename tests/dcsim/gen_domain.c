/* gen_domain.c: the objects of a domain: containers, well-known accounts, DCs, and then its accounts. */
#include "tests/dcsim/gen_inside.h"

static uint32_t container(int nc, enum object_class cls, const char *rdns)
{
    char dn[300];
    snprintf(dn, sizeof dn, "%s,%s", rdns, forest.ncs[nc].dn);
    struct draft *d = new_object(cls, dn);
    if (strncmp(rdns, "CN=Deleted Objects", 18) == 0)
        draft_text(d, A_IS_DELETED, "TRUE");
    return add_object(nc, 0);
}

static void well_known(const struct making *m, enum object_class cls, const char *name, uint32_t rid,
                       const char *service)
{
    char dn[300];
    snprintf(dn, sizeof dn, "CN=%s,CN=Users,%s", name, forest.ncs[m->nc].dn);
    struct draft *d = new_object(cls, dn);
    draft_text(d, A_SAM, name);
    if (cls == OC_USER) {
        draft_number(d, A_UAC, service ? UAC_NORMAL | UAC_DISABLED : UAC_NORMAL);
        draft_number(d, A_ADMIN_COUNT, 1);
    } else {
        draft_number(d, A_GROUP_TYPE, -2147483646);
    }
    if (service)
        draft_text(d, A_SPN, service);
    add_object(m->nc, rid);
}

static void dc_spns(struct draft *d, const struct dc_facts *dc, const struct making *m)
{
    uint8_t guid[16];
    char dsa[37], text[300];
    guid_of(dc->dsa, guid);
    guid_text(guid, dsa);
    draft_open(d, A_SPN);
    both(d, "HOST", m);
    both(d, "RestrictedKrbHost", m);
    both(d, "TERMSRV", m);
    both(d, "ldap", m);
    spn(d, "DNS", m->fqdn);
    snprintf(text, sizeof text, "HOST/%s/%s", m->fqdn, m->domain->netbios);
    draft_value(d, text, strlen(text));
    snprintf(text, sizeof text, "ldap/%s/%s", m->fqdn, m->domain->dns);
    draft_value(d, text, strlen(text));
    snprintf(text, sizeof text, "GC/%s/%s", m->fqdn, forest.plan.root);
    draft_value(d, text, strlen(text));
    snprintf(text, sizeof text, "ldap/%s._msdcs.%s", dsa, forest.plan.root);
    draft_value(d, text, strlen(text));
    if (!dc->rodc) {
        snprintf(text, sizeof text, "E3514235-4B06-11D1-AB04-00C04FC2DCD2/%s/%s", dsa, m->domain->dns);
        draft_value(d, text, strlen(text));
    }
    draft_shut(d);
}

static void add_dc_account(struct making *m, struct dc_facts *dc)
{
    char dn[300], sam[48];
    snprintf(m->short_name, sizeof m->short_name, "%s", dc->name);
    snprintf(m->fqdn, sizeof m->fqdn, "%s", dc->host);
    snprintf(dn, sizeof dn, "CN=%s,OU=Domain Controllers,%s", dc->name, forest.ncs[m->nc].dn);
    struct draft *d = new_object(dc->rodc ? OC_RODC : OC_DC, dn);
    snprintf(sam, sizeof sam, "%s$", dc->name);
    draft_text(d, A_SAM, sam);
    draft_number(d, A_UAC,
                 dc->rodc ? UAC_WORKSTATION | UAC_ANY_PROTOCOL | UAC_RODC : UAC_SERVER | UAC_UNCONSTRAINED);
    draft_text(d, A_DNS_HOST, dc->host);
    draft_text(d, A_OS, "Windows Server 2022 Datacenter");
    if (dc->rodc)
        draft_text(d, A_IS_RODC, "TRUE");
    dc_spns(d, dc, m);
    draft_number(d, A_ENCTYPES, 28);
    dc->account = add_object(m->nc, 1000 + forest.count - forest.ncs[m->nc].first);
}

static void containers(struct domain *d)
{
    char rdns[80];
    d->users = container(d->nc, OC_CONTAINER, "CN=Users");
    d->deleted_objects = container(d->nc, OC_CONTAINER, "CN=Deleted Objects");
    d->dc_ou = container(d->nc, OC_OU, "OU=Domain Controllers");
    container(d->nc, OC_CONTAINER, "CN=Computers");
    container(d->nc, OC_CONTAINER, "CN=System");
    container(d->nc, OC_CONTAINER, "CN=Managed Service Accounts");
    container(d->nc, OC_OU, "OU=Service Accounts");
    for (int n = 0; n < forest.plan.sites; n++) {
        snprintf(rdns, sizeof rdns, "OU=%s", forest.sites[n]);
        container(d->nc, OC_OU, rdns);
        snprintf(rdns, sizeof rdns, "OU=Workstations,OU=%s", forest.sites[n]);
        container(d->nc, OC_OU, rdns);
        snprintf(rdns, sizeof rdns, "OU=Servers,OU=%s", forest.sites[n]);
        container(d->nc, OC_OU, rdns);
    }
}

void forest_add_domain(int n)
{
    struct domain *domain = &forest.domains[n];
    struct making m = {.domain = domain, .n = n, .nc = domain->nc};
    uint32_t all = forest.plan.accounts, count = (uint32_t)forest.plan.domains;
    domain->accounts = all / count + ((uint32_t)n < all % count);
    new_object(OC_DOMAIN, forest.ncs[m.nc].dn);
    add_object(m.nc, 0);
    containers(domain);
    well_known(&m, OC_USER, "Administrator", 500, NULL);
    well_known(&m, OC_USER, "krbtgt", 502, "kadmin/changepw");
    well_known(&m, OC_GROUP, "Domain Admins", 512, NULL);
    well_known(&m, OC_GROUP, "Domain Users", 513, NULL);
    well_known(&m, OC_GROUP, "Domain Computers", 515, NULL);
    well_known(&m, OC_GROUP, "Protected Users", 525, NULL);
    for (int dc = 0; dc < forest.plan.dcs; dc++)
        if (forest.dcs[dc].domain == n)
            add_dc_account(&m, &forest.dcs[dc]);
    domain->first_account = forest.count;
    for (m.account = 0; m.account < domain->accounts; m.account++)
        add_account(&m);
}
