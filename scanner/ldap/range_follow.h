/* range_follow.h: reads attributes that came in part ("name;range=0-1499", MS-ADTS 3.1.1.3.1.3.3) to their
 * end. */
#pragma once

#include "scanner/ldap/request.h"

/* What to ask for so that an object whose values come in part is followed from the first part on: attrs and
 * uSNChanged, by which parts are known to be of one moment. Without that the first part is read again. false:
 * too many, nothing is set. */
#define RANGE_ATTRS 64
bool range_attrs(const char *const *attrs, const char *ret[static RANGE_ATTRS]);

/* Does buf hold an attribute in part? */
bool range_needed(const struct entry_buf *buf);

/* Completes buf, under plain names. An object that changes meanwhile is read again, three times at most.
 * *ret_gone: the object was deleted meanwhile (it is asked for by its objectGUID, so a rename is no
 * deletion). */
enum spn_code range_follow(const struct request *of, struct entry_buf *buf, bool *ret_gone,
                           struct spn_error *reterr);
