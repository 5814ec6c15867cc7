/* spn.h: a service principal name taken apart, what is odd about it, and the names that AD may take it for.
 * Pure.
 *
 * Form (MS-ADTS 2.2.21): class "/" host [":" port | ":" instance] ["/" service name]: two parts or three.
 * What stands behind the first colon of the host is a port where it is all digits. Slashes are counted as
 * they stand: a backslash before one escapes nothing. A value of another form is taken apart as far as it
 * goes, and says so; AD stores what it is given, so no value is ever refused here.
 *
 * AD compares SPNs by Windows sort keys without case, kana type, width and nonspacing marks, and passes over
 * what has no weight there (MS-ADTS 3.1.1.2.2.4.13, 6.5.1). In ASCII that is: without case. Beyond ASCII only
 * the weight tables of the DC's own Windows are exact. The skeleton stands in for them: names with one
 * skeleton AD may take for one, names with two it does not, as far as docs/unicode.md tells. Only the DC can
 * settle it.
 */
#pragma once

#include "spnscan/ids.h"
#include "spnscan/text_buf.h"

/* What is odd about an SPN; bits. The first two are about characters, the others about form. */
enum spn_kind {
    SPN_NON_ASCII = 1 << 0, /* a character beyond ASCII, or bytes that are no UTF-8 */
    SPN_INVISIBLE = 1 << 1, /* one that shows nothing: control, format, variation selector, tag, unassigned */
    SPN_SPACES = 1 << 2,    /* a space of any width */
    SPN_URL = 1 << 3,       /* "://" */
    SPN_UPN_LIKE = 1 << 4,  /* '@' */
    SPN_MALFORMED = 1 << 5  /* no slash, an empty part, or more than three parts */
};

enum spn_form {
    SPN_WELL_FORMED,
    SPN_NO_SLASH,   /* all of it is the class */
    SPN_EMPTY_PART, /* also of host, port and instance */
    SPN_MANY_PARTS  /* service holds all behind the second slash */
};

/* Parts of the caller's bytes; an absent one has data NULL, an empty one has not. */
struct spn_parts {
    struct bytes class, host, port, instance, service;
    enum spn_form form;
};

void spn_parse(struct bytes raw, struct spn_parts *ret);

/* Joins the parts again, ASCII letters in lower case: the key by which spnscan compares. Bytes as they are.
 */
void spn_append_normal(const struct spn_parts *parts, struct text_buf *buf);

/* SPN_... bits; 0: an ordinary name. One pass over the bytes where all are printable ASCII. */
unsigned spn_kinds(struct bytes raw);

/* "non-ascii,invisible": the names of the bits, in their order. */
void spn_append_kinds(unsigned kinds, struct text_buf *buf);

/* Appends the skeleton: what is invisible dropped, compatibility forms decomposed (width, ligatures), marks
 * stripped, kana as katakana, letters with a stroke and the like as their base, case folded. Of an ordinary
 * name that is the name in lower case; a skeleton is its own skeleton. Clean text (clean.h): bytes that are
 * no UTF-8 become backslash and hex. */
void spn_append_skeleton(struct bytes raw, struct text_buf *buf);
