#include "tests/dcsim/question.h"

#include <stdlib.h>

#include "tests/dcsim/descriptor.h"

/* ---- controls ---- */

static void read_paged(struct controls *c, struct berval value)
{
    struct berval cookie;
    ber_int_t size;
    BerElement *ber = value.bv_len ? ber_init(&value) : NULL; /* liblber takes no empty one */
    if (ber && ber_scanf(ber, "{im}", &size, &cookie) != LBER_ERROR && size >= 0) {
        c->paged = true;
        c->page_size = size;
        c->cookie_len = cookie.bv_len;
        memcpy(c->cookie, cookie.bv_val, cookie.bv_len < sizeof c->cookie ? cookie.bv_len : sizeof c->cookie);
    } else {
        c->malformed = true;
    }
    if (ber)
        ber_free(ber, 1);
}

static void read_options(struct controls *c, struct berval value)
{
    /* SEQUENCE { flags INTEGER }: bit 1 domain scope, bit 2 phantom root (MS-ADTS 3.1.1.3.4.1.12) */
    ber_int_t flags = 0;
    BerElement *ber = value.bv_len ? ber_init(&value) : NULL; /* liblber takes no empty one */
    if (ber && ber_scanf(ber, "{i}", &flags) != LBER_ERROR) {
        c->domain_scope |= flags & 1;
        c->phantom_root |= (flags & 2) != 0;
    }
    if (ber)
        ber_free(ber, 1);
}

/* SEQUENCE { flags INTEGER } (MS-ADTS 3.1.1.3.4.1.11) */
static void read_sd_flags(struct controls *c, struct berval value)
{
    ber_int_t flags = 0;
    BerElement *ber = value.bv_len ? ber_init(&value) : NULL; /* liblber takes no empty one */
    if (ber && ber_scanf(ber, "{i}", &flags) != LBER_ERROR)
        c->sd_parts = flags & ALL_PARTS ? (unsigned)flags & ALL_PARTS : ALL_PARTS;
    else
        c->malformed = true;
    if (ber)
        ber_free(ber, 1);
}

static void take_control(struct controls *c, struct bytes oid, bool critical, struct berval value)
{
    static const char *const names[] = {"1.2.840.113556.1.4.319",  "1.2.840.113556.1.4.417",
                                        "1.2.840.113556.1.4.2064", "1.2.840.113556.1.4.1339",
                                        "1.2.840.113556.1.4.1340", "1.2.840.113556.1.4.801",
                                        "1.2.840.113556.1.4.1413"};
    size_t i = 0;
    while (i < sizeof names / sizeof *names &&
           !(strlen(names[i]) == oid.len && memcmp(names[i], oid.data, oid.len) == 0))
        i++;
    switch (i) {
    case 0:
        read_paged(c, value);
        break;
    case 1:
    case 2:
        c->show_deleted = true;
        break;
    case 3:
        c->domain_scope = true;
        break;
    case 4:
        read_options(c, value);
        break;
    case 5:
        read_sd_flags(c, value);
        break;
    case 6:
        break;
    default:
        c->unknown_critical |= critical;
    }
}

void controls_read(struct controls *controls, BerElement *ber)
{
    ber_len_t len;
    char *end;
    *controls = (struct controls){.sd_parts = ALL_PARTS};
    if (ber_peek_tag(ber, &len) != 0xa0)
        return;
    for (ber_tag_t tag = ber_first_element(ber, &len, &end); tag != LBER_DEFAULT;
         tag = ber_next_element(ber, &len, end)) {
        struct berval oid, value = {0};
        ber_int_t critical = 0;
        if (ber_scanf(ber, "{m", &oid) == LBER_ERROR)
            goto malformed;
        tag = ber_peek_tag(ber, &len);
        if (tag == LBER_BOOLEAN && ber_scanf(ber, "b", &critical) == LBER_ERROR)
            goto malformed;
        if (tag == LBER_BOOLEAN)
            tag = ber_peek_tag(ber, &len);
        if (tag == LBER_OCTETSTRING && ber_scanf(ber, "m", &value) == LBER_ERROR)
            goto malformed;
        if (ber_scanf(ber, "}") == LBER_ERROR)
            goto malformed;
        take_control(controls, of_berval(oid), critical, value);
    }
    return;
malformed:
    controls->malformed = true;
}

/* ---- attributes ---- */

/* "name;range=LOW-HIGH" or "name;range=LOW-*" */
static bool read_range(struct bytes text, struct wanted_range *ret)
{
    char copy[200], *option, *end;
    if (text.len >= sizeof copy)
        return false;
    memcpy(copy, text.data, text.len);
    copy[text.len] = 0;
    if (!(option = strchr(copy, ';')) || strncasecmp(option, ";range=", 7) != 0)
        return false;
    *option = 0;
    ret->attr = attr_by_name(text_bytes(copy));
    ret->low = (uint32_t)strtoul(option + 7, &end, 10);
    if (end == option + 7 || *end++ != '-')
        return false;
    ret->high = strcmp(end, "*") == 0 ? UINT32_MAX : (uint32_t)strtoul(end, NULL, 10);
    return ret->attr != A_NONE;
}

/* "name;binary", of those that have two forms */
static enum attr read_binary(struct bytes text)
{
    static const char option[] = ";binary";
    size_t len = sizeof option - 1;
    if (text.len <= len || !same_fold(text.data + text.len - len, len, option, len))
        return A_NONE;
    enum attr attr = attr_by_name((struct bytes){text.data, text.len - len});
    return attr == A_ATTR_META || attr == A_CURSORS || attr == A_NEIGHBOURS ? attr : A_NONE;
}

static void select_one(struct selection *s, struct bytes name)
{
    attr_mask on_demand = 0;
    for (int a = 1; a < A_COUNT; a++)
        if (attr_table[a].flags & ON_DEMAND)
            on_demand |= BIT(a);
    if (name.len == 1 && name.data[0] == '*')
        s->want |= mask_all & ~on_demand;
    else if (name.len && memchr(name.data, ';', name.len)) {
        s->want_binary |= BIT(read_binary(name)) & mask_all;
        if (s->range_count < MAX_RANGES && read_range(name, &s->ranges[s->range_count]))
            s->range_count++;
    } else
        s->want |= BIT(attr_by_name(name)) & mask_all;
}

static bool read_selection(struct question *q, BerElement *ber)
{
    ber_len_t len;
    char *end;
    if (ber_peek_tag(ber, &len) != BER_SEQUENCE)
        return false;
    if (len == 0)
        ber_skip_tag(ber, &len);
    else
        for (ber_tag_t tag = ber_first_element(ber, &len, &end); tag != LBER_DEFAULT;
             tag = ber_next_element(ber, &len, end)) {
            struct berval name;
            if (ber_scanf(ber, "m", &name) == LBER_ERROR)
                return false;
            select_one(&q->selection, of_berval(name));
            if (q->name_count < MAX_NAMES)
                q->names[q->name_count++] = of_berval(name);
            q->all_names |= name.bv_len == 1 && (*name.bv_val == '*' || *name.bv_val == '+');
        }
    if (!q->name_count) {
        select_one(&q->selection, text_bytes("*"));
        q->all_names = true;
    }
    return true;
}

bool question_read(struct question *q, BerElement *ber)
{
    ber_len_t len;
    struct berval base;
    ber_int_t scope, deref, size_limit, time_limit, types_only, id = q->id;
    struct filter filter = q->filter;
    *q = (struct question){.id = id, .filter = filter};
    if (ber_skip_tag(ber, &len) == LBER_DEFAULT)
        return false;
    if (ber_scanf(ber, "meeiib", &base, &scope, &deref, &size_limit, &time_limit, &types_only) == LBER_ERROR)
        return false;
    q->base = of_berval(base);
    q->scope = scope;
    q->size_limit = size_limit;
    q->selection.types_only = types_only;
    if (scope < 0 || scope > 2)
        return false;
    struct berval filter_text;
    if (ber_peek_element(ber, &filter_text) == LBER_DEFAULT)
        return false;
    q->filter_hash = fold_hash(filter_text.bv_val, filter_text.bv_len);
    if (!filter_read(&q->filter, ber))
        return false;
    if (!read_selection(q, ber))
        return false;
    controls_read(&q->controls, ber);
    return true;
}
