/* replica_stamp.c: stamps, where an entry's come from, and the raw replPropertyMetaData; see replica.h. */
#include "scanner/decode/replica.h"

#include "scanner/decode/range.h"
#include "scanner/decode/replica_inside.h"

#define SECONDS_TO_1970 INT64_C(11644473600)  /* from 1601 */
#define SECOND_9999     INT64_C(253402300799) /* 9999-12-31T23:59:59Z since 1970 */
#define SECOND_1990     INT64_C(631152000)
#define SECOND_2200     INT64_C(7258118400)
#define US              INT64_C(1000000)

/* As seconds the year 33289, as units of 100 ns two days of January 1601: no time of either unit is near. */
#define UNIT_BORDER UINT64_C(1000000000000)

#define METADATA_ITEM 48

/* MS-DRSR 5.11, CompareVersions: the version counts round; of two that are half the circle apart the one
 * beyond 0x7FFFFFFF is the newer one. */
static int version_compare(uint32_t a, uint32_t b)
{
    uint32_t ahead = a - b;
    if (ahead == 0)
        return 0;
    if (ahead == 0x80000000u)
        return a > b ? 1 : -1;
    return ahead < 0x80000000u ? 1 : -1;
}

/* Which of two UUIDs is the greater one MS-DRSR does not say. Two writes with one version in one second are
 * told apart by it; the order of their string form (that of UuidCompare) is taken. */
static int guid_compare(const struct guid *a, const struct guid *b)
{
    static const uint8_t order[] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    for (size_t i = 0; i < sizeof order; i++)
        if (a->b[order[i]] != b->b[order[i]])
            return a->b[order[i]] < b->b[order[i]] ? -1 : 1;
    return 0;
}

int stamp_compare(const struct stamp *a, const struct stamp *b)
{
    int by_version = version_compare(a->version, b->version);
    if (by_version)
        return by_version;
    if (a->time_us != b->time_us)
        return a->time_us < b->time_us ? -1 : 1;
    return guid_compare(&a->origin, &b->origin);
}

int64_t replica_time(uint64_t since_1601)
{
    int64_t us = since_1601 < UNIT_BORDER ? ((int64_t)since_1601 - SECONDS_TO_1970) * US
                                          : (int64_t)(since_1601 / 10) - SECONDS_TO_1970 * US;
    return us < SECOND_9999 * US ? us : SECOND_9999 * US;
}

int64_t replica_plausible(int64_t us)
{
    return us >= SECOND_1990 * US && us < SECOND_2200 * US ? us : 0;
}

uint32_t replica_attid(struct bytes name)
{
    static const struct {
        const char *name;
        uint32_t attid;
    } known[] = {
        {"name", ATTID_CN_NAME},
        {"whenCreated", ATTID_WHEN_CREATED},
        {"isDeleted", ATTID_IS_DELETED},
        {"nTSecurityDescriptor", ATTID_SECURITY_DESCRIPTOR},
        {"userAccountControl", ATTID_UAC},
        {"objectSid", ATTID_OBJECT_SID},
        {"sAMAccountName", ATTID_SAM},
        {"dNSHostName", ATTID_DNS_HOST},
        {"userPrincipalName", ATTID_UPN},
        {"servicePrincipalName", ATTID_SPN},
        {"msDS-AllowedToDelegateTo", ATTID_TARGETS},
        {"msDS-SupportedEncryptionTypes", ATTID_ENCTYPES},
        {"msDS-AllowedToActOnBehalfOfOtherIdentity", ATTID_RBCD},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (bytes_equal_nocase(name, known[i].name))
            return known[i].attid;
    return 0;
}

/* The option of that name among ";x;y"; options are compared without case (RFC 4512 section 2.5). */
static bool has_option(struct bytes options, const char *wanted)
{
    size_t at = 0;
    while (at < options.len) {
        size_t from = ++at; /* behind the semicolon */
        while (at < options.len && options.data[at] != ';')
            at++;
        if (bytes_equal_nocase((struct bytes){options.data + from, at - from}, wanted))
            return true;
    }
    return false;
}

const struct attr *replica_attr(const struct entry *entry, const char *name, bool *ret_binary)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < entry->attr_count; i++) {
        const struct attr *a = &entry->attrs[i];
        struct attr_range range;
        if (a->count == 0 || a->name.len < len ||
            !bytes_equal_nocase((struct bytes){a->name.data, len}, name) ||
            (a->name.len > len && a->name.data[len] != ';'))
            continue;
        if (attr_range_parse(a->name, &range) && (range.first > 0 || !range.final))
            return NULL;
        *ret_binary = has_option((struct bytes){a->name.data + len, a->name.len - len}, "binary");
        return a;
    }
    return NULL;
}

static struct attr_stamp take_stamp(struct cursor *c)
{
    struct attr_stamp s;
    s.attid = cursor_u32(c);
    s.stamp.version = cursor_u32(c);
    s.stamp.time_us = replica_time(cursor_u64(c));
    s.stamp.origin = cursor_guid(c);
    s.stamp.usn = cursor_u64(c);
    s.local_usn = cursor_u64(c);
    return s;
}

bool metadata_raw(struct bytes blob, void (*found)(void *ctx, const struct attr_stamp *stamp), void *ctx)
{
    struct cursor c = cursor_over(blob);
    uint32_t version = cursor_u32(&c);
    cursor_u32(&c);
    uint32_t count = cursor_u32(&c);
    cursor_u32(&c);
    if (c.failed || version != 1 || count > cursor_left(&c) / METADATA_ITEM)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        struct attr_stamp stamp = take_stamp(&c);
        found(ctx, &stamp);
    }
    return true;
}

bool metadata_of_entry(const struct entry *entry, void (*found)(void *ctx, const struct attr_stamp *stamp),
                       void *ctx)
{
    bool binary;
    const struct attr *a = replica_attr(entry, "replPropertyMetaData", &binary);
    if (a)
        return metadata_raw(a->values[0], found, ctx);
    a = replica_attr(entry, "msDS-ReplAttributeMetaData", &binary);
    if (!a)
        return false;
    struct attr_stamp stamp;
    /* Twice: nothing is told of an entry that is malformed in part. */
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < a->count; i++) {
            bool xml = !binary && replica_is_xml(a->values[i]);
            if (!(xml ? metadata_xml(a->values[i], &stamp) : metadata_binary(a->values[i], &stamp)))
                return false;
            if (pass == 1)
                found(ctx, &stamp);
        }
    return true;
}
