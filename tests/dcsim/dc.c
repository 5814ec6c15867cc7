#include "tests/dcsim/dc.h"

#include <stdlib.h>
#include <time.h>

#include "tests/dcsim/descriptor.h"
#include "tests/dcsim/replica.h"
#include "tests/dcsim/truth.h"

struct world world;

/* ---- making ---- */

static void make_dc(int n)
{
    struct dc *dc = &world.dcs[n];
    *dc = (struct dc){.facts = &forest.dcs[n], .number = n, .invocation = forest.dcs[n].invocation};
    dc->highest_usn = base_highest_usn(dc->facts);
    dc->different = zalloc(forest.count / 64 + 1, sizeof *dc->different);
    for (int i = 0; i < forest.nc_count; i++)
        dc->holds[i] = forest.ncs[i].kind != NC_DOMAIN || forest.ncs[i].domain == dc->facts->domain
                           ? HOLDS_FULL
                       : dc->facts->gc ? HOLDS_PARTIAL
                                       : HOLDS_NONE;
}

void world_make(int64_t now)
{
    pthread_rwlockattr_t attr;
    pthread_rwlockattr_init(&attr);
    pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&world.lock, &attr);
    pthread_rwlockattr_destroy(&attr);
    world.started = now;
    world.count = forest.plan.dcs;
    world.dcs = zalloc((size_t)world.count, sizeof *world.dcs);
    for (int n = 0; n < world.count; n++)
        make_dc(n);
    for (int n = 0; n < world.count; n++)
        neighbours_make(&world.dcs[n]);
}

struct dc *dc_by_name(const char *name)
{
    for (int n = 0; n < world.count; n++)
        if (same_text(name, world.dcs[n].facts->name) || same_text(name, world.dcs[n].facts->host))
            return &world.dcs[n];
    return NULL;
}

int64_t dc_time(const struct dc *dc)
{
    return (world.fixed_time ? world.fixed_time : time(NULL)) + dc->faults.skew;
}

/* ---- seeing ---- */

struct local *dc_local(const struct dc *dc, uint32_t object)
{
    if (!dc->table)
        return NULL;
    for (uint32_t at = (uint32_t)mix(object) & dc->table_mask; dc->table[at]; at = (at + 1) & dc->table_mask)
        if (dc->table[at]->object == object)
            return dc->table[at];
    return NULL;
}

uint32_t dc_find_dn(const struct dc *dc, int nc, struct bytes dn)
{
    struct view view;
    uint32_t object = object_by_dn(&forest.ncs[nc], dn);
    if (object != NO_OBJECT && dc_view(dc, object, &view)) {
        struct bytes have = version_dn(view.version);
        if (same_fold(have.data, have.len, dn.data, dn.len))
            return object;
    }
    for (uint32_t i = 0; dc->table && i <= dc->table_mask; i++) {
        const struct local *local = dc->table[i];
        if (!local || !local->renamed || local->state == STATE_GONE)
            continue;
        struct bytes have = version_dn(&local->version);
        if (same_fold(have.data, have.len, dn.data, dn.len))
            return local->object;
    }
    return NO_OBJECT;
}

uint64_t view_usn(const struct dc *dc, const struct view *view)
{
    return view->local ? view->local->usn_changed : base_usn(dc->facts, view->object);
}

static int64_t when_created(uint32_t object)
{
    return object < forest.count ? created_time(object) : world.extras[object - forest.count].created;
}

static void put_time(struct buf *ret, int64_t seconds)
{
    char text[18];
    time_text(seconds, text);
    buf_text(ret, text);
}

bool computed_value(const struct dc *dc, const struct view *view, enum attr attr, struct buf *ret)
{
    uint8_t id[68];
    uint32_t rid = object_rid(view->object);
    struct bytes dn = version_dn(view->version), name;
    switch (attr) {
    case A_OBJECT_GUID:
        guid_of(view->object, id);
        buf_put(ret, id, 16);
        return true;
    case A_OBJECT_SID:
        buf_put(ret, id, sid_of(forest.ncs[object_nc(view->object)].domain, rid, id));
        if (!rid) { /* the domain itself */
            ret->data[ret->len - 27] = 4;
            ret->len -= 4;
        }
        return true;
    case A_CN:
    case A_NAME:
        name = rdn_value(dn);
        for (size_t i = 0; i < name.len; i++)
            if (name.data[i] == '\\' && i + 2 < name.len && name.data[i + 1] == '0' &&
                fold(name.data[i + 2]) == 'a') {
                buf_byte(ret, '\n');
                i += 2;
            } else {
                buf_byte(ret, name.data[i]);
            }
        return true;
    case A_DN:
        buf_put(ret, dn.data, dn.len);
        return true;
    case A_WHEN_CREATED:
        put_time(ret, when_created(view->object));
        return true;
    case A_WHEN_CHANGED: /* told by each DC's own clock */
        put_time(ret, view->local ? view->local->when_changed : when_created(view->object) + dc->number % 60);
        return true;
    case A_USN_CREATED:
        buf_number(ret, view->local ? view->local->usn_created : base_usn(dc->facts, view->object), 0);
        return true;
    case A_USN_CHANGED:
        buf_number(ret, view_usn(dc, view), 0);
        return true;
    case A_PWD_LAST_SET:
        buf_number(ret, (uint64_t)(when_created(view->object) + SECONDS_1601) * 10000000u, 0);
        return true;
    case A_META:
        put_metadata(dc, view, ret);
        return true;
    case A_VECTOR:
        put_vector(dc, object_nc(view->object), ret);
        return true;
    case A_DESCRIPTOR:
        put_descriptor(dc, view, ALL_PARTS, ret);
        return true;
    default:
        return false;
    }
}

/* ---- changing ---- */

static void table_put(struct dc *dc, struct local *local)
{
    uint32_t at = (uint32_t)mix(local->object) & dc->table_mask;
    while (dc->table[at])
        at = (at + 1) & dc->table_mask;
    dc->table[at] = local;
}

static void table_grow(struct dc *dc)
{
    struct local **old = dc->table;
    uint32_t size = old ? dc->table_mask + 1 : 0;
    dc->table_mask = size ? size * 2 - 1 : 63;
    dc->table = zalloc(dc->table_mask + 1, sizeof *dc->table);
    for (uint32_t i = 0; i < size; i++)
        if (old[i])
            table_put(dc, old[i]);
    free(old);
}

struct local *dc_add_local(struct dc *dc, uint32_t object)
{
    if (!dc->table || dc->table_count * 2 >= dc->table_mask)
        table_grow(dc);
    struct local *local = zalloc(1, sizeof *local);
    local->object = object;
    table_put(dc, local);
    dc->table_count++;
    if (object < forest.count)
        dc->different[object / 64] |= (uint64_t)1 << (object % 64);
    return local;
}

struct stamp *local_stamp(struct local *local, enum attr attr, bool make)
{
    for (int i = 0; i < local->stamp_count; i++)
        if (local->stamps[i].attr == attr)
            return &local->stamps[i];
    if (!make)
        return NULL;
    local->stamps =
        grow_to(local->stamps, &local->stamp_room, (size_t)local->stamp_count + 1, sizeof *local->stamps);
    struct stamp *stamp = &local->stamps[local->stamp_count++];
    *stamp = (struct stamp){.attr = (uint8_t)attr};
    return stamp;
}

struct local *dc_touch(struct dc *dc, uint32_t object)
{
    struct local *local = dc_local(dc, object);
    if (local || object >= forest.count || !dc->holds[object_nc(object)])
        return local;
    const struct version *base = &forest.objects[object].version;
    local = dc_add_local(dc, object);
    local->state = STATE_LIVE;
    local->usn_created = local->usn_changed = base_usn(dc->facts, object);
    local->when_changed = created_time(object) + dc->number % 60;
    local->version = *base;
    uint8_t *data = zalloc(1, base->len);
    memcpy(data, base->data, base->len);
    local->version.data = data;
    for (int a = 1; a < A_COUNT; a++)
        if (base->present & mask_replicated & BIT(a))
            *local_stamp(local, (enum attr)a, true) = base_stamp(dc, object, (enum attr)a);
    return local;
}

void local_take(struct local *local, const struct draft *draft)
{
    void *old;
    memcpy(&old, &local->version.data, sizeof old);
    local->version = draft_done(draft, NULL);
    free(old);
    truth_note(local->object, &local->version);
    if (local->object < forest.count) {
        struct bytes now = version_dn(&local->version),
                     base = version_dn(&forest.objects[local->object].version);
        local->renamed = now.len != base.len || memcmp(now.data, base.data, now.len) != 0;
    } else {
        local->renamed = true;
    }
}

void dc_log(struct dc *dc, struct local *local, uint64_t usn)
{
    local->usn_changed = usn;
    local->when_changed = dc_time(dc);
    dc->log = grow_to(dc->log, &dc->log_room, dc->log_len + 1, sizeof *dc->log);
    dc->log[dc->log_len++] = (struct change){usn, local->object};
}
