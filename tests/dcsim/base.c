/* base.c: from what a search names as its base to an object. */
#include <stdlib.h>

#include "tests/dcsim/walk.h"

bool walk_answer(struct walk *w, int code, const char *text)
{
    put_result(w->out, w->q->id, DONE, code, NULL, text, NULL, NULL);
    return false;
}

bool walk_can_serve(const struct walk *w, int nc)
{
    enum holds holds = w->asker->dc->holds[nc];
    return holds == HOLDS_FULL || (holds == HOLDS_PARTIAL && w->asker->gc);
}

bool walk_refer(struct walk *w, const char *dns, struct bytes dn)
{
    char url[700];
    snprintf(url, sizeof url, "ldap://%s/%.*s", dns, (int)(dn.len > 400 ? 400 : dn.len),
             (const char *)dn.data);
    put_result(w->out, w->q->id, DONE, REFERRAL, NULL,
               "0000202B: RefErr: DSID-031007F3, data 0, 1 access points", url, NULL);
    return false;
}

bool walk_no_object(struct walk *w)
{
    return walk_answer(w, NO_SUCH_OBJECT,
                       "0000208D: NameErr: DSID-0310028D, problem 2001 (NO_OBJECT), data 0, best match of:");
}

/* The container CN=Deleted Objects is deleted itself (MS-ADTS 6.1.1.4.2). */
bool walk_conceals(const struct walk *w, const struct view *view)
{
    return view->version->present & BIT(A_IS_DELETED) &&
           (!w->q->controls.show_deleted || w->asker->dc->deleted_hidden);
}

static int hex(uint8_t c)
{
    c = fold(c);
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* <GUID=...>: 32 digits in the order of the bytes, or the usual form with hyphens. */
static uint32_t base_by_guid(struct bytes text)
{
    static const uint8_t order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    uint8_t guid[16], raw[16];
    size_t n = 0;
    bool hyphens = text.len == 36;
    for (size_t i = 0; i < text.len; i++) {
        if (hyphens && text.data[i] == '-')
            continue;
        if (n == 32 || hex(text.data[i]) < 0)
            return NO_OBJECT;
        raw[n / 2] = (uint8_t)(n % 2 ? raw[n / 2] | hex(text.data[i]) : hex(text.data[i]) << 4);
        n++;
    }
    if (n != 32)
        return NO_OBJECT;
    for (int i = 0; i < 16; i++)
        guid[hyphens ? order[i] : i] = raw[i];
    return object_by_guid(guid);
}

static uint32_t base_by_sid(struct bytes text)
{
    uint8_t sid[28] = {1, 5, [7] = 5};
    char copy[100], *at = copy;
    if (text.len >= sizeof copy)
        return NO_OBJECT;
    memcpy(copy, text.data, text.len);
    copy[text.len] = 0;
    if (strncasecmp(copy, "S-1-5-", 6) != 0)
        return NO_OBJECT;
    at += 5;
    for (int part = 0; part < 5; part++) {
        if (*at++ != '-')
            return NO_OBJECT;
        unsigned long n = strtoul(at, &at, 10);
        for (int b = 0; b < 4; b++)
            sid[8 + 4 * part + b] = (uint8_t)(n >> (8 * b));
    }
    uint32_t object = *at ? NO_OBJECT : object_by_sid((struct bytes){sid, sizeof sid});
    for (uint32_t i = 0; object == NO_OBJECT && !*at && i < world.extra_count; i++) {
        uint8_t own[68];
        int domain = forest.ncs[world.extras[i].nc].domain;
        if (domain >= 0 && sid_of(domain, world.extras[i].rid, own) == 28 && memcmp(own, sid, 28) == 0)
            object = forest.count + i;
    }
    return object;
}

bool walk_find_base(struct walk *w, struct bytes base, struct view *ret)
{
    uint32_t object = NO_OBJECT;
    if (base.len > 7 && base.data[0] == '<' && base.data[base.len - 1] == '>') {
        if (same_fold(base.data, 6, "<GUID=", 6))
            object = base_by_guid((struct bytes){base.data + 6, base.len - 7});
        else if (same_fold(base.data, 5, "<SID=", 5))
            object = base_by_sid((struct bytes){base.data + 5, base.len - 6});
        if (object == NO_OBJECT || object >= forest.count + world.extra_count ||
            !walk_can_serve(w, object_nc(object)))
            return walk_no_object(w);
    } else {
        int nc = nc_of_dn(base);
        if (nc < 0)
            return walk_refer(w, "elsewhere.example", base);
        if (!walk_can_serve(w, nc))
            return walk_refer(w, forest.domains[forest.ncs[nc].domain].dns, base);
        object = dc_find_dn(w->asker->dc, nc, base);
    }
    if (object == NO_OBJECT || !dc_view(w->asker->dc, object, ret))
        return walk_no_object(w);
    if (walk_conceals(w, ret))
        return walk_no_object(w);
    return true;
}

struct bytes walk_tidy_dn(struct bytes dn, uint8_t *memory, size_t size)
{
    size_t n = 0;
    for (size_t i = 0; i < dn.len && n < size; i++)
        if (dn.data[i] != ' ' || !n || memory[n - 1] != ',')
            memory[n++] = dn.data[i];
    return (struct bytes){memory, n};
}
