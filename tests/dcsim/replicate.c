#include "tests/dcsim/replicate.h"

#include <stdlib.h>

#include "tests/dcsim/place.h"
#include "tests/dcsim/replica.h"
#include "tests/dcsim/write.h"

static struct draft draft;

/* Win32: ERROR_DS_DRA_SINK_DISABLED, ERROR_DS_INSUFFICIENT_ATTR_TO_CREATE_OBJECT. */
enum { REPLICATION_DISABLED = 8457, LINGERING_OBJECT = 8606 };

/* MS-DRSR does not say which of two UUIDs is the greater one; the order of their string form, as UuidCompare
 * and Samba have it. */
static bool guid_wins(const uint8_t a[16], const uint8_t b[16])
{
    static const uint8_t order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    for (int i = 0; i < 16; i++)
        if (a[order[i]] != b[order[i]])
            return a[order[i]] > b[order[i]];
    return false;
}

/* MS-DRSR 5.11: version, then time, then who wrote it. */
static bool stamp_wins(const struct stamp *a, const struct stamp *b)
{
    if (a->version != b->version)
        return (int32_t)(a->version - b->version) > 0;
    if (a->time != b->time)
        return a->time > b->time;
    return guid_wins(forest.invocations[a->invocation].guid, forest.invocations[b->invocation].guid);
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
        /* Set back to before it was restored: which one it goes by it does not learn from its partners. */
        if (stamp->attr == A_INVOCATION && source->object == to->facts->dsa)
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

/* As a change of this DC's; where it writes nothing of the kind, its stamp gives way to one of a DC that
 * does. */
static void rename_loser(struct dc *to, int nc, struct local *loser)
{
    struct bytes old = version_dn(&loser->version), parent = dn_parent(old);
    struct buf dn = {0}, was = {0};
    buf_put(&was, old.data, old.len);
    mangled_rdn(old, loser->object, "CNF", &dn);
    buf_byte(&dn, ',');
    buf_put(&dn, parent.data, parent.len);
    draft_start(&draft, (enum object_class)loser->version.cls, (const char *)dn.data, dn.len);
    draft_copy(&draft, &loser->version, mask_all);
    buf_free(&dn);
    uint64_t usn = ++to->highest_usn;
    struct stamp *name = local_stamp(loser, A_NAME, true);
    int64_t time = dc_writes_nc(to->number, nc) ? dc_time(to) : name->time;
    *name = (struct stamp){A_NAME, name->version + 1, to->invocation, time, usn, usn};
    local_take(loser, &draft);
    dc_log(to, loser, usn);
    place_moved(to, loser, (struct bytes){was.data, was.len});
    buf_free(&was);
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
    rename_loser(to, nc, a && b && stamp_wins(a, b) ? other : own);
}

/* ---- one object ---- */

struct pull {
    struct dc *to;
    const struct dc *from;
    int nc;
    struct pulled *ret;
};

static bool pull_object(const struct pull *p, const struct local *source);

/* The DN that the source's object has here; its parent is fetched first where it is not there yet. */
static void put_dn(const struct pull *p, const struct local *source, struct buf *ret)
{
    struct view view;
    struct bytes dn = version_dn(&source->version);
    uint32_t parent = dc_find_dn(p->from, p->nc, dn_parent(dn));
    const struct local *above =
        parent == NO_OBJECT || dc_view(p->to, parent, &view) ? NULL : dc_local(p->from, parent);
    if (above)
        pull_object(p, above);
    place_name_here(p->to, p->from, p->nc, dn, ret);
}

static void draft_last_parent(const struct pull *p, const struct local *source)
{
    struct stored s;
    const uint8_t *at;
    struct bytes value;
    struct buf dn = {0};
    if (!version_find(&source->version, A_LAST_PARENT, &s, &at))
        return;
    const uint8_t *end = at + s.len;
    at += s.first;
    if (next_value(&at, end, &value)) {
        place_dn_here(p->to, p->from, p->nc, value, &dn);
        draft_bytes(&draft, A_LAST_PARENT, dn.data, dn.len);
    }
    buf_free(&dn);
}

static void draft_values(const struct pull *p, const struct local *source, const struct local *own,
                         attr_mask wins, bool fresh)
{
    if (!fresh)
        draft_copy(&draft, &own->version, ~wins);
    draft_copy(&draft, &source->version, (fresh ? (wins | ~mask_replicated) : wins) & ~BIT(A_LAST_PARENT));
    if (wins & BIT(A_LAST_PARENT))
        draft_last_parent(p, source);
}

/* Whatever its name was elsewhere when it was deleted here: what is deleted stands in Deleted Objects. */
static void put_among_deleted(int nc, uint32_t object, struct buf *dn)
{
    struct buf place = {0}, was = {0};
    buf_text(&place, "CN=Deleted Objects,");
    buf_text(&place, forest.ncs[nc].dn);
    if (!dn_under((struct bytes){dn->data, dn->len}, (struct bytes){place.data, place.len})) {
        buf_put(&was, dn->data, dn->len);
        dn->len = 0;
        mangled_rdn((struct bytes){was.data, was.len}, object, "DEL", dn);
        buf_byte(dn, ',');
        buf_put(dn, place.data, place.len);
    }
    buf_free(&place);
    buf_free(&was);
}

static void take_object(const struct pull *p, const struct local *source, struct local *own, attr_mask wins)
{
    struct dc *to = p->to;
    struct buf dn = {0}, was = {0};
    bool fresh = !own, named = fresh || wins & BIT(A_NAME);
    if (named)
        put_dn(p, source, &dn);
    uint64_t usn = ++to->highest_usn;
    if (fresh)
        own = dc_local(to, source->object);
    if (!own)
        own = dc_add_local(to, source->object);
    if (fresh) {
        own->usn_created = usn;
        own->stamp_count = 0;
        own->state = source->state;
    }
    struct bytes old = version_dn(&own->version);
    buf_put(&was, old.data, fresh ? 0 : old.len);
    if (!named)
        buf_put(&dn, old.data, old.len);
    const struct version *turn = fresh || wins & BIT(A_IS_DELETED) ? &source->version : &own->version;
    if (turn->present & BIT(A_IS_DELETED))
        put_among_deleted(p->nc, own->object, &dn);
    draft_start(&draft, (enum object_class)source->version.cls, (const char *)dn.data, dn.len);
    draft_values(p, source, own, wins, fresh);
    if (wins & BIT(A_IS_DELETED))
        own->state = source->version.present & BIT(A_IS_DELETED) ? STATE_DELETED : STATE_LIVE;
    take_stamps(source, own, wins, usn);
    local_take(own, &draft);
    dc_log(to, own, usn);
    if (was.len)
        place_moved(to, own, (struct bytes){was.data, was.len});
    if (own->state == STATE_LIVE && named)
        settle_conflict(to, p->nc, own);
    buf_free(&dn);
    buf_free(&was);
}

static bool has_news(const struct pull *p, const struct local *source)
{
    for (int i = 0; i < source->stamp_count; i++)
        if (is_news(p->to, p->nc, &source->stamps[i]))
            return true;
    return false;
}

static bool is_new_object(const struct pull *p, const struct local *source)
{
    for (int i = 0; i < source->stamp_count; i++)
        if (source->stamps[i].attr == A_WHEN_CREATED)
            return is_news(p->to, p->nc, &source->stamps[i]);
    return false;
}

/* false: the source sends changes of an object that the destination should have and has not. */
static bool pull_object(const struct pull *p, const struct local *source)
{
    if (!has_news(p, source))
        return true;
    struct local *own = source->object < forest.count || dc_local(p->to, source->object)
                            ? dc_touch(p->to, source->object)
                            : NULL;
    if (own && own->state == STATE_GONE)
        own = NULL;
    if (!own && world.consistency != LOOSE && !is_new_object(p, source)) {
        p->ret->refused += world.consistency == STRICT;
        return world.consistency == PASS_OVER;
    }
    attr_mask wins = own ? winners(p->to, p->nc, source, own)
                         : mask_replicated & (p->to->holds[p->nc] == HOLDS_PARTIAL ? mask_pas : mask_all);
    if (wins) {
        take_object(p, source, own, wins);
        p->ret->objects++;
    }
    return true;
}

/* ---- a cycle ---- */

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

static void note_all(struct dc *to, const struct dc *from, int nc, uint32_t result)
{
    for (int n = 0; n < forest.nc_count; n++)
        if (nc < 0 || n == nc)
            neighbour_note(to, from->number, n, result);
}

const char *replicate(struct dc *to, const struct dc *from, int nc, struct pulled *ret)
{
    bool stopped[MAX_NCS] = {false};
    *ret = (struct pulled){0};
    if (to == from)
        return "a DC has no need to replicate from itself";
    if (to->frozen) {
        note_all(to, from, nc, REPLICATION_DISABLED);
        return "inbound replication is disabled (8457)";
    }
    if (from->facts->rodc)
        return "nothing is replicated from a read-only DC";
    for (size_t i = 0, end = from->log_len; i < end; i++) {
        const struct local *source = dc_local(from, from->log[i].object);
        int n = object_nc(source->object);
        if (source->usn_changed != from->log[i].usn || source->state == STATE_GONE || stopped[n] ||
            (nc >= 0 && n != nc) || !dc_can_pull(to, from, n))
            continue;
        stopped[n] = !pull_object(&(struct pull){to, from, n, ret}, source);
    }
    for (int n = 0; n < forest.nc_count; n++)
        if ((nc < 0 || n == nc) && dc_can_pull(to, from, n)) {
            if (!stopped[n])
                merge_vector(to, from, n);
            neighbour_note(to, from->number, n, stopped[n] ? LINGERING_OBJECT : 0);
        }
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
