/* hop_rbcd.c: whom the descriptor of a back-end lets act for users (msDS-AllowedToActOnBehalfOfOtherIdentity,
 * MS-SFU 3.2.5.2.3). */
#include <string.h>

#include "scanner/run/hop_inside.h"

#define SID_EVERYONE            "S-1-1-0"
#define SID_AUTHENTICATED_USERS "S-1-5-11"

/* Groups that hold Authenticated Users by default, of which no scan asks for the members (MS-DTYP 2.4.2.4).
 */
static const struct {
    const char *sid, *name;
} wide_groups[] = {
    {"S-1-5-15", "This Organization"},
    {"S-1-5-32-545", "Users"},
    {"S-1-5-32-554", "Pre-Windows 2000 Compatible Access"},
};

/* What a trustee's SID stands for, where the account itself is not it. */
static const char *group_name(const struct hop_work *w, const char *sid)
{
    size_t len = strlen(sid);
    for (size_t i = 0; i < w->f->principal_count; i++)
        if (strcmp(w->f->principals[i].sid, sid) == 0)
            return w->f->principals[i].name;
    if (strncmp(sid, "S-1-5-21-", 9) == 0 && len > 4 &&
        (strcmp(sid + len - 4, "-513") == 0 || strcmp(sid + len - 4, "-515") == 0))
        return sid[len - 1] == '3' ? "Domain Users" : "Domain Computers";
    for (size_t i = 0; i < sizeof wide_groups / sizeof wide_groups[0]; i++)
        if (strcmp(sid, wide_groups[i].sid) == 0)
            return wide_groups[i].name;
    return NULL;
}

enum rbcd hop_rbcd_at(const struct hop_work *w, const struct hop_side *back, size_t dc,
                      const char **ret_group)
{
    const struct hop_sight *sight = &w->f->objects[back->owner].sight[dc];
    const char *front = w->f->objects[w->front.owner].sid;
    enum rbcd answer = RBCD_NO;
    if (sight->shows != HOP_SHOWN || !sight->delegation)
        return RBCD_NOT_KNOWN;
    if (sight->delegation->note && strcmp(sight->delegation->note, "null DACL") == 0)
        return RBCD_YES;
    for (size_t i = 0; i < sight->delegation->trustees.count; i++) {
        const char *sid = sight->delegation->trustees.items[i];
        if (strcmp(sid, SID_EVERYONE) == 0 || strcmp(sid, SID_AUTHENTICATED_USERS) == 0 ||
            (front && strcmp(sid, front) == 0))
            return RBCD_YES;
        if (group_name(w, sid)) {
            *ret_group = group_name(w, sid);
            answer = RBCD_GROUP;
        }
    }
    return front ? answer : RBCD_NOT_KNOWN;
}

enum rbcd hop_rbcd_anywhere(const struct hop_work *w, const struct hop_side *back, const char **ret_group)
{
    enum rbcd best = RBCD_NOT_KNOWN;
    for (size_t dc = 0; back->owner >= 0 && dc < w->f->dc_count; dc++) {
        enum rbcd at = hop_rbcd_at(w, back, dc, ret_group);
        if (at == RBCD_YES)
            return at;
        if (at == RBCD_GROUP || best == RBCD_NOT_KNOWN)
            best = at;
    }
    return best;
}
