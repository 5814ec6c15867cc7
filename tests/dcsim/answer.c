#include "tests/dcsim/answer.h"

#include <stdlib.h>

#include "tests/dcsim/descriptor.h"
#include "tests/dcsim/replica.h"

enum { OP_ENTRY = 0x64, OP_REFERENCE = 0x73, RESULT_REFERRAL = 0xa3, CONTROLS = 0xa0 };

static size_t start_message(struct buf *out, int id)
{
    size_t message = ber_open(out, BER_SEQUENCE);
    ber_number(out, BER_INT, id);
    return message;
}

/* ---- attributes of an entry ---- */

static void put_attribute(struct buf *out, const char *name, size_t name_len, const void *value, size_t len)
{
    size_t sequence = ber_open(out, BER_SEQUENCE);
    ber_octets(out, BER_OCTETS, name, name_len);
    size_t set = ber_open(out, BER_SET);
    if (value)
        ber_octets(out, BER_OCTETS, value, len);
    ber_shut(out, set);
    ber_shut(out, sequence);
}

/* Values low to high of one attribute, under the name with its range (MS-ADTS 3.1.1.3.1.3.3). */
static void put_range(struct buf *out, const struct stored *s, const uint8_t *encoded, uint32_t low,
                      uint32_t high)
{
    char name[120];
    const uint8_t *at = encoded + s->first, *end = encoded + s->len;
    struct bytes value;
    if (low >= s->count)
        return;
    bool last = high >= s->count - 1u;
    if (last)
        snprintf(name, sizeof name, "%s;range=%u-*", attr_table[s->attr].name, low);
    else
        snprintf(name, sizeof name, "%s;range=%u-%u", attr_table[s->attr].name, low, high);
    for (uint32_t i = 0; i < low && next_value(&at, end, &value); i++) {
    }
    const uint8_t *to = at;
    for (uint32_t i = low; i <= high && next_value(&to, end, &value); i++) {
    }
    size_t sequence = ber_open(out, BER_SEQUENCE);
    ber_text(out, BER_OCTETS, name);
    size_t set = ber_open(out, BER_SET);
    buf_put(out, at, (size_t)(to - at));
    ber_shut(out, set);
    ber_shut(out, sequence);
}

static const struct wanted_range *range_for(const struct selection *s, enum attr attr)
{
    for (int i = 0; i < s->range_count; i++)
        if (s->ranges[i].attr == attr)
            return &s->ranges[i];
    return NULL;
}

static void put_many(struct buf *out, const struct selection *sel, const struct stored *s,
                     const uint8_t *encoded)
{
    const struct wanted_range *range = range_for(sel, (enum attr)s->attr);
    const struct attr_info *info = &attr_table[s->attr];
    uint32_t max = world.max_values;
    if (range) {
        uint32_t high = range->high - range->low >= max ? range->low + max - 1 : range->high;
        put_range(out, s, encoded, range->low, high);
    } else {
        put_attribute(out, info->name, info->name_len, NULL, 0);
        put_range(out, s, encoded, 0, max - 1);
    }
}

static void put_stored(struct buf *out, const struct selection *sel, const struct version *v, attr_mask want,
                       attr_mask ranged)
{
    const uint8_t *at = v->data + v->dn_len, *end = v->data + v->len;
    while (at < end) {
        struct stored s;
        memcpy(&s, at, sizeof s);
        at += sizeof s;
        if ((want | ranged) & BIT(s.attr)) {
            if (sel->types_only)
                put_attribute(out, attr_table[s.attr].name, attr_table[s.attr].name_len, NULL, 0);
            else if (s.count > world.max_values || ranged & BIT(s.attr))
                put_many(out, sel, &s, at);
            else
                buf_put(out, at, s.len);
        }
        at += s.len;
    }
}

/* One that may have many values, in one of its two forms. */
static void put_constructed(struct buf *out, const struct selection *sel, struct sight *sight,
                            const struct view *view, enum attr attr, bool binary)
{
    char name[100];
    sight->scratch.len = 0;
    put_replica_values(sight->dc, view, attr, binary, &sight->scratch);
    if (!sight->scratch.len)
        return;
    snprintf(name, sizeof name, "%s%s", attr_table[attr].name, binary ? ";binary" : "");
    size_t sequence = ber_open(out, BER_SEQUENCE);
    ber_text(out, BER_OCTETS, name);
    size_t set = ber_open(out, BER_SET);
    if (!sel->types_only)
        buf_put(out, sight->scratch.data, sight->scratch.len);
    ber_shut(out, set);
    ber_shut(out, sequence);
}

static void put_binary(struct buf *out, const struct selection *sel, struct sight *sight,
                       const struct view *view, attr_mask want)
{
    for (int a = 1; want >> a && sight->dc->offer != OFFER_XML; a++)
        if (want & BIT(a))
            put_constructed(out, sel, sight, view, (enum attr)a, true);
}

static void put_computed(struct buf *out, const struct selection *sel, struct sight *sight,
                         const struct view *view, attr_mask want, unsigned parts)
{
    for (int a = 1; want >> a; a++) {
        if (!(want & BIT(a)))
            continue;
        sight->scratch.len = 0;
        if (BIT(a) & mask_many) {
            put_constructed(out, sel, sight, view, (enum attr)a, false);
            continue;
        }
        if (a == A_DESCRIPTOR)
            put_descriptor(sight->dc, view, parts, &sight->scratch);
        if (a == A_DESCRIPTOR || computed_value(sight->dc, view, (enum attr)a, &sight->scratch))
            put_attribute(out, attr_table[a].name, attr_table[a].name_len,
                          sel->types_only ? NULL : sight->scratch.data, sight->scratch.len);
    }
}

void put_entry(struct buf *out, const struct question *q, struct sight *sight, const struct view *view)
{
    const struct version *v = view->version;
    attr_mask visible = seen(sight, view), want = q->selection.want & visible, ranged = 0;
    for (int i = 0; i < q->selection.range_count; i++)
        ranged |= BIT(q->selection.ranges[i].attr) & visible;
    buf_room(out, v->len + 4096);
    size_t message = start_message(out, q->id);
    size_t op = ber_open(out, OP_ENTRY);
    ber_octets(out, BER_OCTETS, v->data, v->dn_len);
    size_t list = ber_open(out, BER_SEQUENCE);
    put_computed(out, &q->selection, sight, view, want & mask_computed, q->controls.sd_parts);
    put_binary(out, &q->selection, sight, view, q->selection.want_binary & visible);
    put_stored(out, &q->selection, v, want, ranged);
    put_stored(out, &q->selection, &forest.common[v->cls], want, ranged);
    ber_shut(out, list);
    ber_shut(out, op);
    ber_shut(out, message);
}

/* ---- results ---- */

void put_result(struct buf *out, int id, uint8_t tag, int code, const char *matched, const char *text,
                const char *referral, const struct paging *paging)
{
    size_t message = start_message(out, id);
    size_t op = ber_open(out, tag);
    ber_number(out, BER_ENUM, code);
    ber_text(out, BER_OCTETS, matched ? matched : "");
    ber_text(out, BER_OCTETS, text ? text : "");
    if (referral) {
        size_t list = ber_open(out, RESULT_REFERRAL);
        ber_text(out, BER_OCTETS, referral);
        ber_shut(out, list);
    }
    ber_shut(out, op);
    if (paging && paging->there) {
        size_t controls = ber_open(out, CONTROLS), control = ber_open(out, BER_SEQUENCE);
        ber_text(out, BER_OCTETS, "1.2.840.113556.1.4.319");
        struct buf value = {0};
        size_t inside = ber_open(&value, BER_SEQUENCE);
        ber_number(&value, BER_INT, 0);
        ber_octets(&value, BER_OCTETS, paging->cookie.data, paging->cookie.len);
        ber_shut(&value, inside);
        ber_octets(out, BER_OCTETS, value.data, value.len);
        buf_free(&value);
        ber_shut(out, control);
        ber_shut(out, controls);
    }
    ber_shut(out, message);
}

void put_reference(struct buf *out, int id, const char *url)
{
    size_t message = start_message(out, id);
    size_t op = ber_open(out, OP_REFERENCE);
    ber_text(out, BER_OCTETS, url);
    ber_shut(out, op);
    ber_shut(out, message);
}
