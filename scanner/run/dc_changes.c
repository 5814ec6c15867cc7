/* What changed at a DC since a USN of its own: the cut of a scan of everything, and all of a later one.
 * FIELD.md C4: the mark is highestCommittedUSN as read before the question; no SPN clause, for an account
 * whose last SPN was cleared must show; deleted objects shown. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "scanner/decode/replica.h"
#include "scanner/run/dc_inside.h"
#include "scanner/run/locate.h"
#include "spnscan/times.h"

/* More renamed containers than that: the domain is read as a whole. */
#define MAX_CONTAINERS 32

struct changes {
    struct reading *r;
    struct dc_job *job;
    const enum replica_kind *replicas;
    uint64_t since;
    bool gc;            /* on the GC port: domains held in full are passed over */
    bool *deleted_seen; /* per domain: a deleted object was among the changes */
    char **containers;  /* DNs of those that were renamed or moved */
    size_t container_count, container_size;
};

/* ---- accounts ---- */

static enum spn_code on_account(void *ctx, const struct entry *entry, struct spn_error *reterr)
{
    struct changes *c = ctx;
    const struct scan_context *scan = c->r->scan;
    struct guid guid;
    bool deleted = false;
    int domain = forest_domain_of(scan->forest, entry->dn);
    if (domain < 0 || (c->gc && c->replicas[domain] == REPLICA_FULL))
        return SPN_OK;
    c->r->result->changed++;
    account_sink_usn(&c->r->sink, entry);
    if (!entry_bool(entry, "isDeleted", &deleted) || !deleted)
        return account_sink_entry(&c->r->sink, entry, reterr);
    c->deleted_seen[domain] = true;
    if (!entry_guid(entry, "objectGUID", &guid))
        return spn_error_set(reterr, SPN_PROTOCOL, 0, "a deleted object came without a usable objectGUID");
    return ledger_gone(scan->ledger, c->job->view, &guid, reterr);
}

static struct search large(const struct changes *c, const char *base, const char *filter,
                           const char *const *attrs)
{
    return (struct search){.base = base,
                           .scope = SCOPE_SUBTREE,
                           .filter = filter,
                           .attrs = attrs,
                           .plain = c->r->scan->config->plain,
                           .page_size = c->r->unpaged ? 0 : c->r->scan->config->page_size};
}

static enum spn_code run(struct changes *c, const struct search *search, search_entry_fn found, void *ctx,
                         struct spn_error *reterr)
{
    return search_stream(c->r->conn, search, found, ctx, &c->r->progress->stats, reterr);
}

/* ---- containers: what is below one has a new DN, and no USN of its own tells of it ---- */

struct renamed {
    uint64_t since;
    bool told, renamed;
};

static void on_stamp(void *ctx, const struct attr_stamp *stamp)
{
    struct renamed *n = ctx;
    n->told = true;
    if (stamp->attid == ATTID_CN_NAME)
        n->renamed = stamp->local_usn > n->since;
}

static enum spn_code on_container(void *ctx, const struct entry *entry, struct spn_error *reterr)
{
    struct changes *c = ctx;
    struct renamed n = {.since = c->since};
    int domain = forest_domain_of(c->r->scan->forest, entry->dn);
    (void)reterr;
    if (domain < 0 || (c->gc && c->replicas[domain] == REPLICA_FULL))
        return SPN_OK;
    /* Without stamps it may have been. */
    if (metadata_of_entry(entry, on_stamp, &n) && n.told && !n.renamed)
        return SPN_OK;
    c->containers = xgrow(c->containers, &c->container_size, c->container_count + 1, sizeof *c->containers);
    c->containers[c->container_count++] = strndup((const char *)entry->dn.data, entry->dn.len);
    return SPN_OK;
}

/* All below the containers that were renamed, again; also accounts that hold no SPN here and do elsewhere. */
static enum spn_code read_below(struct changes *c, const char *base, struct spn_error *reterr)
{
    const bool whole = c->container_count > MAX_CONTAINERS;
    struct search below =
        large(c, base, "(sAMAccountName=*)", c->gc ? facet_pas_news_attrs : facet_all_news_attrs);
    enum spn_code code = SPN_OK;
    c->r->sink.increment = true;
    /* It was moved or deleted since: that is a change of its own, for the next time. */
    below.absent_is_empty = true;
    for (size_t i = 0; code == SPN_OK && i < (whole ? 1 : c->container_count); i++) {
        if (!whole)
            below.base = c->containers[i];
        code = run(c, &below, account_sink_entry, &c->r->sink, reterr);
    }
    for (size_t i = 0; i < c->container_count; i++)
        free(c->containers[i]);
    c->container_count = 0;
    return code;
}

/* ---- what is gone ---- */

struct tombstones {
    char base[600];
    bool *seen;
};

static enum spn_code on_tombstone(void *ctx, const struct entry *entry, struct spn_error *reterr)
{
    const struct tombstones *t = ctx;
    bool deleted = false;
    (void)reterr;
    *t->seen |= entry_bool(entry, "isDeleted", &deleted) && deleted;
    return SPN_OK;
}

/* An ordinary account may not read deleted objects, and is not told so: only one that is seen proves the
 * right. */
static struct question tombstone_question(const struct changes *c, size_t domain, struct tombstones *t)
{
    static const char *const attrs[] = {"isDeleted", NULL};
    snprintf(t->base, sizeof t->base, "CN=Deleted Objects,%s", c->r->scan->forest->domains[domain].dn);
    t->seen = &c->deleted_seen[domain];
    return (struct question){.search = {.base = t->base,
                                        .scope = SCOPE_ONE,
                                        .filter = "(isDeleted=TRUE)",
                                        .attrs = attrs,
                                        .show_deleted = true,
                                        .absent_is_empty = true,
                                        .plain = c->r->scan->config->plain,
                                        .page_size = 1,
                                        .one_page = true},
                             .found = on_tombstone,
                             .ctx = t};
}

struct sweeping {
    const struct sweep *sweep;
    struct swept swept;
    struct guid_list *wanted;
};

static enum spn_code on_swept(void *ctx, const struct entry *entry, struct spn_error *reterr)
{
    struct sweeping *s = ctx;
    struct guid guid;
    (void)reterr;
    if (entry_guid(entry, "objectGUID", &guid))
        sweep_name(s->sweep, &s->swept, &guid);
    return SPN_OK;
}

static void on_rest(void *ctx, const struct guid *guid, int domain)
{
    struct sweeping *s = ctx;
    guid_list_add(s->wanted, guid, domain);
}

/* The port that is open: what it names of the accounts that are known, and what is to be asked for by GUID.
 */
static enum spn_code sweep_port(struct changes *c, enum replica_kind kind, struct spn_error *reterr)
{
    static const char *const attrs[] = {"objectGUID", NULL};
    const struct forest_info *forest = c->r->scan->forest;
    struct sweeping s = {.sweep = c->job->sweep, .wanted = &c->job->wanted};
    struct search search = large(c, "", c->gc ? dc_pas_filter : dc_all_filter, attrs);
    enum replica_kind *asked = xcalloc(forest->domain_count + 1, sizeof *asked);
    enum spn_code code = sweep_begin(c->job->sweep, &s.swept, reterr);
    for (size_t d = 0; d < forest->domain_count; d++)
        asked[d] = c->replicas[d] == kind ? kind : REPLICA_NONE;
    for (size_t d = 0; code == SPN_OK && d < (c->gc ? 1 : forest->domain_count); d++) {
        if (!c->gc && asked[d] == REPLICA_NONE)
            continue;
        if (!c->gc)
            search.base = forest->domains[d].dn;
        code = run(c, &search, on_swept, &s, reterr);
    }
    if (code == SPN_OK)
        sweep_rest(c->job->sweep, &s.swept, asked, on_rest, &s);
    free(s.swept.named);
    free(asked);
    return code;
}

/* ---- the whole ---- */

static bool holds(const struct changes *c, enum replica_kind kind)
{
    for (size_t d = 0; d < c->r->scan->forest->domain_count; d++)
        if (c->replicas[d] == kind)
            return true;
    return false;
}

/* Told by deleted objects, or by what is left; a scan of everything knows by itself. */
static enum spn_code read_deletions(struct changes *c, enum replica_kind kind, struct spn_error *reterr)
{
    struct dc_result *result = c->r->result;
    bool readable = true;
    for (size_t d = 0; d < c->r->scan->forest->domain_count; d++)
        readable &= c->replicas[d] != kind || c->deleted_seen[d];
    /* What was deleted before the mark no change tells of any more. */
    readable &= !c->job->mark->deletions_unknown;
    if (readable)
        return SPN_OK;
    result->deletions = c->r->scan->config->no_sweep ? DELETIONS_UNKNOWN : DELETIONS_SWEPT;
    return c->r->scan->config->no_sweep ? SPN_OK : sweep_port(c, kind, reterr);
}

/* All that one base can tell, sent together: replication, accounts, containers, and with an increment whether
 * deletions can be read in its domains. domain < 0: all that is held in part. */
static enum spn_code read_base(struct changes *c, struct replication_reading *replication, int domain,
                               struct spn_error *reterr)
{
    static const char *const container_attrs[] = {"objectGUID", "replPropertyMetaData", NULL};
    const struct forest_info *forest = c->r->scan->forest;
    const char *base = domain < 0 ? "" : forest->domains[domain].dn;
    struct tombstones *tombstones = xcalloc(forest->domain_count, sizeof *tombstones);
    struct question *questions = xcalloc(forest->domain_count + 3, sizeof *questions);
    char accounts[128], containers[160];
    size_t count = 0;
    snprintf(accounts, sizeof accounts, "(&(|(sAMAccountName=*)(isDeleted=TRUE))(uSNChanged>=%" PRIu64 "))",
             c->since + 1);
    snprintf(containers, sizeof containers,
             "(&(|(objectClass=organizationalUnit)(objectClass=container))(uSNChanged>=%" PRIu64 "))",
             c->since + 1);
    questions[count] = (struct question){
        large(c, base, accounts, c->gc ? facet_pas_news_attrs : facet_all_news_attrs), on_account, c};
    questions[count++].search.show_deleted = true;
    questions[count++] = (struct question){large(c, base, containers, container_attrs), on_container, c};
    questions[count++] = replication_question(replication, domain, c->r->scan->config->plain);
    for (size_t d = 0; c->r->result->incremental && d < forest->domain_count; d++)
        if (domain == (int)d || (domain < 0 && c->replicas[d] == REPLICA_PARTIAL)) {
            questions[count] = tombstone_question(c, d, &tombstones[d]);
            count++;
        }
    c->r->sink.mask = c->gc ? FACETS_PAS : FACETS_ALL;
    c->r->sink.increment = true;
    enum spn_code code = questions_run(c->r->conn, questions, count, &c->r->progress->stats, reterr);
    if (code == SPN_DIRECTORY && reterr->native == SEARCH_SIZE_LIMIT && c->r->unpaged) {
        c->r->unpaged = false; /* it has a limit after all */
        questions[0].search.page_size = questions[1].search.page_size = c->r->scan->config->page_size;
        code = questions_run(c->r->conn, questions, count, &c->r->progress->stats, reterr);
    }
    free(tombstones);
    free(questions);
    return code == SPN_OK ? read_below(c, base, reterr) : code;
}

static enum spn_code read_port(struct changes *c, struct spn_error *reterr)
{
    const struct forest_info *forest = c->r->scan->forest;
    const enum replica_kind kind = c->gc ? REPLICA_PARTIAL : REPLICA_FULL;
    struct reading *r = c->r;
    struct replication_reading replication;
    enum spn_code code = SPN_OK, ended;
    struct spn_error end_error = {0};
    replication_reading_init(&replication, forest, c->replicas, kind, c->job->replication);
    atomic_store(&r->progress->phase, c->gc ? PHASE_GC_READ : PHASE_LDAP_READ);
    if (c->gc)
        code = read_base(c, &replication, -1, reterr);
    for (size_t d = 0; code == SPN_OK && !c->gc && d < forest->domain_count; d++)
        if (c->replicas[d] == REPLICA_FULL)
            code = read_base(c, &replication, (int)d, reterr);
    ended = replication_end(&replication, r->conn, &r->result->invocation_id, r->result->highest_usn,
                            &r->progress->stats, &end_error);
    if (code == SPN_OK && ended != SPN_OK) {
        *reterr = end_error;
        code = ended;
    }
    return code == SPN_OK && r->result->incremental ? read_deletions(c, kind, reterr) : code;
}

enum spn_code dc_changes(struct reading *r, struct dc_job *job, const enum replica_kind *replicas,
                         uint64_t since, struct spn_error *reterr)
{
    struct changes c = {.r = r, .job = job, .replicas = replicas, .since = since};
    c.deleted_seen = xcalloc(r->scan->forest->domain_count + 1, sizeof *c.deleted_seen);
    dc_replication_release(job->replication);
    dc_replication_init(job->replication, r->scan->forest->domain_count);
    r->result->deletions = DELETIONS_SEEN;
    enum spn_code code = read_port(&c, reterr);
    if (code == SPN_OK && holds(&c, REPLICA_PARTIAL)) {
        code = dc_open_port(r, true, reterr);
        c.gc = true;
        if (code == SPN_OK)
            code = read_port(&c, reterr);
    }
    r->result->vectors_told_us = time_now_us();
    free(c.containers);
    free(c.deleted_seen);
    return code;
}
