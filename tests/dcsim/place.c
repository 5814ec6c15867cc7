#include "tests/dcsim/place.h"

static struct draft draft;

static bool has_room_below(const struct version *v)
{
    return v->cls == OC_OU || v->cls == OC_CONTAINER;
}

bool place_is_live(const struct dc *dc, int nc, struct bytes dn)
{
    struct view view;
    uint32_t object = dc_find_dn(dc, nc, dn);
    return object != NO_OBJECT && dc_view(dc, object, &view) && !(view.version->present & BIT(A_IS_DELETED));
}

bool place_has_below(const struct dc *dc, uint32_t object)
{
    struct view view, other;
    if (!dc_view(dc, object, &view) || !has_room_below(view.version))
        return false;
    for (uint32_t o = 0; o < forest.count + world.extra_count; o++)
        if (object_nc(o) == object_nc(object) && dc_view(dc, o, &other) &&
            dn_under(version_dn(other.version), version_dn(view.version)))
            return true;
    return false;
}

/* dn, which is under was, or is it: with the new name in its place. */
static void put_moved(struct buf *ret, struct bytes dn, struct bytes was, struct bytes now)
{
    buf_put(ret, dn.data, dn.len - was.len);
    buf_put(ret, now.data, now.len);
}

static bool value_of(const struct version *v, enum attr attr, struct bytes *ret)
{
    struct stored s;
    const uint8_t *at;
    if (!version_find(v, attr, &s, &at))
        return false;
    const uint8_t *end = at + s.len;
    at += s.first;
    return next_value(&at, end, ret);
}

static bool is_at(struct bytes dn, struct bytes place)
{
    return dn_under(dn, place) || same_fold(dn.data, dn.len, place.data, place.len);
}

static void follow(struct local *local, struct bytes was, struct bytes now)
{
    struct bytes dn = version_dn(&local->version), last;
    bool moves = dn_under(dn, was),
         knows = value_of(&local->version, A_LAST_PARENT, &last) && is_at(last, was);
    struct buf text = {0};
    if (!moves && !knows)
        return;
    if (moves)
        put_moved(&text, dn, was, now);
    else
        buf_put(&text, dn.data, dn.len);
    draft_start(&draft, (enum object_class)local->version.cls, (const char *)text.data, text.len);
    draft_copy(&draft, &local->version, mask_all & ~(knows ? BIT(A_LAST_PARENT) : 0));
    if (knows) {
        text.len = 0;
        put_moved(&text, last, was, now);
        draft_bytes(&draft, A_LAST_PARENT, text.data, text.len);
    }
    buf_free(&text);
    local_take(local, &draft);
}

void place_moved(struct dc *dc, const struct local *local, struct bytes was)
{
    struct bytes now = version_dn(&local->version);
    const struct nc *nc = &forest.ncs[object_nc(local->object)];
    if (!has_room_below(&local->version) || (was.len == now.len && memcmp(was.data, now.data, was.len) == 0))
        return;
    for (uint32_t o = nc->first; o < nc->first + nc->count; o++)
        if (!dc_differs(dc, o) && dn_under(version_dn(&forest.objects[o].version), was))
            dc_touch(dc, o);
    for (uint32_t i = 0; i <= dc->table_mask; i++)
        if (dc->table[i] && dc->table[i] != local && dc->table[i]->state != STATE_GONE)
            follow(dc->table[i], was, now);
}

void place_dn_here(const struct dc *here, const struct dc *there, int nc, struct bytes dn, struct buf *ret)
{
    struct view view;
    uint32_t object = dc_find_dn(there, nc, dn);
    if (object != NO_OBJECT && dc_view(here, object, &view))
        dn = version_dn(view.version);
    buf_put(ret, dn.data, dn.len);
}

void place_name_here(const struct dc *here, const struct dc *there, int nc, struct bytes dn, struct buf *ret)
{
    struct bytes parent = dn_parent(dn);
    buf_put(ret, dn.data, dn.len - parent.len);
    place_dn_here(here, there, nc, parent, ret);
}
