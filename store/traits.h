/* traits.h: what the table account_trait says (sql/schema.sql), worked out when an account is written.
 * Partial indexes with LIKE and instr() in their conditions would say the same, but SQLite would call those
 * for each row that is written, and keep a journal of each statement, since a function may fail.
 */
#pragma once

#include "spnscan/records.h"
#include "spnscan/text_buf.h"

#define TRAIT_CONFLICT 1 /* dn LIKE '%\0ACNF:%' (MS-DRSR 4.1.10.6.13) */
#define TRAIT_USER     2 /* sam NOT LIKE '%$' AND NOT coalesce(uac & 0x200202, 0) */
#define TRAIT_BARE_UPN 4 /* upn <> '' AND instr(upn, '@') = 0 */

/* text: what the account's text_refs point into. An attribute that is absent has none of its bits. */
int account_traits(const struct account_state *account, const struct text_buf *text);
