/* facet.h: what one DC shows of one object, in three facets, each hashed apart. Pure.
 *
 *   spn         servicePrincipalName
 *   account     sAMAccountName, userAccountControl, dNSHostName, userPrincipalName, objectSid, DN
 *   delegation  msDS-AllowedToDelegateTo, msDS-AllowedToActOnBehalfOfOtherIdentity,
 *               msDS-SupportedEncryptionTypes
 *
 * The first two are in the partial attribute set, the third is not (FIELD.md B), so that it comes from the
 * LDAP port of the object's own domain alone. uSNChanged and whenChanged are not replicated and stay out.
 *
 * Hash: XXH3-128 with the database's seed of each value (ASCII folded to lower case for names, raw for
 * binary), tagged with the attribute, summed as two 64-bit lanes: the order of values does not count, and
 * without the seed nobody can make two sets collide on purpose.
 */
#pragma once

#include "scanner/decode/entry.h"
#include "spnscan/records.h"
#include "spnscan/text_buf.h"
#include "store/base/spn_key.h"

/* The attributes asked for; NULL-terminated lists for the three kinds of stream. */
extern const char *const facet_pas_attrs[];  /* GC port: spn and account */
extern const char *const facet_rest_attrs[]; /* LDAP port of a GC: delegation, account of those without SPN */
extern const char *const facet_all_attrs[];  /* LDAP port of a DC that is no GC */
/* The first and the last, of what changed and of single objects: is it deleted, and how new is that? */
extern const char *const facet_pas_news_attrs[], *const facet_all_news_attrs[];

struct facet_view {
    struct guid guid;
    struct hash128 hash[FACET_COUNT];
    int types_state; /* the delegation facet is this state (records.h); 0: a state of the object's own, or
                        none */
    bool delegates;  /* userAccountControl has one of ACCOUNT_DELEGATES */
    bool uac_hidden; /* userAccountControl was not returned: a right is missing (FIELD.md B2) */
    uint64_t raw;    /* hash of all that came (ledger_note_again); 0: not made */
};

/* Reads guid and hashes the facets named by mask (bit 1 << FACET_...). false: no usable objectGUID. */
bool facet_read(const struct entry *entry, uint64_t seed, unsigned mask, struct facet_view *ret);

/* The text of a facet, made only for a state not met before. Appended to *buf; the offsets in *ret are
 * relative to the buffer's start, so that the buffer may move. */
void facet_spn_text(const struct entry *entry, struct text_buf *buf, struct spn_state *ret);
/* One value of servicePrincipalName that is not plain: kinds are those that spn_kinds() found. */
void facet_odd_spn_text(struct bytes spn, unsigned kinds, struct text_buf *buf, struct odd_spn *ret);
void facet_account_text(const struct entry *entry, struct text_buf *buf, struct account_state *ret);
/* The same without dns_host, upn and sid, of an account of a kind (account_kin.h). */
void facet_account_name(const struct entry *entry, struct text_buf *buf, struct account_state *ret);
void facet_delegation_text(const struct entry *entry, struct text_buf *buf, struct delegation_state *ret);

/* What the values of one attribute add to the hash of its facet; {0} for an attribute that is in none. */
struct hash128 facet_attr_hash(const struct attr *attr, uint64_t seed);
/* The same for a DN, or a part of one. */
struct hash128 facet_dn_hash(struct bytes dn, uint64_t seed);
/* Of bytes in no facet (a security descriptor); never 0. */
uint64_t facet_raw_hash(struct bytes raw, uint64_t seed);

/* Of one SPN as it is stored, folded: its key in the index of names. */
struct spn_key facet_spn_key(struct bytes spn, uint64_t seed);
