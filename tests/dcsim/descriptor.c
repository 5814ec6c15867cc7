#include "tests/dcsim/descriptor.h"

enum {
    HEAD = 20,
    SELF_RELATIVE = 0x8000,
    DACL_PRESENT = 4,
    REVISION_DS = 4,
    ALLOW = 0,
    DENY_OBJECT = 6,
    READ_PROPERTY = 0x10,
    FULL_CONTROL = 0xf01ff,
    READ = 0x20094,
    OBJECT_TYPE_PRESENT = 1
};

#define SCHEMA_GUIDS ((uint64_t)1 << 41) /* numbers of schemaIDGUIDs, beyond all objects */

static const uint8_t administrators[16] = {1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0};
static const uint8_t authenticated_users[12] = {1, 1, 0, 0, 0, 0, 0, 5, 11, 0, 0, 0};

static void put_allow(struct buf *ret, uint32_t rights, const uint8_t *sid, size_t len)
{
    put_le16(ret, ALLOW);
    put_le16(ret, (uint16_t)(8 + len));
    put_le32(ret, rights);
    buf_put(ret, sid, len);
}

/* The reader may not read that attribute (ACCESS_DENIED_OBJECT_ACE, MS-DTYP 2.4.4.5). */
static void put_deny(struct buf *ret, enum attr attr)
{
    uint8_t guid[16];
    guid_of(SCHEMA_GUIDS + (uint64_t)attr, guid);
    put_le16(ret, DENY_OBJECT);
    put_le16(ret, 12 + sizeof guid + sizeof authenticated_users);
    put_le32(ret, READ_PROPERTY);
    put_le32(ret, OBJECT_TYPE_PRESENT);
    buf_put(ret, guid, sizeof guid);
    buf_put(ret, authenticated_users, sizeof authenticated_users);
}

static void put_dacl(const struct dc *dc, const struct view *view, struct buf *ret)
{
    attr_mask hidden = dc->hidden[view->version->cls] & ~mask_many;
    size_t start = ret->len;
    uint16_t count = 2;
    put_le16(ret, REVISION_DS);
    put_le16(ret, 0); /* its length, later */
    put_le32(ret, 0); /* and how many */
    for (int a = 1; a < A_COUNT; a++)
        if (hidden & BIT(a)) {
            put_deny(ret, (enum attr)a);
            count++;
        }
    put_allow(ret, FULL_CONTROL, administrators, sizeof administrators);
    put_allow(ret, READ, authenticated_users, sizeof authenticated_users);
    size_t len = ret->len - start;
    uint8_t *head = ret->data + start;
    head[2] = (uint8_t)len;
    head[3] = (uint8_t)(len >> 8);
    head[4] = (uint8_t)count;
    head[5] = (uint8_t)(count >> 8);
}

void put_descriptor(const struct dc *dc, const struct view *view, unsigned parts, struct buf *ret)
{
    bool owner = parts & PART_OWNER, dacl = parts & PART_DACL;
    put_le16(ret, 1);
    put_le16(ret, (uint16_t)(SELF_RELATIVE | (dacl ? DACL_PRESENT : 0)));
    put_le32(ret, owner ? HEAD : 0);
    put_le32(ret, 0); /* no group */
    put_le32(ret, 0); /* no SACL */
    put_le32(ret, !dacl ? 0 : owner ? HEAD + sizeof administrators : HEAD);
    if (owner)
        buf_put(ret, administrators, sizeof administrators);
    if (dacl)
        put_dacl(dc, view, ret);
}
