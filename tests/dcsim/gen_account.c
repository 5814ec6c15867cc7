/* gen_account.c: accounts with SPNs and delegation as real forests have them, each a function of its number.
 */
#include <stdlib.h>

#include "tests/dcsim/gen_inside.h"
#include "tests/dcsim/rbcd.h"

/* Of each hundred accounts, mixed among one another: */
enum {
    WORKSTATIONS = 60,
    SERVERS = 24,
    SERVICES = 6,
    GMSAS = 1,
    STEP = 37,
    STEP_BACK = 73 /* STEP * STEP_BACK = 1 mod 100 */
};

/* ---- names, each a function of numbers alone ---- */

static uint64_t luck_of(int domain, uint32_t account)
{
    return mix2(forest.plan.seed * 31 + (uint64_t)domain, account);
}

static enum kind kind_of(uint32_t account, uint32_t *ret_nth)
{
    uint32_t slot = account % 100 * STEP % 100;
    *ret_nth = account / 100 * SERVICES + (slot - WORKSTATIONS - SERVERS);
    return slot < WORKSTATIONS                                ? WORKSTATION
           : slot < WORKSTATIONS + SERVERS                    ? SERVER
           : slot < WORKSTATIONS + SERVERS + SERVICES         ? SERVICE
           : slot < WORKSTATIONS + SERVERS + SERVICES + GMSAS ? GMSA
                                                              : PERSON;
}

static uint32_t service_account(uint32_t nth)
{
    uint32_t slot = WORKSTATIONS + SERVERS + nth % SERVICES;
    return nth / SERVICES * 100 + slot * STEP_BACK % 100;
}

uint32_t workstation(int domain, uint32_t nth)
{
    const struct domain *d = &forest.domains[domain];
    uint32_t account = nth / WORKSTATIONS * 100 + nth % WORKSTATIONS * STEP_BACK % 100;
    return account < d->accounts ? d->first_account + account : NO_OBJECT;
}

static uint32_t services_in(const struct domain *d)
{
    return d->accounts / 100 * SERVICES;
}

static void host_name(int domain, uint32_t account, char *short_name, size_t size)
{
    uint32_t nth;
    snprintf(short_name, size, "%s%d%06u", kind_of(account, &nth) == SERVER ? "SRV" : "WS", domain + 1,
             account);
}

/* The SPN number i of a service account. */
static int service_spn(int domain, uint32_t nth, unsigned i, char *ret, size_t size)
{
    static const char *const classes[] = {"MSSQLSvc", "HTTP",       "FIMService", "nfs",
                                          "oracle",   "SAPService", "hdfs",       "ldap"};
    uint64_t luck = mix2(luck_of(domain, service_account(nth)), i / 2);
    const char *cls = classes[luck % 8];
    const char *dns = forest.domains[domain].dns;
    int len = snprintf(ret, size, "%s/app%d-%u-%u", cls, domain + 1, nth, i / 2);
    if (luck % 8 == 0 || i % 2 == 0) /* of SQL servers both forms have the whole name, one a port */
        len += snprintf(ret + len, size - (size_t)len, ".%s%s", dns, luck % 8 == 0 && i % 2 ? ":1433" : "");
    return len;
}

static unsigned service_spns(const struct making *m)
{
    if (m->n == 0 && m->nth < forest.plan.big)
        return 1600 + 1700 * m->nth;
    unsigned low = 1 + (unsigned)(m->luck >> 8) % 6;
    return (m->luck >> 16) % 20 ? low : 7 + (unsigned)(m->luck >> 24) % 34;
}

/* ---- attributes ---- */

void spn(struct draft *d, const char *cls, const char *host)
{
    char text[220];
    size_t a = strlen(cls), b = strlen(host);
    memcpy(text, cls, a);
    text[a] = '/';
    memcpy(text + a + 1, host, b);
    draft_value(d, text, a + b + 1);
}

void both(struct draft *d, const char *cls, const struct making *m)
{
    spn(d, cls, m->short_name);
    spn(d, cls, m->fqdn);
}

static void computer_spns(struct draft *d, const struct making *m)
{
    draft_open(d, A_SPN);
    both(d, "HOST", m);
    both(d, "RestrictedKrbHost", m);
    if (m->kind == SERVER || m->luck % 4)
        both(d, "TERMSRV", m);
    if (m->kind == SERVER)
        both(d, "WSMAN", m);
    if (m->kind == SERVER && (m->luck >> 20) % 5 == 0) {
        char sql[220];
        snprintf(sql, sizeof sql, "%s:1433", m->fqdn);
        spn(d, "MSSQLSvc", m->fqdn);
        spn(d, "MSSQLSvc", sql);
    }
    draft_shut(d);
}

static void write_upper(char *text)
{
    for (; *text; text++)
        if (*text >= 'a' && *text <= 'z')
            *text = (char)(*text & ~0x20);
}

/* SPNs that another account holds: of each two service accounts the first gets one of the second. */
static void planted_spns(struct draft *d, const struct making *m, const char *sam)
{
    char text[300], other[64];
    if (m->nth % 2 == 0 && m->nth / 2 < forest.plan.duplicates && m->nth + 1 < services_in(m->domain)) {
        service_spn(m->n, m->nth + 1, 0, text, sizeof text);
        if (m->nth % 4)
            write_upper(text);
        draft_value(d, text, strlen(text));
        expect("duplicate\t%s\\%s\t%s\\svc%d-%u\t%s", m->domain->netbios, sam, m->domain->netbios, m->n + 1,
               m->nth + 1, text);
    }
    if (m->nth % 2 && m->nth / 2 < forest.plan.shadows) {
        uint32_t victim = m->nth / 2 * 100 + 1; /* account 1 of each hundred is a workstation */
        host_name(m->n, victim, other, sizeof other);
        snprintf(text, sizeof text, "HTTP/%s.%s", other, m->domain->dns);
        if (victim < m->domain->accounts) {
            draft_value(d, text, strlen(text));
            expect("shadow\t%s\\%s\t%s\\%s$\t%s", m->domain->netbios, sam, m->domain->netbios, other, text);
        }
    }
    if (m->nth < forest.plan.wrong_names) {
        draft_value(d, "HTTP/web\xe2\x80\x8b.example", 19); /* U+200B in the midst */
        expect("invisible\t%s\\%s", m->domain->netbios, sam);
    }
}

static void service_attrs(struct draft *d, const struct making *m, const char *sam)
{
    char text[220];
    unsigned count = service_spns(m);
    draft_open(d, A_SPN);
    for (unsigned i = 0; i < count; i++) {
        int len = service_spn(m->n, m->nth, i, text, sizeof text);
        draft_value(d, text, (size_t)len);
    }
    planted_spns(d, m, sam);
    draft_shut(d);
    if (m->luck % 50 == 0)
        draft_number(d, A_ADMIN_COUNT, 1);
}

/* ---- delegation ---- */

static void targets(struct draft *d, const struct making *m)
{
    char text[220];
    uint32_t services = services_in(m->domain);
    draft_open(d, A_TARGETS);
    for (unsigned i = 0; services && i < 1 + (m->luck >> 30) % 4; i++) {
        int len = service_spn(m->n, (uint32_t)(mix2(m->luck, i) % services), 0, text, sizeof text);
        draft_value(d, text, (size_t)len);
    }
    if ((m->luck >> 33) % 8 == 0)
        spn(d, "cifs", "nobody.sim.example");
    draft_shut(d);
}

static void who_may_act(struct draft *d, const struct making *m)
{
    struct buf sd = {0};
    uint8_t sids[3][68];
    int count = 1 + (int)((m->luck >> 34) % 3);
    for (int i = 0; i < count; i++) {
        uint32_t other = (uint32_t)(mix2(m->luck, (uint64_t)i + 50) % m->domain->accounts);
        uint32_t object = m->domain->first_account + other;
        sid_of(m->n, 1000 + object - forest.ncs[m->nc].first, sids[i]);
    }
    rbcd_descriptor(&sd, sids, count);
    draft_bytes(d, A_RBCD, sd.data, sd.len);
    buf_free(&sd);
}

/* Of the share that delegates, a quarter each way. Returns the userAccountControl bits. */
static uint32_t delegation(struct draft *d, const struct making *m)
{
    if ((m->luck >> 40) % 1000 >= (uint64_t)forest.plan.delegation)
        return 0;
    switch (m->luck >> 52 & 3) {
    case 0:
        return UAC_UNCONSTRAINED;
    case 1:
        targets(d, m);
        return 0;
    case 2:
        targets(d, m);
        return UAC_ANY_PROTOCOL;
    default:
        who_may_act(d, m);
        return 0;
    }
}

/* ---- accounts ---- */

static void account_dn(const struct making *m, const char *cn, char *dn, size_t size)
{
    const char *base = forest.ncs[m->nc].dn;
    if (m->kind == WORKSTATION || m->kind == SERVER)
        snprintf(dn, size, "CN=%s,OU=%s,OU=%s,%s", cn, m->kind == SERVER ? "Servers" : "Workstations",
                 m->site, base);
    else
        snprintf(dn, size, "CN=%s,%s,%s", cn,
                 m->kind == SERVICE ? "OU=Service Accounts"
                 : m->kind == GMSA  ? "CN=Managed Service Accounts"
                                    : "CN=Users",
                 base);
}

static void name_account(struct making *m, char *sam, size_t size)
{
    if (m->kind == WORKSTATION || m->kind == SERVER) {
        host_name(m->n, m->account, m->short_name, sizeof m->short_name);
        snprintf(sam, size, "%s$", m->short_name);
    } else if (m->kind == SERVICE) {
        snprintf(sam, size, "svc%d-%u", m->n + 1, m->nth);
    } else {
        snprintf(m->short_name, sizeof m->short_name, "%s%d-%u", m->kind == GMSA ? "gmsa" : "user", m->n + 1,
                 m->account);
        snprintf(sam, size, "%s%s", m->short_name, m->kind == GMSA ? "$" : "");
    }
    snprintf(m->fqdn, sizeof m->fqdn, "%s.%s", m->short_name, m->domain->dns);
    snprintf(m->site, sizeof m->site, "%s", forest.sites[m->account / 100 % (uint32_t)forest.plan.sites]);
}

void add_account(struct making *m)
{
    static const enum object_class classes[] = {OC_COMPUTER, OC_COMPUTER, OC_USER, OC_GMSA, OC_USER};
    char sam[48], dn[400], text[220];
    m->luck = luck_of(m->n, m->account);
    m->kind = kind_of(m->account, &m->nth);
    name_account(m, sam, sizeof sam);
    snprintf(text, sizeof text, "%.*s", (int)strcspn(sam, "$"), sam);
    account_dn(m, text, dn, sizeof dn);
    struct draft *d = new_object(classes[m->kind], dn);
    draft_text(d, A_SAM, sam);
    bool host = m->kind != SERVICE && m->kind != PERSON;
    uint32_t uac = host ? UAC_WORKSTATION : UAC_NORMAL;
    if ((m->luck >> 44) % 50 == 0)
        uac |= UAC_DISABLED;
    if (m->kind == PERSON && (m->luck >> 36) % 40 == 0)
        uac |= UAC_NOT_DELEGATED;
    if (host)
        draft_text(d, A_DNS_HOST, m->fqdn);
    if (m->kind == WORKSTATION || m->kind == SERVER)
        draft_text(d, A_OS, m->kind == SERVER ? "Windows Server 2022 Standard" : "Windows 11 Enterprise");
    if (!host) {
        snprintf(text, sizeof text, "%s@%s", sam, m->domain->dns);
        draft_text(d, A_UPN, text);
    }
    if (m->kind == SERVICE)
        service_attrs(d, m, sam);
    else if (m->kind != PERSON)
        computer_spns(d, m);
    if (m->kind == PERSON ? (m->luck >> 5) % 100 == 0
                          : (m->luck >> 5) % 1000 < (uint64_t)forest.plan.enctypes)
        draft_number(d, A_ENCTYPES, m->luck >> 12 & 1 ? 28 : m->luck >> 13 & 7 ? 24 : 4);
    if (m->kind != PERSON)
        uac |= delegation(d, m);
    draft_number(d, A_UAC, uac);
    uint32_t rid = 1000 + forest.count - forest.ncs[m->nc].first;
    add_object(m->nc, rid);
}
