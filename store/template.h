/* template.h: sets of SPNs told by a template and a name (tables spn_template, spn_set). Internal to store/.
 *
 * The SPNs of a computer are those of every other of its kind, but for its own name in them. Told so, they
 * are a quarter of their text, which is what a first scan writes most of.
 */
#pragma once

#include "store/db.h"

/* In place of the name, and of the name in lower case. JSON text has neither. */
#define TEMPLATE_NAME  '\1'
#define TEMPLATE_LOWER '\2'

/* More are not made: what does not fit one then is written out. */
#define MAX_TEMPLATES 65536

/* What is told of a set: name is a piece of its JSON text; id 0: not by a template, and name is all of it. */
struct templated {
    int64_t id;
    struct bytes name;
};

/* The name that a template of this JSON text of a set of SPNs leaves open: the first label of the first host
 * (class/host[:port][/service]). Appends the template to *ret. Empty: there is none to be had, and *ret has
 * nothing added. Pure. */
struct bytes template_split(struct bytes json, struct text_buf *ret);

/* Those that are known. One thread at a time, with the connection. */
struct templates;
struct templates *templates_new(void);
void templates_free(struct templates *templates); /* NULL is fine */

/* How json is told, making a template that is met again. ret->name points into json. */
enum spn_code templates_tell(struct templates *templates, struct store *store, struct bytes json,
                             struct templated *ret, struct spn_error *reterr);
