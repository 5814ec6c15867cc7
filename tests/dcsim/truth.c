#include "tests/dcsim/truth.h"

#include <stdlib.h>

#include "tests/dcsim/filter.h"

enum { DELEGATION_BITS = 0x80000 | 0x1000000 };

static const enum attr single[] = {A_SAM, A_UAC, A_DNS_HOST, A_UPN};
#define SINGLE (sizeof single / sizeof *single)

static const enum attr stamped[] = {A_WHEN_CREATED, A_IS_DELETED, A_NAME,     A_SPN,
                                    A_SAM,          A_UAC,        A_DNS_HOST, A_UPN,
                                    A_OBJECT_SID,   A_TARGETS,    A_RBCD,     A_ENCTYPES};
#define STAMPED (sizeof stamped / sizeof *stamped)

static bool is_told(const struct version *v)
{
    return v->present & BIT(A_SAM) &&
           (v->present & (BIT(A_SPN) | BIT(A_TARGETS) | BIT(A_RBCD) | BIT(A_ENCTYPES)) ||
            v->uac & DELEGATION_BITS);
}

void truth_note(uint32_t object, const struct version *v)
{
    if (!is_told(v))
        return;
    size_t had = world.had_room, word = object / 64;
    world.had = grow_to(world.had, &world.had_room, word + 1, sizeof *world.had);
    if (world.had_room > had)
        memset(world.had + had, 0, (world.had_room - had) * sizeof *world.had);
    world.had[word] |= (uint64_t)1 << (object % 64);
}

static bool was_told(uint32_t object)
{
    return (object < forest.count && is_told(&forest.objects[object].version)) ||
           (object / 64 < world.had_room && world.had[object / 64] >> (object % 64) & 1);
}

/* ---- one cell ---- */

static void put_folded(struct buf *line, struct bytes text, bool quoted)
{
    char escaped[8];
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = fold(text.data[i]);
        if (quoted && (c == '"' || c == '\\' || c < 0x20)) {
            snprintf(escaped, sizeof escaped, "\\u%04x", c);
            buf_text(line, escaped);
        } else {
            buf_byte(line, c);
        }
    }
}

static int by_folded(const void *a, const void *b)
{
    const struct bytes *x = a, *y = b;
    for (size_t i = 0; i < x->len && i < y->len; i++)
        if (fold(x->data[i]) != fold(y->data[i]))
            return fold(x->data[i]) - fold(y->data[i]);
    return x->len < y->len ? -1 : x->len > y->len;
}

/* The values, sorted, as a JSON array. */
static void put_set(struct buf *line, const struct version *v, enum attr attr, bool seen)
{
    struct stored s;
    const uint8_t *at;
    buf_text(line, "\t[");
    if (seen && version_find(v, attr, &s, &at)) {
        struct bytes *values = zalloc(s.count, sizeof *values);
        const uint8_t *end = at + s.len;
        size_t count = 0;
        at += s.first;
        while (count < s.count && next_value(&at, end, &values[count]))
            count++;
        qsort(values, count, sizeof *values, by_folded);
        for (size_t i = 0; i < count; i++) {
            buf_text(line, i ? ",\"" : "\"");
            put_folded(line, values[i], true);
            buf_byte(line, '"');
        }
        free(values);
    }
    buf_byte(line, ']');
}

static void put_first(struct buf *line, const struct version *v, enum attr attr, bool seen, bool hex)
{
    struct stored s;
    const uint8_t *at;
    struct bytes value;
    char text[4];
    buf_byte(line, '\t');
    if (!seen || !version_find(v, attr, &s, &at))
        return;
    const uint8_t *end = at + s.len;
    at += s.first;
    if (!next_value(&at, end, &value))
        return;
    for (size_t i = 0; hex && i < value.len; i++) {
        snprintf(text, sizeof text, "%02x", value.data[i]);
        buf_text(line, text);
    }
    if (!hex)
        put_folded(line, value, false);
}

static void put_sid(struct buf *line, uint32_t object, bool seen)
{
    char text[80];
    const struct domain *d = &forest.domains[forest.ncs[object_nc(object)].domain];
    buf_byte(line, '\t');
    if (!seen)
        return;
    snprintf(text, sizeof text, "S-1-5-21-%u-%u-%u-%u", d->sid[0], d->sid[1], d->sid[2], object_rid(object));
    buf_text(line, text);
}

/* ---- lines ---- */

static void put_guid(struct buf *line, const uint8_t guid[16])
{
    char text[37];
    guid_text(guid, text);
    buf_byte(line, '\t');
    buf_text(line, text);
}

static void put_facts(struct buf *line, const struct dc *dc, const struct view *view)
{
    const struct version *v = view->version;
    bool full = dc->holds[object_nc(view->object)] == HOLDS_FULL;
    struct sight sight = {.dc = dc, .known = full ? mask_all : mask_pas};
    attr_mask shown = seen(&sight, view);
    uint8_t guid[16];
    guid_of(view->object, guid);
    buf_text(line, dc->facts->host);
    put_guid(line, guid);
    buf_text(line, v->present & BIT(A_IS_DELETED) ? "\tdeleted\t" : "\tlive\t");
    put_folded(line, version_dn(v), false);
    put_set(line, v, A_SPN, shown & BIT(A_SPN));
    for (size_t i = 0; i < SINGLE; i++)
        put_first(line, v, single[i], shown & BIT(single[i]), false);
    put_sid(line, view->object, shown & BIT(A_OBJECT_SID));
    put_set(line, v, A_TARGETS, shown & BIT(A_TARGETS));
    put_first(line, v, A_RBCD, shown & BIT(A_RBCD), true);
    put_first(line, v, A_ENCTYPES, shown & BIT(A_ENCTYPES), false);
    buf_text(line, full ? "\tfull\n" : "\tpartial\n");
}

static void put_stamps(struct buf *line, const struct dc *dc, const struct view *view)
{
    struct stamp s;
    uint8_t guid[16];
    char text[160];
    bool full = dc->holds[object_nc(view->object)] == HOLDS_FULL;
    guid_of(view->object, guid);
    for (size_t i = 0; i < STAMPED; i++) {
        if ((!full && !(mask_pas & BIT(stamped[i]))) || !view_stamp(dc, view, stamped[i], &s))
            continue;
        buf_text(line, dc->facts->host);
        put_guid(line, guid);
        snprintf(text, sizeof text, "\t%s\t%u\t%lld\t%s", attr_table[stamped[i]].name, s.version,
                 (long long)s.time, world.dcs[forest.invocations[s.invocation].dc].facts->host);
        buf_text(line, text);
        put_guid(line, forest.invocations[s.invocation].guid);
        snprintf(text, sizeof text, "\t%llu\n", (unsigned long long)s.usn);
        buf_text(line, text);
    }
}

static bool write_lines(const char *path,
                        void (*put)(struct buf *line, const struct dc *dc, const struct view *view))
{
    struct buf lines = {0};
    struct view view;
    FILE *out = fopen(path, "w");
    bool ok = out != NULL;
    for (uint32_t o = 0; ok && o < forest.count + world.extra_count; o++) {
        if (!was_told(o))
            continue;
        for (int n = 0; n < world.count; n++)
            if (world.dcs[n].holds[object_nc(o)] && dc_view(&world.dcs[n], o, &view))
                put(&lines, &world.dcs[n], &view);
        ok = fwrite(lines.data, 1, lines.len, out) == lines.len;
        lines.len = 0;
    }
    buf_free(&lines);
    return out && fclose(out) == 0 && ok;
}

bool truth_write(const char *path)
{
    return write_lines(path, put_facts);
}

bool truth_write_stamps(const char *path)
{
    return write_lines(path, put_stamps);
}
