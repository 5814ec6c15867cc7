/* replica_neighbour.c: inbound neighbours and the raw repsFrom; see replica.h. */
#include "scanner/decode/replica.h"

#include "scanner/decode/clean.h"
#include "scanner/decode/replica_inside.h"

/* MS-DRSR 5.170, REPS_FROM; what versions 1 and 2 share ends before two fields that old values lack. */
#define REPS_FROM_FIXED 208

/* MS-DRSR 5.48, DSA_RPC_INST: five 32-bit numbers, then what their offsets point to. */
#define RPC_INST_FIXED 20

void replica_source(struct bytes text, struct neighbour *ret)
{
    struct text_buf clean = {0};
    if (text.len > sizeof ret->source + 4) /* cleaning never shortens */
        text.len = sizeof ret->source + 4;
    clean_append(&clean, text);
    size_t len = clean.len;
    if (len >= sizeof ret->source) {
        len = sizeof ret->source - 1;
        while (len > 0 && ((uint8_t)clean.data[len] & 0xC0) == 0x80)
            len--;
    }
    if (len)
        memcpy(ret->source, clean.data, len);
    ret->source[len] = 0;
    text_release(&clean);
}

static size_t put_utf8(uint8_t *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (uint8_t)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (uint8_t)(0xC0 | c >> 6);
        out[1] = (uint8_t)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (uint8_t)(0xE0 | c >> 12);
        out[1] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
        out[2] = (uint8_t)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (uint8_t)(0xF0 | c >> 18);
    out[1] = (uint8_t)(0x80 | (c >> 12 & 0x3F));
    out[2] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
    out[3] = (uint8_t)(0x80 | (c & 0x3F));
    return 4;
}

bool replica_source_utf16(struct bytes whole, uint32_t offset, struct neighbour *ret)
{
    uint8_t text[2 * sizeof ret->source];
    size_t len = 0;
    uint32_t high = 0; /* the first half of a pair that waits for its second */
    ret->source[0] = 0;
    if (offset == 0)
        return true;
    if (offset > whole.len)
        return false;
    struct cursor c = cursor_over((struct bytes){whole.data + offset, whole.len - offset});
    for (;;) {
        uint32_t unit = cursor_u16(&c);
        if (c.failed)
            return false;
        if (unit == 0)
            break;
        if (len + 4 > sizeof text) /* enough for source; read on only to see that it ends */
            continue;
        bool second = high && (unit & 0xFC00) == 0xDC00;
        if (second)
            len -= 3; /* the lone half that was put */
        len += put_utf8(text + len, second ? 0x10000 + ((high & 0x3FF) << 10) + (unit & 0x3FF) : unit);
        high = (unit & 0xFC00) == 0xD800 ? unit : 0;
    }
    /* Half a pair alone is no valid UTF-8 now, and shows as its bytes. */
    replica_source((struct bytes){text, len}, ret);
    return true;
}

/* Version 1: MTX_ADDR, a length and a name in one-byte characters, its NUL counted. */
static bool read_address(struct bytes other, struct neighbour *ret)
{
    struct cursor c = cursor_over(other);
    uint32_t len = cursor_u32(&c);
    const uint8_t *name = cursor_take(&c, len);
    if (!name)
        return false;
    const uint8_t *nul = len ? memchr(name, 0, len) : NULL;
    replica_source((struct bytes){name, nul ? (size_t)(nul - name) : len}, ret);
    return true;
}

/* Version 2: the network address of the instance if it has one, else the server's name. */
static bool read_instance(struct bytes other, struct neighbour *ret)
{
    struct cursor c = cursor_over(other);
    cursor_u32(&c); /* cb */
    uint32_t server = cursor_u32(&c);
    cursor_u32(&c); /* annotation */
    uint32_t instance = cursor_u32(&c);
    if (other.len < RPC_INST_FIXED)
        return false;
    uint32_t offset = instance ? instance : server;
    return (offset == 0 || offset >= RPC_INST_FIXED) && replica_source_utf16(other, offset, ret);
}

bool neighbour_raw(struct bytes value, struct neighbour *ret)
{
    struct neighbour n = {0};
    struct cursor c = cursor_over(value);
    uint32_t version = cursor_u32(&c);
    cursor_u32(&c);
    uint32_t size = cursor_u32(&c);
    n.failures = cursor_u32(&c);
    n.success_us = replica_plausible(replica_time(cursor_u64(&c)));
    n.attempt_us = replica_plausible(replica_time(cursor_u64(&c)));
    n.result = cursor_u32(&c);
    uint32_t offset = cursor_u32(&c), len = cursor_u32(&c);
    cursor_u32(&c);      /* flags */
    cursor_take(&c, 84); /* schedule */
    cursor_take(&c, 4);  /* reserved */
    cursor_take(&c, 16); /* usnHighObjUpdate, reserved */
    n.usn = cursor_u64(&c);
    n.dsa = cursor_guid(&c);
    n.invocation = cursor_guid(&c);
    if (value.len < REPS_FROM_FIXED || (version != 1 && version != 2) || size > value.len)
        return false;
    if (len > 0) {
        if (offset < REPS_FROM_FIXED || offset > value.len || len > value.len - offset)
            return false;
        struct bytes other = {value.data + offset, len};
        if (!(version == 1 ? read_address(other, &n) : read_instance(other, &n)))
            return false;
    }
    *ret = n;
    return true;
}

bool neighbours_of_entry(const struct entry *entry, void (*found)(void *ctx, const struct neighbour *n),
                         void *ctx)
{
    bool binary, whole = true;
    const struct attr *a = replica_attr(entry, "repsFrom", &binary);
    bool raw = a != NULL;
    if (!raw)
        a = replica_attr(entry, "msDS-NCReplInboundNeighbors", &binary);
    if (!a)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        struct bytes value = a->values[i];
        struct neighbour n;
        bool fine;
        if (raw)
            fine = neighbour_raw(value, &n);
        else if (!binary && replica_is_xml(value))
            fine = neighbour_xml(value, &n);
        else
            fine = neighbour_binary(value, &n);
        if (fine)
            found(ctx, &n);
        whole = whole && fine;
    }
    return whole;
}
