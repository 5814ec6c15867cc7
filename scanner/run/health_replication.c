/* Has a DC stopped hearing of others? See health.h. */
#include "scanner/run/health_inside.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "spnscan/text_buf.h"

#define DAY_S                  86400
#define DEFAULT_TOMBSTONE_DAYS 60 /* tombstoneLifetime not set (MS-ADTS 6.1.5.1) */

/* Within a site a DC pulls from each of its neighbours once an hour, changes or not; between sites, as the
 * site link says. */
#define STALLED_S 3600

int known_cursor_compare(const void *va, const void *vb)
{
    const struct known_cursor *a = va, *b = vb;
    if (a->dc != b->dc)
        return a->dc < b->dc ? -1 : 1;
    if (a->domain != b->domain)
        return a->domain < b->domain ? -1 : 1;
    return memcmp(a->origin.b, b->origin.b, sizeof a->origin.b);
}

static const struct known_cursor *cursor_before(const struct health_facts *f, size_t dc, size_t domain,
                                                const struct guid *origin)
{
    const struct known_cursor key = {.dc = dc, .domain = (int)domain, .origin = *origin};
    return f->cursor_count ? bsearch(&key, f->cursors, f->cursor_count, sizeof key, known_cursor_compare)
                           : NULL;
}

/* Vectors were told after the start, so that what comes out is rather too young. */
static int64_t own_time_us(const struct dc_result *r)
{
    return r->started_us + (r->has_skew ? r->skew_us : 0);
}

/* The origin of a cursor, if dc has to keep up with it. */
static size_t origin_of(const struct judging *j, size_t dc, size_t domain, const struct utd_cursor *cursor)
{
    size_t origin = health_living(j, &cursor->origin);
    if (origin == SIZE_MAX || origin == dc || j->facts->dcs[origin].result->is_rodc)
        return SIZE_MAX;
    int home = j->facts->dcs[origin].info->domain;
    return home < 0 || home == (int)domain ? origin : SIZE_MAX;
}

size_t health_source(const struct health_facts *f, const struct neighbour *n)
{
    for (size_t i = 0; i < f->forest->dc_count; i++)
        if ((!guid_is_zero(&n->dsa) && guid_equal(&f->dcs[i].info->dsa_guid, &n->dsa)) ||
            (!guid_is_zero(&n->invocation) && (guid_equal(&f->dcs[i].info->invocation_id, &n->invocation) ||
                                               guid_equal(&f->dcs[i].result->invocation_id, &n->invocation))))
            return i;
    return SIZE_MAX;
}

/* ---- longer than tombstones live ---- */

struct ages {
    int64_t limit_s, oldest_s;
    size_t from, in, dcs;
    bool *told; /* per DC of the forest */
};

static void add_age(struct ages *a, size_t from, size_t domain, int64_t age_s)
{
    if (from == SIZE_MAX || age_s <= a->limit_s)
        return;
    a->dcs += !a->told[from];
    a->told[from] = true;
    if (age_s <= a->oldest_s)
        return;
    a->oldest_s = age_s;
    a->from = from;
    a->in = domain;
}

void health_judge_age(const struct judging *j, size_t dc)
{
    const struct health_facts *f = j->facts;
    const struct health_dc *h = &f->dcs[dc];
    const int days =
        f->forest->tombstone_lifetime_days ? f->forest->tombstone_lifetime_days : DEFAULT_TOMBSTONE_DAYS;
    struct ages ages = {.limit_s = (int64_t)days * DAY_S};
    char more[64] = "";
    if (!h->vectors || !h->result->complete)
        return;
    const int64_t now_us = own_time_us(h->result);
    ages.told = xcalloc(f->forest->dc_count + 1, sizeof *ages.told);
    for (size_t d = 0; d < f->forest->domain_count; d++)
        for (size_t c = 0; h->readable[d] && c < h->vectors[d].count; c++) {
            const struct utd_cursor *cursor = &h->vectors[d].cursors[c];
            if (cursor->synced_us > 0)
                add_age(&ages, origin_of(j, dc, d, cursor), d, (now_us - cursor->synced_us) / SECOND_US);
        }
    for (size_t i = 0; i < h->neighbour_count; i++) {
        const struct neighbour *n = &h->neighbours[i].neighbour;
        if (n->success_us > 0)
            add_age(&ages, health_source(f, n), (size_t)h->neighbours[i].domain,
                    (now_us - n->success_us) / SECOND_US);
    }
    free(ages.told);
    if (!ages.dcs)
        return;
    if (ages.dcs > 1)
        snprintf(more, sizeof more, " (and %zu more DCs as long)", ages.dcs - 1);
    health_tell(j, dc, "replication-too-old", "critical",
                "it heard last of %s in %s %" PRId64 " days ago%s, and deleted objects are remembered for %d "
                "days: what was deleted "
                "since can come back from one of them to the other",
                f->forest->dcs[ages.from].name, f->forest->domains[ages.in].dn, ages.oldest_s / DAY_S, more,
                days);
}

/* ---- stalled ---- */

/* How long nothing may move from one to the other. */
static int64_t patience_s(const struct health_facts *f, size_t a, size_t b)
{
    bool one_site = strcasecmp(f->dcs[a].info->site, f->dcs[b].info->site) == 0;
    return one_site || f->max_lag_s < STALLED_S ? STALLED_S : f->max_lag_s;
}

static bool is_stalled(const struct health_facts *f, size_t dc, size_t domain, size_t origin,
                       const struct utd_cursor *now)
{
    /* The origin's cursor of itself tells how far it had written then. */
    const struct known_cursor *mine = cursor_before(f, dc, domain, &now->origin);
    const struct known_cursor *its = cursor_before(f, origin, domain, &now->origin);
    if (!mine || !its || now->usn > mine->usn || f->dcs[origin].result->highest_usn <= its->usn)
        return false;
    if (now->synced_us > 0 && mine->synced_us > 0 && now->synced_us > mine->synced_us)
        return false; /* it was heard of since, and had nothing to tell */
    if (its->usn > mine->usn)
        return f->since_s > patience_s(f, dc, origin);
    int64_t silent_s = (own_time_us(f->dcs[dc].result) - now->synced_us) / SECOND_US;
    return now->synced_us > 0 && silent_s > STALLED_S && silent_s > f->max_lag_s;
}

void health_judge_stalled(const struct judging *j, size_t dc)
{
    const struct health_facts *f = j->facts;
    const struct health_dc *h = &f->dcs[dc];
    uint64_t widest = 0;
    size_t count = 0, from = 0, in = 0;
    char more[64] = "";
    if (f->since_s <= STALLED_S || !h->vectors || !h->result->complete)
        return;
    for (size_t d = 0; d < f->forest->domain_count; d++)
        for (size_t c = 0; h->readable[d] && c < h->vectors[d].count; c++) {
            const struct utd_cursor *now = &h->vectors[d].cursors[c];
            size_t origin = origin_of(j, dc, d, now);
            if (origin == SIZE_MAX || !is_stalled(f, dc, d, origin, now))
                continue;
            uint64_t gap = f->dcs[origin].result->highest_usn - now->usn;
            if (!count++ || gap > widest) {
                widest = gap;
                from = origin;
                in = d;
            }
        }
    if (!count)
        return;
    if (count > 1)
        snprintf(more, sizeof more, "; the same of %zu more vectors", count - 1);
    health_tell(j, dc, "vector-stalled", "warning",
                "nothing that %s wrote in %s has come since the scan before, %" PRId64
                " minutes ago: it knows its USNs up to %" PRIu64 ", and %" PRIu64 " are given out by now%s",
                f->forest->dcs[from].name, f->forest->domains[in].dn, f->since_s / 60,
                f->dcs[from].result->highest_usn - widest, f->dcs[from].result->highest_usn, more);
}
