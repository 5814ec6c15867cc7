/* search.h: searches over a conn, read by libldap; stream.h reads large ones faster. Every entry reaches a
 * callback as decode/entry.h; nothing is kept.
 *
 * Ranges: an attribute that comes as "name;range=0-1499" is read to its end on the same connection before the
 * callback sees the entry, under its plain name; an object that changes in between is read again (uSNChanged
 * is compared), at most three times, then the search fails. Referrals and search references are never
 * followed. Any result other than success fails the search: a partial answer is never passed off as whole.
 */
#pragma once

#include "scanner/decode/entry.h"
#include "scanner/ldap/conn.h"
#include "spnscan/text_buf.h"

enum search_scope { SCOPE_BASE, SCOPE_ONE, SCOPE_SUBTREE };

/* stream.h asks it of each entry before that is decoded; body: of the message (decode/ldap_message.h). True:
 * it says nothing new, and search_entry_fn, whose ctx this is too, is not called. */
typedef bool (*search_known_fn)(void *ctx, struct bytes body);

struct search {
    const char *base;
    enum search_scope scope;
    const char *filter;
    const char *const *attrs; /* NULL-terminated */
    bool show_deleted;    /* tombstones, deleted and recycled objects too: 1.2.840.113556.1.4.417, .2064 */
    unsigned sd_flags;    /* parts of nTSecurityDescriptor, SEARCH_SD_...; 0: all, which needs a privilege and
                             gives nothing to those who lack it (1.2.840.113556.1.4.801) */
    int page_size;        /* 0: one unpaged search (base reads); else simple paged results (RFC 2696) */
    bool absent_is_empty; /* noSuchObject, insufficientAccessRights: nothing found, not an error */
    bool plain;           /* stream.h: read through libldap alone */
    bool one_page;        /* stream.h: the first page alone; stream_has_more() tells whether that was all */
    search_known_fn known; /* search_stream: NULL: nobody asks */
};

/* Owner, group and DACL: what Read Permissions gives (MS-ADTS 3.1.1.3.4.1.11). */
#define SEARCH_SD_READABLE 7u

/* Counters that another thread (progress) may read while the search runs. */
struct search_stats {
    _Atomic(uint64_t) entries, pages, bytes;
};

/* Not SPN_OK from the callback ends the search (the rest is abandoned) and is passed on. */
typedef enum spn_code (*search_entry_fn)(void *ctx, const struct entry *entry, struct spn_error *reterr);

/* stats may be NULL. noSuchObject (32) of a base search is an error with native == 32 (LDAP_NO_SUCH_OBJECT).
 */
enum spn_code search_run(struct conn *conn, const struct search *search, search_entry_fn found, void *ctx,
                         struct search_stats *stats, struct spn_error *reterr);

/* Result codes, for callers that don't know <ldap.h>. */
#define SEARCH_NO_SUCH_OBJECT 32
#define SEARCH_SIZE_LIMIT     4 /* sizeLimitExceeded */

/* Appends value escaped for use inside a filter (RFC 4515 section 3): every byte outside letters and digits
 * as \xx. */
void search_filter_escape(struct text_buf *buf, struct bytes value);
/* Appends "(objectGUID=...)". */
void search_filter_add_guid(struct text_buf *filter, const struct guid *guid);
