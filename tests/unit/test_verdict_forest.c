/* What the judge says of one moment of a model of replication is held against what becomes of it once
 * replication has run until nothing moves any more. */
#include <check.h>
#include <stdlib.h>

#include "tests/unit/forest_model.h"

#define SEEDS 6000

static const enum judged judged_as[ATTRS] = {JUDGED_OBJECT, JUDGED_DELETED, JUDGED_SPN, JUDGED_UPN};

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
        w->presence = !dc->there ? SHOWS_NOTHING : dc_is_alive(dc) ? SHOWS_LIVE : SHOWS_DELETED;
        w->has_metadata = dc->there;
        w->sd = 1; /* nobody hides anything */
        for (size_t o = 0; o < f->count; o++)
            vector_set(&c->vectors[i],
                       &(struct utd_cursor){.origin = forest_invocation(o), .usn = dc->vector[o]});
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
        if (forest_below(f, 2))
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
        n += dc_is_alive(&f->dcs[i]) && same_stamp(&f->dcs[i].attrs[attr], w) &&
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
            if (dc_is_alive(&now->dcs[i]) && v->written &&
                (!w.written || stamp_compare(&v->stamp, &w.stamp) > 0))
                w = *v;
        }
        if (w.written && deleted_ones_are_newer(now, a, &w))
            continue; /* what becomes of the attribute does not tell what becomes of W */
        for (size_t i = 0; w.written && i < now->count; i++) {
            const struct value *v = &now->dcs[i].attrs[a];
            size_t n = dc_is_alive(&now->dcs[i]) && same_stamp(v, &w) ? votes(now, a, &w, v->value) : 0;
            tie = n && n == most ? tie || v->value != right : n > most ? false : tie;
            if (n > most) {
                most = n;
                right = v->value;
            }
        }
        for (size_t i = 0; i < now->count; i++) {
            const struct value *v = &now->dcs[i].attrs[a];
            enum verdict said = said_of(j, judged_as[a], i), due = VERDICT_NONE;
            if (dc_is_alive(&now->dcs[i]) && w.written) {
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
        alive += dc_is_alive(dc);
        tombstone |= dc->there && !dc_is_alive(dc);
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
        else if (dc_is_alive(dc) && lingers)
            due = VERDICT_LINGERING;
        if (dc_is_alive(dc) && deletion)
            due_turn = owed(then, i, DELETED, turn, VERDICT_DELETION_LAGGING);
        else if (alive > 0 && dc->there && !dc_is_alive(dc) && !deletion)
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
        struct forest now = forest_make(seed), then = now;
        struct court court;
        struct judgement j;
        forest_converge(&then);
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

Suite *suite_verdict_forest(void);
Suite *suite_verdict_forest(void)
{
    Suite *suite = suite_create("verdict_forest");
    TCase *tc = tcase_create("verdict_forest");
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, what_is_said_comes_true);
    suite_add_tcase(suite, tc);
    return suite;
}
