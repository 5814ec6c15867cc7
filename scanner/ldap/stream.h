/* stream.h: large searches, read below libldap.
 *
 * What search.h promises holds here too: each object reaches the callback once and whole, a partial answer is
 * an error. Differences: the messages of search entries are taken apart in place (decode/ldap_message.h),
 * straight from decrypted bytes (tap.h), where libldap takes eight times as long; several searches may be
 * outstanding at once on one connection; objects whose values come in ranges are handed on last, as they are
 * then (one that is gone by then is no part of the answer). Requests, results
 * and paging controls stay libldap's: message ids are its own, and the connection serves any other search
 * afterwards.
 *
 * The next page is asked for as soon as the result of the one before has arrived, before its entries are
 * handed on.
 */
#pragma once

#include "scanner/ldap/search.h"

/* As search_run; search->plain makes it that. */
enum spn_code search_stream(struct conn *conn, const struct search *search, search_entry_fn found, void *ctx,
                            struct search_stats *stats, struct spn_error *reterr);

/* ---- several searches at once ---- */

struct stream;

/* Not SPN_OK from either ends all searches and is passed on. index: which search, 0 for the first added.
 * The connection is not to be used from either, other than by stream_add. */
struct stream_sink {
    void *ctx;
    enum spn_code (*found)(void *ctx, size_t index, const struct entry *entry, struct spn_error *reterr);
    bool (*known)(void *ctx, size_t index, struct bytes body); /* search_known_fn; NULL: nobody asks */
    /* This search's answer is whole, but for objects with ranges. NULL: nobody asks. */
    enum spn_code (*ended)(void *ctx, size_t index, struct spn_error *reterr);
};

/* stats may be NULL. conn, sink's ctx and stats must outlive the stream, and conn serve nothing else
 * meanwhile. */
struct stream *stream_new(struct conn *conn, const struct stream_sink *sink, struct search_stats *stats);

/* Sends a search: before stream_run, or from a callback. The strings of search stay the caller's and must
 * live as long as the stream, its filter until ended() was called. plain is not looked at. */
enum spn_code stream_add(struct stream *stream, const struct search *search, struct spn_error *reterr);

/* From ended(): did a search of one page leave something unread? */
bool stream_has_more(const struct stream *stream, size_t index);

/* Reads until every search has its whole answer (or its one page). On an error the rest is abandoned. */
enum spn_code stream_run(struct stream *stream, struct spn_error *reterr);

/* NULL is fine; what is still outstanding is abandoned. */
void stream_free(struct stream *stream);
