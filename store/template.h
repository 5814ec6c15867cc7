/* template.h: sets of SPNs told by a template and a name (tables spn_template, spn_set). Internal to store/.
 *
 * The SPNs of a computer are those of every other of its kind, but for its own name in them. Told so, they
 * are a quarter of their text, which is what a first scan writes most of.
 */
#pragma once

#include "store/base/spn_template.h"
#include "store/db.h"

/* More are not made: what does not fit one then is written out. */
#define MAX_TEMPLATES 65536

/* What is told of a set: name is a piece of its JSON text; id 0: not by a template, and name is all of it. */
struct templated {
    int64_t id;
    struct bytes name;
};

/* Those that are known. One thread at a time, with the connection. */
struct templates;
struct templates *templates_new(void);
void templates_free(struct templates *templates); /* NULL is fine */

/* How json is told, making a template that is met again. ret->name points into json. */
enum spn_code templates_tell(struct templates *templates, struct store *store, struct bytes json,
                             struct templated *ret, struct spn_error *reterr);
