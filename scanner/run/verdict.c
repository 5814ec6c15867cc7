/* verdict.c: names, rows, and the order in which an object is judged; see verdict.h. The rules are in
 * verdict_object.c and verdict_value.c. */
#include "scanner/run/verdict.h"

#include <stdlib.h>

#include "scanner/run/verdict_inside.h"
#include "spnscan/text_buf.h"

#define DAY_US INT64_C(86400000000)

/* What forests use that never set tombstoneLifetime (MS-ADTS 6.1.1.2.4.1.1). */
#define DEFAULT_TOMBSTONE_DAYS 60

const char *verdict_name(enum verdict verdict)
{
    static const char *const names[VERDICT_COUNT] = {
        [VERDICT_NONE] = "none",
        [VERDICT_LAGGING] = "lagging",
        [VERDICT_DIVERGENT] = "divergent",
        [VERDICT_CORRUPT] = "corrupt",
        [VERDICT_HIDDEN] = "hidden",
        [VERDICT_LINGERING] = "lingering",
        [VERDICT_DELETION_LAGGING] = "deletion-lagging",
        [VERDICT_LOST_UPDATE] = "lost-update",
        [VERDICT_CONFLICT] = "conflict",
        [VERDICT_UNPROVED] = "unproved",
    };
    return names[verdict];
}

static const struct {
    const char *attribute;
    bool pas; /* isMemberOfPartialAttributeSet in the schema AD comes with */
} judged_table[JUDGED_COUNT] = {
    [JUDGED_OBJECT] = {"objectGUID", true},
    [JUDGED_DELETED] = {"isDeleted", true},
    [JUDGED_SPN] = {"servicePrincipalName", true},
    [JUDGED_SAM] = {"sAMAccountName", true},
    [JUDGED_UAC] = {"userAccountControl", true},
    [JUDGED_DNS_HOST] = {"dNSHostName", true},
    [JUDGED_UPN] = {"userPrincipalName", true},
    [JUDGED_SID] = {"objectSid", true},
    [JUDGED_DN] = {"distinguishedName", true},
    [JUDGED_TARGETS] = {"msDS-AllowedToDelegateTo", false},
    [JUDGED_RBCD] = {"msDS-AllowedToActOnBehalfOfOtherIdentity", false},
    [JUDGED_ENCTYPES] = {"msDS-SupportedEncryptionTypes", false},
};

const char *judged_attribute(enum judged what)
{
    return judged_table[what].attribute;
}

bool judged_is_pas(enum judged what)
{
    return judged_table[what].pas;
}

const struct witness *trial_shown(const struct trial *t, size_t i)
{
    const struct witness *w = &t->witnesses[i];
    if (w->fresh)
        return w;
    if (w->like >= t->count)
        return NULL;
    const struct witness *like = &t->witnesses[w->like];
    return like->fresh && (like->full || !w->full) ? like : NULL;
}

enum coverage trial_coverage(const struct trial *t, size_t i, const struct stamp *stamp)
{
    const struct utd_vector *vector = t->witnesses[i].vector;
    if (!vector)
        return NO_VECTOR;
    return vector_covers(vector, stamp) ? COVERS : BEHIND;
}

struct finding *trial_add(struct trial *t, enum verdict verdict, enum judged what, size_t at,
                          const char *note)
{
    struct judgement *out = t->out;
    out->findings = xgrow(out->findings, &out->size, out->count + 1, sizeof *out->findings);
    struct finding *finding = &out->findings[out->count++];
    *finding = (struct finding){.verdict = verdict, .what = what, .at = at, .winner = SIZE_MAX, .note = note};
    return finding;
}

void finding_won(struct finding *finding, size_t winner, const struct stamp *stamp)
{
    finding->winner = winner;
    finding->has_stamp = true;
    finding->winning = *stamp;
}

void trial_ask(struct trial *t, enum judged what, size_t at, const char *note)
{
    if (t->final) {
        trial_add(t, VERDICT_UNPROVED, what, at, note);
        return;
    }
    t->out->ask[at] = true;
    t->out->unsettled = true;
}

bool trial_ask_few(struct trial *t, enum judged what, bool (*wanted)(const void *ctx, size_t witness),
                   const void *ctx)
{
    size_t more = 0;
    for (size_t i = 0; !t->final && i < t->count; i++)
        more += wanted(ctx, i);
    if (!more || more > FEW_MORE)
        return false;
    for (size_t i = 0; i < t->count; i++)
        if (wanted(ctx, i))
            trial_ask(t, what, i, "");
    return true;
}

static void add_behind(struct trial *t, enum verdict verdict, enum judged what, size_t at, size_t winner,
                       const struct stamp *stamp)
{
    struct finding *finding = trial_add(t, verdict, what, at, "");
    const struct utd_cursor *cursor = vector_find(t->witnesses[at].vector, &stamp->origin);
    finding_won(finding, winner, stamp);
    finding->behind_usn = stamp->usn - (cursor ? cursor->usn : 0);
    finding->synced_us = cursor ? cursor->synced_us : 0;
}

void trial_measure(struct trial *t, enum verdict behind, enum judged what, size_t at, size_t winner,
                   const struct stamp *stamp)
{
    switch (trial_coverage(t, at, stamp)) {
    case BEHIND:
        add_behind(t, behind, what, at, winner, stamp);
        return;
    case NO_VECTOR:
        finding_won(trial_add(t, VERDICT_UNPROVED, what, at, NOTE_VECTOR), winner, stamp);
        return;
    case COVERS:
        break;
    }
    if (t->witnesses[at].fresh)
        finding_won(trial_add(t, VERDICT_DIVERGENT, what, at, ""), winner, stamp);
    else
        trial_ask(t, what, at, NOTE_CHANGED);
}

void judge(const struct witness *witnesses, size_t count, bool final, int64_t now_us, int tombstone_days,
           struct judgement *ret)
{
    struct trial t = {.witnesses = witnesses,
                      .count = count,
                      .final = final,
                      .now_us = now_us,
                      .tombstone_us = (tombstone_days > 0 ? tombstone_days : DEFAULT_TOMBSTONE_DAYS) * DAY_US,
                      .out = ret};
    size_t alive = 0;
    *ret = (struct judgement){.ask = xcalloc(count ? count : 1, sizeof *ret->ask)};
    for (size_t i = 0; i < count; i++) {
        const struct witness *shown = trial_shown(&t, i);
        if (!shown)
            trial_ask(&t, JUDGED_OBJECT, i, NOTE_CHANGED);
        else
            alive += shown->presence == SHOWS_LIVE;
    }
    if (alive == 0) /* a tombstone here and nothing there is how objects go */
        return;
    if (alive < count)
        judge_object(&t);
    for (int what = JUDGED_DELETED + 1; alive > 1 && what < JUDGED_COUNT; what++)
        judge_value(&t, (enum judged)what);
}

void judgement_release(struct judgement *judgement)
{
    free(judgement->findings);
    free(judgement->ask);
    *judgement = (struct judgement){0};
}
