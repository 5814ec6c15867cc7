/* replica_binary.c: the ";binary" form of the constructed attributes (MS-ADTS 2.2, DS_REPL_*_BLOB): fixed
 * fields, then strings in UTF-16 that are pointed to by offsets from the structure's start, 0 for none. */
#include "scanner/decode/replica.h"

#include "scanner/decode/replica_inside.h"

#define CURSOR_FIXED    36
#define METADATA_FIXED  52
#define NEIGHBOUR_FIXED 128

/* A string's bytes without its NUL. false: not inside, or not terminated there. */
static bool string_at(struct bytes whole, uint32_t offset, size_t fixed, struct bytes *ret)
{
    *ret = (struct bytes){NULL, 0};
    if (offset == 0)
        return true;
    if (offset < fixed || offset > whole.len)
        return false;
    const uint8_t *text = whole.data + offset;
    for (size_t len = 0; len + 2 <= whole.len - offset; len += 2)
        if (text[len] == 0 && text[len + 1] == 0) {
            *ret = (struct bytes){text, len};
            return true;
        }
    return false;
}

/* Names of attributes are ASCII (MS-ADTS 3.1.1.2.3, lDAPDisplayName); others are not among the known ones. */
static uint32_t attid_utf16(struct bytes name)
{
    uint8_t text[64];
    if (name.len > 2 * sizeof text)
        return 0;
    for (size_t i = 0; i < name.len; i += 2) {
        if (name.data[i + 1] != 0)
            return 0;
        text[i / 2] = name.data[i];
    }
    return replica_attid((struct bytes){text, name.len / 2});
}

bool metadata_binary(struct bytes value, struct attr_stamp *ret)
{
    struct attr_stamp s;
    struct bytes name, dn;
    struct cursor c = cursor_over(value);
    uint32_t name_at = cursor_u32(&c);
    s.stamp.version = cursor_u32(&c);
    s.stamp.time_us = replica_time(cursor_u64(&c));
    s.stamp.origin = cursor_guid(&c);
    s.stamp.usn = cursor_u64(&c);
    s.local_usn = cursor_u64(&c);
    uint32_t dn_at = cursor_u32(&c);
    if (c.failed || !string_at(value, name_at, METADATA_FIXED, &name) || name.len == 0 ||
        !string_at(value, dn_at, METADATA_FIXED, &dn))
        return false;
    s.attid = attid_utf16(name);
    *ret = s;
    return true;
}

bool cursor_binary(struct bytes value, struct utd_cursor *ret)
{
    struct utd_cursor cursor;
    struct bytes dn;
    struct cursor c = cursor_over(value);
    cursor.origin = cursor_guid(&c);
    cursor.usn = cursor_u64(&c);
    cursor.synced_us = replica_plausible(replica_time(cursor_u64(&c)));
    uint32_t dn_at = cursor_u32(&c);
    if (c.failed || !string_at(value, dn_at, CURSOR_FIXED, &dn))
        return false;
    *ret = cursor;
    return true;
}

bool neighbour_binary(struct bytes value, struct neighbour *ret)
{
    struct neighbour n = {0};
    struct cursor c = cursor_over(value);
    uint32_t strings[4]; /* naming context, source's DN, source's address, transport's DN */
    struct bytes text;
    for (size_t i = 0; i < 4; i++)
        strings[i] = cursor_u32(&c);
    cursor_take(&c, 8);  /* flags, reserved */
    cursor_take(&c, 16); /* objectGUID of the naming context */
    n.dsa = cursor_guid(&c);
    n.invocation = cursor_guid(&c);
    cursor_take(&c, 16); /* transport */
    cursor_take(&c, 8);  /* usnLastObjChangeSynced */
    n.usn = cursor_u64(&c);
    n.success_us = replica_plausible(replica_time(cursor_u64(&c)));
    n.attempt_us = replica_plausible(replica_time(cursor_u64(&c)));
    n.result = cursor_u32(&c);
    n.failures = cursor_u32(&c);
    if (c.failed)
        return false;
    for (size_t i = 0; i < 4; i++)
        if (!string_at(value, strings[i], NEIGHBOUR_FIXED, &text))
            return false;
    if (!replica_source_utf16(value, strings[2] ? strings[2] : strings[1], &n))
        return false;
    *ret = n;
    return true;
}
