#include <stdlib.h>
#include <string.h>

#include "scanner/run/explain_inside.h"
#include "scanner/run/verdict_inside.h"

#define SECOND_US    INT64_C(1000000)
#define CLOCK_US     (300 * SECOND_US) /* a stamp from further ahead is of a clock that is wrong */
#define YEAR_1990_US INT64_C(631152000000000)

/* ---- severity ---- */

static int64_t behind_s(const struct finding *finding, int64_t now_us)
{
    if (finding->synced_us <= 0)
        return -1;
    return finding->synced_us < now_us ? (now_us - finding->synced_us) / SECOND_US : 0;
}

/* How long the write has been under way, by the clock of its DC; where that is not plausible, for how long
 * nothing has been heard from there. <0: not known. */
static int64_t age_s(const struct finding *finding, int64_t now_us)
{
    int64_t written = finding->winning.time_us;
    if (!finding->has_stamp || written < YEAR_1990_US || written > now_us + CLOCK_US)
        return behind_s(finding, now_us);
    return written < now_us ? (now_us - written) / SECOND_US : 0;
}

const char *explain_severity(const struct finding *finding, const struct explain_limits *limits)
{
    switch (finding->verdict) {
    case VERDICT_LAGGING:
    case VERDICT_DELETION_LAGGING:
        return age_s(finding, limits->now_us) < limits->max_lag_s ? "info" : "warning";
    case VERDICT_DIVERGENT:
    case VERDICT_CORRUPT:
    case VERDICT_LINGERING:
        return "critical";
    case VERDICT_UNPROVED:
        /* An OU that is renamed looks so for all below it until that has gone round. */
        return finding->note && strcmp(finding->note, NOTE_CONTAINER) == 0 ? "info" : "warning";
    default:
        return "warning";
    }
}

/* Without the right to list deleted objects every deletion that is under way looks like that: for as long as
 * lag is information it is too, unless it was there from the first scan on. 0: its severity holds from the
 * start. */
static int64_t young_s(const struct finding *finding, const struct explain_limits *limits)
{
    bool may_pass =
        finding->verdict == VERDICT_UNPROVED && finding->note && strcmp(finding->note, NOTE_TOMBSTONES) == 0;
    return may_pass ? limits->max_lag_s : 0;
}

/* ---- rows ---- */

static void add_stamp(struct explanation *e, size_t first, int64_t object, const struct finding *finding)
{
    for (size_t i = first; i < e->stamp_count; i++)
        if (e->stamps[i].what == finding->what) {
            if (stamp_compare(&finding->winning, &e->stamps[i].stamp) > 0)
                e->stamps[i].stamp = finding->winning;
            return;
        }
    e->stamps = xgrow(e->stamps, &e->stamp_size, e->stamp_count + 1, sizeof *e->stamps);
    e->stamps[e->stamp_count++] =
        (struct explained_stamp){.object = object, .what = finding->what, .stamp = finding->winning};
}

/* One row an attribute, DC and verdict: the first. */
static bool is_told(const struct explanation *e, size_t first, size_t at, const struct finding *finding)
{
    for (size_t i = first; i < e->count; i++)
        if (e->rows[i].at == at && e->rows[i].what == finding->what && e->rows[i].verdict == finding->verdict)
            return true;
    return false;
}

void explanation_add(struct explanation *e, const struct dispute *d, const struct explain_limits *limits)
{
    const size_t first = e->count, first_stamp = e->stamp_count;
    for (size_t i = 0; i < d->judgement.count; i++) {
        const struct finding *f = &d->judgement.findings[i];
        size_t at = d->rows[f->at].said.dc;
        if (f->has_stamp)
            add_stamp(e, first_stamp, d->object, f);
        if (is_told(e, first, at, f))
            continue;
        e->rows = xgrow(e->rows, &e->size, e->count + 1, sizeof *e->rows);
        e->rows[e->count++] =
            (struct explained){.object = d->object,
                               .at = at,
                               .what = f->what,
                               .verdict = f->verdict,
                               .severity = explain_severity(f, limits),
                               .young_s = young_s(f, limits),
                               .winner = f->winner == SIZE_MAX ? SIZE_MAX : d->rows[f->winner].said.dc,
                               .has_stamp = f->has_stamp,
                               .winning = f->winning,
                               .behind_usn = f->behind_usn,
                               .behind_s = behind_s(f, limits->now_us),
                               .note = f->note};
    }
}

void explanation_drop_incomplete(struct explanation *e, const struct dc_evidence *evidence)
{
    size_t kept = 0;
    for (size_t i = 0; i < e->count; i++) {
        struct explained row = e->rows[i];
        if (!evidence[row.at].complete)
            continue;
        if (row.winner != SIZE_MAX && !evidence[row.winner].complete)
            row.winner = SIZE_MAX;
        e->rows[kept++] = row;
    }
    e->count = kept;
}

void explanation_release(struct explanation *e)
{
    free(e->rows);
    free(e->stamps);
    free(e->asked_at);
    *e = (struct explanation){0};
}
