/* hop_hold.c: who holds a name, on each DC. */
#include <stdlib.h>
#include <string.h>

#include "scanner/run/hop_inside.h"

bool hop_holds(const struct hop_texts *spns, const char *key)
{
    for (size_t i = 0; spns && i < spns->count; i++)
        if (hop_same(spns->items[i], key))
            return true;
    return false;
}

/* Whether some DC shows it on some account. */
static bool held_anywhere(const struct hop_facts *f, const char *key)
{
    for (size_t o = 0; o < f->object_count; o++)
        for (size_t dc = 0; dc < f->dc_count; dc++)
            if (hop_holds(f->objects[o].sight[dc].spns, key))
                return true;
    return false;
}

static void find_alias(const struct hop_facts *f, struct hop_held *held)
{
    for (size_t m = 0; m < f->mapping_count; m++) {
        if (strcmp(f->mappings[m].class_name, held->spn.class_name) != 0)
            continue;
        hop_spn_as_class(&held->spn, f->mappings[m].stands_for, held->alias, sizeof held->alias);
        if (held_anywhere(f, held->alias)) {
            held->by_alias = true;
            return;
        }
    }
    held->alias[0] = 0;
}

bool hop_held_by(const struct hop_object *object, const char *key, size_t dc_count)
{
    for (size_t dc = 0; dc < dc_count; dc++)
        if (hop_holds(object->sight[dc].spns, key))
            return true;
    return false;
}

static void look_at_dc(const struct hop_facts *f, struct hop_held *held, const char *key, const bool *holders,
                       size_t dc)
{
    size_t count = 0;
    bool copy = false, unasked = false;
    for (size_t o = 0; o < f->object_count; o++) {
        const struct hop_sight *sight = &f->objects[o].sight[dc];
        if (!holders[o])
            continue;
        copy |= sight->shows != HOP_NO_COPY;
        unasked |= sight->shows == HOP_UNASKED;
        if (sight->shows == HOP_SHOWN && hop_holds(sight->spns, key)) {
            count++;
            held->holder[dc] = o;
        }
    }
    held->at[dc] = !copy       ? HELD_NO_COPY
                   : count > 1 ? HELD_BY_SEVERAL
                   : count     ? HELD_BY_ONE
                   : unasked   ? HELD_UNASKED
                               : HELD_BY_NONE;
    held->copies += copy;
}

/* Where several hold it at once, one that is on nearly as many DCs may be the right one as well. */
static void find_owner(const struct hop_facts *f, struct hop_held *held, const char *key)
{
    size_t best = 0, second = 0;
    bool several = false;
    for (size_t o = 0; o < f->object_count; o++) {
        size_t count = 0;
        for (size_t dc = 0; dc < f->dc_count; dc++)
            count += hop_holds(f->objects[o].sight[dc].spns, key);
        if (count > best) {
            second = best;
            best = count;
            held->owner = (long)o;
        } else if (count > second) {
            second = count;
        }
    }
    for (size_t dc = 0; dc < f->dc_count; dc++)
        several |= held->at[dc] == HELD_BY_SEVERAL;
    held->tie = second && second == best;
    held->unclear = several && 2 * second > best;
}

void hop_hold(const struct hop_work *w, const char *spn, struct hop_held *ret)
{
    const struct hop_facts *f = w->f;
    struct hop_held held = {.owner = -1};
    bool *holders = xcalloc(f->object_count, sizeof *holders);
    held.at = xcalloc(f->dc_count, sizeof *held.at);
    held.holder = xcalloc(f->dc_count, sizeof *held.holder);
    if (hop_spn_parse(spn, &held.spn)) {
        if (!held_anywhere(f, held.spn.key))
            find_alias(f, &held);
        const char *key = held.by_alias ? held.alias : held.spn.key;
        for (size_t o = 0; o < f->object_count; o++)
            holders[o] = hop_held_by(&f->objects[o], key, f->dc_count);
        for (size_t dc = 0; dc < f->dc_count; dc++)
            look_at_dc(f, &held, key, holders, dc);
        find_owner(f, &held, key);
    }
    free(holders);
    *ret = held;
}
