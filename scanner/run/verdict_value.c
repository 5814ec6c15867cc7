/* verdict_value.c: one attribute among the DCs that show the object alive; see verdict.h. */
#include "scanner/run/verdict_inside.h"

struct issue {
    struct trial *t;
    enum judged what;
    struct stamp w; /* the greatest stamp */
    const struct judged_value *right;
    size_t winner; /* first holder that shows `right` */
    bool mixed;    /* of the holders some show a value and some none */
    bool tie;      /* no value is shown by the most; `right` is the first one's */
};

/* What witness i shows of the attribute. NULL: not known, not alive, or it can't tell. */
static const struct judged_value *value_of(const struct issue *s, size_t i)
{
    const struct witness *shown = trial_shown(s->t, i);
    if (!shown || shown->presence != SHOWS_LIVE || (!s->t->witnesses[i].full && !judged_is_pas(s->what)))
        return NULL;
    const struct judged_value *value = &shown->values[s->what];
    return s->what == JUDGED_UAC && !value->present ? NULL : value; /* hidden: no word at all */
}

static bool same_value(const struct judged_value *a, const struct judged_value *b)
{
    return a->present == b->present && (!a->present || hash128_equal(a->hash, b->hash));
}

/* Does witness i, asked afresh, tell that its value is from W? */
static bool holds_w(const struct issue *s, size_t i)
{
    const struct judged_value *v = s->t->witnesses[i].fresh ? value_of(s, i) : NULL;
    return v && v->has_stamp && stamp_compare(&v->stamp, &s->w) == 0;
}

static size_t shown_index(const struct issue *s, size_t i)
{
    return (size_t)(trial_shown(s->t, i) - s->t->witnesses);
}

/* ---- who is right among the holders of W ---- */

/* Of a holder without a value, where others have one: is it hidden from us there? By the security descriptor,
 * which decides what may be read: where it equals one of a holder that shows a value, it is not. */
enum absence { ABSENCE_LOST, ABSENCE_HIDDEN, ABSENCE_UNKNOWN };

static enum absence absence_of(const struct issue *s, size_t i)
{
    uint64_t sd = s->t->witnesses[i].sd;
    bool other = false, untold = false;
    if (sd == 0)
        return ABSENCE_UNKNOWN;
    for (size_t j = 0; j < s->t->count; j++) {
        uint64_t there = s->t->witnesses[j].sd;
        if (!holds_w(s, j) || !value_of(s, j)->present)
            continue;
        if (there == sd)
            return ABSENCE_LOST;
        other |= there != 0;
        untold |= there == 0;
    }
    return other && (!untold || s->t->final) ? ABSENCE_HIDDEN : ABSENCE_UNKNOWN;
}

/* Is what holder i shows a value to be weighed? Absence is, unless it may be only hidden. */
static bool is_weighed(const struct issue *s, size_t i)
{
    return value_of(s, i)->present || !s->mixed || absence_of(s, i) == ABSENCE_LOST;
}

/* How many show the value of holder i: holders, and of the not fresh those like a holder that have W by their
 * vector. */
static size_t votes_for(const struct issue *s, size_t i)
{
    size_t votes = 0;
    for (size_t j = 0; j < s->t->count; j++) {
        const struct judged_value *v = value_of(s, j);
        if (!v || !same_value(v, value_of(s, i)))
            continue;
        size_t shown = shown_index(s, j);
        if (!holds_w(s, shown) || !is_weighed(s, shown))
            continue;
        votes += shown == j || trial_coverage(s->t, j, &s->w) == COVERS;
    }
    return votes;
}

/* Sets right, winner and tie by the votes of the holders that are weighed. */
static void elect(struct issue *s)
{
    size_t most = 0;
    s->right = NULL;
    for (size_t i = 0; i < s->t->count; i++) {
        if (!holds_w(s, i) || !is_weighed(s, i))
            continue;
        if (s->right && same_value(value_of(s, i), s->right))
            continue;
        size_t votes = votes_for(s, i);
        if (votes > most) {
            s->right = value_of(s, i);
            s->winner = i;
            s->tie = false;
            most = votes;
        } else if (votes == most) {
            s->tie = true;
        }
    }
}

/* Finds W. false: nobody tells a stamp. */
static bool find_w(struct issue *s)
{
    bool any = false;
    for (size_t i = 0; i < s->t->count; i++) {
        const struct judged_value *v = s->t->witnesses[i].fresh ? value_of(s, i) : NULL;
        if (v && v->has_stamp && (!any || stamp_compare(&v->stamp, &s->w) > 0)) {
            s->w = v->stamp;
            any = true;
        }
    }
    return any;
}

static void settle_right(struct issue *s)
{
    bool present = false, absent = false, contested = false;
    for (size_t i = 0; i < s->t->count; i++) {
        if (!holds_w(s, i))
            continue;
        const struct judged_value *v = value_of(s, i);
        if (!s->right) {
            s->right = v;
            s->winner = i;
        }
        contested |= !same_value(v, s->right);
        present |= v->present;
        absent |= !v->present;
    }
    s->mixed = present && absent;
    if (contested)
        elect(s);
}

/* ---- rows ---- */

/* Is holder i's DN another than that of every other value in question only above the first RDN? */
static bool only_container_differs(const struct issue *s, size_t i)
{
    uint64_t rdn = value_of(s, i)->rdn;
    if (s->what != JUDGED_DN)
        return false;
    if (!s->tie)
        return rdn == s->right->rdn;
    for (size_t j = 0; j < s->t->count; j++)
        if (holds_w(s, j) && value_of(s, j)->rdn != rdn)
            return false;
    return true;
}

static void add_won(struct issue *s, enum verdict verdict, size_t at, const char *note)
{
    finding_won(trial_add(s->t, verdict, s->what, at, note), s->tie ? SIZE_MAX : s->winner, &s->w);
}

static bool agrees_unasked(const void *ctx, size_t j)
{
    const struct issue *s = ctx;
    const struct judged_value *v = s->t->witnesses[j].fresh ? NULL : value_of(s, j);
    return v && same_value(v, s->right);
}

/* Before a word that waiting will not mend: whoever shows the right value too, and has not been asked, may
 * have it from a newer write of the same value, or be one more to compare with. */
static bool ask_more(struct issue *s)
{
    return !s->tie && trial_ask_few(s->t, s->what, agrees_unasked, s);
}

static void judge_absent_holder(struct issue *s, size_t i)
{
    if (absence_of(s, i) == ABSENCE_HIDDEN) {
        if (!ask_more(s))
            add_won(s, VERDICT_HIDDEN, i, "");
    } else if (s->t->final) {
        add_won(s, VERDICT_UNPROVED, i, NOTE_SD);
    } else {
        s->t->out->need_sd = true;
    }
}

static void judge_holder(struct issue *s, size_t i)
{
    if (!is_weighed(s, i))
        judge_absent_holder(s, i);
    else if (!s->tie && same_value(value_of(s, i), s->right))
        return;
    else if (only_container_differs(s, i))
        add_won(s, VERDICT_UNPROVED, i, NOTE_CONTAINER);
    else if (!ask_more(s))
        add_won(s, VERDICT_CORRUPT, i, "");
}

/* Does some holder that is weighed show the value v? */
static bool is_in_question(const struct issue *s, const struct judged_value *v)
{
    if (!s->tie)
        return same_value(v, s->right);
    for (size_t i = 0; i < s->t->count; i++)
        if (holds_w(s, i) && is_weighed(s, i) && same_value(v, value_of(s, i)))
            return true;
    return false;
}

/* Its word is older than its vector. Where that lacks W it is behind, unless the value that it is known to
 * show is one that W itself is shown with, or one of a write that nobody could tell. */
static void judge_not_fresh(struct issue *s, size_t i)
{
    size_t like = shown_index(s, i);
    /* One more that holds W may break a tie: then it is asked. */
    if (holds_w(s, like) && only_container_differs(s, like) && (!s->tie || s->t->final))
        add_won(s, VERDICT_UNPROVED, i, NOTE_CONTAINER);
    else if (holds_w(s, like))
        trial_ask(s->t, s->what, i, NOTE_CHANGED);
    else if (!s->t->witnesses[like].has_metadata)
        trial_ask(s->t, s->what, i, NOTE_METADATA);
    else
        trial_measure(s->t, VERDICT_LAGGING, s->what, i, s->winner, &s->w);
}

/* The first witness whose value is from a write that took the place of i's without knowing it. SIZE_MAX:
 * none.
 */
static size_t overwritten_by(const struct issue *s, size_t i)
{
    const struct judged_value *mine = value_of(s, i);
    for (size_t j = 0; j < s->t->count; j++) {
        const struct judged_value *v = s->t->witnesses[j].fresh ? value_of(s, j) : NULL;
        if (v && v->has_stamp && v->stamp.version == mine->stamp.version &&
            !guid_equal(&v->stamp.origin, &mine->stamp.origin) &&
            stamp_compare(&v->stamp, &mine->stamp) > 0 && !same_value(v, mine))
            return j;
    }
    return SIZE_MAX;
}

static void judge_lost_update(struct issue *s, size_t i)
{
    if ((s->what != JUDGED_SPN && s->what != JUDGED_TARGETS) || !value_of(s, i)->has_stamp)
        return;
    size_t by = overwritten_by(s, i);
    if (by != SIZE_MAX)
        finding_won(trial_add(s->t, VERDICT_LOST_UPDATE, s->what, i, ""), by, &value_of(s, by)->stamp);
}

static void judge_other(struct issue *s, size_t i)
{
    const struct witness *w = &s->t->witnesses[i];
    if (is_in_question(s, value_of(s, i)) && (w->fresh || !s->tie))
        return;
    if (!w->fresh) {
        judge_not_fresh(s, i);
    } else if (!w->has_metadata) {
        trial_add(s->t, VERDICT_UNPROVED, s->what, i, NOTE_METADATA);
    } else if (trial_coverage(s->t, i, &s->w) != COVERS || !ask_more(s)) {
        trial_measure(s->t, VERDICT_LAGGING, s->what, i, s->winner, &s->w);
        judge_lost_update(s, i);
    }
}

/* Nobody tells a stamp. Where metadata can't be read that is why; where they can nowhere be missed, the
 * attribute has none, and every value stands alone. */
static void judge_without_stamps(struct issue *s)
{
    bool unreadable = false;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < s->t->count; i++) {
            const struct witness *w = &s->t->witnesses[i];
            if (!w->fresh || !value_of(s, i))
                continue;
            if (pass == 0)
                unreadable |= !w->has_metadata;
            else if (!unreadable || !w->has_metadata)
                trial_add(s->t, VERDICT_UNPROVED, s->what, i,
                          w->has_metadata ? NOTE_NO_STAMP : NOTE_METADATA);
        }
}

/* userAccountControl that is absent: one row each, if anybody shows it. */
static void judge_hidden_uac(struct issue *s)
{
    size_t shows = SIZE_MAX;
    for (size_t i = 0; i < s->t->count && shows == SIZE_MAX; i++)
        if (value_of(s, i))
            shows = i;
    for (size_t i = 0; i < s->t->count && shows != SIZE_MAX; i++) {
        const struct witness *shown = trial_shown(s->t, i);
        if (shown && shown->presence == SHOWS_LIVE && !value_of(s, i))
            trial_add(s->t, VERDICT_HIDDEN, s->what, i, "")->winner = shows;
    }
}

void judge_value(struct trial *t, enum judged what)
{
    struct issue s = {.t = t, .what = what, .winner = SIZE_MAX};
    const struct judged_value *first = NULL;
    bool differ = false;
    if (what == JUDGED_UAC)
        judge_hidden_uac(&s);
    for (size_t i = 0; i < t->count && !differ; i++) {
        const struct judged_value *v = value_of(&s, i);
        if (v && !first)
            first = v;
        differ = v && !same_value(v, first);
    }
    if (!differ)
        return;
    if (!find_w(&s)) {
        judge_without_stamps(&s);
        return;
    }
    settle_right(&s);
    for (size_t i = 0; i < t->count; i++) {
        if (!value_of(&s, i))
            continue;
        if (holds_w(&s, i))
            judge_holder(&s, i);
        else
            judge_other(&s, i);
    }
}
