#include "scanner/run/replication.h"

#include <stdlib.h>
#include <string.h>

#include "scanner/decode/value.h"
#include "spnscan/text_buf.h"

static const char head_filter[] = "(objectClass=domainDNS)";

/* The constructed attributes are for servers that do not give the raw ones; XML, the last form, is a question
 * of its own. */
static const char *const raw_attrs[] = {"replPropertyMetaData", /* can such attributes be read at all? */
                                        "replUpToDateVector",
                                        "repsFrom",
                                        "msDS-NCReplCursors;binary",
                                        "msDS-NCReplInboundNeighbors;binary",
                                        NULL};
static const char *const xml_attrs[] = {"msDS-NCReplCursors", "msDS-NCReplInboundNeighbors", NULL};

/* What a head told. */
struct head {
    bool told;       /* it came */
    bool metadata;   /* with replPropertyMetaData */
    bool vector;     /* with replUpToDateVector, be it malformed */
    bool neighbours; /* at least one */
    bool replicated; /* one of them has succeeded some time */
};

void dc_replication_init(struct dc_replication *replication, size_t domain_count)
{
    *replication = (struct dc_replication){.domain_count = domain_count};
    replication->vectors = xcalloc(domain_count + 1, sizeof *replication->vectors);
    replication->readable = xcalloc(domain_count + 1, sizeof *replication->readable);
}

void dc_replication_release(struct dc_replication *replication)
{
    for (size_t d = 0; d < replication->domain_count; d++)
        vector_release(&replication->vectors[d]);
    free(replication->vectors);
    free(replication->readable);
    free(replication->neighbours);
    *replication = (struct dc_replication){0};
}

void replication_reading_init(struct replication_reading *reading, const struct forest_info *forest,
                              const enum replica_kind *replicas, enum replica_kind kind,
                              struct dc_replication *ret)
{
    *reading = (struct replication_reading){.forest = forest, .replicas = replicas, .kind = kind, .ret = ret};
    reading->heads = xcalloc(forest->domain_count + 1, sizeof *reading->heads);
}

/* The domain that the head is of, where the DC holds it as it is asked for. */
static int domain_of(const struct replication_reading *reading, struct bytes dn)
{
    for (size_t d = 0; d < reading->forest->domain_count; d++)
        if (reading->replicas[d] == reading->kind && bytes_equal_nocase(dn, reading->forest->domains[d].dn))
            return (int)d;
    return -1;
}

struct taking {
    struct replication_reading *reading;
    int domain;
    size_t left; /* a DC has no more neighbours than there are DCs */
};

static void on_neighbour(void *ctx, const struct neighbour *neighbour)
{
    struct taking *t = ctx;
    struct dc_replication *ret = t->reading->ret;
    struct head *head = &t->reading->heads[t->domain];
    if (!t->left)
        return;
    t->left--;
    head->neighbours = true;
    head->replicated |= neighbour->success_us != 0;
    ret->neighbours =
        xgrow(ret->neighbours, &ret->neighbour_size, ret->neighbour_count + 1, sizeof *ret->neighbours);
    ret->neighbours[ret->neighbour_count++] = (struct told_neighbour){t->domain, *neighbour};
}

static enum spn_code on_head(void *ctx, const struct entry *entry, struct spn_error *reterr)
{
    struct replication_reading *reading = ctx;
    struct dc_replication *ret = reading->ret;
    struct taking t = {reading, domain_of(reading, entry->dn), MAX_DCS};
    (void)reterr;
    if (t.domain < 0)
        return SPN_OK;
    struct head *head = &reading->heads[t.domain];
    head->told = true;
    head->metadata |= entry_value(entry, "replPropertyMetaData").len > 0;
    head->vector |= entry_value(entry, "replUpToDateVector").len > 0;
    if (!ret->readable[t.domain])
        ret->readable[t.domain] = vector_of_entry(entry, &ret->vectors[t.domain]);
    if (!head->neighbours)
        neighbours_of_entry(entry, on_neighbour, &t);
    ret->neighbours_readable |= head->neighbours;
    return SPN_OK;
}

struct question replication_question(struct replication_reading *reading, int domain, bool plain)
{
    reading->plain = plain;
    return (struct question){.search = {.base = domain < 0 ? "" : reading->forest->domains[domain].dn,
                                        .scope = domain < 0 ? SCOPE_SUBTREE : SCOPE_BASE,
                                        .filter = head_filter,
                                        .attrs = raw_attrs,
                                        .absent_is_empty = true,
                                        .plain = plain},
                             .found = on_head,
                             .ctx = reading};
}

/* Is the DC the only one that writes that domain? false: it is not, or nobody knows. */
static bool writes_alone(const struct replication_reading *reading, size_t domain,
                         const struct guid *invocation)
{
    const struct forest_info *forest = reading->forest;
    bool self = false;
    for (size_t i = 0; i < forest->dc_count; i++) {
        const struct dc_info *dc = &forest->dcs[i];
        const bool same = guid_equal(&dc->invocation_id, invocation);
        if (!dc->located || dc->domain < 0)
            return false;
        if (dc->domain != (int)domain || dc->is_rodc)
            continue;
        if (!same)
            return false;
        self = true;
    }
    return self;
}

static bool never_replicated_in(const struct replication_reading *reading, size_t domain,
                                const struct guid *invocation)
{
    const struct head *head = &reading->heads[domain];
    if (head->vector || head->neighbours)
        return !head->vector && !head->replicated;
    return reading->kind == REPLICA_FULL && head->metadata && writes_alone(reading, domain, invocation);
}

/* All at once. A server that declines the question does not tell, and no more. */
static enum spn_code ask_xml(struct replication_reading *reading, struct conn *conn,
                             struct search_stats *stats, struct spn_error *reterr)
{
    struct question *questions = xcalloc(reading->forest->domain_count + 1, sizeof *questions);
    size_t count = 0;
    for (size_t d = 0; d < reading->forest->domain_count; d++)
        if (reading->heads[d].told && !reading->ret->readable[d]) {
            questions[count] = replication_question(reading, (int)d, reading->plain);
            questions[count++].search.attrs = xml_attrs;
        }
    enum spn_code code = conn && count ? questions_run(conn, questions, count, stats, reterr) : SPN_OK;
    free(questions);
    return code == SPN_DIRECTORY ? SPN_OK : code;
}

static void decide(struct replication_reading *reading, const struct guid *invocation)
{
    for (size_t d = 0; d < reading->forest->domain_count; d++)
        if (reading->heads[d].told && !reading->ret->readable[d])
            reading->ret->readable[d] = never_replicated_in(reading, d, invocation);
}

enum spn_code replication_end(struct replication_reading *reading, struct conn *conn,
                              const struct guid *invocation, uint64_t usn, struct search_stats *stats,
                              struct spn_error *reterr)
{
    const struct utd_cursor own = {.origin = *invocation, .usn = usn};
    const bool has_own = !guid_is_zero(invocation) && usn > 0;
    struct dc_replication *ret = reading->ret;
    decide(reading, invocation);
    enum spn_code code = ask_xml(reading, conn, stats, reterr);
    decide(reading, invocation);
    for (size_t d = 0; d < reading->forest->domain_count; d++) {
        if (!reading->heads[d].told)
            continue;
        ret->readable[d] &= has_own;
        if (ret->readable[d])
            vector_set(&ret->vectors[d], &own);
    }
    free(reading->heads);
    reading->heads = NULL;
    return code;
}
