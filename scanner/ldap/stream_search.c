/* stream_search.c: one search by itself (stream.h). */
#include "scanner/ldap/stream.h"

struct single {
    search_entry_fn found;
    search_known_fn known;
    void *ctx;
};

static enum spn_code on_single(void *ctx, size_t index, const struct entry *entry, struct spn_error *reterr)
{
    const struct single *single = ctx;
    (void)index;
    return single->found(single->ctx, entry, reterr);
}

static bool on_single_known(void *ctx, size_t index, struct bytes body)
{
    const struct single *single = ctx;
    (void)index;
    return single->known(single->ctx, body);
}

enum spn_code search_stream(struct conn *conn, const struct search *search, search_entry_fn found, void *ctx,
                            struct search_stats *stats, struct spn_error *reterr)
{
    if (search->plain)
        return search_run(conn, search, found, ctx, stats, reterr);
    struct single single = {found, search->known, ctx};
    const struct stream_sink sink = {
        .ctx = &single, .found = on_single, .known = search->known ? on_single_known : NULL};
    struct stream *stream = stream_new(conn, &sink, stats);
    enum spn_code code = stream_add(stream, search, reterr);
    if (code == SPN_OK)
        code = stream_run(stream, reterr);
    stream_free(stream);
    return code;
}
