/* ldap_message.h: LDAP messages as a server sends them (RFC 4511 section 4), read in place. Pure; nothing is
 * copied, what is given out points into the message.
 *
 * Every byte is hostile: each length is checked against the element around it. Components that follow the
 * known ones of a SEQUENCE are passed over (RFC 4511 section 4, extensibility); everything else that does not
 * fit the grammar is refused.
 */
#pragma once

#include "scanner/decode/entry.h"

/* Tags of protocolOp. */
#define LDAP_OP_ENTRY        0x64
#define LDAP_OP_DONE         0x65
#define LDAP_OP_REFERENCE    0x73
#define LDAP_OP_EXTENDED     0x78
#define LDAP_OP_INTERMEDIATE 0x79

/* Is there a whole message at the start of have?
 * FRAME_WHOLE: *ret_len is its length. FRAME_PART: it takes *ret_len bytes (more than have holds), as far as
 * can be told. FRAME_BAD: no LDAP message, or one longer than max. */
enum frame { FRAME_WHOLE, FRAME_PART, FRAME_BAD };
enum frame ldap_frame(struct bytes have, size_t max, size_t *ret_len);

struct ldap_message {
    int32_t id;        /* 0: an unsolicited notification */
    uint8_t op;        /* LDAP_OP_... or another */
    struct bytes body; /* contents of protocolOp; controls, if any, are passed over */
};

/* whole is one message as ldap_frame measured it. */
bool ldap_message_read(struct bytes whole, struct ldap_message *ret);

/* ---- entries ---- */

/* The arrays of the entry read last, used again for the next; {0} at the start. */
struct entry_scan {
    struct attr *attrs;
    struct bytes *values;
    size_t attr_size, value_size;
};

/* SCAN_HUGE: well-formed, but beyond what entry.h calls real. */
enum scan_result { SCAN_OK, SCAN_MALFORMED, SCAN_HUGE };

/* body of an LDAP_OP_ENTRY. *ret is valid until the next scan or the end of the bytes under it. */
enum scan_result entry_scan_read(struct entry_scan *scan, struct bytes body, struct entry *ret);

/* objectGUID of an LDAP_OP_ENTRY, nothing else of which is looked at. false: there is none that fits; what it
 * is then entry_scan_read tells. */
bool entry_scan_guid(struct bytes body, struct guid *ret);

/* Does an attribute come in part (range.h)? */
bool entry_has_range(const struct entry *entry);

void entry_scan_release(struct entry_scan *scan);

/* ---- results ---- */

struct ldap_result {
    int32_t code;
    struct bytes matched_dn, diagnostic;
    struct bytes name; /* responseName of an extended response, an OID; else empty */
};

/* body of an LDAP_OP_DONE or LDAP_OP_EXTENDED. */
bool ldap_result_read(struct bytes body, struct ldap_result *ret);
