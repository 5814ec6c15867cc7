/* account_template.h: dNSHostName, userPrincipalName and objectSid of an account as what all of its kind have
 * in common (store/template.h). Leaf code (store/base/account_template.c).
 */
#pragma once

#include "spnscan/records.h"
#include "spnscan/text_buf.h"

#define NO_RID (-1)

/* Appends to *ret the JSON array of the three, in which TEMPLATE_NAME stands for sAMAccountName without the $
 * at its end, TEMPLATE_LOWER for that in lower case, and the SID ends before its RID, which goes to *ret_rid
 * (NO_RID: the SID is absent). false, with nothing added: there is no template to be had, since a name does
 * not begin like the account. Pure; text: what the account's text_refs point into. */
bool account_template_split(const struct account_state *account, const struct text_buf *text,
                            struct text_buf *ret, int64_t *ret_rid);

/* Appends the three of which that is the template, with the account's name and its RID (not NO_RID). */
void account_template_write(struct bytes like, struct bytes sam, int64_t rid, struct text_buf *ret);

/* Appends the three as they are: a JSON array of strings, null where absent. */
void account_texts(const struct account_state *account, const struct text_buf *text, struct text_buf *ret);
