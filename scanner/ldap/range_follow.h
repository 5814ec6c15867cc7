/* range_follow.h: reads attributes that came in part ("name;range=0-1499", MS-ADTS 3.1.1.3.1.3.3) to their
 * end. */
#pragma once

#include "scanner/ldap/request.h"

/* Does buf hold an attribute in part? */
bool range_needed(const struct entry_buf *buf);

/* Completes buf, under plain names. An object that changes meanwhile is read again, three times at most.
 * *ret_gone: the object was deleted meanwhile (it is asked for by its objectGUID, so a rename is no
 * deletion). */
enum spn_code range_follow(const struct request *of, struct entry_buf *buf, bool *ret_gone,
                           struct spn_error *reterr);
