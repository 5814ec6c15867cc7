#include "tests/dcsim/write.h"

#include <stdlib.h>

#include "tests/dcsim/place.h"

#define MAX_VALUES 20000

static struct draft draft;

/* ---- one change ---- */

struct change_of {
    struct dc *dc;
    struct local *local;
    uint64_t usn;
};

/* May it be changed here? A USN is not yet given out. */
static const char *check(struct dc *dc, uint32_t object, bool deleted, bool silently, struct change_of *ret)
{
    if (!silently && !dc_writes_nc(dc->number, object_nc(object)))
        return "this DC cannot write that object";
    struct local *local = dc_touch(dc, object);
    if (!local || local->state == STATE_GONE)
        return "this DC does not have that object";
    if (!silently && (local->state == STATE_DELETED) != deleted)
        return deleted ? "it is not deleted" : "it is deleted";
    *ret = (struct change_of){dc, local, 0};
    return NULL;
}

static const char *begin(struct dc *dc, uint32_t object, bool deleted, bool silently, struct change_of *ret)
{
    const char *error = check(dc, object, deleted, silently, ret);
    if (!error && !silently)
        ret->usn = ++dc->highest_usn;
    return error;
}

/* A parent is needed, and no second object of that name. */
static const char *cannot_stand(const struct dc *dc, uint32_t object, struct bytes dn)
{
    int nc = object_nc(object);
    uint32_t there = dc_find_dn(dc, nc, dn);
    if (!place_is_live(dc, nc, dn_parent(dn)))
        return "there is no such parent here";
    return there != NO_OBJECT && there != object ? "there is one of that name" : NULL;
}

static void stamp(const struct change_of *c, enum attr attr)
{
    struct stamp *s = local_stamp(c->local, attr, true);
    s->version++;
    s->invocation = c->dc->invocation;
    s->time = dc_time(c->dc);
    s->usn = s->local = c->usn;
}

static void finish(const struct change_of *c)
{
    local_take(c->local, &draft);
    if (c->usn)
        dc_log(c->dc, c->local, c->usn);
}

static void start_draft(const struct local *local, struct bytes dn, attr_mask keep)
{
    draft_start(&draft, (enum object_class)local->version.cls, (const char *)dn.data, dn.len);
    draft_copy(&draft, &local->version, keep);
}

/* ---- values ---- */

static bool same_value(enum attr attr, struct bytes a, struct bytes b)
{
    if (attr_table[attr].syntax == SYN_BYTES)
        return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
    return same_fold(a.data, a.len, b.data, b.len);
}

static bool among(enum attr attr, struct bytes value, const struct bytes *values, int count)
{
    for (int i = 0; i < count; i++)
        if (same_value(attr, value, values[i]))
            return true;
    return false;
}

static bool holds_value(const struct version *v, enum attr attr, struct bytes value)
{
    struct stored s;
    const uint8_t *at;
    struct bytes have;
    if (!version_find(v, attr, &s, &at))
        return false;
    const uint8_t *end = at + s.len;
    at += s.first;
    while (next_value(&at, end, &have))
        if (same_value(attr, have, value))
            return true;
    return false;
}

static void put_values(const struct version *old, enum attr attr, enum how how, const struct bytes *values,
                       int count)
{
    struct stored s;
    const uint8_t *at;
    struct bytes value;
    draft_open(&draft, attr);
    if (how != VALUES_SET && version_find(old, attr, &s, &at)) {
        const uint8_t *end = at + s.len;
        at += s.first;
        while (next_value(&at, end, &value))
            if (how == VALUES_ADD || !among(attr, value, values, count))
                draft_value(&draft, value.data, value.len);
    }
    for (int i = 0; how != VALUES_DROP && i < count; i++)
        if (how == VALUES_SET || !holds_value(old, attr, values[i]))
            draft_value(&draft, values[i].data, values[i].len);
    draft_shut(&draft);
}

/* Adding what is there, removing what is not: with permissive modify, which setspn uses, that is no change
 * and leaves no stamp. */
static bool changes(const struct version *old, enum attr attr, enum how how, const struct bytes *values,
                    int count)
{
    for (int i = 0; i < count; i++)
        if (holds_value(old, attr, values[i]) == (how == VALUES_DROP))
            return true;
    return how == VALUES_SET;
}

const char *write_values(struct dc *dc, uint32_t object, enum attr attr, enum how how,
                         const struct bytes *values, int count, bool silently)
{
    struct change_of c;
    if (attr == A_NONE || (mask_computed & BIT(attr)))
        return "no attribute that can be written";
    const char *error = check(dc, object, false, silently, &c);
    if (error || !changes(&c.local->version, attr, how, values, count))
        return error;
    c.usn = silently ? 0 : ++dc->highest_usn;
    start_draft(c.local, version_dn(&c.local->version), mask_all & ~BIT(attr));
    put_values(&c.local->version, attr, how, values, count);
    if (!silently)
        stamp(&c, attr);
    finish(&c);
    return NULL;
}

/* ---- objects ---- */

const char *write_create(struct dc *dc, const char *parent_dn, enum object_class cls, const char *name,
                         const struct bytes *spns, int count, uint32_t *ret)
{
    char dn[600], sam[80];
    int nc = nc_of_dn(text_bytes(parent_dn));
    bool host = cls == OC_COMPUTER || cls == OC_GMSA;
    if (nc < 0 || forest.ncs[nc].kind != NC_DOMAIN || !dc_writes_nc(dc->number, nc))
        return "this DC cannot write there";
    if (!place_is_live(dc, nc, text_bytes(parent_dn)))
        return "there is no such parent here";
    int len = snprintf(dn, sizeof dn, "%s=%s,%s", cls == OC_OU ? "OU" : "CN", name, parent_dn);
    if (len >= (int)sizeof dn || dc_find_dn(dc, nc, text_bytes(dn)) != NO_OBJECT)
        return "there is one of that name, or it is too long";
    uint32_t n = world.extra_count++;
    world.extras = grow_to(world.extras, &world.extra_room, world.extra_count, sizeof *world.extras);
    world.extras[n] = (struct extra){.nc = nc, .created = dc_time(dc)};
    if (class_table[cls].sam_type)
        world.extras[n].rid = 1000 + forest.ncs[nc].count + n;
    snprintf(sam, sizeof sam, "%s%s", name, host ? "$" : "");
    snprintf(world.extras[n].sam, sizeof world.extras[n].sam, "%s", sam);
    struct change_of c = {dc, dc_add_local(dc, forest.count + n), ++dc->highest_usn};
    c.local->state = STATE_LIVE;
    c.local->usn_created = c.usn;
    draft_start(&draft, cls, dn, strlen(dn));
    draft.present = class_present(cls);
    if (class_table[cls].sam_type) {
        draft_text(&draft, A_SAM, sam);
        draft_number(&draft, A_UAC, host ? 0x1000 : 0x200);
    }
    if (host) {
        snprintf(dn, sizeof dn, "%s.%s", name, forest.domains[forest.ncs[nc].domain].dns);
        draft_text(&draft, A_DNS_HOST, dn);
    }
    draft_open(&draft, A_SPN);
    for (int i = 0; i < count; i++)
        draft_value(&draft, spns[i].data, spns[i].len);
    draft_shut(&draft);
    for (int a = 1; a < A_COUNT; a++)
        if (draft.present & mask_replicated & BIT(a))
            stamp(&c, (enum attr)a);
    finish(&c);
    *ret = forest.count + n;
    return NULL;
}

void mangled_rdn(struct bytes dn, uint32_t object, const char *letters, struct buf *ret)
{
    uint8_t guid[16];
    char text[37];
    struct bytes name = rdn_value(dn);
    guid_of(object, guid);
    guid_text(guid, text);
    buf_put(ret, dn.data, (size_t)(name.data - dn.data) + name.len);
    buf_text(ret, "\\0A");
    buf_text(ret, letters);
    buf_byte(ret, ':');
    buf_text(ret, text);
}

const char *write_delete(struct dc *dc, uint32_t object)
{
    struct change_of c;
    struct buf dn = {0};
    const char *error =
        place_has_below(dc, object) ? "there are objects below it" : begin(dc, object, false, false, &c);
    if (error)
        return error;
    const struct nc *nc = &forest.ncs[object_nc(object)];
    const struct version *old = &c.local->version;
    struct bytes was = version_dn(old), parent = dn_parent(was);
    mangled_rdn(was, object, "DEL", &dn);
    buf_text(&dn, ",CN=Deleted Objects,");
    buf_text(&dn, nc->dn);
    attr_mask keep = world.recycle_bin ? mask_all : mask_kept, gone = old->present & mask_replicated & ~keep;
    start_draft(c.local, (struct bytes){dn.data, dn.len}, keep & ~(BIT(A_IS_DELETED) | BIT(A_LAST_PARENT)));
    draft_text(&draft, A_IS_DELETED, "TRUE");
    draft_bytes(&draft, A_LAST_PARENT, parent.data, parent.len);
    buf_free(&dn);
    for (int a = 1; a < A_COUNT; a++)
        if (BIT(a) & (gone | BIT(A_IS_DELETED) | BIT(A_LAST_PARENT) | BIT(A_NAME) | BIT(A_CN)))
            stamp(&c, (enum attr)a);
    c.local->state = STATE_DELETED;
    finish(&c);
    return NULL;
}

const char *write_restore(struct dc *dc, uint32_t object)
{
    struct change_of c;
    struct stored s;
    struct bytes parent;
    const uint8_t *at;
    struct buf dn = {0};
    const char *error = check(dc, object, true, false, &c);
    if (error)
        return error;
    const struct version *old = &c.local->version;
    if (!version_find(old, A_LAST_PARENT, &s, &at))
        return "its parent is not known";
    const uint8_t *end = at + s.len;
    at += s.first;
    next_value(&at, end, &parent);
    struct bytes was = version_dn(old);
    const uint8_t *mark = memmem(was.data, was.len, "\\0ADEL:", 7);
    buf_put(&dn, was.data, mark ? (size_t)(mark - was.data) : was.len);
    buf_byte(&dn, ',');
    buf_put(&dn, parent.data, parent.len);
    error = cannot_stand(dc, object, (struct bytes){dn.data, dn.len});
    if (error) {
        buf_free(&dn);
        return error;
    }
    c.usn = ++dc->highest_usn;
    start_draft(c.local, (struct bytes){dn.data, dn.len},
                mask_all & ~(BIT(A_IS_DELETED) | BIT(A_LAST_PARENT)));
    draft.present |= class_present((enum object_class)old->cls);
    buf_free(&dn);
    static const enum attr changed[] = {A_IS_DELETED, A_LAST_PARENT,     A_NAME,
                                        A_CN,         A_OBJECT_CATEGORY, A_SAM_TYPE};
    for (size_t i = 0; i < sizeof changed / sizeof *changed; i++)
        stamp(&c, changed[i]);
    c.local->state = STATE_LIVE;
    finish(&c);
    return NULL;
}

const char *write_rename(struct dc *dc, uint32_t object, const char *parent_dn, const char *name)
{
    struct change_of c;
    struct buf dn = {0}, was = {0};
    if (parent_dn && nc_of_dn(text_bytes(parent_dn)) != object_nc(object))
        return "the new parent is not of that domain";
    const char *error = check(dc, object, false, false, &c);
    if (error)
        return error;
    struct bytes old = version_dn(&c.local->version), parent = dn_parent(old), rdn = rdn_value(old);
    buf_put(&was, old.data, old.len);
    buf_put(&dn, old.data, (size_t)(rdn.data - old.data));
    if (name)
        buf_text(&dn, name);
    else
        buf_put(&dn, rdn.data, rdn.len);
    buf_byte(&dn, ',');
    if (parent_dn)
        buf_text(&dn, parent_dn);
    else
        buf_put(&dn, parent.data, parent.len);
    const struct bytes now = {dn.data, dn.len};
    error = dn_under(now, (struct bytes){was.data, was.len}) ? "it cannot stand below itself"
                                                             : cannot_stand(dc, object, now);
    if (!error) {
        c.usn = ++dc->highest_usn;
        start_draft(c.local, now, mask_all);
        stamp(&c, A_NAME);
        if (name)
            stamp(&c, A_CN);
        finish(&c);
        place_moved(dc, c.local, (struct bytes){was.data, was.len});
    }
    buf_free(&dn);
    buf_free(&was);
    return error;
}

const char *write_forget(struct dc *dc, uint32_t object)
{
    struct local *local = dc_touch(dc, object);
    if (!local || local->state == STATE_GONE)
        return "this DC does not have that object";
    local->state = STATE_GONE;
    return NULL;
}
