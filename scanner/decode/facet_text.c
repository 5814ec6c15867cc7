/* facet_text.c: the text of a facet, made once for each state that was not met before. See facet.h. */
#include <stdlib.h>

#include "scanner/decode/clean.h"
#include "scanner/decode/facet.h"
#include "scanner/decode/facet_attrs.h"
#include "scanner/decode/sid.h"
#include "scanner/decode/spn.h"
#include "scanner/decode/value.h"

/* No real value comes near it; a hostile one is cut here, and is still hashed whole. */
#define MAX_VALUE 65536
#define CUT_MARK  "..."

static const struct text_ref no_text = {NO_TEXT, 0};

/* What was appended since start. Text that a text_ref can't reach (4 GiB) counts as absent. */
static struct text_ref ref_since(const struct text_buf *buf, size_t start)
{
    if (buf->len >= NO_TEXT)
        return no_text;
    return (struct text_ref){(uint32_t)start, (uint32_t)(buf->len - start)};
}

void facet_append_clean(struct text_buf *buf, struct bytes v)
{
    if (v.len <= MAX_VALUE) {
        clean_append(buf, v);
        return;
    }
    size_t len = MAX_VALUE;
    for (int back = 0; back < 3 && (v.data[len] & 0xC0) == 0x80; back++) /* not inside a character */
        len--;
    clean_append(buf, (struct bytes){v.data, len});
    text_append_str(buf, CUT_MARK);
}

/* JSON needs no escape for it and clean_append() would not change it: nearly every SPN. */
static bool is_plain(struct bytes v)
{
    return v.len <= MAX_VALUE && bytes_printable(v, '"', '\\');
}

static void append_json_value(struct text_buf *buf, struct bytes v)
{
    if (is_plain(v)) {
        text_append_char(buf, '"');
        text_append(buf, v.data ? (const char *)v.data : "", v.len);
        text_append_char(buf, '"');
        return;
    }
    struct text_buf clean = {0};
    facet_append_clean(&clean, v);
    text_append_json(buf, clean.data, clean.len);
    text_release(&clean);
}

static int by_folded_value(const void *a, const void *b)
{
    return bytes_compare_fold(*(const struct bytes *)a, *(const struct bytes *)b);
}

#define FEW_VALUES   16
#define STACK_VALUES 64

/* Nearly every account has a handful, for which qsort costs more than it orders. */
static void sort_values(struct bytes *values, size_t count)
{
    if (count > FEW_VALUES) {
        qsort(values, count, sizeof *values, by_folded_value);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        struct bytes value = values[i];
        size_t at = i;
        for (; at > 0 && bytes_compare_fold(value, values[at - 1]) < 0; at--)
            values[at] = values[at - 1];
        values[at] = value;
    }
}

/* A DC sends values in any order; sorted, one set has one text. */
static struct text_ref append_json_set(struct text_buf *buf, const struct attr *a)
{
    size_t start = buf->len, count = a ? a->count : 0;
    struct bytes few[STACK_VALUES], *values = few;
    if (count > STACK_VALUES)
        values = xcalloc(count, sizeof *values);
    if (count > 0) {
        memcpy(values, a->values, count * sizeof *values);
        sort_values(values, count);
    }
    text_append_char(buf, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            text_append_char(buf, ',');
        append_json_value(buf, values[i]);
    }
    text_append_char(buf, ']');
    if (values != few)
        free(values);
    return ref_since(buf, start);
}

static struct text_ref append_first(struct text_buf *buf, const struct entry *entry, const char *name)
{
    const struct attr *a = entry_attr(entry, name);
    size_t start = buf->len;
    if (!a || a->count == 0)
        return no_text;
    facet_append_clean(buf, a->values[0]);
    return ref_since(buf, start);
}

void facet_spn_text(const struct entry *entry, struct text_buf *buf, struct spn_state *ret)
{
    *ret = (struct spn_state){append_json_set(buf, entry_attr(entry, ATTR_SPN)), no_text, no_text};
}

void facet_odd_spn_text(struct bytes spn, unsigned kinds, struct text_buf *buf, struct odd_spn *ret)
{
    size_t start = buf->len;
    facet_append_clean(buf, spn);
    ret->spn = ref_since(buf, start);
    start = buf->len;
    spn_append_kinds(kinds, buf);
    ret->kind = ref_since(buf, start);
    start = buf->len;
    spn_append_skeleton((struct bytes){spn.data, spn.len < MAX_VALUE ? spn.len : MAX_VALUE}, buf);
    ret->skeleton = ref_since(buf, start);
}

void facet_account_name(const struct entry *entry, struct text_buf *buf, struct account_state *ret)
{
    const size_t start = buf->len;
    *ret = (struct account_state){.dns_host = no_text, .upn = no_text, .sid = no_text};
    facet_append_clean(buf, entry->dn);
    ret->dn = ref_since(buf, start);
    ret->sam = append_first(buf, entry, ATTR_SAM);
    ret->has_uac = value_u32(entry_value(entry, ATTR_UAC), &ret->uac);
}

void facet_account_text(const struct entry *entry, struct text_buf *buf, struct account_state *ret)
{
    char sid[SID_TEXT_SIZE];
    facet_account_name(entry, buf, ret);
    ret->dns_host = append_first(buf, entry, ATTR_DNS_HOST);
    ret->upn = append_first(buf, entry, ATTR_UPN);
    if (sid_format(entry_value(entry, ATTR_SID), sid)) {
        const size_t start = buf->len;
        text_append_str(buf, sid);
        ret->sid = ref_since(buf, start);
    }
}

static struct text_ref append_hex(struct text_buf *buf, struct bytes v)
{
    static const char hex[] = "0123456789abcdef";
    size_t start = buf->len, len = v.len < MAX_VALUE ? v.len : MAX_VALUE;
    for (size_t i = 0; i < len; i++) {
        char pair[2] = {hex[v.data[i] >> 4], hex[v.data[i] & 15]};
        text_append(buf, pair, sizeof pair);
    }
    if (len < v.len)
        text_append_str(buf, CUT_MARK);
    return ref_since(buf, start);
}

struct sid_list {
    char (*text)[SID_TEXT_SIZE];
    size_t count, capacity;
};

static void add_sid(void *ctx, struct bytes sid)
{
    struct sid_list *list = ctx;
    list->text = xgrow(list->text, &list->capacity, list->count + 1, sizeof *list->text);
    if (sid_format(sid, list->text[list->count]))
        list->count++;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void append_rbcd(struct text_buf *buf, struct bytes sd, struct delegation_state *state)
{
    struct sid_list list = {0};
    enum sd_result result = sd_allowed_trustees(sd, add_sid, &list);
    if (list.count > 0)
        qsort(list.text, list.count, sizeof *list.text, by_text);

    size_t start = buf->len;
    text_append_char(buf, '[');
    for (size_t i = 0; i < list.count; i++)
        text_append_fmt(buf, "%s\"%s\"", i ? "," : "", list.text[i]);
    text_append_char(buf, ']');
    state->trustees = ref_since(buf, start);
    free(list.text);

    if (result != SD_OK) {
        start = buf->len;
        text_append_str(buf, result == SD_NULL_DACL ? "null DACL" : "malformed security descriptor");
        state->rbcd_note = ref_since(buf, start);
    }
    state->rbcd = append_hex(buf, sd);
}

void facet_delegation_text(const struct entry *entry, struct text_buf *buf, struct delegation_state *ret)
{
    struct delegation_state state = {.rbcd_note = no_text, .rbcd = no_text};
    state.targets = append_json_set(buf, entry_attr(entry, ATTR_TARGETS));

    const struct attr *rbcd = entry_attr(entry, ATTR_RBCD);
    if (rbcd && rbcd->count > 0)
        append_rbcd(buf, rbcd->values[0], &state);
    else
        state.trustees = append_json_set(buf, NULL);

    state.has_enctypes = value_u32(entry_value(entry, ATTR_ENCTYPES), &state.enctypes);
    *ret = state;
}
