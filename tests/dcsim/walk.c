#include "tests/dcsim/walk.h"

#include <stdlib.h>

#define MAX_PAGE_SIZE ((size_t)8 << 20) /* bytes; a longer page ends early */

/* ---- where to look ---- */

static int by_from(const void *a, const void *b)
{
    const struct stretch *x = a, *y = b;
    return x->from < y->from ? -1 : x->from > y->from;
}

static void add_stretch(struct walk *w, uint32_t from, uint32_t to)
{
    if (from < to)
        w->stretches[w->stretch_count++] = (struct stretch){from, to};
}

/* The objects of a naming context stand together, but for the rotation. */
static void include(struct walk *w, int n)
{
    const struct nc *nc = &forest.ncs[n];
    uint32_t rotation = w->asker->dc->facts->rotation, from = nc->first + rotation, to = from + nc->count;
    w->included[n] = true;
    if (from >= forest.count)
        add_stretch(w, from - forest.count, to - forest.count);
    else if (to <= forest.count)
        add_stretch(w, from, to);
    else {
        add_stretch(w, from, forest.count);
        add_stretch(w, 0, to - forest.count);
    }
}

static void cut_to_bounds(struct walk *w)
{
    uint64_t first = w->asker->dc->facts->usn_base;
    for (int i = 0; i < w->stretch_count; i++) {
        struct stretch *s = &w->stretches[i];
        uint64_t low = w->bounds.low > first ? w->bounds.low - first : 0;
        uint64_t high = w->bounds.high < first                 ? 0
                        : w->bounds.high - first == UINT64_MAX ? UINT64_MAX
                                                               : w->bounds.high - first + 1;
        if (low > s->from)
            s->from = low > s->to ? s->to : (uint32_t)low;
        if (high < s->to)
            s->to = high < s->from ? s->from : (uint32_t)high;
    }
}

void walk_plan(struct walk *w, const struct view *base)
{
    struct question *q = w->q;
    w->named_count = filter_objects(&q->filter, w->named, MAX_NAMED);
    for (int n = 0; n < forest.nc_count; n++) {
        struct bytes dn = text_bytes(forest.ncs[n].dn);
        if (!walk_can_serve(w, n))
            continue;
        bool below =
            !w->base.len || dn_under(dn, w->base) || same_fold(dn.data, dn.len, w->base.data, w->base.len);
        bool own = base && object_nc(base->object) == n;
        if (own ? true : below && (w->asker->gc || q->controls.phantom_root))
            include(w, n);
        w->test_dn |= own && !below;
    }
    w->test_dn |= q->scope == 1;
    qsort(w->stretches, (size_t)w->stretch_count, sizeof *w->stretches, by_from);
    w->by_usn = w->named_count < 0 && filter_usn_bounds(&q->filter, &w->bounds);
    if (w->by_usn)
        cut_to_bounds(w);
}

/* ---- walking ---- */

static bool in_scope(const struct walk *w, const struct view *view)
{
    struct bytes dn = version_dn(view->version);
    if (w->q->scope == 1) {
        struct bytes parent = dn_parent(dn);
        return same_fold(parent.data, parent.len, w->base.data, w->base.len);
    }
    return dn_under(dn, w->base) || same_fold(dn.data, dn.len, w->base.data, w->base.len);
}

/* Takes one object if it is meant. false: the page is full, and this is the first of the next. */
static bool consider(struct walk *w, uint64_t position, const struct view *view)
{
    if (walk_conceals(w, view))
        return true;
    if (filter_holds(&w->q->filter, &w->asker->sight, view) != TRUE_ || (w->test_dn && !in_scope(w, view)))
        return true;
    if (w->found >= w->limit || (w->q->controls.paged && w->out->len > MAX_PAGE_SIZE)) {
        w->more = true;
        w->next = position;
        return false;
    }
    put_entry(w->out, w->q, &w->asker->sight, view);
    w->found++;
    return true;
}

static void walk_named(struct walk *w)
{
    struct view view;
    for (uint64_t i = w->position; i < (uint64_t)w->named_count; i++)
        if (w->included[object_nc(w->named[i])] && dc_view(w->asker->dc, w->named[i], &view) &&
            !consider(w, i, &view))
            return;
}

/* Whether an object is met at its place in the base forest's order: always, but when looked for by uSNChanged
 * it stands where its last change was. */
static bool in_place(const struct walk *w, const struct view *view)
{
    return !w->by_usn || !view->local ||
           view->local->usn_changed == base_usn(w->asker->dc->facts, view->object);
}

static bool walk_ranks(struct walk *w)
{
    const struct dc *dc = w->asker->dc;
    struct view view;
    for (int s = 0; s < w->stretch_count; s++) {
        uint64_t from = w->position > w->stretches[s].from ? w->position : w->stretches[s].from;
        for (uint64_t rank = from; rank < w->stretches[s].to; rank++) {
            uint32_t object =
                (uint32_t)(rank < dc->facts->rotation ? rank + forest.count - dc->facts->rotation
                                                      : rank - dc->facts->rotation);
            if (dc_view(dc, object, &view) && in_place(w, &view) && !consider(w, rank, &view))
                return false;
        }
    }
    return true;
}

static void walk_extras(struct walk *w, uint64_t from)
{
    struct view view;
    for (uint64_t i = from; i < world.extra_count; i++)
        if (w->included[world.extras[i].nc] && dc_view(w->asker->dc, forest.count + (uint32_t)i, &view) &&
            !consider(w, SECOND_PHASE | i, &view))
            return;
}

static void walk_log(struct walk *w, uint64_t from)
{
    const struct dc *dc = w->asker->dc;
    struct view view;
    size_t low = 0, high = dc->log_mixed ? 0 : dc->log_len;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (dc->log[middle].usn < w->bounds.low)
            low = middle + 1;
        else
            high = middle;
    }
    for (uint64_t i = from > low ? from : low;
         i < dc->log_len && (dc->log_mixed || dc->log[i].usn <= w->bounds.high); i++) {
        const struct change *change = &dc->log[i];
        if (change->usn < w->bounds.low || change->usn > w->bounds.high)
            continue;
        if (!dc_view(dc, change->object, &view) || view_usn(dc, &view) != change->usn ||
            !w->included[object_nc(change->object)])
            continue;
        if (!consider(w, SECOND_PHASE | i, &view))
            return;
    }
}

void walk_all(struct walk *w)
{
    uint64_t from = 0;
    if (w->named_count >= 0) {
        walk_named(w);
        return;
    }
    if (w->position & SECOND_PHASE)
        from = w->position & ~SECOND_PHASE;
    else if (!walk_ranks(w))
        return;
    if (w->by_usn)
        walk_log(w, from);
    else
        walk_extras(w, from);
}
