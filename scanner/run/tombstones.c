#include "scanner/run/tombstones.h"

/* What a server answers that hides the container, guards it, or knows no control to show it (RFC 4511
 * appendix A).
 */
#define UNAVAILABLE_CRITICAL_EXTENSION 12
#define INSUFFICIENT_ACCESS_RIGHTS     50

/* One is enough: ends the search. */
static enum spn_code on_deleted(void *ctx, const struct entry *entry, struct spn_error *reterr)
{
    bool *found = ctx;
    bool deleted = false;
    if (!entry_bool(entry, "isDeleted", &deleted) || !deleted)
        return SPN_OK;
    *found = true;
    return spn_error_set(reterr, SPN_CANCELLED, 0, "a deleted object was seen");
}

enum spn_code tombstones_readable(struct conn *conn, const char *domain_dn, bool *ret,
                                  struct search_stats *stats, struct spn_error *reterr)
{
    static const char *const attrs[] = {"isDeleted", NULL};
    struct text_buf base = {0};
    struct spn_error error = {0};
    *ret = false;
    text_append_fmt(&base, "CN=Deleted Objects,%s", domain_dn);
    const struct search search = {.base = base.data,
                                  .scope = SCOPE_ONE,
                                  .filter = "(isDeleted=TRUE)",
                                  .attrs = attrs,
                                  .show_deleted = true,
                                  .page_size = 1};
    enum spn_code code = search_run(conn, &search, on_deleted, ret, stats, &error);
    text_release(&base);
    if (code == SPN_OK || *ret)
        return SPN_OK;
    if (code == SPN_DIRECTORY &&
        (error.native == SEARCH_NO_SUCH_OBJECT || error.native == UNAVAILABLE_CRITICAL_EXTENSION ||
         error.native == INSUFFICIENT_ACCESS_RIGHTS))
        return SPN_OK;
    if (reterr)
        *reterr = error;
    return code;
}
