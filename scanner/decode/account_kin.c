/* account_kin.c: see account_kin.h. */
#include "scanner/decode/account_kin.h"

#include <string.h>

#include "scanner/decode/facet_attrs.h"
#include "scanner/decode/sid.h"
#include "scanner/decode/value.h"
#include "store/base/account_template.h"

/* The last of the numbers of a SID (MS-DTYP 2.4.2.2). */
#define RID_SIZE 4
/* AD takes no sAMAccountName of more characters (MS-ADTS 3.1.1.3.1.2.1). */
#define MAX_STEM 256
/* The store cuts very long values. */
#define MAX_VALUE 1024

static void kin_release(struct account_kin *kin)
{
    text_release(&kin->like);
    text_release(&kin->dns_host.tail);
    text_release(&kin->upn.tail);
    text_release(&kin->sid_head);
}

void account_kins_release(struct account_kins *kins)
{
    for (size_t i = 0; i < ACCOUNT_KINDS_MAX; i++)
        kin_release(&kins->kinds[i]);
    *kins = (struct account_kins){0};
}

/* The account's name, as it is and in lower case. */
struct stem {
    struct bytes name;
    uint8_t low[MAX_STEM];
};

/* JSON has it as it is, and so has the store. */
static bool is_plain(struct bytes v)
{
    return bytes_printable(v, '"', '\\');
}

static bool take_stem(const struct entry *entry, struct stem *ret)
{
    struct bytes sam = entry_value(entry, ATTR_SAM);
    while (sam.len && sam.data[sam.len - 1] == '$')
        sam.len--;
    if (!sam.len || sam.len > MAX_STEM || !is_plain(sam))
        return false;
    ret->name = sam;
    fold_copy(ret->low, sam.data, sam.len);
    return true;
}

/* The first value; NULL: absent. */
static const struct bytes *first_value(const struct entry *entry, const char *name)
{
    const struct attr *a = entry_attr(entry, name);
    return a && a->count ? &a->values[0] : NULL;
}

/* ---- finding ---- */

static bool name_fits(const struct account_kin_name *n, const struct bytes *value, const struct stem *stem)
{
    const size_t len = stem->name.len;
    if (!n->there || !value)
        return !n->there && !value;
    return value->len == len + n->tail.len &&
           memcmp(value->data, n->lower ? stem->low : stem->name.data, len) == 0 &&
           (!n->tail.len || memcmp(value->data + len, n->tail.data, n->tail.len) == 0);
}

static bool sid_fits(const struct account_kin *kin, const struct bytes *sid)
{
    return sid && sid->len == kin->sid_head.len + RID_SIZE &&
           memcmp(sid->data, kin->sid_head.data, kin->sid_head.len) == 0;
}

int account_kins_find(struct account_kins *kins, const struct entry *entry, uint32_t *ret_rid)
{
    const struct bytes *sid = first_value(entry, ATTR_SID), *dns_host = first_value(entry, ATTR_DNS_HOST),
                       *upn = first_value(entry, ATTR_UPN);
    struct stem stem;
    if (!take_stem(entry, &stem))
        return -1;
    for (int i = 0; i < ACCOUNT_KINDS_MAX; i++) {
        struct account_kin *kin = &kins->kinds[i];
        if (!kin->like.len || !sid_fits(kin, sid) || !name_fits(&kin->dns_host, dns_host, &stem) ||
            !name_fits(&kin->upn, upn, &stem))
            continue;
        const uint8_t *rid = sid->data + kin->sid_head.len; /* the least byte first */
        *ret_rid = (uint32_t)rid[0] | (uint32_t)rid[1] << 8 | (uint32_t)rid[2] << 16 | (uint32_t)rid[3] << 24;
        kin->used = ++kins->clock;
        return i;
    }
    return -1;
}

/* ---- learning ---- */

static bool take_name(const struct bytes *value, const struct stem *stem, struct account_kin_name *ret)
{
    ret->there = value != NULL;
    if (!value)
        return true;
    const size_t len = stem->name.len;
    if (value->len < len || value->len > MAX_VALUE || !is_plain(*value))
        return false;
    ret->lower = memcmp(value->data, stem->name.data, len) != 0;
    text_append(&ret->tail, (const char *)value->data + len, value->len - len);
    return !ret->lower || memcmp(value->data, stem->low, len) == 0;
}

/* ret: zeroed. */
static bool take_account(const struct entry *entry, struct account_kin *ret)
{
    const struct bytes *sid = first_value(entry, ATTR_SID);
    struct stem stem;
    if (!sid || sid->len < SID_HEAD + RID_SIZE || !take_stem(entry, &stem) ||
        !take_name(first_value(entry, ATTR_DNS_HOST), &stem, &ret->dns_host) ||
        !take_name(first_value(entry, ATTR_UPN), &stem, &ret->upn))
        return false;
    /* One without its @ is a finding of its own (store/traits.h), for which the text is needed. */
    if (ret->upn.there && (!ret->upn.tail.len || !memchr(ret->upn.tail.data, '@', ret->upn.tail.len)))
        return false;
    text_append(&ret->sid_head, (const char *)sid->data, sid->len - RID_SIZE);
    return true;
}

int account_kins_learn(struct account_kins *kins, const struct entry *entry,
                       const struct account_state *account, const struct text_buf *text)
{
    struct account_kin made = {.used = kins->clock + 1}, *oldest = &kins->kinds[0];
    int64_t rid = NO_RID;
    if (!take_account(entry, &made) || !account_template_split(account, text, &made.like, &rid) ||
        rid == NO_RID) {
        kin_release(&made);
        return -1;
    }
    for (size_t i = 1; i < ACCOUNT_KINDS_MAX; i++)
        if (kins->kinds[i].used < oldest->used)
            oldest = &kins->kinds[i];
    kin_release(oldest);
    *oldest = made;
    kins->clock++;
    return (int)(oldest - kins->kinds);
}
