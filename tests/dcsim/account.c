#include "tests/dcsim/account.h"

#include <stdlib.h>

/* sAMAccountName to object of the base forest; made when first needed. Only the commands' lock holder uses
 * it. */
static uint32_t *table, mask;

struct bytes account_sam(uint32_t object)
{
    struct stored s;
    const uint8_t *at;
    struct bytes sam = {0};
    if (version_find(&forest.objects[object].version, A_SAM, &s, &at)) {
        const uint8_t *end = at + s.len;
        at += s.first;
        next_value(&at, end, &sam);
    }
    return sam;
}

static void make_table(void)
{
    uint32_t size = 64;
    while (size < forest.count * 2)
        size *= 2;
    mask = size - 1;
    table = zalloc(size, sizeof *table);
    for (uint32_t o = 0; o < forest.count; o++) {
        struct bytes sam = account_sam(o);
        uint32_t at = (uint32_t)fold_hash(sam.data, sam.len) & mask;
        while (sam.len && table[at])
            at = (at + 1) & mask;
        if (sam.len)
            table[at] = o + 1;
    }
}

static bool of_domain(int nc, struct bytes domain)
{
    int d = forest.ncs[nc].domain;
    return !domain.len || (d >= 0 && (same_fold(domain.data, domain.len, forest.domains[d].netbios,
                                                strlen(forest.domains[d].netbios)) ||
                                      same_fold(domain.data, domain.len, forest.domains[d].dns,
                                                strlen(forest.domains[d].dns))));
}

static uint32_t by_sam(struct bytes domain, const char *sam)
{
    size_t len = strlen(sam);
    if (!table)
        make_table();
    for (uint32_t i = world.extra_count; i > 0; i--)
        if (same_text(world.extras[i - 1].sam, sam) && of_domain(world.extras[i - 1].nc, domain))
            return forest.count + i - 1;
    for (uint32_t at = (uint32_t)fold_hash(sam, len) & mask; table[at]; at = (at + 1) & mask) {
        struct bytes have = account_sam(table[at] - 1);
        if (same_fold(have.data, have.len, sam, len) && of_domain(forest.objects[table[at] - 1].nc, domain))
            return table[at] - 1;
    }
    return NO_OBJECT;
}

static bool read_guid(const char *text, uint8_t ret[16])
{
    static const uint8_t order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    int n = 0;
    if (strlen(text) != 36)
        return false;
    for (const char *at = text; *at && n < 16;) {
        unsigned byte;
        if (*at == '-') {
            at++;
            continue;
        }
        if (sscanf(at, "%2x", &byte) != 1 || !at[1])
            return false;
        ret[order[n++]] = (uint8_t)byte;
        at += 2;
    }
    return n == 16;
}

uint32_t account_find(const struct dc *dc, const char *text)
{
    uint8_t guid[16];
    const char *backslash = strchr(text, '\\');
    if (read_guid(text, guid)) {
        uint32_t object = object_by_guid(guid);
        return object < forest.count + world.extra_count ? object : NO_OBJECT;
    }
    if (strchr(text, '=')) {
        int nc = nc_of_dn(text_bytes(text));
        if (nc < 0)
            return NO_OBJECT;
        uint32_t object = dc ? dc_find_dn(dc, nc, text_bytes(text)) : NO_OBJECT;
        return object == NO_OBJECT ? object_by_dn(&forest.ncs[nc], text_bytes(text)) : object;
    }
    if (backslash)
        return by_sam((struct bytes){(const uint8_t *)text, (size_t)(backslash - text)}, backslash + 1);
    return by_sam((struct bytes){0}, text);
}
