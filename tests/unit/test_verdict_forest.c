/* A small model of replication as MS-DRSR tells it, and damage done below it: what the judge says of one
 * moment is held against what becomes of it once replication has run until nothing moves any more. */
#include <check.h>
#include <stdlib.h>

#include "scanner/run/verdict.h"

Suite *suite_verdict_forest(void);

#define MAX_DCS 5
#define SEEDS   6000

/* isDeleted, and two ordinary attributes; whenCreated comes first. */
enum { CREATED, DELETED, SPN, UPN, ATTRS };
static const enum judged judged_as[ATTRS] = {JUDGED_OBJECT, JUDGED_DELETED, JUDGED_SPN, JUDGED_UPN};

struct value {
    bool written;
    struct stamp stamp;
    uint64_t value; /* of isDeleted: 1 deleted */
};

struct dc {
    bool there;
    struct value attrs[ATTRS];
    uint64_t vector[MAX_DCS]; /* the own row is the own USN */
    bool broken; /* has lost what its vector says it has: its vector may not be handed on in the model, since
                    whoever pulls from it would be as wrong as it is */
};

struct forest {
    struct dc dcs[MAX_DCS];
    size_t count;
    uint64_t values, seed;
    int64_t clock;
};

static uint64_t below(struct forest *f, uint64_t n)
{
    f->seed ^= f->seed << 13;
    f->seed ^= f->seed >> 7;
    f->seed ^= f->seed << 17;
    return f->seed % n;
}

static struct guid invocation(size_t dc)
{
    struct guid g;
    memset(g.b, (int)dc + 1, sizeof g.b);
    return g;
}

static size_t origin_dc(const struct stamp *stamp)
{
    return (size_t)stamp->origin.b[0] - 1;
}

static bool is_alive(const struct dc *dc)
{
    return dc->there && !dc->attrs[DELETED].value;
}

/* ---- what DCs do ---- */

static void write_attr(struct forest *f, size_t at, int attr, uint64_t value)
{
    struct dc *dc = &f->dcs[at];
    struct value *v = &dc->attrs[attr];
    f->clock += (int64_t)below(f, 2); /* two DCs may write within one second */
    uint32_t version = v->written ? v->stamp.version + 1 : f->seed % 8 ? 1 : 0xFFFFFFFE;
    *v = (struct value){
        true,
        {.version = version, .time_us = f->clock, .origin = invocation(at), .usn = ++dc->vector[at]},
        value};
}

static void originate(struct forest *f, size_t at)
{
    struct dc *dc = &f->dcs[at];
    uint64_t what = below(f, 20);
    if (!dc->there)
        return;
    if (dc->attrs[DELETED].value) {
        if (what < 4) { /* it is brought back */
            write_attr(f, at, DELETED, 0);
            write_attr(f, at, SPN, ++f->values);
        }
    } else if (what < 2) {
        write_attr(f, at, DELETED, 1);
    } else {
        write_attr(f, at, what % 2 ? SPN : UPN, ++f->values);
    }
}

static bool covered(const struct dc *dc, const struct stamp *stamp)
{
    return dc->vector[origin_dc(stamp)] >= stamp->usn;
}

/* to pulls from from: whatever its vector does not say it has; the newer stamp stays. */
static bool pull(struct forest *f, size_t to_at, size_t from_at)
{
    struct dc *to = &f->dcs[to_at];
    const struct dc *from = &f->dcs[from_at];
    bool moved = false;
    if (!to->there && from->there && !covered(to, &from->attrs[CREATED].stamp)) {
        memcpy(to->attrs, from->attrs, sizeof to->attrs);
        to->there = moved = true;
    }
    for (int a = 0; to->there && from->there && a < ATTRS; a++) {
        const struct value *theirs = &from->attrs[a];
        struct value *ours = &to->attrs[a];
        if (!theirs->written || covered(to, &theirs->stamp) ||
            (ours->written && stamp_compare(&theirs->stamp, &ours->stamp) <= 0))
            continue;
        *ours = *theirs;
        moved = true;
    }
    for (size_t o = 0; o < f->count && !from->broken; o++)
        if (o != to_at && from->vector[o] > to->vector[o]) {
            to->vector[o] = from->vector[o];
            moved = true;
        }
    return moved;
}

static void converge(struct forest *f)
{
    bool moved = true;
    while (moved) {
        moved = false;
        for (size_t to = 0; to < f->count; to++)
            for (size_t from = 0; from < f->count; from++)
                moved |= to != from && pull(f, to, from);
    }
}

static void lose_object(struct dc *dc)
{
    dc->there = false;
    memset(dc->attrs, 0, sizeof dc->attrs);
    dc->broken = true;
}

/* Below replication: a value without a write, an attribute set back to an older state, an object lost. */
static void damage(struct forest *f, const struct forest *before)
{
    size_t at = below(f, f->count);
    struct dc *dc = &f->dcs[at];
    const struct dc *old = &before->dcs[at];
    int attr = DELETED + (int)below(f, ATTRS - DELETED);
    if (!dc->there)
        return;
    switch (below(f, 4)) {
    case 0: /* nothing */
        break;
    case 1:
        if (attr != DELETED)
            dc->attrs[attr].value = ++f->values;
        break;
    case 2:
        dc->attrs[attr] = old->there ? old->attrs[attr] : (struct value){.written = false};
        dc->broken = true;
        break;
    default:
        lose_object(dc);
        break;
    }
}

static void live(struct forest *f, size_t steps)
{
    for (size_t i = 0; i < steps; i++) {
        size_t at = below(f, f->count), from = below(f, f->count);
        if (below(f, 3) == 0)
            originate(f, at);
        else if (at != from)
            pull(f, at, from);
    }
}

static struct forest make_forest(uint64_t seed)
{
    struct forest f = {.seed = seed * 0x9E3779B97F4A7C15u + 1, .clock = 1000};
    f.count = 2 + below(&f, MAX_DCS - 1);
    for (size_t i = 0; i < f.count; i++) /* what was written elsewhere before */
        f.dcs[i].vector[i] = below(&f, 5);
    size_t creator = below(&f, f.count);
    f.dcs[creator].there = true;
    write_attr(&f, creator, CREATED, 1);
    write_attr(&f, creator, SPN, ++f.values);
    live(&f, below(&f, 30));
    struct forest before = f;
    live(&f, below(&f, 30));
    if (seed % 2)
        damage(&f, &before);
    live(&f, below(&f, 6));
    return f;
}

/* ---- before the judge ---- */

struct court {
    struct witness witnesses[MAX_DCS];
    struct utd_vector vectors[MAX_DCS];
    size_t count;
};

static void testify(struct court *c, const struct forest *f)
{
    *c = (struct court){.count = f->count};
    for (size_t i = 0; i < f->count; i++) {
        const struct dc *dc = &f->dcs[i];
        struct witness *w = &c->witnesses[i];
        *w = (struct witness){.fresh = true, .full = true, .tombstones = true, .vector = &c->vectors[i]};
        w->presence = !dc->there ? SHOWS_NOTHING : is_alive(dc) ? SHOWS_LIVE : SHOWS_DELETED;
        w->has_metadata = dc->there;
        w->sd = 1; /* nobody hides anything */
        for (size_t o = 0; o < f->count; o++)
            vector_set(&c->vectors[i], &(struct utd_cursor){.origin = invocation(o), .usn = dc->vector[o]});
        for (int a = 0; dc->there && a < ATTRS; a++) {
            struct judged_value *v = &w->values[judged_as[a]];
            v->has_stamp = v->present = dc->attrs[a].written;
            v->stamp = dc->attrs[a].stamp;
            v->hash = (struct hash128){v->present ? dc->attrs[a].value : 0, 0};
        }
    }
}

/* Values are never written twice, so that who shows the same has the same writes. Only by which deletion or
 * return something is as it is can't be seen; such two are kept apart here. */
static bool shows_the_same(const struct witness *a, const struct witness *b)
{
    const struct judged_value *x = &a->values[JUDGED_DELETED], *y = &b->values[JUDGED_DELETED];
    if (a->presence != b->presence)
        return false;
    if (x->has_stamp != y->has_stamp || (x->has_stamp && stamp_compare(&x->stamp, &y->stamp) != 0))
        return false;
    for (int what = JUDGED_SPN; a->presence == SHOWS_LIVE && what < JUDGED_COUNT; what++)
        if (a->values[what].present != b->values[what].present ||
            !hash128_equal(a->values[what].hash, b->values[what].hash))
            return false;
    return true;
}

/* Some were not asked: they are only known to show what another does. */
static void silence(struct court *c, struct forest *f)
{
    for (size_t i = 0; i < c->count; i++) {
        if (below(f, 2))
            continue;
        for (size_t j = 0; j < c->count; j++)
            if (j != i && c->witnesses[j].fresh && shows_the_same(&c->witnesses[i], &c->witnesses[j]) &&
                c->witnesses[i].fresh) {
                bool stood_for = false;
                for (size_t k = 0; k < c->count; k++)
                    stood_for |= !c->witnesses[k].fresh && c->witnesses[k].like == i;
                if (stood_for)
                    break;
                c->witnesses[i].fresh = false;
                c->witnesses[i].like = j;
            }
    }
}

static void court_release(struct court *c)
{
    for (size_t i = 0; i < c->count; i++)
        vector_release(&c->vectors[i]);
}

static enum verdict said_of(const struct judgement *j, enum judged what, size_t at)
{
    for (size_t i = 0; i < j->count; i++)
        if (j->findings[i].what == what && j->findings[i].at == at &&
            j->findings[i].verdict != VERDICT_LOST_UPDATE)
            return j->findings[i].verdict;
    return VERDICT_NONE;
}

/* ---- what must have been said ---- */

static bool same_stamp(const struct value *a, const struct value *b)
{
    return a->written == b->written && (!a->written || stamp_compare(&a->stamp, &b->stamp) == 0);
}

/* Of the DCs with W: how many show this value. */
static size_t votes(const struct forest *f, int attr, const struct value *w, uint64_t value)
{
    size_t n = 0;
    for (size_t i = 0; i < f->count; i++)
        n += is_alive(&f->dcs[i]) && same_stamp(&f->dcs[i].attrs[attr], w) &&
             f->dcs[i].attrs[attr].value == value;
    return n;
}

/* By what the DC's attribute will become: does that write reach it? */
static enum verdict owed(const struct forest *then, size_t at, int attr, const struct value *w,
                         enum verdict behind)
{
    const struct value *v = &then->dcs[at].attrs[attr];
    return v->written && stamp_compare(&v->stamp, &w->stamp) >= 0 ? behind : VERDICT_DIVERGENT;
}

static bool deleted_ones_are_newer(const struct forest *f, int attr, const struct value *w)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct value *v = &f->dcs[i].attrs[attr];
        if (f->dcs[i].there && v->written && stamp_compare(&v->stamp, &w->stamp) > 0)
            return true;
    }
    return false;
}

static void check_values(const struct forest *now, const struct forest *then, const struct judgement *j,
                         uint64_t seed, size_t *seen)
{
    for (int a = SPN; a < ATTRS; a++) {
        struct value w = {.written = false};
        size_t most = 0;
        bool tie = false;
        uint64_t right = 0;
        for (size_t i = 0; i < now->count; i++) {
            const struct value *v = &now->dcs[i].attrs[a];
            if (is_alive(&now->dcs[i]) && v->written &&
                (!w.written || stamp_compare(&v->stamp, &w.stamp) > 0))
                w = *v;
        }
        if (w.written && deleted_ones_are_newer(now, a, &w))
            continue; /* what becomes of the attribute does not tell what becomes of W */
        for (size_t i = 0; w.written && i < now->count; i++) {
            const struct value *v = &now->dcs[i].attrs[a];
            size_t n = is_alive(&now->dcs[i]) && same_stamp(v, &w) ? votes(now, a, &w, v->value) : 0;
            tie = n && n == most ? tie || v->value != right : n > most ? false : tie;
            if (n > most) {
                most = n;
                right = v->value;
            }
        }
        for (size_t i = 0; i < now->count; i++) {
            const struct value *v = &now->dcs[i].attrs[a];
            enum verdict said = said_of(j, judged_as[a], i), due = VERDICT_NONE;
            if (is_alive(&now->dcs[i]) && w.written) {
                if (!same_stamp(v, &w))
                    due = owed(then, i, a, &w,
                               VERDICT_LAGGING); /* values are never written twice: it differs */
                else if (tie || v->value != right)
                    due = VERDICT_CORRUPT;
            }
            ck_assert_msg(said == due, "seed %llu, DC %zu, %s: %s, not %s", (unsigned long long)seed, i,
                          judged_attribute(judged_as[a]), verdict_name(said), verdict_name(due));
            seen[said]++;
        }
    }
}

static void check_object(const struct forest *now, const struct forest *then, const struct judgement *j,
                         uint64_t seed, size_t *seen)
{
    const struct value *turn = NULL;
    size_t alive = 0;
    bool tombstone = false, lingers = false;
    for (size_t i = 0; i < now->count; i++) {
        const struct dc *dc = &now->dcs[i];
        const struct value *v = &dc->attrs[DELETED];
        alive += is_alive(dc);
        tombstone |= dc->there && !is_alive(dc);
        if (dc->there && v->written && (!turn || stamp_compare(&v->stamp, &turn->stamp) > 0))
            turn = v;
    }
    bool deletion = tombstone && turn->value;
    for (size_t i = 0; i < now->count; i++)
        lingers |= !now->dcs[i].there && !then->dcs[i].there && !deletion;
    for (size_t i = 0; i < now->count; i++) {
        const struct dc *dc = &now->dcs[i];
        enum verdict said = said_of(j, JUDGED_OBJECT, i), due = VERDICT_NONE;
        enum verdict said_turn = said_of(j, JUDGED_DELETED, i), due_turn = VERDICT_NONE;
        if (alive > 0 && !dc->there && !deletion)
            due = then->dcs[i].there ? VERDICT_LAGGING : VERDICT_NONE;
        else if (is_alive(dc) && lingers)
            due = VERDICT_LINGERING;
        if (is_alive(dc) && deletion)
            due_turn = owed(then, i, DELETED, turn, VERDICT_DELETION_LAGGING);
        else if (alive > 0 && dc->there && !is_alive(dc) && !deletion)
            due_turn = owed(then, i, DELETED, turn, VERDICT_LAGGING);
        ck_assert_msg(said == due, "seed %llu, DC %zu: %s, not %s", (unsigned long long)seed, i,
                      verdict_name(said), verdict_name(due));
        ck_assert_msg(said_turn == due_turn, "seed %llu, DC %zu, deletion: %s, not %s",
                      (unsigned long long)seed, i, verdict_name(said_turn), verdict_name(due_turn));
        seen[said]++;
        seen[said_turn]++;
    }
}

/* Judged from little, asking whom it asks, the judge says what it says knowing all. */
static void check_asking(struct court *c, const struct judgement *whole, uint64_t seed)
{
    for (size_t round = 0; round <= c->count; round++) {
        struct judgement j;
        judge(c->witnesses, c->count, false, 1000, 60, &j);
        ck_assert(!j.need_sd);
        if (!j.unsettled) {
            for (size_t i = 0; i < c->count; i++)
                for (int what = 0; what < JUDGED_COUNT; what++) {
                    enum verdict a = said_of(&j, (enum judged)what, i);
                    enum verdict b = said_of(whole, (enum judged)what, i);
                    ck_assert_msg(a == b, "seed %llu, DC %zu, %s: %s from little, %s from all",
                                  (unsigned long long)seed, i, judged_attribute((enum judged)what),
                                  verdict_name(a), verdict_name(b));
                }
            judgement_release(&j);
            return;
        }
        for (size_t i = 0; i < c->count; i++)
            if (j.ask[i]) {
                ck_assert(!c->witnesses[i].fresh);
                c->witnesses[i].fresh = true;
            }
        judgement_release(&j);
    }
    ck_abort_msg("seed %llu: it never settles", (unsigned long long)seed);
}

START_TEST(what_is_said_comes_true)
{
    size_t seen[VERDICT_COUNT] = {0};
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct forest now = make_forest(seed), then = now;
        struct court court;
        struct judgement j;
        converge(&then);
        testify(&court, &now);
        judge(court.witnesses, court.count, true, 1000, 60, &j);
        check_object(&now, &then, &j, seed, seen);
        check_values(&now, &then, &j, seed, seen);
        for (size_t i = 0; i < j.count; i++)
            seen[VERDICT_LOST_UPDATE] += j.findings[i].verdict == VERDICT_LOST_UPDATE;
        silence(&court, &now);
        check_asking(&court, &j, seed);
        judgement_release(&j);
        court_release(&court);
    }
    static const enum verdict met[] = {VERDICT_LAGGING,   VERDICT_DIVERGENT,        VERDICT_CORRUPT,
                                       VERDICT_LINGERING, VERDICT_DELETION_LAGGING, VERDICT_LOST_UPDATE};
    for (size_t i = 0; i < sizeof met / sizeof *met; i++)
        ck_assert_msg(seen[met[i]] >= 100, "%s only %zu times", verdict_name(met[i]), seen[met[i]]);
}
END_TEST

Suite *suite_verdict_forest(void)
{
    Suite *s = suite_create("verdict_forest");
    TCase *tc = tcase_create("verdict_forest");
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, what_is_said_comes_true);
    suite_add_tcase(s, tc);
    return s;
}
