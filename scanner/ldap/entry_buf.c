#include "scanner/ldap/entry_buf.h"

#include <stdlib.h>
#include <string.h>

#include "spnscan/text_buf.h"

static struct bytes bytes_from(const struct berval *bv)
{
    return (struct bytes){(const uint8_t *)bv->bv_val, bv->bv_len};
}

/* One attribute with its values; vals (which may be NULL) stay the caller's. */
static bool add_slot(struct entry_buf *buf, const struct berval *name, const struct berval *vals)
{
    size_t count = 0;
    while (vals && vals[count].bv_val)
        count++;
    if (buf->slot_count >= ENTRY_MAX_ATTRS || count > ENTRY_MAX_VALUES)
        return false;
    buf->slots = xgrow(buf->slots, &buf->slot_size, buf->slot_count + 1, sizeof *buf->slots);
    buf->values = xgrow(buf->values, &buf->value_size, buf->value_count + count, sizeof *buf->values);
    buf->slots[buf->slot_count++] = (struct entry_slot){bytes_from(name), buf->value_count, count};
    for (size_t i = 0; i < count; i++)
        buf->values[buf->value_count++] = bytes_from(&vals[i]);
    return true;
}

static enum spn_code add_attributes(struct entry_buf *buf, LDAP *ld, LDAPMessage *msg, BerElement *ber,
                                    const char *what, struct spn_error *reterr)
{
    for (;;) {
        struct berval name, *vals = NULL;
        int rc = ldap_get_attribute_ber(ld, msg, ber, &name, &vals);
        if (rc != LDAP_SUCCESS) {
            ber_memfree(vals);
            return spn_error_set(reterr, SPN_PROTOCOL, rc, "%s: an entry can't be decoded", what);
        }
        if (!name.bv_val)
            return SPN_OK;
        bool fits = name.bv_len > 0 && add_slot(buf, &name, vals);
        ber_memfree(vals);
        if (!fits)
            return spn_error_set(reterr, SPN_PROTOCOL, 0,
                                 "%s: an entry has more attributes or values than any real one", what);
    }
}

enum spn_code entry_buf_take(struct entry_buf *buf, LDAP *ld, LDAPMessage *msg, const char *what,
                             struct spn_error *reterr)
{
    BerElement *ber = NULL;
    struct berval dn;

    buf->held = xgrow(buf->held, &buf->held_size, buf->held_count + 1, sizeof *buf->held);
    buf->held[buf->held_count++] = msg;
    int rc = ldap_get_dn_ber(ld, msg, &ber, &dn);
    if (rc != LDAP_SUCCESS)
        return spn_error_set(reterr, SPN_PROTOCOL, rc, "%s: an entry can't be decoded", what);
    enum spn_code code = SPN_OK;
    if (dn.bv_len > ENTRY_MAX_DN)
        code =
            spn_error_set(reterr, SPN_PROTOCOL, 0, "%s: an entry's name is longer than any real one", what);
    else
        code = add_attributes(buf, ld, msg, ber, what, reterr);
    ber_free(ber, 0); /* the bytes are the message's */
    buf->dn = bytes_from(&dn);
    return code;
}

void entry_buf_move_last(struct entry_buf *buf, size_t slot)
{
    struct entry_slot *s = &buf->slots[slot];
    if (s->first + s->count == buf->value_count)
        return;
    buf->values = xgrow(buf->values, &buf->value_size, buf->value_count + s->count, sizeof *buf->values);
    memcpy(buf->values + buf->value_count, buf->values + s->first, s->count * sizeof *buf->values);
    s->first = buf->value_count;
    buf->value_count += s->count;
}

struct entry entry_buf_seal(struct entry_buf *buf)
{
    buf->attrs = xgrow(buf->attrs, &buf->attr_size, buf->slot_count, sizeof *buf->attrs);
    for (size_t i = 0; i < buf->slot_count; i++) {
        const struct entry_slot *s = &buf->slots[i];
        buf->attrs[i] = (struct attr){s->name, s->count ? buf->values + s->first : NULL, s->count};
    }
    return (struct entry){.dn = buf->dn, .attrs = buf->attrs, .attr_count = buf->slot_count};
}

void entry_buf_clear(struct entry_buf *buf)
{
    for (size_t i = 0; i < buf->held_count; i++)
        ldap_msgfree(buf->held[i]);
    buf->held_count = buf->slot_count = buf->value_count = 0;
    buf->dn = (struct bytes){NULL, 0};
}

void entry_buf_release(struct entry_buf *buf)
{
    entry_buf_clear(buf);
    free(buf->held);
    free(buf->slots);
    free(buf->values);
    free(buf->attrs);
    *buf = (struct entry_buf){0};
}
