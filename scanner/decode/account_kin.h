/* account_kin.h: accounts whose dNSHostName, userPrincipalName and objectSid are those of one met before, but
 * for its name and its RID. Pure.
 *
 * As spn_kin.h: of such an account the three texts need not be made, nor taken apart again for a template
 * (store/base/account_template.h).
 */
#pragma once

#include "scanner/decode/entry.h"
#include "spnscan/records.h"
#include "spnscan/text_buf.h"

#define ACCOUNT_KINDS_MAX 4

/* What all of a kind have in common. */
struct account_kin {
    struct text_buf like; /* the template of their texts; empty: none is known here */
    /* ---- account_kin.c alone ---- */
    struct account_kin_name {
        bool there, lower; /* lower: begins with the account's name in lower case */
        struct text_buf tail;
    } dns_host, upn;
    struct text_buf sid_head; /* all of the SID but the RID */
    uint64_t used;
};

/* Those that were met last. Zeroed at first; one thread. */
struct account_kins {
    struct account_kin kinds[ACCOUNT_KINDS_MAX];
    uint64_t clock;
};
void account_kins_release(struct account_kins *kins);

/* The kind that the account is of, and its RID; -1: it is of none. */
int account_kins_find(struct account_kins *kins, const struct entry *entry, uint32_t *ret_rid);

/* Makes it a kind, in place of the one that was longest not found; which is returned. -1: there is no
 * template to be had of it, or it has no SID, and nothing is changed. account, text: as facet_account_text()
 * has them of this entry. */
int account_kins_learn(struct account_kins *kins, const struct entry *entry,
                       const struct account_state *account, const struct text_buf *text);
