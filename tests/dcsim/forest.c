#include "tests/dcsim/forest.h"

#include <stdarg.h>
#include <stdlib.h>

#define CHUNK         (8u << 20)
#define FIRST_TIME    1704067200          /* 2024-01-01 */
#define INVOCATION_AT ((uint64_t)1 << 40) /* numbers of invocationIds, beyond all objects */

struct forest forest;

/* ---- identities ---- */

void guid_of(uint64_t number, uint8_t ret[16])
{
    uint64_t low = mix(number ^ mix(forest.plan.seed)), high = mix2(low, forest.plan.seed);
    memcpy(ret, &high, 8);
    memcpy(ret + 8, &low, 8);
}

uint32_t object_by_guid(const uint8_t guid[16])
{
    uint64_t low, high;
    memcpy(&high, guid, 8);
    memcpy(&low, guid + 8, 8);
    uint64_t number = unmix(low) ^ mix(forest.plan.seed);
    return number < NO_OBJECT && mix2(low, forest.plan.seed) == high ? (uint32_t)number : NO_OBJECT;
}

void guid_text(const uint8_t g[16], char ret[37])
{
    snprintf(ret, 37, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", g[3], g[2],
             g[1], g[0], g[5], g[4], g[7], g[6], g[8], g[9], g[10], g[11], g[12], g[13], g[14], g[15]);
}

size_t sid_of(int domain, uint32_t rid, uint8_t ret[68])
{
    const struct domain *d = &forest.domains[domain];
    const uint32_t parts[5] = {21, d->sid[0], d->sid[1], d->sid[2], rid};
    memset(ret, 0, 8);
    ret[0] = 1;
    ret[1] = 5;
    ret[7] = 5;
    for (int i = 0; i < 5; i++)
        for (int b = 0; b < 4; b++)
            ret[8 + 4 * i + b] = (uint8_t)(parts[i] >> (8 * b));
    return 28;
}

uint32_t object_by_sid(struct bytes sid)
{
    uint8_t own[68];
    if (sid.len != 28)
        return NO_OBJECT;
    uint32_t rid = sid.data[24] | (uint32_t)sid.data[25] << 8 | (uint32_t)sid.data[26] << 16 |
                   (uint32_t)sid.data[27] << 24;
    for (int d = 0; d < forest.plan.domains; d++) {
        sid_of(d, rid, own);
        if (memcmp(own, sid.data, 28) != 0)
            continue;
        const struct nc *nc = &forest.ncs[forest.domains[d].nc];
        uint32_t guess = rid >= 1000 ? nc->first + rid - 1000 : NO_OBJECT;
        if (guess < nc->first + nc->count && forest.objects[guess].rid == rid)
            return guess;
        for (uint32_t o = nc->first; rid < 1000 && o < nc->first + nc->count && o < nc->first + 400; o++)
            if (forest.objects[o].rid == rid)
                return o;
    }
    return NO_OBJECT;
}

int64_t created_time(uint32_t object)
{
    return FIRST_TIME + (int64_t)object * 7 % 50000000 + (int64_t)(mix2(forest.plan.seed, object) % 600);
}

uint64_t base_usn(const struct dc_facts *dc, uint32_t object)
{
    uint32_t rank = object + dc->rotation;
    return dc->usn_base + (rank >= forest.count ? rank - forest.count : rank);
}

uint64_t base_highest_usn(const struct dc_facts *dc)
{
    return dc->usn_base + forest.count + 100;
}

int origin_dc(uint32_t object)
{
    const struct nc *nc = &forest.ncs[forest.objects[object].nc];
    if (nc->kind != NC_DOMAIN)
        return 0;
    const struct domain *d = &forest.domains[nc->domain];
    uint64_t nth = mix2(forest.plan.seed + 1, object) % (uint64_t)d->writable;
    return d->first_dc + (int)nth * forest.plan.domains;
}

bool dc_writes_nc(int dc, int nc)
{
    const struct dc_facts *f = &forest.dcs[dc];
    return !f->rodc && (forest.ncs[nc].kind != NC_DOMAIN || forest.ncs[nc].domain == f->domain);
}

int add_invocation(int dc)
{
    int n = forest.invocation_count++;
    forest.invocations =
        grow_to(forest.invocations, &forest.invocation_room, (size_t)n + 1, sizeof *forest.invocations);
    guid_of(INVOCATION_AT + (uint64_t)n, forest.invocations[n].guid);
    forest.invocations[n].dc = dc;
    return n;
}

/* ---- names ---- */

bool dn_under(struct bytes dn, struct bytes base)
{
    if (!base.len)
        return dn.len > 0;
    if (dn.len <= base.len + 1)
        return false;
    size_t at = dn.len - base.len;
    return dn.data[at - 1] == ',' && (at < 2 || dn.data[at - 2] != '\\') &&
           same_fold(dn.data + at, base.len, base.data, base.len);
}

static size_t rdn_len(struct bytes dn)
{
    size_t at = 0;
    while (at < dn.len && dn.data[at] != ',')
        at += dn.data[at] == '\\' ? 2 : 1;
    return at < dn.len ? at : dn.len;
}

struct bytes dn_parent(struct bytes dn)
{
    size_t at = rdn_len(dn);
    return at < dn.len ? (struct bytes){dn.data + at + 1, dn.len - at - 1}
                       : (struct bytes){dn.data + dn.len, 0};
}

struct bytes rdn_value(struct bytes dn)
{
    size_t len = rdn_len(dn);
    const uint8_t *equal = len ? memchr(dn.data, '=', len) : NULL;
    size_t from = equal ? (size_t)(equal - dn.data) + 1 : 0;
    return (struct bytes){dn.data + from, len - from};
}

int nc_of_dn(struct bytes dn)
{
    int best = -1;
    size_t best_len = 0;
    for (int n = 0; n < forest.nc_count; n++) {
        struct bytes base = text_bytes(forest.ncs[n].dn);
        if (base.len > best_len && (same_fold(dn.data, dn.len, base.data, base.len) || dn_under(dn, base))) {
            best = n;
            best_len = base.len;
        }
    }
    return best;
}

static void make_index(struct nc *nc)
{
    uint32_t size = 16;
    while (size < nc->count * 2)
        size *= 2;
    nc->index = zalloc(size, sizeof *nc->index);
    nc->index_mask = size - 1;
    for (uint32_t i = 0; i < nc->count; i++) {
        struct bytes dn = version_dn(&forest.objects[nc->first + i].version);
        uint32_t at = (uint32_t)fold_hash(dn.data, dn.len) & nc->index_mask;
        while (nc->index[at])
            at = (at + 1) & nc->index_mask;
        nc->index[at] = i + 1;
    }
}

uint32_t object_by_dn(struct nc *nc, struct bytes dn)
{
    if (same_fold(dn.data, dn.len, nc->dn, strlen(nc->dn)))
        return nc->first;
    if (!atomic_load_explicit(&nc->indexed, memory_order_acquire)) {
        pthread_mutex_lock(&nc->index_lock);
        if (!nc->index)
            make_index(nc);
        atomic_store_explicit(&nc->indexed, true, memory_order_release);
        pthread_mutex_unlock(&nc->index_lock);
    }
    for (uint32_t at = (uint32_t)fold_hash(dn.data, dn.len) & nc->index_mask; nc->index[at];
         at = (at + 1) & nc->index_mask) {
        struct bytes have = version_dn(&forest.objects[nc->first + nc->index[at] - 1].version);
        if (same_fold(have.data, have.len, dn.data, dn.len))
            return nc->first + nc->index[at] - 1;
    }
    return NO_OBJECT;
}

/* ---- making objects ---- */

attr_mask class_present(enum object_class cls)
{
    const struct class_info *info = &class_table[cls];
    attr_mask present = forest.common[cls].present | BIT(A_OBJECT_GUID) | BIT(A_CN) | BIT(A_NAME) |
                        BIT(A_DN) | BIT(A_WHEN_CREATED) | BIT(A_WHEN_CHANGED) | BIT(A_USN_CREATED) |
                        BIT(A_USN_CHANGED) | BIT(A_META) | BIT(A_ATTR_META) | BIT(A_DESCRIPTOR);
    if (info->nc_head)
        present |= BIT(A_VECTOR) | BIT(A_REPS_FROM) | BIT(A_CURSORS) | BIT(A_NEIGHBOURS);
    if (info->sam_type || cls == OC_DOMAIN)
        present |= BIT(A_OBJECT_SID);
    if (info->primary_group)
        present |= BIT(A_PWD_LAST_SET);
    return present;
}

static void make_common(enum object_class cls)
{
    const struct class_info *info = &class_table[cls];
    struct draft *d = &forest.draft;
    char category[300];
    draft_start(d, cls, "", 0);
    draft_open(d, A_OBJECT_CLASS);
    for (int i = 0; i < 7 && info->classes[i]; i++)
        draft_value(d, info->classes[i], strlen(info->classes[i]));
    draft_shut(d);
    snprintf(category, sizeof category, "CN=%s,%s", info->category, forest.ncs[1].dn);
    draft_text(d, A_OBJECT_CATEGORY, category);
    draft_number(d, A_INSTANCE_TYPE, info->nc_head ? 5 : 4);
    if (info->sam_type)
        draft_number(d, A_SAM_TYPE, info->sam_type);
    if (info->primary_group)
        draft_number(d, A_PRIMARY_GROUP, info->primary_group);
    forest.common[cls] = draft_done(d, NULL);
}

struct draft *new_object(enum object_class cls, const char *dn)
{
    draft_start(&forest.draft, cls, dn, strlen(dn));
    return &forest.draft;
}

uint32_t add_object(int nc, uint32_t rid)
{
    struct draft *d = &forest.draft;
    if ((size_t)(forest.chunk_end - forest.chunk) < d->data.len) {
        size_t size = d->data.len > CHUNK ? d->data.len : CHUNK;
        forest.chunk = regrow(NULL, size, 1);
        forest.chunk_end = forest.chunk + size;
    }
    uint32_t number = forest.count++;
    forest.objects = grow_to(forest.objects, &forest.object_room, forest.count, sizeof *forest.objects);
    forest.objects[number] =
        (struct object){.version = draft_done(d, forest.chunk), .rid = rid, .nc = (uint16_t)nc};
    forest.objects[number].version.present |= class_present((enum object_class)d->cls);
    forest.chunk += d->data.len;
    if (!forest.ncs[nc].count++)
        forest.ncs[nc].first = number;
    return number;
}

void expect(const char *format, ...)
{
    char line[1000];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    buf_text(&forest.expected, line);
    buf_byte(&forest.expected, '\n');
}

/* ---- domains and DCs ---- */

static void dns_to_dn(const char *dns, char *dn, size_t size)
{
    size_t at = 0;
    for (const char *label = dns; *label && at < size;) {
        int len = (int)strcspn(label, ".");
        at += (size_t)snprintf(dn + at, size - at, "%sDC=%.*s", at ? "," : "", len, label);
        label += len + (label[len] == '.');
    }
}

static void add_nc(enum nc_kind kind, int domain, const char *dn)
{
    struct nc *nc = &forest.ncs[forest.nc_count++];
    nc->kind = kind;
    nc->domain = domain;
    snprintf(nc->dn, sizeof nc->dn, "%s", dn);
    pthread_mutex_init(&nc->index_lock, NULL);
}

static void name_domain(int n)
{
    struct domain *d = &forest.domains[n];
    const struct plan *plan = &forest.plan;
    d->parent = n ? 0 : -1;
    if (n)
        snprintf(d->dns, sizeof d->dns, "d%d.%s", n + 1, plan->root);
    else
        snprintf(d->dns, sizeof d->dns, "%s", plan->root);
    size_t len = strcspn(d->dns, ".");
    for (size_t i = 0; i < len && i < sizeof d->netbios - 1; i++)
        d->netbios[i] = (char)(d->dns[i] >= 'a' && d->dns[i] <= 'z' ? d->dns[i] & ~0x20 : d->dns[i]);
    for (int i = 0; i < 3; i++)
        d->sid[i] = (uint32_t)mix2(plan->seed + 77, (uint64_t)(n * 3 + i)) | 0x40000000u;
    d->nc = n + 2;
    d->first_dc = n;
}

/* DCs go round the domains; the last of them are the RODCs, before these stand those that are no GC. */
static void name_dc(int n)
{
    struct dc_facts *dc = &forest.dcs[n];
    const struct plan *plan = &forest.plan;
    dc->domain = n % plan->domains;
    dc->site = n / plan->domains % plan->sites;
    dc->rodc = n >= plan->dcs - plan->rodcs;
    dc->gc = !(n < plan->dcs - plan->rodcs && n >= plan->dcs - plan->rodcs - plan->no_gc);
    snprintf(dc->name, sizeof dc->name, "DC%d", n + 1);
    snprintf(dc->host, sizeof dc->host, "dc%d.%s", n + 1, forest.domains[dc->domain].dns);
    dc->invocation = add_invocation(n);
    dc->usn_base = 12000 + mix2(plan->seed + 5, (uint64_t)n) % 900000;
    forest.domains[dc->domain].writable += !dc->rodc;
}

void forest_make(const struct plan *plan)
{
    char dn[160], part[220];
    forest.plan = *plan;
    schema_init();
    for (int n = 0; n < plan->domains; n++)
        name_domain(n);
    dns_to_dn(plan->root, dn, sizeof dn);
    snprintf(part, sizeof part, "CN=Configuration,%s", dn);
    add_nc(NC_CONFIG, -1, part);
    snprintf(part, sizeof part, "CN=Schema,CN=Configuration,%s", dn);
    add_nc(NC_SCHEMA, -1, part);
    for (int n = 0; n < plan->domains; n++) {
        dns_to_dn(forest.domains[n].dns, dn, sizeof dn);
        add_nc(NC_DOMAIN, n, dn);
    }
    for (int n = 0; n < plan->sites; n++)
        snprintf(forest.sites[n], sizeof forest.sites[n], "Site%d", n + 1);
    for (int n = 0; n < plan->dcs; n++)
        name_dc(n);
    for (int c = 0; c < OC_COUNT; c++)
        make_common((enum object_class)c);
    forest_add_configuration();
    for (int n = 0; n < plan->domains; n++)
        forest_add_domain(n);
    for (int n = 0; n < plan->dcs; n++)
        forest.dcs[n].rotation = n ? (uint32_t)(mix2(plan->seed + 6, (uint64_t)n) % forest.count) : 0;
}
