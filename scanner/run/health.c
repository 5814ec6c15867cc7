#include "scanner/run/health.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "scanner/run/health_inside.h"
#include "spnscan/text_buf.h"

#define SKEW_KERBEROS 300
#define SKEW_WARNING  120
#define UNIQUENESS    20 /* index of character 21 of dSHeuristics */

void health_tell(const struct judging *j, size_t dc, const char *kind, const char *severity,
                 const char *format, ...)
{
    char detail[1500];
    va_list args;
    va_start(args, format);
    vsnprintf(detail, sizeof detail, format, args);
    va_end(args);
    const struct health_row row = {.dc = dc, .kind = kind, .severity = severity, .detail = detail};
    j->found(j->ctx, &row);
}

/* ---- who is alive ---- */

static int by_invocation(const void *va, const void *vb)
{
    const struct living *a = va, *b = vb;
    return memcmp(a->invocation.b, b->invocation.b, sizeof a->invocation.b);
}

static void find_living(struct judging *j)
{
    const struct health_facts *f = j->facts;
    j->living = xcalloc(f->forest->dc_count + 1, sizeof *j->living);
    for (size_t i = 0; i < f->forest->dc_count; i++)
        if (health_met(f->dcs[i].result))
            j->living[j->living_count++] = (struct living){f->dcs[i].result->invocation_id, i};
    qsort(j->living, j->living_count, sizeof *j->living, by_invocation);
}

size_t health_living(const struct judging *j, const struct guid *invocation)
{
    const struct living key = {.invocation = *invocation};
    const struct living *found =
        j->living_count ? bsearch(&key, j->living, j->living_count, sizeof key, by_invocation) : NULL;
    return found ? found->dc : SIZE_MAX;
}

/* ---- USNs ---- */

struct elsewhere {
    uint64_t usn;
    size_t who; /* SIZE_MAX: no DC of the forest any more */
};

/* For each DC, the highest of its USNs that is known from before it was asked: from the vectors of the scan
 * before (its own row too), or from those that others told early enough in this one. What was told later may
 * have been written since. */
static void find_elsewhere(const struct judging *j, struct elsewhere *ret)
{
    const struct health_facts *f = j->facts;
    for (size_t c = 0; c < f->cursor_count; c++) {
        const struct known_cursor *cursor = &f->cursors[c];
        size_t of = health_living(j, &cursor->origin);
        if (of != SIZE_MAX && cursor->usn > ret[of].usn)
            ret[of] = (struct elsewhere){cursor->usn, cursor->dc};
    }
    for (size_t i = 0; i < f->forest->dc_count; i++)
        for (size_t d = 0; f->dcs[i].vectors && f->dcs[i].result->complete && d < f->forest->domain_count;
             d++)
            for (size_t c = 0; f->dcs[i].readable[d] && c < f->dcs[i].vectors[d].count; c++) {
                const struct utd_cursor *cursor = &f->dcs[i].vectors[d].cursors[c];
                size_t of = health_living(j, &cursor->origin);
                if (of != SIZE_MAX && of != i && cursor->usn > ret[of].usn &&
                    f->dcs[i].result->vectors_told_us <= f->dcs[of].result->usn_asked_us)
                    ret[of] = (struct elsewhere){cursor->usn, i};
            }
}

static void tell_rollback(const struct judging *j, size_t dc, const char *since, uint64_t was)
{
    const struct dc_result *r = j->facts->dcs[dc].result;
    if (r->is_rodc)
        health_tell(
            j, dc, "usn-rollback", "warning",
            "its highestCommittedUSN is %" PRIu64 ", and %s %" PRIu64
            ", with the same invocationId: this RODC runs on an old copy of its database until it has "
            "caught up",
            r->highest_usn, since, was);
    else
        health_tell(j, dc, "usn-rollback", "critical",
                    "its highestCommittedUSN is %" PRIu64 ", and %s %" PRIu64
                    ", with the same invocationId: it runs on an old copy of its database, and the other DCs "
                    "never ask for what it writes up to USN %" PRIu64,
                    r->highest_usn, since, was, was);
}

static void judge_usn(const struct judging *j, size_t dc, const struct elsewhere *elsewhere)
{
    const struct known_mark *before = j->facts->dcs[dc].before;
    const struct dc_result *r = j->facts->dcs[dc].result;
    char since[300];
    if (!health_met(r))
        return;
    if (before && !guid_equal(&before->invocation_id, &r->invocation_id)) {
        char was[GUID_TEXT_SIZE], is[GUID_TEXT_SIZE];
        health_tell(j, dc, "restored", "warning",
                    "its invocationId is %s, and was %s: it was restored from a backup, or promoted anew; it "
                    "was read from the start",
                    guid_format(&r->invocation_id, is), guid_format(&before->invocation_id, was));
    } else if (before && r->highest_usn && r->highest_usn < before->seen_usn) {
        tell_rollback(j, dc, "was", before->seen_usn);
        return;
    }
    if (!r->highest_usn || elsewhere->usn <= r->highest_usn)
        return;
    snprintf(since, sizeof since, "%s knows it up to",
             elsewhere->who == SIZE_MAX ? "another DC" : j->facts->forest->dcs[elsewhere->who].name);
    tell_rollback(j, dc, elsewhere->who == dc ? "was" : since, elsewhere->usn);
}

/* ---- clocks ---- */

static int compare_i64(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static const char *skew_severity(int64_t skew_us)
{
    int64_t us = skew_us < 0 ? -skew_us : skew_us;
    return us > SKEW_KERBEROS * SECOND_US ? "critical" : us > SKEW_WARNING * SECOND_US ? "warning" : NULL;
}

static int64_t whole_seconds(int64_t us)
{
    return ((us < 0 ? -us : us) + SECOND_US / 2) / SECOND_US;
}

/* The forest's time against the scanner's: the median. Of an even number the scanner's own clock is one more
 * voter: the point between the middle two that is nearest to it. */
static int64_t median_us(const struct health_facts *f, size_t *ret_count)
{
    int64_t *skews = xcalloc(f->forest->dc_count + 1, sizeof *skews);
    size_t count = 0;
    for (size_t i = 0; i < f->forest->dc_count; i++)
        if (f->dcs[i].result->complete && f->dcs[i].result->has_skew)
            skews[count++] = f->dcs[i].result->skew_us;
    qsort(skews, count, sizeof *skews, compare_i64);
    int64_t low = count ? skews[(count - 1) / 2] : 0, high = count ? skews[count / 2] : 0;
    free(skews);
    *ret_count = count;
    return low > 0 ? low : high < 0 ? high : 0;
}

static void judge_clocks(const struct judging *j)
{
    const struct health_facts *f = j->facts;
    size_t count;
    const int64_t forest_us = median_us(f, &count);
    const char *severity = skew_severity(forest_us);
    if (severity)
        health_tell(j, SIZE_MAX, "clock-skew", severity,
                    "the clock of the machine that scans is %" PRId64
                    " s %s the forest's (%s%zu DC%s): Kerberos fails there beyond %d s",
                    whole_seconds(forest_us), forest_us < 0 ? "ahead of" : "behind",
                    count > 1 ? "the median of " : "", count, count > 1 ? "s" : "", SKEW_KERBEROS);
    for (size_t i = 0; i < f->forest->dc_count; i++) {
        const struct dc_result *r = f->dcs[i].result;
        const int64_t skew = r->skew_us - forest_us;
        severity = count && health_met(r) && r->has_skew ? skew_severity(skew) : NULL;
        if (severity)
            health_tell(j, i, "clock-skew", severity,
                        "its clock is %" PRId64 " s %s the forest's (%s%zu DC%s): Kerberos fails beyond %d s",
                        whole_seconds(skew), skew < 0 ? "behind" : "ahead of",
                        count > 1 ? "the median of " : "", count, count > 1 ? "s" : "", SKEW_KERBEROS);
    }
}

/* ---- the rest ---- */

static void judge_answer(const struct judging *j, size_t dc)
{
    const struct dc_result *r = j->facts->dcs[dc].result;
    const struct dc_info *info = j->facts->dcs[dc].info;
    const bool tried = !info->excluded && r->status != DC_WAITING && r->status != DC_EXCLUDED &&
                       r->status != DC_CANCELLED && r->status != DC_OK;
    if (info->located && tried && r->phase <= PHASE_ROOTDSE)
        health_tell(j, dc, "not-answering", "warning",
                    "it is in the configuration NC, and was not reached: %s%s%s", dc_status_name(r->status),
                    r->error[0] ? ": " : "", r->error);
    if (health_met(r) && r->is_gc && !r->gc_ready)
        health_tell(
            j, dc, "gc-not-ready", "warning",
            "it is a global catalog and says that it is not ready as one (isGlobalCatalogReady is not "
            "TRUE): it does not serve other domains, and was not read for them");
}

/* KB5008382: bits of character 21, a digit from 0 to 7. */
static void judge_uniqueness(const struct judging *j)
{
    const char *heuristics = j->facts->forest->ds_heuristics;
    if (strlen(heuristics) <= UNIQUENESS || heuristics[UNIQUENESS] < '1' || heuristics[UNIQUENESS] > '7')
        return;
    const int bits = heuristics[UNIQUENESS] - '0';
    char what[160] = "";
    snprintf(what, sizeof what, "%s%s%s", bits & 1 ? ", that a userPrincipalName is unique" : "",
             bits & 2 ? ", that an SPN is unique" : "",
             bits & 4 ? ", that no other account holds the alias of an SPN (HOST for HTTP)" : "");
    health_tell(j, SIZE_MAX, "uniqueness-off", "warning",
                "character 21 of dSHeuristics is %c: when names are written DCs do not check%s",
                heuristics[UNIQUENESS], what + 1);
}

void health_judge(const struct health_facts *facts, void (*found)(void *ctx, const struct health_row *row),
                  void *ctx)
{
    struct judging j = {.facts = facts, .found = found, .ctx = ctx};
    struct elsewhere *elsewhere = xcalloc(facts->forest->dc_count + 1, sizeof *elsewhere);
    find_living(&j);
    find_elsewhere(&j, elsewhere);
    for (size_t i = 0; i < facts->forest->dc_count; i++) {
        judge_usn(&j, i, &elsewhere[i]);
        health_judge_age(&j, i);
        health_judge_stalled(&j, i);
        judge_answer(&j, i);
    }
    judge_clocks(&j);
    judge_uniqueness(&j);
    free(elsewhere);
    free(j.living);
}
