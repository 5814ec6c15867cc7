/* spn_template.h: a set of SPNs as the text that all of its kind have, and a name (store/template.h). Leaf
 * code (store/base/spn_template.c).
 */
#pragma once

#include "spnscan/ids.h"
#include "spnscan/text_buf.h"

/* In place of the name, and of the name in lower case. JSON text has neither. */
#define TEMPLATE_NAME  '\1'
#define TEMPLATE_LOWER '\2'

/* The name that a template of this JSON text of a set of SPNs leaves open: the first label of the first host
 * (class/host[:port][/service]). Appends the template to *ret. Empty: there is none to be had, and *ret has
 * nothing added. Pure. */
struct bytes spn_template_split(struct bytes json, struct text_buf *ret);
