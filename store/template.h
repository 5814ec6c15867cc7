/* template.h: sets of SPNs and texts of accounts told by a template and a name (tables template, spn_set,
 * account_fact). Internal to store/.
 *
 * The SPNs of a computer are those of every other of its kind, but for its own name in them; so are its host
 * name, and its SID but for the RID. Told so, they are a quarter of their text, which is what a first scan
 * writes most of.
 */
#pragma once

#include "store/base/account_template.h"
#include "store/base/spn_template.h"
#include "store/db.h"

/* More are not made: what does not fit one then is written out. */
#define MAX_TEMPLATES 65536

/* What is told. id 0: not by a template, and name is all of the JSON text. */
struct templated {
    int64_t id;
    struct bytes
        name;    /* of a set of SPNs: a piece of its JSON text; of an account: good until the next call */
    int64_t rid; /* of an account; NO_RID: its SID is absent */
};

/* Those that are known. One thread at a time, with the connection. */
struct templates;
struct templates *templates_new(void);
void templates_free(struct templates *templates); /* NULL is fine */

/* How a set of SPNs is told, making a template that is met again; text: what its text_refs point into, and
 * ret->name too, but with id 0, then it may be good until the next call only. */
enum spn_code templates_tell(struct templates *templates, struct store *store, const struct spn_state *spns,
                             const struct text_buf *text, struct templated *ret, struct spn_error *reterr);

/* The same of dNSHostName, userPrincipalName and objectSid; text: what the account's text_refs point into. */
enum spn_code templates_tell_account(struct templates *templates, struct store *store,
                                     const struct account_state *account, const struct text_buf *text,
                                     struct templated *ret, struct spn_error *reterr);
