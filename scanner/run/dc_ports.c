/* dc_ports.c: everything that a DC holds, from its two ports. */
#include "scanner/run/dc_inside.h"
#include "scanner/run/pool.h"
#include "spnscan/times.h"

/* DCs of which both ports are read at once. A port in the reading takes some 150 KiB; and where so many are
 * far away, or this machine is too busy to tell, one waits for another anyway. */
#define MAX_BESIDE 16

/* Accounts with facts that the partial attribute set lacks, and accounts that may delegate whether they hold
 * an SPN or not: TRUSTED_FOR_DELEGATION 0x80000, TRUSTED_TO_AUTHENTICATE_FOR_DELEGATION 0x1000000
 * (MS-ADTS 2.2.16; LDAP_MATCHING_RULE_BIT_AND, MS-ADTS 3.1.1.3.4.4.1). */
#define REST_CLAUSES                                                                                         \
    "(msDS-SupportedEncryptionTypes=*)(msDS-AllowedToDelegateTo=*)(msDS-"                                    \
    "AllowedToActOnBehalfOfOtherIdentity=*)"                                                                 \
    "(userAccountControl:1.2.840.113556.1.4.803:=524288)(userAccountControl:1.2.840.113556.1.4.803:="        \
    "16777216)"
const char dc_pas_filter[] = "(servicePrincipalName=*)";
static const char rest_filter[] = "(&(sAMAccountName=*)(|" REST_CLAUSES "))";
const char dc_all_filter[] = "(|(servicePrincipalName=*)(&(sAMAccountName=*)(|" REST_CLAUSES ")))";

/* The partial attribute set of every domain, from the GC port. The LDAP port stays open. */
static enum spn_code read_gc(struct reading *r, struct spn_error *reterr)
{
    struct conn *ldap = r->conn;
    r->conn = NULL;
    enum spn_code code = dc_open_port(r, true, reterr);
    if (code == SPN_OK) {
        atomic_store(&r->progress->phase, PHASE_GC_READ);
        const struct search search = {.base = "", .filter = dc_pas_filter, .attrs = facet_pas_attrs};
        code = dc_stream(r, &search, FACETS_PAS, true, reterr);
    }
    if (code == SPN_OK && r->far && scan_keeps(r->scan) && !atomic_exchange(r->scan->gc_kept, true))
        r->gc = r->conn;
    else
        conn_close(r->conn);
    r->conn = ldap;
    return code;
}

/* The DC's own domain, from the LDAP port: all of it where there is no GC. */
static enum spn_code read_ldap(struct reading *r, bool gc, const enum replica_kind *replicas,
                               struct spn_error *reterr)
{
    const struct forest_info *forest = r->scan->forest;
    enum spn_code code = SPN_OK;
    struct search search = {.filter = gc ? rest_filter : dc_all_filter,
                            .attrs = gc ? facet_rest_attrs : facet_all_attrs};
    for (size_t d = 0; code == SPN_OK && d < forest->domain_count; d++) {
        search.base = forest->domains[d].dn;
        if (replicas[d] == REPLICA_FULL)
            code = dc_stream(r, &search, gc ? FACETS_REST : FACETS_ALL, true, reterr);
    }
    return code;
}

static enum spn_code one_after_the_other(struct reading *r, bool gc, const enum replica_kind *replicas,
                                         struct spn_error *reterr)
{
    const double start = time_steady_s();
    enum spn_code code = gc ? read_gc(r, reterr) : SPN_OK;
    /* The LDAP port has waited meanwhile. */
    if (code == SPN_OK && time_steady_s() - start > DC_IDLE_S)
        code = dc_open_port(r, false, reterr);
    if (code != SPN_OK)
        return code;
    atomic_store(&r->progress->phase, PHASE_LDAP_READ);
    return read_ldap(r, gc, replicas, reterr);
}

/* ---- both at once ---- */

/* The LDAP port, read by a thread of its own. */
struct beside {
    struct sink_pair pair;
    struct reading reading;
    const enum replica_kind *replicas;
    enum spn_code code;
    struct spn_error error;
};

static enum spn_code read_beside(void *ctx, size_t item, struct spn_error *reterr)
{
    struct beside *b = ctx;
    (void)item;
    (void)reterr; /* a failure of the DC ends nothing else */
    b->code = read_ldap(&b->reading, true, b->replicas, &b->error);
    if (b->code != SPN_OK)
        atomic_store(&b->pair.stop, true);
    return SPN_OK;
}

/* What the two have taken is of one DC. */
static enum spn_code join_sinks(struct account_sink *sink, struct account_sink *other,
                                struct spn_error *reterr)
{
    sink->pair = NULL;
    sink->hidden_uac += other->hidden_uac;
    if (other->usn > sink->usn)
        sink->usn = other->usn;
    return account_sink_end(other, reterr);
}

static enum spn_code both_at_once(struct reading *r, const enum replica_kind *replicas,
                                  struct spn_error *reterr)
{
    struct beside b = {.reading = *r, .replicas = replicas};
    struct pool *pool;
    struct spn_error flush_error = {0};
    pthread_mutexattr_t attr; /* held for a moment, and at each entry: who waits had better not sleep */
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ADAPTIVE_NP);
    pthread_mutex_init(&b.pair.lock, &attr);
    pthread_mutexattr_destroy(&attr);
    account_sink_init(&b.reading.sink, r->scan, r->job->view);
    r->sink.pair = b.reading.sink.pair = &b.pair;
    enum spn_code code = pool_start(1, 1, read_beside, &b, &pool, reterr);
    if (code == SPN_OK) {
        code = read_gc(r, reterr);
        if (code != SPN_OK)
            atomic_store(&b.pair.stop, true);
        pool_join(pool, NULL);
    }
    /* Whichever failed first made the other end. */
    if (b.code != SPN_OK && (code == SPN_OK || code == SPN_CANCELLED)) {
        atomic_store(&r->progress->phase, PHASE_LDAP_READ);
        *reterr = b.error;
        code = b.code;
    }
    enum spn_code flushed = join_sinks(&r->sink, &b.reading.sink, &flush_error);
    pthread_mutex_destroy(&b.pair.lock);
    if (flushed == SPN_OK)
        return code;
    *reterr = flush_error;
    return flushed;
}

enum spn_code dc_read_ports(struct reading *r, bool gc, const enum replica_kind *replicas,
                            struct spn_error *reterr)
{
    const struct scan_config *config = r->scan->config;
    if (!gc || !r->far || config->plain || config->serial)
        return one_after_the_other(r, gc, replicas, reterr);
    const bool has_room = atomic_fetch_add(r->scan->beside, 1) < MAX_BESIDE;
    enum spn_code code = has_room ? both_at_once(r, replicas, reterr) : SPN_OK;
    atomic_fetch_sub(r->scan->beside, 1);
    return has_room ? code : one_after_the_other(r, gc, replicas, reterr);
}
