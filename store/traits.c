#include "store/traits.h"

#include <string.h>
#include <strings.h>

/* As LIKE compares: without the case of ASCII letters. */
static bool has_conflict(const char *dn, size_t len)
{
    static const char mark[] = "\\0ACNF:";
    const size_t mark_len = sizeof mark - 1;
    for (const char *at = dn, *end = dn + len; (at = memchr(at, '\\', (size_t)(end - at))); at++)
        if ((size_t)(end - at) >= mark_len && strncasecmp(at, mark, mark_len) == 0)
            return true;
    return false;
}

int account_traits(const struct account_state *account, const struct text_buf *text)
{
    const struct text_ref dn = account->dn, sam = account->sam, upn = account->upn;
    int traits = 0;
    if (dn.off != NO_TEXT && dn.len && has_conflict(text->data + dn.off, dn.len))
        traits |= TRAIT_CONFLICT;
    if (sam.off != NO_TEXT && (!sam.len || text->data[sam.off + sam.len - 1] != '$') &&
        !(account->has_uac && account->uac & 0x200202))
        traits |= TRAIT_USER;
    if (upn.off != NO_TEXT && upn.len && !memchr(text->data + upn.off, '@', upn.len))
        traits |= TRAIT_BARE_UPN;
    return traits;
}
