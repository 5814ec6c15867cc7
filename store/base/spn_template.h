/* spn_template.h: a set of SPNs as the text that all of its kind have, and a name (store/template.h). Leaf
 * code (store/base/spn_template.c).
 */
#pragma once

#include "spnscan/ids.h"
#include "spnscan/text_buf.h"

/* In place of the name, and of the name in lower case. JSON text has neither. */
#define TEMPLATE_NAME  '\1'
#define TEMPLATE_LOWER '\2'

/* A shorter name than two characters saves nothing. */
#define TEMPLATE_MIN_NAME 2
#define TEMPLATE_MAX_NAME 63
bool template_name_char(char c);
/* What stands behind a name. */
bool template_ends_label(char c);

/* The name that a template of this JSON text of a set of SPNs leaves open: the first label of the first host
 * (class/host[:port][/service]). Appends the template to *ret. Empty: there is none to be had, and *ret has
 * nothing added. Pure. */
struct bytes spn_template_split(struct bytes json, struct text_buf *ret);

/* Appends the text that the template is of with that name. */
void template_write(struct bytes like, struct bytes name, struct text_buf *ret);
