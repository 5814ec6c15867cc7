/* spn_kin.c: see spn_kin.h. */
#include "scanner/decode/spn_kin.h"

#include <stdlib.h>
#include <string.h>

#include "scanner/decode/facet.h"
#include "scanner/decode/spn.h"
#include "scanner/decode/value.h"
#include "store/base/spn_key.h"
#include "store/base/spn_template.h"

/* Sets of more values, and longer ones, are of few accounts. The store cuts very long ones. */
#define MAX_VALUES 32
#define MAX_VALUE  1024

/* class/ and what follows the name: places in spn_kin.text. */
struct spn_kin_value {
    uint32_t off;
    uint16_t class_len, tail_len;
    bool lower; /* has the name in lower case */
};

void spn_kins_release(struct spn_kins *kins)
{
    for (size_t i = 0; i < SPN_KINDS_MAX; i++) {
        text_release(&kins->kinds[i].like);
        text_release(&kins->kinds[i].text);
        free(kins->kinds[i].values);
    }
    *kins = (struct spn_kins){0};
}

/* A name that stands for itself in templates and keys: digits alone may be the beginning of an address. */
static bool is_plain_name(struct bytes name)
{
    bool letter = false;
    if (name.len < TEMPLATE_MIN_NAME || name.len > TEMPLATE_MAX_NAME)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        if (!template_name_char((char)name.data[i]))
            return false;
        letter |= name.data[i] < '0' || name.data[i] > '9';
    }
    return letter;
}

/* ---- finding ---- */

static bool value_fits(const struct spn_kin *kin, const struct spn_kin_value *v, struct bytes value,
                       struct bytes name, const uint8_t *low)
{
    const char *text = kin->text.data + v->off;
    return value.len == v->class_len + name.len + v->tail_len &&
           memcmp(value.data + v->class_len, v->lower ? low : name.data, name.len) == 0 &&
           memcmp(value.data, text, v->class_len) == 0 &&
           memcmp(value.data + value.len - v->tail_len, text + v->class_len, v->tail_len) == 0;
}

static bool fits(const struct spn_kin *kin, const struct attr *spns, struct bytes *ret_name)
{
    uint8_t low[TEMPLATE_MAX_NAME];
    if (!kin->values || kin->count != spns->count)
        return false;
    const struct spn_kin_value *first = &kin->values[kin->first];
    struct bytes name = spns->values[kin->first];
    if (name.len < (size_t)first->class_len + first->tail_len)
        return false;
    name.len -= (size_t)first->class_len + first->tail_len;
    name.data += first->class_len;
    if (!is_plain_name(name))
        return false;
    fold_copy(low, name.data, name.len);
    for (size_t i = 0; i < kin->count; i++)
        if (!value_fits(kin, &kin->values[i], spns->values[i], name, low))
            return false;
    *ret_name = name;
    return true;
}

int spn_kins_find(struct spn_kins *kins, const struct attr *spns, struct bytes *ret_name)
{
    for (int i = 0; i < SPN_KINDS_MAX; i++)
        if (fits(&kins->kinds[i], spns, ret_name)) {
            kins->kinds[i].used = ++kins->clock;
            return i;
        }
    return -1;
}

/* ---- learning ---- */

/* false: the value does not have the name where the first label of its host is. */
static bool take_apart(struct bytes value, struct bytes name, const uint8_t *low, struct spn_kin_value *ret)
{
    const uint8_t *slash = value.len && value.len <= MAX_VALUE ? memchr(value.data, '/', value.len) : NULL;
    if (!slash || spn_kinds(value) || !bytes_printable(value, '"', '\\')) /* JSON has it as it is */
        return false;
    const size_t class_len = (size_t)(slash + 1 - value.data), rest = value.len - class_len;
    if (rest < name.len)
        return false;
    const bool same = memcmp(slash + 1, name.data, name.len) == 0;
    if (!same && memcmp(slash + 1, low, name.len) != 0)
        return false;
    *ret = (struct spn_kin_value){
        .class_len = (uint16_t)class_len, .tail_len = (uint16_t)(rest - name.len), .lower = !same};
    return !ret->tail_len || template_ends_label((char)slash[1 + name.len]);
}

static void add_value(struct spn_kin *kin, struct bytes value, struct spn_kin_value v, uint64_t seed)
{
    v.off = (uint32_t)kin->text.len;
    text_append(&kin->text, (const char *)value.data, v.class_len);
    text_append(&kin->text, (const char *)value.data + value.len - v.tail_len, v.tail_len);
    kin->names |= spn_key_bit(facet_spn_key(value, seed)); /* in which the host has no part */
    kin->values = xgrow(kin->values, &kin->size, kin->count + 1, sizeof *kin->values);
    kin->values[kin->count++] = v;
}

static struct spn_kin *oldest(struct spn_kins *kins)
{
    struct spn_kin *found = &kins->kinds[0];
    for (size_t i = 1; i < SPN_KINDS_MAX; i++)
        if (kins->kinds[i].used < found->used)
            found = &kins->kinds[i];
    return found;
}

/* How many names the template leaves open. */
static size_t count_open(const struct text_buf *like)
{
    size_t open = 0;
    for (size_t i = 0; i < like->len; i++)
        open += like->data[i] == TEMPLATE_NAME || like->data[i] == TEMPLATE_LOWER;
    return open;
}

int spn_kins_learn(struct spn_kins *kins, const struct attr *spns, struct bytes json, uint64_t seed)
{
    struct spn_kin_value values[MAX_VALUES];
    struct text_buf like = {0};
    uint8_t low[TEMPLATE_MAX_NAME];
    struct bytes name = {NULL, 0};
    if (spns->count <= MAX_VALUES)
        name = spn_template_split(json, &like);
    /* One of each value, or what is told of the order of values does not hold. */
    bool plain = is_plain_name(name) && count_open(&like) == spns->count;
    size_t first = spns->count;
    if (plain)
        fold_copy(low, name.data, name.len);
    for (size_t i = 0; plain && i < spns->count; i++) {
        plain = take_apart(spns->values[i], name, low, &values[i]);
        if (plain && !values[i].lower && first == spns->count)
            first = i;
    }
    if (!plain || first == spns->count) {
        text_release(&like);
        return -1;
    }
    struct spn_kin *kin = oldest(kins);
    text_release(&kin->like);
    text_clear(&kin->text);
    kin->like = like;
    kin->names = 0;
    kin->count = 0;
    kin->first = first;
    kin->used = ++kins->clock;
    for (size_t i = 0; i < spns->count; i++)
        add_value(kin, spns->values[i], values[i], seed);
    return (int)(kin - kins->kinds);
}

uint64_t spn_kin_key(struct bytes name, uint64_t seed)
{
    uint8_t low[TEMPLATE_MAX_NAME];
    fold_copy(low, name.data, name.len);
    return spn_key((struct bytes){low, name.len}, seed).host;
}
