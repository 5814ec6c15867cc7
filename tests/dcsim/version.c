#include "tests/dcsim/version.h"

bool version_find(const struct version *v, enum attr attr, struct stored *ret, const uint8_t **ret_encoded)
{
    const uint8_t *at = v->data + v->dn_len, *end = v->data + v->len;
    while (at < end) {
        memcpy(ret, at, sizeof *ret);
        at += sizeof *ret;
        if (ret->attr == attr) {
            *ret_encoded = at;
            return true;
        }
        at += ret->len;
    }
    return false;
}

bool next_value(const uint8_t **at, const uint8_t *end, struct bytes *ret)
{
    const uint8_t *p = *at;
    if (end - p < 2)
        return false;
    size_t len = p[1];
    p += 2;
    if (len >= 0x80) {
        int n = (int)(len & 0x7f);
        if (n > 4 || end - p < n)
            return false;
        for (len = 0; n > 0; n--)
            len = len << 8 | *p++;
    }
    if (len > (size_t)(end - p))
        return false;
    *ret = (struct bytes){p, len};
    *at = p + len;
    return true;
}

void draft_start(struct draft *d, enum object_class cls, const char *dn, size_t dn_len)
{
    d->data.len = 0;
    d->present = 0;
    d->uac = 0;
    d->cls = (uint8_t)cls;
    d->dn_len = (uint16_t)dn_len;
    buf_put(&d->data, dn, dn_len);
}

void draft_open(struct draft *d, enum attr attr)
{
    const struct attr_info *info = &attr_table[attr];
    const struct stored empty = {.attr = (uint8_t)attr};
    d->stored = d->data.len;
    d->count = 0;
    buf_put(&d->data, &empty, sizeof empty);
    d->sequence = ber_open(&d->data, BER_SEQUENCE);
    ber_octets(&d->data, BER_OCTETS, info->name, info->name_len);
    d->set = ber_open(&d->data, BER_SET);
}

void draft_value(struct draft *d, const void *data, size_t len)
{
    if (d->count == UINT16_MAX)
        return;
    ber_octets(&d->data, BER_OCTETS, data, len);
    d->count++;
}

static uint32_t first_number(const uint8_t *at, const uint8_t *end)
{
    struct bytes value = {0};
    uint32_t n = 0;
    next_value(&at, end, &value);
    for (size_t i = 0; i < value.len && value.data[i] >= '0' && value.data[i] <= '9'; i++)
        n = n * 10 + (value.data[i] - '0');
    return n;
}

void draft_shut(struct draft *d)
{
    if (!d->count) {
        d->data.len = d->stored;
        return;
    }
    ber_shut(&d->data, d->set);
    ber_shut(&d->data, d->sequence);
    struct stored s;
    memcpy(&s, d->data.data + d->stored, sizeof s);
    size_t encoded = d->stored + sizeof s;
    s.first = (uint8_t)(d->set - encoded);
    s.count = d->count;
    s.len = (uint32_t)(d->data.len - encoded);
    memcpy(d->data.data + d->stored, &s, sizeof s);
    d->present |= BIT(s.attr);
    if (s.attr == A_UAC)
        d->uac = first_number(d->data.data + d->set, d->data.data + d->data.len);
}

void draft_bytes(struct draft *d, enum attr attr, const void *data, size_t len)
{
    draft_open(d, attr);
    draft_value(d, data, len);
    draft_shut(d);
}

void draft_text(struct draft *d, enum attr attr, const char *text)
{
    draft_bytes(d, attr, text, strlen(text));
}

void draft_number(struct draft *d, enum attr attr, int64_t n)
{
    char text[24];
    int len = snprintf(text, sizeof text, "%lld", (long long)n);
    draft_bytes(d, attr, text, (size_t)len);
}

void draft_copy(struct draft *d, const struct version *v, attr_mask keep)
{
    const uint8_t *at = v->data + v->dn_len, *end = v->data + v->len;
    while (at < end) {
        struct stored s;
        memcpy(&s, at, sizeof s);
        if (keep & BIT(s.attr))
            buf_put(&d->data, at, sizeof s + s.len);
        at += sizeof s + s.len;
    }
    d->present |= v->present & keep; /* what is computed, and what the class brings along */
    if (v->present & keep & BIT(A_UAC))
        d->uac = v->uac;
}

struct version draft_done(const struct draft *d, uint8_t *store)
{
    uint8_t *data = store ? store : zalloc(1, d->data.len);
    memcpy(data, d->data.data, d->data.len);
    return (struct version){.present = d->present,
                            .data = data,
                            .len = (uint32_t)d->data.len,
                            .uac = d->uac,
                            .dn_len = d->dn_len,
                            .cls = d->cls};
}
