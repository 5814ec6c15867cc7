#include "tests/dcsim/trustees.h"

#include <stdlib.h>

#include "tests/dcsim/account.h"
#include "tests/dcsim/rbcd.h"

#define MOST 50

/* "S-1-5-21-1-2-3-1105" (MS-DTYP 2.4.2.1) */
static bool sid_of_text(const char *text, uint8_t ret[68])
{
    char *end;
    unsigned parts = 0;
    if (strncmp(text, "S-1-", 4) != 0)
        return false;
    uint64_t authority = strtoull(text + 4, &end, 10);
    for (; *end == '-' && parts < 15; parts++) {
        uint32_t part = (uint32_t)strtoul(end + 1, &end, 10);
        for (unsigned i = 0; i < 4; i++)
            ret[8 + 4 * parts + i] = (uint8_t)(part >> 8 * i);
    }
    ret[0] = 1;
    ret[1] = (uint8_t)parts;
    for (unsigned i = 0; i < 6; i++)
        ret[2 + i] = (uint8_t)(authority >> 8 * (5 - i));
    return parts && !*end;
}

static bool sid_of_name(const struct dc *dc, const char *name, uint8_t ret[68])
{
    if (sid_of_text(name, ret))
        return true;
    uint32_t object = account_find(dc, name);
    if (object == NO_OBJECT || !object_rid(object))
        return false;
    sid_of(forest.ncs[object_nc(object)].domain, object_rid(object), ret);
    return true;
}

bool trustees_descriptor(const struct dc *dc, const char *text, struct buf *ret)
{
    enum { DACL = 16 }; /* where the descriptor says where its list is */
    uint8_t sids[MOST][68];
    char name[300];
    int count = 0;
    size_t from = ret->len;
    bool null = strcmp(text, "null") == 0;
    for (const char *at = text; *at && !null;) {
        size_t len = strcspn(at, ",");
        snprintf(name, sizeof name, "%.*s", (int)len, at);
        if (count == MOST || !sid_of_name(dc, name, sids[count++]))
            return false;
        at += len + (at[len] == ',');
    }
    rbcd_descriptor(ret, sids, count);
    if (null)
        memset(ret->data + from + DACL, 0, 4);
    return true;
}

size_t trustees_room(const char *text)
{
    size_t count = 1;
    for (; *text; text++)
        count += *text == ',';
    return 100 + count * 80;
}
