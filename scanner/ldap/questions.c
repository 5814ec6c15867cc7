#include "scanner/ldap/questions.h"

static enum spn_code found(void *ctx, size_t index, const struct entry *entry, struct spn_error *reterr)
{
    const struct question *question = (const struct question *)ctx + index;
    return question->found(question->ctx, entry, reterr);
}

static enum spn_code one_by_one(struct conn *conn, const struct question *questions, size_t count,
                                struct search_stats *stats, struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    for (size_t i = 0; code == SPN_OK && i < count; i++)
        code = search_run(conn, &questions[i].search, questions[i].found, questions[i].ctx, stats, reterr);
    return code;
}

enum spn_code questions_run(struct conn *conn, const struct question *questions, size_t count,
                            struct search_stats *stats, struct spn_error *reterr)
{
    if (count && questions[0].search.plain)
        return one_by_one(conn, questions, count, stats, reterr);
    struct question *borrowed;
    memcpy(&borrowed, &questions, sizeof borrowed); /* the sink's ctx lacks the const; it is only read */
    const struct stream_sink sink = {.ctx = borrowed, .found = found};
    struct stream *stream = stream_new(conn, &sink, stats);
    enum spn_code code = SPN_OK;
    for (size_t i = 0; code == SPN_OK && i < count; i++)
        code = stream_add(stream, &questions[i].search, reterr);
    if (code == SPN_OK)
        code = stream_run(stream, reterr);
    stream_free(stream);
    return code;
}
