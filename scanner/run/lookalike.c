#include "scanner/run/lookalike.h"

#include <ctype.h>
#include <string.h>

#include "scanner/ldap/search.h"

/* No host, port or service name that anybody has. */
#define STRAY_TAIL ".no-such-name.spnscan"

const char *lookalike_answer_name(enum lookalike_answer answer)
{
    static const char *const names[] = {"unknown", "one", "apart"};
    return names[answer];
}

void lookalike_filter(struct text_buf *filter, enum lookalike_question question, const char *own,
                      const char *other)
{
    const char *name = question == LOOKALIKE_OWN ? own : other;
    text_clear(filter);
    if (question == LOOKALIKE_PRESENT) {
        text_append_str(filter, "(objectClass=*)");
        return;
    }
    text_append_str(filter, "(servicePrincipalName=");
    search_filter_escape(filter, (struct bytes){(const uint8_t *)name, strlen(name)});
    if (question == LOOKALIKE_STRAY)
        search_filter_escape(filter, (struct bytes){(const uint8_t *)STRAY_TAIL, sizeof STRAY_TAIL - 1});
    text_append_char(filter, ')');
}

static enum lookalike_answer judge_side(unsigned matched, bool sole, const char **ret_why)
{
    *ret_why = "";
    if (!(matched & LOOKALIKE_PRESENT))
        *ret_why = "it does not show the account when asked";
    else if (matched & LOOKALIKE_STRAY)
        *ret_why = "there any name with these characters matches";
    else if (matched & LOOKALIKE_OTHER && sole)
        return LOOKALIKE_ONE;
    else if (matched & LOOKALIKE_OTHER)
        *ret_why = "one account holds several such names, and which of them matches is not told";
    else if (matched & LOOKALIKE_OWN)
        return LOOKALIKE_APART;
    else
        *ret_why = "an account is not found by its own name: servicePrincipalName is hidden, or has changed";
    return LOOKALIKE_UNKNOWN;
}

enum lookalike_answer lookalike_judge(const unsigned matched[2], const bool sole[2], const char **ret_why)
{
    const char *why[2];
    const enum lookalike_answer side[2] = {judge_side(matched[0], sole[0], &why[0]),
                                           judge_side(matched[1], sole[1], &why[1])};
    *ret_why = "";
    if (side[0] == LOOKALIKE_ONE || side[1] == LOOKALIKE_ONE)
        return LOOKALIKE_ONE;
    if (side[0] == LOOKALIKE_APART && side[1] == LOOKALIKE_APART)
        return LOOKALIKE_APART;
    *ret_why = *why[0] ? why[0] : why[1];
    return LOOKALIKE_UNKNOWN;
}

bool lookalike_askable(const char *key)
{
    for (const char *at = key; (at = strchr(at, '\\')); at++)
        if (isxdigit((unsigned char)at[1]) && isxdigit((unsigned char)at[2]))
            return false;
    return true;
}
