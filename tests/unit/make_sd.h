/* make_sd.h: small self-relative security descriptors (MS-DTYP 2.4.6) written down in a test. */
#pragma once

#include <string.h>

#include "tests/unit/make_entry.h"

#define SID_WORLD  B("\x01\x01\0\0\0\0\0\x01\0\0\0\0")
#define SID_SYSTEM B("\x01\x01\0\0\0\0\0\x05\x12\0\0\0")
#define SID_USER                                                                                             \
    B("\x01\x05\0\0\0\0\0\x05\x15\0\0\0\x01\0\0\0\x02\0\0\0\x03\0\0\0\xf4\x01\0\0") /* S-1-5-21-1-2-3-500 */

struct sd {
    uint8_t data[4096];
    size_t len;
    unsigned aces;
};

/* Header with the DACL behind it; entries follow. */
static inline struct sd sd_begin(void)
{
    return (struct sd){.data = {1, 0, 0x04, 0x80, [16] = 20, [20] = 4}, .len = 28};
}

static inline void sd_put(struct sd *sd, const void *data, size_t len)
{
    memcpy(sd->data + sd->len, data, len);
    sd->len += len;
}

static inline void sd_head(struct sd *sd, uint8_t type, uint8_t flags, size_t size, uint32_t mask)
{
    const uint8_t head[] = {type,
                            flags,
                            (uint8_t)size,
                            (uint8_t)(size >> 8),
                            (uint8_t)mask,
                            (uint8_t)(mask >> 8),
                            (uint8_t)(mask >> 16),
                            (uint8_t)(mask >> 24)};
    sd_put(sd, head, sizeof head);
    sd->aces++;
}

static inline void sd_ace(struct sd *sd, uint8_t type, uint8_t flags, uint32_t mask, struct bytes sid)
{
    sd_head(sd, type, flags, 8 + sid.len, mask);
    sd_put(sd, sid.data, sid.len);
}

/* parts: 1 an object type, 2 an inherited object type, 3 both. */
static inline void sd_object_ace(struct sd *sd, uint8_t type, uint32_t mask, uint8_t parts, struct bytes sid)
{
    const uint8_t flags[4] = {parts}, guids[32] = {0xAB};
    size_t guid_len = 16u * ((parts & 1u) + (parts >> 1 & 1u));
    sd_head(sd, type, 0, 12 + guid_len + sid.len, mask);
    sd_put(sd, flags, sizeof flags);
    sd_put(sd, guids, guid_len);
    sd_put(sd, sid.data, sid.len);
}

static inline struct bytes sd_end(struct sd *sd)
{
    size_t acl_size = sd->len - 20;
    sd->data[22] = (uint8_t)acl_size;
    sd->data[23] = (uint8_t)(acl_size >> 8);
    sd->data[24] = (uint8_t)sd->aces;
    sd->data[25] = (uint8_t)(sd->aces >> 8);
    return (struct bytes){sd->data, sd->len};
}
