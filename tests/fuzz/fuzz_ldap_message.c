/* The input is what a server sends. What our reader calls an entry, liblber reads to the same name and
 * values; what liblber calls an entry, whatever odd encoding it lets pass, our reader reads to the same once
 * liblber has written it anew. */
#include <lber.h>
#include <string.h>

#include "scanner/decode/ldap_message.h"
#include "tests/fuzz/require.h"

#define LIMIT (1 << 20)

static bool same(struct bytes ours, const struct berval *theirs)
{
    return ours.len == theirs->bv_len && (ours.len == 0 || memcmp(ours.data, theirs->bv_val, ours.len) == 0);
}

/* Steps into the constructed element at ber; *ret is a reader of its contents. liblber minds no tag here. */
static bool step_in(BerElement *ber, struct berval *contents, BerElement **ret)
{
    if (ber_skip_element(ber, contents) == LBER_DEFAULT)
        return false;
    *ret = ber_alloc_t(LBER_USE_DER);
    ber_init2(*ret, contents, LBER_USE_DER);
    return true;
}

static bool left(BerElement *ber)
{
    ber_len_t len = 0;
    ber_get_option(ber, LBER_OPT_BER_REMAINING_BYTES, &len);
    return len > 0;
}

/* One PartialAttribute: compared with attr (NULL: not), written to again (NULL: not). */
static bool walk_attr(BerElement *list, const struct attr *attr, BerElement *again)
{
    struct berval in, name, set, value;
    BerElement *parts, *values;
    size_t count = 0;
    if (!step_in(list, &in, &parts))
        return false;
    bool ok = ber_skip_element(parts, &name) != LBER_DEFAULT && name.bv_len > 0;
    if (attr)
        REQUIRE(ok && same(attr->name, &name));
    if (ok && again)
        ber_printf(again, "{O[", &name);
    ok = ok && step_in(parts, &set, &values);
    if (ok) {
        while (ok && left(values)) {
            ok = ber_skip_element(values, &value) != LBER_DEFAULT;
            if (attr)
                REQUIRE(ok && count < attr->count && same(attr->values[count], &value));
            if (ok && again)
                ber_printf(again, "O", &value);
            count++;
        }
        ber_free(values, 0);
    }
    if (attr)
        REQUIRE(ok && count == attr->count);
    if (ok && again)
        ber_printf(again, "]}");
    ber_free(parts, 0);
    return ok;
}

static bool walk_entry(struct bytes body, const struct entry *entry, BerElement *again)
{
    char *copy = malloc(body.len + 1);
    memcpy(copy, body.data, body.len);
    struct berval all = {body.len, copy}, dn, in;
    BerElement *ber = ber_alloc_t(LBER_USE_DER), *list;
    size_t count = 0;
    ber_init2(ber, &all, LBER_USE_DER);
    bool ok = ber_skip_element(ber, &dn) != LBER_DEFAULT;
    if (entry)
        REQUIRE(ok && same(entry->dn, &dn));
    if (ok && again)
        ber_printf(again, "O{", &dn);
    ok = ok && step_in(ber, &in, &list);
    if (ok) {
        for (; ok && left(list); count++)
            ok = walk_attr(list, entry && count < entry->attr_count ? &entry->attrs[count] : NULL, again);
        ber_free(list, 0);
    }
    if (entry)
        REQUIRE(ok && count == entry->attr_count);
    if (ok && again)
        ber_printf(again, "}");
    ber_free(ber, 0);
    free(copy);
    return ok;
}

/* liblber's own rewriting of what it understood must be an entry to us, with the same contents. */
static void check_rewritten(struct bytes body)
{
    BerElement *again = ber_alloc_t(LBER_USE_DER);
    struct entry_scan scan = {0};
    struct berval written;
    struct entry entry;
    if (walk_entry(body, NULL, again)) {
        REQUIRE(ber_flatten2(again, &written, 0) == 0);
        struct bytes clean = {(const uint8_t *)written.bv_val, written.bv_len};
        enum scan_result result = entry_scan_read(&scan, clean, &entry);
        REQUIRE(result != SCAN_MALFORMED);
        if (result == SCAN_OK)
            walk_entry(body, &entry, NULL);
    }
    entry_scan_release(&scan);
    ber_free(again, 1);
}

static void check_message(struct bytes whole)
{
    struct entry_scan scan = {0};
    struct ldap_message msg;
    struct ldap_result result;
    struct entry entry;
    if (!ldap_message_read(whole, &msg))
        return;
    REQUIRE(msg.id >= 0 && msg.body.data > whole.data);
    REQUIRE(msg.body.len <= (size_t)(whole.data + whole.len - msg.body.data));
    struct guid guid;
    bool has_guid = entry_scan_guid(msg.body, &guid);
    if (entry_scan_read(&scan, msg.body, &entry) == SCAN_OK) {
        walk_entry(msg.body, &entry, NULL);
        REQUIRE(!has_guid || memcmp(entry_value(&entry, "objectGUID").data, guid.b, sizeof guid.b) == 0);
        (void)entry_has_range(&entry);
    }
    if (ldap_result_read(msg.body, &result))
        REQUIRE(result.code >= 0 && result.diagnostic.len <= msg.body.len);
    check_rewritten(msg.body);
    entry_scan_release(&scan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes have = {data, size};
    size_t len;
    while (ldap_frame(have, LIMIT, &len) == FRAME_WHOLE) {
        REQUIRE(len > 0 && len <= have.len);
        check_message((struct bytes){have.data, len});
        have = (struct bytes){have.data + len, have.len - len};
    }
    return 0;
}
