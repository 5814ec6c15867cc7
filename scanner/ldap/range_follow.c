#include "scanner/ldap/range_follow.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "scanner/decode/range.h"

#define MAX_TRIES     3
#define MAX_ATTR_NAME 200
#define USN           "uSNChanged"

/* An object being read to its end. */
struct follow {
    const struct request *of;
    struct entry_buf *buf;
    struct text_buf base; /* what it is asked for by */
    bool by_guid, gone, changed;
    bool has_usn;
    uint64_t usn; /* that all parts must show */
};

bool range_attrs(const char *const *attrs, const char *ret[static RANGE_ATTRS])
{
    size_t n = 0;
    bool has_usn = false;
    if (!attrs)
        ret[n++] = LDAP_ALL_USER_ATTRIBUTES;
    for (; attrs && *attrs && n < RANGE_ATTRS; attrs++) {
        has_usn |= strcasecmp(*attrs, USN) == 0;
        ret[n++] = *attrs;
    }
    if (n > RANGE_ATTRS - 2)
        return false;
    if (!has_usn)
        ret[n++] = USN;
    ret[n] = NULL;
    return true;
}

static bool slot_range(const struct entry_slot *slot, struct attr_range *ret)
{
    return attr_range_parse(slot->name, ret);
}

bool range_needed(const struct entry_buf *buf)
{
    struct attr_range range;
    for (size_t i = 0; i < buf->slot_count; i++)
        if (slot_range(&buf->slots[i], &range))
            return true;
    return false;
}

static bool same_name(struct bytes a, struct bytes b)
{
    return a.len == b.len && strncasecmp((const char *)a.data, (const char *)b.data, a.len) == 0;
}

/* The name goes into a request as a C string: only what an attribute description may hold (RFC 4512
 * section 2.5). */
static bool name_ok(struct bytes name)
{
    if (name.len == 0 || name.len > MAX_ATTR_NAME)
        return false;
    for (size_t i = 0; i < name.len; i++)
        if (name.data[i] >= 0x80 || (!isalnum(name.data[i]) && !memchr("-.;_", name.data[i], 4)))
            return false;
    return true;
}

/* ---- one base read of the object ---- */

static enum spn_code read_object(struct follow *f, const char *const *attrs, struct spn_error *reterr)
{
    struct search search = {.base = f->base.data,
                            .scope = SCOPE_BASE,
                            .filter = "(objectClass=*)",
                            .attrs = attrs,
                            .show_deleted = f->of->show_deleted,
                            .sd_flags = f->of->sd_flags};
    struct spn_error error = {0};
    struct request request;
    LDAPMessage *msg = NULL;
    bool found = false;

    request_init(&request, f->of->conn, &search, f->of->what);
    enum spn_code code = request_send(&request, &error);
    while (code == SPN_OK) {
        code = request_next(&request, &msg, &error);
        if (code != SPN_OK || !msg)
            break;
        if (found)
            code = spn_error_set(&error, SPN_PROTOCOL, 0, "%s: two entries for one name", f->of->what);
        found = true;
        if (code == SPN_OK)
            code = entry_buf_take(f->buf, f->of->conn->ld, msg, f->of->what, &error);
        else
            ldap_msgfree(msg);
    }
    request_release(&request);
    if (f->by_guid &&
        ((code == SPN_OK && !found) || (code == SPN_DIRECTORY && error.native == SEARCH_NO_SUCH_OBJECT))) {
        f->gone = true;
        return SPN_OK;
    }
    if (code == SPN_OK && !found)
        code = spn_error_set(&error, SPN_DIRECTORY, SEARCH_NO_SUCH_OBJECT,
                             "%s: '%.200s' vanished while its values were read", f->of->what, f->base.data);
    if (code != SPN_OK && reterr)
        *reterr = error;
    return code;
}

/* ---- the parts of one attribute ---- */

/* uSNChanged of the parts from slot on against the one at the start. */
static void compare_usn(struct follow *f, size_t from)
{
    struct entry_buf *buf = f->buf;
    struct attr attr;
    for (size_t i = from; i < buf->slot_count; i++) {
        const struct entry_slot *s = &buf->slots[i];
        uint64_t usn;
        attr = (struct attr){s->name, s->count ? buf->values + s->first : NULL, s->count};
        struct entry entry = {.dn = buf->dn, .attrs = &attr, .attr_count = 1};
        if (entry_uint(&entry, USN, &usn) && f->has_usn && usn != f->usn)
            f->changed = true;
    }
}

static enum spn_code bad_range(const struct follow *f, struct spn_error *reterr)
{
    return spn_error_set(reterr, SPN_PROTOCOL, 0,
                         "%s: '%.200s' answers ranges of values that don't fit together", f->of->what,
                         f->base.data);
}

/* Takes the part that came into slots [from..] over to slot; drops the rest of what came. */
static enum spn_code join_part(struct follow *f, size_t slot, size_t from, struct attr_range *range,
                               struct spn_error *reterr)
{
    struct entry_buf *buf = f->buf;
    struct entry_slot *to = &buf->slots[slot];
    struct attr_range part;
    const struct entry_slot *found = NULL;

    for (size_t i = from; i < buf->slot_count && !found; i++)
        if (slot_range(&buf->slots[i], &part) && same_name(part.name, range->name))
            found = &buf->slots[i];
    buf->slot_count = from; /* what was read stays readable: nothing is added before the return */
    if (!found) {
        f->changed = true; /* fewer values than a moment ago */
        return SPN_OK;
    }
    bool whole = part.final || found->count == (size_t)part.last - part.first + 1;
    if (part.first != range->last + 1 || found->count == 0 || !whole)
        return bad_range(f, reterr);
    if (to->count + found->count > ENTRY_MAX_VALUES)
        return spn_error_set(reterr, SPN_PROTOCOL, 0, "%s: '%.200s' has more values than any real object",
                             f->of->what, f->base.data);
    memmove(buf->values + to->first + to->count, buf->values + found->first,
            found->count * sizeof *buf->values);
    to->count += found->count;
    buf->value_count = to->first + to->count;
    range->final = part.final;
    range->last = range->first + (uint32_t)to->count - 1;
    return SPN_OK;
}

static enum spn_code read_attribute(struct follow *f, size_t slot, struct spn_error *reterr)
{
    struct entry_buf *buf = f->buf;
    struct attr_range range;
    char name[MAX_ATTR_NAME + 40];
    enum spn_code code = SPN_OK;

    if (!slot_range(&buf->slots[slot], &range))
        return SPN_OK;
    if (!name_ok(range.name) || range.first != 0 || buf->slots[slot].count == 0 ||
        (!range.final && buf->slots[slot].count != (size_t)range.last + 1))
        return bad_range(f, reterr);
    entry_buf_move_last(buf, slot);
    while (code == SPN_OK && !range.final && !f->changed && !f->gone) {
        size_t from = buf->slot_count;
        const char *attrs[] = {name, USN, NULL};
        snprintf(name, sizeof name, "%.*s;range=%u-*", (int)range.name.len, (const char *)range.name.data,
                 range.last + 1);
        struct bytes dn = buf->dn;
        code = read_object(f, attrs, reterr);
        buf->dn = dn;
        if (code != SPN_OK || f->gone)
            break;
        compare_usn(f, from);
        code = join_part(f, slot, from, &range, reterr);
    }
    buf->slots[slot].name = range.name;
    return code;
}

/* ---- the object ---- */

/* Beside "name;range=0-1499" AD sends an empty "name" (MS-ADTS 3.1.1.3.1.3.3): that one says nothing. */
static void drop_empty_twins(struct entry_buf *buf)
{
    size_t kept = 0;
    for (size_t i = 0; i < buf->slot_count; i++) {
        bool twin = false;
        struct attr_range range;
        for (size_t j = 0; j < buf->slot_count && !buf->slots[i].count && !twin; j++)
            twin = j != i && slot_range(&buf->slots[j], &range) && same_name(range.name, buf->slots[i].name);
        if (!twin)
            buf->slots[kept++] = buf->slots[i];
    }
    buf->slot_count = kept;
}

/* What the object is asked for by: its GUID stays when it is renamed or moved. false: the DN can't be sent.
 */
static bool choose_base(struct follow *f)
{
    struct entry entry = entry_buf_seal(f->buf);
    struct guid guid;
    char text[GUID_TEXT_SIZE];

    f->by_guid = entry_guid(&entry, "objectGUID", &guid);
    if (f->by_guid) {
        text_append_fmt(&f->base, "<GUID=%s>", guid_format(&guid, text));
        return true;
    }
    if (entry.dn.len && memchr(entry.dn.data, 0, entry.dn.len))
        return false;
    text_append(&f->base, (const char *)entry.dn.data, entry.dn.len);
    return true;
}

/* The whole entry again, uSNChanged with it. */
static enum spn_code read_again(struct follow *f, struct spn_error *reterr)
{
    const char *attrs[RANGE_ATTRS];
    if (!range_attrs(f->of->attrs, attrs))
        return spn_error_set(reterr, SPN_INTERNAL, 0, "%s: too many attributes asked for", f->of->what);
    entry_buf_clear(f->buf);
    return read_object(f, attrs, reterr);
}

static enum spn_code read_all_parts(struct follow *f, struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    struct entry entry = entry_buf_seal(f->buf);

    f->has_usn = entry_uint(&entry, USN, &f->usn);
    f->changed = false;
    drop_empty_twins(f->buf);
    for (size_t i = 0; code == SPN_OK && i < f->buf->slot_count && !f->changed && !f->gone; i++)
        code = read_attribute(f, i, reterr);
    return code;
}

static enum spn_code follow_object(struct follow *f, bool has_usn, struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    for (int try = 0; try < MAX_TRIES; try++) {
        /* Without a uSNChanged from the moment of the first part there is nothing to compare the others with.
         */
        if (try || !has_usn)
            code = read_again(f, reterr);
        if (code == SPN_OK && !f->gone)
            code = read_all_parts(f, reterr);
        if (code != SPN_OK || f->gone || !f->changed)
            return code;
    }
    return spn_error_set(reterr, SPN_DIRECTORY, 0,
                         "%s: '%.200s' changed each of the %d times its values were read", f->of->what,
                         f->base.data, MAX_TRIES);
}

enum spn_code range_follow(const struct request *of, struct entry_buf *buf, bool *ret_gone,
                           struct spn_error *reterr)
{
    struct follow f = {.of = of, .buf = buf};
    struct entry entry = entry_buf_seal(buf);
    uint64_t usn;
    enum spn_code code;

    if (choose_base(&f))
        code = follow_object(&f, entry_uint(&entry, USN, &usn), reterr);
    else
        code = spn_error_set(reterr, SPN_PROTOCOL, 0, "%s: an entry's name holds a NUL", of->what);
    *ret_gone = f.gone;
    text_release(&f.base);
    return code;
}
