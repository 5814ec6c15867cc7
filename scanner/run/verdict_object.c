/* verdict_object.c: is the object there, and should it be? See verdict.h. */
#include "scanner/run/verdict_inside.h"

struct existence {
    struct trial *t;
    bool has_creation, has_turn;
    struct stamp creation; /* greatest stamp of whenCreated: the safe one, should two differ */
    struct stamp turn;     /* greatest stamp of isDeleted: the last deletion or return that anyone tells */
    size_t alive;          /* first witness that shows the object alive */
    size_t turned;         /* first one that shows what the turn brought; SIZE_MAX: they contradict */
    bool any_deleted, deleted; /* deleted: the turn was a deletion */
};

static bool shows(const struct existence *e, size_t i, enum presence presence)
{
    const struct witness *shown = trial_shown(e->t, i);
    return shown && shown->presence == presence;
}

/* A fresh witness that shows something, with that stamp told; else NULL. */
static const struct stamp *told(const struct trial *t, size_t i, enum judged what)
{
    const struct witness *w = &t->witnesses[i];
    const struct judged_value *value = &w->values[what];
    return w->fresh && w->presence != SHOWS_NOTHING && value->has_stamp ? &value->stamp : NULL;
}

static bool greatest(const struct trial *t, enum judged what, struct stamp *ret)
{
    bool any = false;
    for (size_t i = 0; i < t->count; i++) {
        const struct stamp *stamp = told(t, i, what);
        if (stamp && (!any || stamp_compare(stamp, ret) > 0)) {
            *ret = *stamp;
            any = true;
        }
    }
    return any;
}

static bool made_turn(const struct existence *e, size_t i)
{
    const struct stamp *stamp = told(e->t, i, JUDGED_DELETED);
    return stamp && stamp_compare(stamp, &e->turn) == 0;
}

/* One write of isDeleted, and some show it as a deletion, some as a return: told by count, and where a not
 * fresh one is like one of them and has that write by its vector, by its count too. */
static void judge_contradiction(struct existence *e, size_t first_alive, size_t first_deleted)
{
    struct trial *t = e->t;
    size_t alive = 0, deleted = 0;
    for (size_t i = 0; i < t->count; i++) {
        const struct witness *w = &t->witnesses[i], *shown = trial_shown(t, i);
        if (!shown || !made_turn(e, (size_t)(shown - t->witnesses)))
            continue;
        if (!w->fresh && trial_coverage(t, i, &e->turn) != COVERS)
            continue;
        alive += shown->presence == SHOWS_LIVE;
        deleted += shown->presence == SHOWS_DELETED;
    }
    e->deleted = deleted > alive;
    e->turned = deleted == alive ? SIZE_MAX : e->deleted ? first_deleted : first_alive;
    for (size_t i = 0; i < t->count; i++)
        if (made_turn(e, i) && (deleted == alive || shows(e, i, e->deleted ? SHOWS_LIVE : SHOWS_DELETED)))
            finding_won(trial_add(t, VERDICT_CORRUPT, JUDGED_DELETED, i, ""), e->turned, &e->turn);
}

static void find_turn(struct existence *e)
{
    size_t first[] = {[SHOWS_LIVE] = SIZE_MAX, [SHOWS_DELETED] = SIZE_MAX, [SHOWS_NOTHING] = SIZE_MAX};
    e->has_turn = greatest(e->t, JUDGED_DELETED, &e->turn);
    for (size_t i = 0; e->has_turn && i < e->t->count; i++) {
        size_t *slot = &first[e->t->witnesses[i].presence];
        if (made_turn(e, i) && *slot == SIZE_MAX)
            *slot = i;
    }
    if (first[SHOWS_LIVE] != SIZE_MAX && first[SHOWS_DELETED] != SIZE_MAX) {
        judge_contradiction(e, first[SHOWS_LIVE], first[SHOWS_DELETED]);
        return;
    }
    e->deleted = first[SHOWS_DELETED] != SIZE_MAX;
    e->turned = e->deleted ? first[SHOWS_DELETED] : first[SHOWS_LIVE];
}

static bool alive_unasked(const void *ctx, size_t i)
{
    const struct existence *e = ctx;
    return !e->t->witnesses[i].fresh && shows(e, i, SHOWS_LIVE);
}

/* Tombstones here, the living there: those that do not show what the turn brought are behind it, or have lost
 * it. */
static void judge_turn(struct existence *e)
{
    struct trial *t = e->t;
    enum verdict behind = e->deleted ? VERDICT_DELETION_LAGGING : VERDICT_LAGGING;
    enum presence loser = e->deleted ? SHOWS_LIVE : SHOWS_DELETED;
    /* It is a deletion as far as it is told: one of those that were not asked may have it alive again, from a
     * newer write than any that is told. */
    if (e->deleted && trial_ask_few(t, JUDGED_DELETED, alive_unasked, e))
        return;
    for (size_t i = 0; i < t->count; i++) {
        const struct witness *w = &t->witnesses[i];
        if (!shows(e, i, loser) || made_turn(e, i))
            continue;
        /* Its own isDeleted can't be read: it may be the newer one, but only where it had the turn before. */
        if (w->fresh && !w->has_metadata && trial_coverage(t, i, &e->turn) == COVERS)
            trial_add(t, VERDICT_UNPROVED, JUDGED_DELETED, i, NOTE_METADATA);
        /* Of a tombstone known by older word: it may have been deleted again. Returns are rare; all are
         * asked. */
        else if (!e->deleted && !w->fresh)
            trial_ask(t, JUDGED_DELETED, i, NOTE_CHANGED);
        else
            trial_measure(t, behind, JUDGED_DELETED, i, e->turned, &e->turn);
    }
}

static void judge_lingering(struct existence *e, size_t witness)
{
    struct trial *t = e->t;
    int64_t newest = INT64_MIN;
    for (size_t i = 0; i < t->count; i++)
        for (int what = 0; what < JUDGED_COUNT; what++) {
            const struct stamp *stamp = told(t, i, (enum judged)what);
            if (stamp && stamp->time_us > newest)
                newest = stamp->time_us;
        }
    const char *note = newest < t->now_us - t->tombstone_us ? NOTE_LINGERING : NOTE_LOST;
    for (size_t i = 0; i < t->count; i++)
        if (shows(e, i, SHOWS_LIVE))
            finding_won(trial_add(t, VERDICT_LINGERING, JUDGED_OBJECT, i, note), witness, &e->creation);
}

/* Absent at d. Returns true where that proves that the object lingers elsewhere. */
static bool judge_absence(struct existence *e, size_t d)
{
    struct trial *t = e->t;
    if (!e->has_creation) {
        trial_add(t, VERDICT_UNPROVED, JUDGED_OBJECT, d, NOTE_METADATA);
        return false;
    }
    /* A tombstone that is not shown there may wait for a return that has not come yet. */
    bool returned = !t->witnesses[d].tombstones && e->has_turn && !e->deleted &&
                    trial_coverage(t, d, &e->creation) == COVERS && trial_coverage(t, d, &e->turn) == BEHIND;
    if (returned || trial_coverage(t, d, &e->creation) != COVERS || !t->witnesses[d].fresh) {
        trial_measure(t, VERDICT_LAGGING, returned ? JUDGED_DELETED : JUDGED_OBJECT, d,
                      returned ? e->turned : e->alive, returned ? &e->turn : &e->creation);
        return false;
    }
    if (!t->witnesses[d].tombstones) {
        trial_add(t, VERDICT_UNPROVED, JUDGED_OBJECT, d, NOTE_TOMBSTONES);
        return false;
    }
    return true;
}

void judge_object(struct trial *t)
{
    struct existence e = {.t = t, .alive = SIZE_MAX, .turned = SIZE_MAX};
    size_t lacks = SIZE_MAX;
    e.has_creation = greatest(t, JUDGED_OBJECT, &e.creation);
    for (size_t i = 0; i < t->count; i++) {
        e.any_deleted |= shows(&e, i, SHOWS_DELETED);
        if (e.alive == SIZE_MAX && shows(&e, i, SHOWS_LIVE))
            e.alive = i;
    }
    find_turn(&e);
    if (e.any_deleted && !e.has_turn) {
        for (size_t i = 0; i < t->count; i++)
            if (t->witnesses[i].fresh && shows(&e, i, SHOWS_DELETED))
                trial_add(t, VERDICT_UNPROVED, JUDGED_DELETED, i, NOTE_METADATA);
        return;
    }
    if (e.any_deleted) {
        if (e.turned == SIZE_MAX)
            return;
        judge_turn(&e);
        if (e.deleted)
            return;
    }
    for (size_t i = 0; i < t->count; i++)
        if (shows(&e, i, SHOWS_NOTHING) && judge_absence(&e, i) && lacks == SIZE_MAX)
            lacks = i;
    if (lacks != SIZE_MAX)
        judge_lingering(&e, lacks);
}
