#include "scanner/decode/dn.h"
#include "scanner/decode/facet.h"
#include "scanner/run/explain_inside.h"

static const uint32_t attids[JUDGED_COUNT] = {
    [JUDGED_OBJECT] = ATTID_WHEN_CREATED,
    [JUDGED_DELETED] = ATTID_IS_DELETED,
    [JUDGED_SPN] = ATTID_SPN,
    [JUDGED_SAM] = ATTID_SAM,
    [JUDGED_UAC] = ATTID_UAC,
    [JUDGED_DNS_HOST] = ATTID_DNS_HOST,
    [JUDGED_UPN] = ATTID_UPN,
    [JUDGED_SID] = ATTID_OBJECT_SID,
    [JUDGED_DN] = ATTID_CN_NAME,
    [JUDGED_TARGETS] = ATTID_TARGETS,
    [JUDGED_RBCD] = ATTID_RBCD,
    [JUDGED_ENCTYPES] = ATTID_ENCTYPES,
};

static void on_stamp(void *ctx, const struct attr_stamp *stamp)
{
    struct witness *word = ctx;
    for (int what = 0; what < JUDGED_COUNT; what++)
        if (attids[what] == stamp->attid) {
            word->values[what].has_stamp = true;
            word->values[what].stamp = stamp->stamp;
        }
}

static void take_dn(struct bytes dn, uint64_t seed, struct judged_value *ret)
{
    struct bytes rdn = dn, parent = dn_parent(dn);
    if (parent.len)
        rdn.len = dn.len - parent.len - 1;
    ret->present = true;
    ret->hash = facet_dn_hash(dn, seed);
    ret->rdn = facet_dn_hash(rdn, seed).lo;
}

void word_of_entry(const struct entry *entry, uint64_t seed, struct witness *ret)
{
    struct bytes sd = entry_value(entry, "nTSecurityDescriptor");
    bool deleted = false;
    *ret = (struct witness){.fresh = true, .like = SIZE_MAX};
    entry_bool(entry, "isDeleted", &deleted);
    ret->presence = deleted ? SHOWS_DELETED : SHOWS_LIVE;
    ret->has_metadata = metadata_of_entry(entry, on_stamp, ret);
    ret->sd = sd.len ? facet_raw_hash(sd, seed) : 0;
    ret->values[JUDGED_OBJECT].present = true;
    ret->values[JUDGED_DELETED].present = deleted;
    for (int what = JUDGED_DELETED + 1; what < JUDGED_COUNT; what++) {
        struct judged_value *value = &ret->values[what];
        if (what == JUDGED_DN) {
            take_dn(entry->dn, seed, value);
            continue;
        }
        const struct attr *attr = entry_attr(entry, judged_attribute((enum judged)what));
        value->present = attr && attr->count;
        if (value->present)
            value->hash = facet_attr_hash(attr, seed);
    }
}
