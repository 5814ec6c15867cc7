/* sid.c: see sid.h. */
#include "scanner/decode/sid.h"

#include <stdlib.h>
#include <string.h>

#include "scanner/decode/cursor.h"
#include "scanner/decode/value.h"

#define SID_REVISION 1
#define SID_MAX_SUBS 15

/* SECURITY_DESCRIPTOR.Control (MS-DTYP 2.4.6) */
#define SD_HEAD          20
#define SD_DACL_PRESENT  0x0004
#define SD_SELF_RELATIVE 0x8000

#define ACL_HEAD 8 /* MS-DTYP 2.4.5 */

/* ACE_HEADER (MS-DTYP 2.4.4.1) and object ACE flags (2.4.4.3) */
#define ACE_HEAD               4
#define ACE_ALLOWED            0x00
#define ACE_DENIED             0x01
#define ACE_ALLOWED_OBJECT     0x05
#define ACE_DENIED_OBJECT      0x06
#define ACE_INHERIT_ONLY       0x08
#define OBJECT_TYPE_PRESENT    0x01
#define INHERITED_TYPE_PRESENT 0x02

#define RIGHT_CONTROL_ACCESS 0x00000100u /* MS-ADTS 5.1.3.2 */
#define RIGHT_GENERIC_ALL    0x10000000u /* MS-DTYP 2.4.3 */

/* Takes one SID; {NULL, 0} and a failed cursor when there is none. */
static struct bytes take_sid(struct cursor *c)
{
    const uint8_t *start = c->at;
    uint8_t revision = cursor_u8(c), subs = cursor_u8(c);
    if (revision != SID_REVISION || subs > SID_MAX_SUBS)
        c->failed = true;
    cursor_take(c, SID_HEAD - 2 + 4 * (size_t)subs);
    return c->failed ? (struct bytes){NULL, 0} : (struct bytes){start, SID_HEAD + 4 * (size_t)subs};
}

/* "-N". By hand: each account has one, and printf costs more than all the rest of reading it. */
static char *append_number(char *to, uint32_t number)
{
    char digits[10];
    size_t count = 0;
    do
        digits[count++] = (char)('0' + number % 10);
    while (number /= 10);
    *to++ = '-';
    while (count)
        *to++ = digits[--count];
    return to;
}

bool sid_format(struct bytes sid, char text[SID_TEXT_SIZE])
{
    struct cursor c = cursor_over(sid);
    text[0] = 0;
    take_sid(&c);
    if (c.failed || cursor_left(&c) > 0)
        return false;

    uint64_t authority = 0; /* the one big-endian number in it */
    for (int i = 2; i < SID_HEAD; i++)
        authority = authority << 8 | sid.data[i];
    /* MS-DTYP 2.4.2.1: decimal below 2^32, else twelve hex digits. */
    char *at;
    if (authority >> 32)
        at = text + snprintf(text, SID_TEXT_SIZE, "S-1-0x%012llx", (unsigned long long)authority);
    else
        at = append_number(stpcpy(text, "S-1"), (uint32_t)authority);
    struct cursor subs = cursor_part(sid, SID_HEAD, sid.len - SID_HEAD);
    while (cursor_left(&subs) > 0)
        at = append_number(at, cursor_u32(&subs));
    *at = 0;
    return true;
}

/* What the entries read so far say of each SID; the first word stands. */
struct trustees {
    struct {
        struct bytes sid;
        bool allowed;
    } seen[SD_MAX_TRUSTEES];
    size_t count;
};

static void note(struct trustees *t, struct bytes sid, bool allowed)
{
    for (size_t i = 0; i < t->count; i++)
        if (bytes_equal(t->seen[i].sid, sid))
            return;
    if (t->count == SD_MAX_TRUSTEES)
        return; /* can't be: see SD_MAX_TRUSTEES */
    t->seen[t->count].sid = sid;
    t->seen[t->count++].allowed = allowed;
}

static void read_ace(struct trustees *t, struct cursor *acl)
{
    uint8_t type = cursor_u8(acl), flags = cursor_u8(acl);
    uint16_t size = cursor_u16(acl);
    const uint8_t *body = size < ACE_HEAD ? NULL : cursor_take(acl, size - ACE_HEAD);
    if (!body) {
        acl->failed = true;
        return;
    }
    bool object = type == ACE_ALLOWED_OBJECT || type == ACE_DENIED_OBJECT;
    if (!object && type != ACE_ALLOWED && type != ACE_DENIED)
        return; /* audit, callback, label: neither grant nor deny anything that can be told here */

    struct cursor c = cursor_over((struct bytes){body, size - ACE_HEAD});
    uint32_t mask = cursor_u32(&c);
    uint32_t parts = object ? cursor_u32(&c) : 0;
    if (parts & OBJECT_TYPE_PRESENT)
        cursor_take(&c, sizeof(struct guid));
    if (parts & INHERITED_TYPE_PRESENT)
        cursor_take(&c, sizeof(struct guid));
    struct bytes sid = take_sid(&c);
    if (c.failed) {
        acl->failed = true;
        return;
    }
    if ((flags & ACE_INHERIT_ONLY) || (parts & OBJECT_TYPE_PRESENT))
        return;
    bool allow = type == ACE_ALLOWED || type == ACE_ALLOWED_OBJECT;
    if (mask & (allow ? RIGHT_CONTROL_ACCESS | RIGHT_GENERIC_ALL : RIGHT_CONTROL_ACCESS))
        note(t, sid, allow);
}

/* Finds the DACL: its entries' bytes in *entries, their number in *count. */
static enum sd_result open_dacl(struct bytes sd, struct cursor *entries, unsigned *count)
{
    struct cursor head = cursor_over(sd);
    uint8_t revision = cursor_u8(&head);
    cursor_u8(&head);
    uint16_t control = cursor_u16(&head);
    cursor_take(&head, 12); /* owner, group, SACL: of no weight for the trustees */
    uint32_t offset = cursor_u32(&head);
    if (head.failed || revision != 1 || !(control & SD_SELF_RELATIVE))
        return SD_MALFORMED;
    if (!(control & SD_DACL_PRESENT) || offset == 0)
        return SD_NULL_DACL;
    if (offset < SD_HEAD)
        return SD_MALFORMED;

    struct cursor acl = cursor_part(sd, offset, ACL_HEAD);
    cursor_u16(&acl); /* revision: 2 or 4 say which entries may come, and each entry has its own type */
    uint16_t size = cursor_u16(&acl);
    *count = cursor_u16(&acl);
    if (acl.failed || size < ACL_HEAD)
        return SD_MALFORMED;
    *entries = cursor_part(sd, (size_t)offset + ACL_HEAD, size - ACL_HEAD);
    return entries->failed ? SD_MALFORMED : SD_OK;
}

enum sd_result sd_allowed_trustees(struct bytes sd, void (*found)(void *ctx, struct bytes sid), void *ctx)
{
    struct cursor entries;
    unsigned count;
    enum sd_result result = open_dacl(sd, &entries, &count);
    if (result != SD_OK)
        return result;

    struct trustees *t = xmalloc(sizeof *t); /* too big for a thread's stack to be sure of */
    t->count = 0;
    for (unsigned i = 0; i < count && !entries.failed; i++)
        read_ace(t, &entries);
    if (entries.failed)
        result = SD_MALFORMED;
    for (size_t i = 0; result == SD_OK && i < t->count; i++)
        if (t->seen[i].allowed)
            found(ctx, t->seen[i].sid);
    free(t);
    return result;
}
