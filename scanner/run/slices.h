/* slices.h: one large search as many small ones over slices of uSNChanged, many outstanding at once, so that
 * a far-away DC is waited for a few times and not once a page.
 *
 * Each slice asks for one page. Where that was not all of it, it is asked for again in parts: how objects
 * are spread over the USNs is not known before (a DC that was promoted last week has them all close
 * together; where others of its objects were written last, there are none of ours).
 *
 * Nothing is lost when objects change meanwhile: a change gives the object a uSNChanged above top
 * (MS-ADTS 3.1.1.1.9), and the last search, (uSNChanged>=top+1), is made when all slices have answered. An
 * object may come more than once; its later entry is the newer one (ledger.h).
 */
#pragma once

#include "scanner/ldap/stream.h"

/* A slice that fits its page leaves no state at the server, so that MaxResultSetsPerConn
 * (MS-ADTS 3.1.1.3.4.6) does not bind. More of them wait at a DC for a thread of it, and cost it no more than
 * as many one after the other. */
#define SLICES_AT_ONCE 128

/* As search_stream (search->known too) over search->filter, which must be one parenthesised filter. top:
 * highestCommittedUSN of this DC, read before. */
enum spn_code slices_run(struct conn *conn, const struct search *search, uint64_t top, search_entry_fn found,
                         void *ctx, struct search_stats *stats, struct spn_error *reterr);

/* ---- how wide the next slice is ---- */

/* How dense the entries were in the slices that have answered. All zero: nothing is known. */
struct gauge {
    double density; /* entries a USN, rather too high than too low: of the slice to come */
    double peak;    /* the highest that was met */
    bool guessed;   /* density was taken from no answer */
};

/* USNs that are expected to fill four fifths of a page; UINT64_MAX: nothing is known. Pure, as the others. */
uint64_t gauge_width(const struct gauge *gauge, uint64_t page);

/* A slice of that width fitted its page. */
void gauge_fitted(struct gauge *gauge, uint64_t width, uint64_t entries, uint64_t page);

/* It did not. */
void gauge_overflowed(struct gauge *gauge, uint64_t width, uint64_t page);
