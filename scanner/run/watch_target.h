/* watch_target.h: what is watched, by the name that was typed, as a question to DCs. Pure.
 *
 * A DN of this forest, an objectGUID, DOMAIN\name, and a name with a slash (an SPN: sAMAccountName can't hold
 * one, MS-ADTS 3.1.1.6) are told by their form; anything else is a sAMAccountName, with or without '$', or a
 * UPN.
 */
#pragma once

#include "scanner/run/config.h"
#include "spnscan/text_buf.h"

enum watch_kind { WATCH_SPN, WATCH_ACCOUNT };

struct watch_target {
    enum watch_kind kind;
    const char *text;       /* as typed; not owned */
    int domain;             /* the only one it can be in; -1: any */
    struct text_buf clause; /* filter that finds it at a DC */
};

/* SPN_CONFIG: the name says a domain that the forest does not have. SPN_USAGE: it is empty. */
enum spn_code watch_target_parse(const char *text, const struct forest_info *forest, struct watch_target *ret,
                                 struct spn_error *reterr);
void watch_target_release(struct watch_target *target);

/* The whole filter: the target, and the accounts that are known already, whatever they are called or hold
 * by now. */
void watch_target_filter(const struct watch_target *target, const struct guid *known, size_t count,
                         struct text_buf *filter);
