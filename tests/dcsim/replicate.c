#include "tests/dcsim/replicate.h"

#include <stdlib.h>

#include "tests/dcsim/write.h"

static struct draft draft;

/* MS-DRSR 5.11: version, then time, then who wrote it. */
static bool stamp_wins(const struct stamp *a, const struct stamp *b)
{
    if (a->version != b->version)
        return (int32_t)(a->version - b->version) > 0;
    if (a->time != b->time)
        return a->time > b->time;
    return memcmp(forest.invocations[a->invocation].guid, forest.invocations[b->invocation].guid, 16) > 0;
}

static bool is_news(const struct dc *to, int nc, const struct stamp *stamp)
{
    return stamp->usn > dc_cursor(to, nc, stamp->invocation).usn;
}

/* Which attributes the destination will take. */
static attr_mask winners(const struct dc *to, int nc, const struct local *source, struct local *own)
{
    attr_mask wins = 0;
    for (int i = 0; i < source->stamp_count; i++) {
        const struct stamp *stamp = &source->stamps[i];
        if ((to->holds[nc] == HOLDS_PARTIAL && !(mask_pas & BIT(stamp->attr))) || !is_news(to, nc, stamp))
            continue;
        const struct stamp *have = own ? local_stamp(own, (enum attr)stamp->attr, false) : NULL;
        if (!have || stamp_wins(stamp, have))
            wins |= BIT(stamp->attr);
    }
    return wins;
}

static void take_stamps(const struct local *source, struct local *own, attr_mask wins, uint64_t usn)
{
    for (int i = 0; i < source->stamp_count; i++)
        if (wins & BIT(source->stamps[i].attr)) {
            struct stamp *stamp = local_stamp(own, (enum attr)source->stamps[i].attr, true);
            *stamp = source->stamps[i];
            stamp->local = usn;
        }
}

/* A DC that is shown a second object of one name renames the one whose name is older. */
static void settle_conflict(struct dc *to, int nc, struct local *own)
{
    struct local *other = NULL;
    for (uint32_t i = 0; i <= to->table_mask; i++) {
        struct local *l = to->table[i];
        struct bytes a = version_dn(&own->version);
        if (!l || l == own || l->state != STATE_LIVE)
            continue;
        struct bytes b = version_dn(&l->version);
        if (same_fold(a.data, a.len, b.data, b.len))
            other = l;
    }
    uint32_t base = object_by_dn(&forest.ncs[nc], version_dn(&own->version));
    if (!other && base != NO_OBJECT && base != own->object && !dc_differs(to, base))
        other = dc_touch(to, base);
    if (!other)
        return;
    const struct stamp *a = local_stamp(own, A_NAME, false), *b = local_stamp(other, A_NAME, false);
    struct local *loser = a && b && stamp_wins(a, b) ? other : own;
    struct bytes was = version_dn(&loser->version), parent = dn_parent(was);
    struct buf dn = {0};
    mangled_rdn(was, loser->object, "CNF", &dn);
    buf_byte(&dn, ',');
    buf_put(&dn, parent.data, parent.len);
    draft_start(&draft, (enum object_class)loser->version.cls, (const char *)dn.data, dn.len);
    draft_copy(&draft, &loser->version, mask_all);
    buf_free(&dn);
    uint64_t usn = ++to->highest_usn;
    struct stamp *name = local_stamp(loser, A_NAME, true);
    *name = (struct stamp){A_NAME, name->version + 1, to->invocation, dc_time(to), usn, usn};
    local_take(loser, &draft);
    dc_log(to, loser, usn);
}

static void take_object(struct dc *to, int nc, const struct local *source, struct local *own, attr_mask wins)
{
    uint64_t usn = ++to->highest_usn;
    bool fresh = !own;
    if (fresh)
        own = dc_local(to, source->object);
    if (!own)
        own = dc_add_local(to, source->object);
    if (fresh) {
        own->usn_created = usn;
        own->stamp_count = 0;
        own->state = source->state;
    }
    bool named = wins & BIT(A_NAME);
    struct bytes dn = version_dn(named || fresh ? &source->version : &own->version);
    draft_start(&draft, (enum object_class)source->version.cls, (const char *)dn.data, dn.len);
    if (!fresh)
        draft_copy(&draft, &own->version, ~wins);
    draft_copy(&draft, &source->version, fresh ? (wins | ~mask_replicated) : wins);
    if (wins & BIT(A_IS_DELETED))
        own->state = source->version.present & BIT(A_IS_DELETED) ? STATE_DELETED : STATE_LIVE;
    take_stamps(source, own, wins, usn);
    local_take(own, &draft);
    dc_log(to, own, usn);
    if (own->state == STATE_LIVE && named)
        settle_conflict(to, nc, own);
}

/* false: the source sends changes of an object that the destination has done away with. */
static bool pull_object(struct dc *to, int nc, const struct local *source, struct pulled *ret)
{
    struct local *own = NULL;
    bool any = false;
    for (int i = 0; i < source->stamp_count && !any; i++)
        any = is_news(to, nc, &source->stamps[i]);
    if (!any)
        return true;
    if (source->object < forest.count || dc_local(to, source->object))
        own = dc_touch(to, source->object);
    if (own && own->state == STATE_GONE) {
        const struct stamp *created = NULL;
        for (int i = 0; i < source->stamp_count; i++)
            if (source->stamps[i].attr == A_WHEN_CREATED)
                created = &source->stamps[i];
        if (!world.loose && !(created && is_news(to, nc, created))) {
            ret->refused++;
            return false;
        }
        own = NULL;
    }
    attr_mask wins = own ? winners(to, nc, source, own)
                         : mask_replicated & (to->holds[nc] == HOLDS_PARTIAL ? mask_pas : mask_all);
    if (wins) {
        take_object(to, nc, source, own, wins);
        ret->objects++;
    }
    return true;
}

static void merge_vector(struct dc *to, const struct dc *from, int nc)
{
    struct cursor *own = dc_own_cursors(to, nc);
    for (int i = 0; i < forest.invocation_count; i++) {
        struct cursor theirs = dc_cursor(from, nc, i);
        if (i == to->invocation)
            continue;
        if (theirs.usn > own[i].usn)
            own[i].usn = theirs.usn;
        if (theirs.usn && theirs.time > own[i].time)
            own[i].time = i == from->invocation ? dc_time(to) : theirs.time;
    }
}

static bool can_pull(const struct dc *to, const struct dc *from, int nc)
{
    return to->holds[nc] &&
           (to->holds[nc] == HOLDS_FULL ? from->holds[nc] == HOLDS_FULL : from->holds[nc] != HOLDS_NONE);
}

const char *replicate(struct dc *to, const struct dc *from, int nc, struct pulled *ret)
{
    bool stopped[MAX_NCS] = {false};
    *ret = (struct pulled){0};
    if (to == from)
        return "a DC has no need to replicate from itself";
    if (to->frozen)
        return "inbound replication is disabled (8457)";
    if (from->facts->rodc)
        return "nothing is replicated from a read-only DC";
    for (size_t i = 0, end = from->log_len; i < end; i++) {
        const struct local *source = dc_local(from, from->log[i].object);
        int n = object_nc(source->object);
        if (source->usn_changed != from->log[i].usn || source->state == STATE_GONE || stopped[n] ||
            (nc >= 0 && n != nc) || !can_pull(to, from, n))
            continue;
        stopped[n] = !pull_object(to, n, source, ret);
    }
    for (int n = 0; n < forest.nc_count; n++)
        if ((nc < 0 || n == nc) && can_pull(to, from, n) && !stopped[n])
            merge_vector(to, from, n);
    return NULL;
}

struct pulled replicate_all(const struct dc *except)
{
    struct pulled sum = {0}, one;
    unsigned moved;
    int rounds = 0;
    do {
        moved = 0;
        sum.refused = 0;
        for (int t = 0; t < world.count; t++)
            for (int f = 0; f < world.count; f++) {
                struct dc *to = &world.dcs[t];
                if (t == f || to == except || to->frozen || world.dcs[f].facts->rodc)
                    continue;
                replicate(to, &world.dcs[f], -1, &one);
                moved += one.objects;
                sum.refused += one.refused;
            }
        sum.objects += moved;
    } while (moved && ++rounds < 100);
    return sum;
}
