/* facet.c: hashing what a DC shows of an object. It runs for every entry of every DC: one pass over the
 * attributes, no allocation, each value read once. See facet.h. */
#include "scanner/decode/facet.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "scanner/decode/facet_attrs.h"
#include "scanner/decode/value.h"

/* clang-format off */
const char *const facet_pas_attrs[] = {
    ATTR_GUID, ATTR_SPN, ATTR_SAM, ATTR_UAC, ATTR_DNS_HOST, ATTR_UPN, ATTR_SID, NULL,
};
const char *const facet_rest_attrs[] = {
    ATTR_GUID, ATTR_SAM, ATTR_UAC, ATTR_DNS_HOST, ATTR_UPN, ATTR_SID,
    ATTR_TARGETS, ATTR_RBCD, ATTR_ENCTYPES, NULL,
};
const char *const facet_all_attrs[] = {
    ATTR_GUID, ATTR_SPN, ATTR_SAM, ATTR_UAC, ATTR_DNS_HOST, ATTR_UPN, ATTR_SID,
    ATTR_TARGETS, ATTR_RBCD, ATTR_ENCTYPES, NULL,
};
const char *const facet_pas_news_attrs[] = {
    ATTR_GUID, ATTR_SPN, ATTR_SAM, ATTR_UAC, ATTR_DNS_HOST, ATTR_UPN, ATTR_SID,
    "isDeleted", "uSNChanged", NULL,
};
const char *const facet_all_news_attrs[] = {
    ATTR_GUID, ATTR_SPN, ATTR_SAM, ATTR_UAC, ATTR_DNS_HOST, ATTR_UPN, ATTR_SID,
    ATTR_TARGETS, ATTR_RBCD, ATTR_ENCTYPES, "isDeleted", "uSNChanged", NULL,
};
/* clang-format on */

/* How a value counts. */
enum kind {
    KIND_GUID, /* names the object, is in no facet */
    KIND_NAME, /* folded */
    KIND_RAW,  /* byte by byte */
    KIND_FLAGS /* by its number */
};

/* The tag is xored into the seed, so that one value in two attributes gives two hashes. The tags are in
 * databases: never change one. */
struct spec {
    const char *name;
    enum facet facet;
    enum kind kind;
    uint64_t tag;
};

static const struct spec spec_guid = {ATTR_GUID, FACET_COUNT, KIND_GUID, 0};
static const struct spec spec_spn = {ATTR_SPN, FACET_SPN, KIND_NAME, 0x8A5CD789635D2DFFu};
static const struct spec spec_sam = {ATTR_SAM, FACET_ACCOUNT, KIND_NAME, 0x121FD2155C472F96u};
static const struct spec spec_uac = {ATTR_UAC, FACET_ACCOUNT, KIND_FLAGS, 0xD6E7A0F3B1C54829u};
static const struct spec spec_dns_host = {ATTR_DNS_HOST, FACET_ACCOUNT, KIND_NAME, 0x3C9B81E64F70AD15u};
static const struct spec spec_upn = {ATTR_UPN, FACET_ACCOUNT, KIND_NAME, 0xB47E25C8916F3DA2u};
static const struct spec spec_sid = {ATTR_SID, FACET_ACCOUNT, KIND_RAW, 0x6A13F95D07E8BC44u};
static const struct spec spec_targets = {ATTR_TARGETS, FACET_DELEGATION, KIND_NAME, 0xE5D2406B8F3917CAu};
static const struct spec spec_rbcd = {ATTR_RBCD, FACET_DELEGATION, KIND_RAW, 0x29F8B3714DCA605Eu};
static const struct spec spec_enctypes = {ATTR_ENCTYPES, FACET_DELEGATION, KIND_FLAGS, 0x9147CE0AF2B6D583u};

#define TAG_DN         0x57B0E94C2A81F63Du
#define TAG_UAC_HIDDEN 0xC36A1D7F9E0548B1u
#define TAG_NOT_NUMBER 0x0F72D8A3B64C915Eu /* beside the attribute's own tag: flags that are no number */
#define TAG_RAW        0x41E6B08D5FA2937Cu

/* No two of the names have one length, which spares all other comparisons. */
static const struct spec *spec_of(struct bytes name)
{
    const struct spec *s;
    switch (name.len) {
    case sizeof ATTR_SID - 1:
        s = &spec_sid;
        break;
    case sizeof ATTR_GUID - 1:
        s = &spec_guid;
        break;
    case sizeof ATTR_DNS_HOST - 1:
        s = &spec_dns_host;
        break;
    case sizeof ATTR_SAM - 1:
        s = &spec_sam;
        break;
    case sizeof ATTR_UPN - 1:
        s = &spec_upn;
        break;
    case sizeof ATTR_UAC - 1:
        s = &spec_uac;
        break;
    case sizeof ATTR_SPN - 1:
        s = &spec_spn;
        break;
    case sizeof ATTR_TARGETS - 1:
        s = &spec_targets;
        break;
    case sizeof ATTR_ENCTYPES - 1:
        s = &spec_enctypes;
        break;
    case sizeof ATTR_RBCD - 1:
        s = &spec_rbcd;
        break;
    default:
        return NULL;
    }
    return bytes_equal_fold(name, (struct bytes){(const uint8_t *)s->name, name.len}) ? s : NULL;
}

#define FOLD_CHUNK 256

/* Long values pass through the same small buffer. XXH3 gives one result whether fed whole or in pieces. */
static __attribute__((noinline)) XXH128_hash_t hash_long_name(struct bytes v, uint64_t seed)
{
    uint8_t folded[FOLD_CHUNK];
    XXH3_state_t state;
    XXH3_INITSTATE(&state);
    XXH3_128bits_reset_withSeed(&state, seed);
    for (size_t at = 0; at < v.len; at += FOLD_CHUNK) {
        size_t len = v.len - at < FOLD_CHUNK ? v.len - at : FOLD_CHUNK;
        fold_copy(folded, v.data + at, len);
        XXH3_128bits_update(&state, folded, len);
    }
    return XXH3_128bits_digest(&state);
}

static XXH128_hash_t hash_name(struct bytes v, uint64_t seed)
{
    uint8_t folded[FOLD_CHUNK];
    if (v.len > FOLD_CHUNK)
        return hash_long_name(v, seed);
    fold_copy(folded, v.data, v.len);
    return XXH3_128bits_withSeed(folded, v.len, seed);
}

static XXH128_hash_t hash_flags(struct bytes v, uint64_t seed)
{
    uint32_t n;
    if (!value_u32(v, &n))
        return XXH3_128bits_withSeed(v.data, v.len, seed ^ TAG_NOT_NUMBER);
    /* One byte order on every machine: a database may be carried to another. */
    uint8_t b[4] = {(uint8_t)n, (uint8_t)(n >> 8), (uint8_t)(n >> 16), (uint8_t)(n >> 24)};
    return XXH3_128bits_withSeed(b, sizeof b, seed);
}

static void add(struct hash128 *sum, XXH128_hash_t h)
{
    sum->lo += h.low64;
    sum->hi += h.high64;
}

static void add_values(struct hash128 *sum, const struct attr *a, enum kind kind, uint64_t seed)
{
    for (size_t i = 0; i < a->count; i++) {
        struct bytes v = a->values[i];
        if (kind == KIND_NAME)
            add(sum, hash_name(v, seed));
        else if (kind == KIND_FLAGS)
            add(sum, hash_flags(v, seed));
        else
            add(sum, XXH3_128bits_withSeed(v.data, v.len, seed));
    }
}

static bool take_guid(const struct attr *a, struct guid *ret)
{
    if (a->values[0].len != sizeof ret->b)
        return false;
    memcpy(ret->b, a->values[0].data, sizeof ret->b);
    return !guid_is_zero(ret);
}

/* The state that this value alone makes; 0: none. */
static int shared_types(const struct attr *a)
{
    uint32_t enctypes;
    return a->count == 1 && value_u32(a->values[0], &enctypes) && types_are_shared(enctypes)
               ? types_state(enctypes)
               : 0;
}

bool facet_read(const struct entry *entry, uint64_t seed, unsigned mask, struct facet_view *ret)
{
    struct facet_view view = {0};
    bool has_guid = false, has_uac = false;
    unsigned filled = 0; /* facets with at least one value */

    for (size_t i = 0; i < entry->attr_count; i++) {
        const struct attr *a = &entry->attrs[i];
        const struct spec *s = a->count > 0 ? spec_of(a->name) : NULL;
        if (!s)
            continue;
        if (s->kind == KIND_GUID) {
            has_guid = take_guid(a, &view.guid);
            continue;
        }
        if (!(mask & 1u << s->facet))
            continue;
        if (s == &spec_uac) {
            uint32_t uac;
            has_uac = true;
            view.delegates = value_u32(a->values[0], &uac) && (uac & ACCOUNT_DELEGATES);
        }
        if (s->facet == FACET_DELEGATION) /* the first of that facet, and no other may follow */
            view.types_state =
                s == &spec_enctypes && !(filled & 1u << FACET_DELEGATION) ? shared_types(a) : 0;
        filled |= 1u << s->facet;
        add_values(&view.hash[s->facet], a, s->kind, seed ^ s->tag);
    }
    if (!has_guid)
        return false;

    if (mask & 1u << FACET_ACCOUNT) {
        filled |= 1u << FACET_ACCOUNT;
        add(&view.hash[FACET_ACCOUNT], hash_name(entry->dn, seed ^ TAG_DN));
        view.uac_hidden = !has_uac;
        if (view.uac_hidden) /* a state of its own, equal to none in which the value is known */
            add(&view.hash[FACET_ACCOUNT], XXH3_128bits_withSeed(NULL, 0, seed ^ TAG_UAC_HIDDEN));
    }
    /* {0, 0} is STATE_NONE and belongs to the empty set alone. */
    for (unsigned f = 0; f < FACET_COUNT; f++)
        if ((filled & 1u << f) && view.hash[f].lo == 0 && view.hash[f].hi == 0)
            view.hash[f].lo = 1;
    *ret = view;
    return true;
}

struct hash128 facet_attr_hash(const struct attr *attr, uint64_t seed)
{
    const struct spec *s = spec_of(attr->name);
    struct hash128 sum = {0, 0};
    if (s && s->kind != KIND_GUID)
        add_values(&sum, attr, s->kind, seed ^ s->tag);
    return sum;
}

struct hash128 facet_dn_hash(struct bytes dn, uint64_t seed)
{
    struct hash128 sum = {0, 0};
    add(&sum, hash_name(dn, seed ^ TAG_DN));
    return sum;
}

uint64_t facet_raw_hash(struct bytes raw, uint64_t seed)
{
    uint64_t hash = XXH3_64bits_withSeed(raw.data, raw.len, seed ^ TAG_RAW);
    return hash ? hash : 1;
}

struct spn_key facet_spn_key(struct bytes spn, uint64_t seed)
{
    uint8_t folded[FOLD_CHUNK];
    if (spn.len <= FOLD_CHUNK && bytes_printable(spn, 0, 0)) {
        fold_copy(folded, spn.data, spn.len);
        return spn_key((struct bytes){folded, spn.len}, seed);
    }
    /* The key is that of the text as it is stored, which is all that the store has to go by later. */
    struct text_buf text = {0};
    facet_append_clean(&text, spn);
    text_lower(text.data);
    struct spn_key key = spn_key(bytes_of(text.data), seed);
    text_release(&text);
    return key;
}
