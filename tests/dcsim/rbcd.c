#include "tests/dcsim/rbcd.h"

static const uint8_t administrators[16] = {1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0};

static size_t sid_len(const uint8_t *sid)
{
    return 8u + 4u * sid[1];
}

void rbcd_descriptor(struct buf *ret, uint8_t (*sids)[68], int count)
{
    enum { HEAD = 20, SELF_RELATIVE = 0x8000, DACL_PRESENT = 4, ALLOW = 0, FULL_CONTROL = 0xf01ff };
    size_t acl = 8;
    for (int i = 0; i < count; i++)
        acl += 8 + sid_len(sids[i]);
    put_le16(ret, 1);
    put_le16(ret, SELF_RELATIVE | DACL_PRESENT);
    put_le32(ret, HEAD); /* owner */
    put_le32(ret, 0);    /* no group */
    put_le32(ret, 0);    /* no SACL */
    put_le32(ret, HEAD + sizeof administrators);
    buf_put(ret, administrators, sizeof administrators);
    put_le16(ret, 4); /* ACL_REVISION_DS */
    put_le16(ret, (uint16_t)acl);
    put_le16(ret, (uint16_t)count);
    put_le16(ret, 0);
    for (int i = 0; i < count; i++) {
        put_le16(ret, ALLOW);
        put_le16(ret, (uint16_t)(8 + sid_len(sids[i])));
        put_le32(ret, FULL_CONTROL);
        buf_put(ret, sids[i], sid_len(sids[i]));
    }
}
