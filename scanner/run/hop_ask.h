/* hop_ask.h: what DCs say of one user right now: a scan stores accounts with SPNs or delegation alone, and
 * groups of nobody. */
#pragma once

#include "scanner/run/config.h"
#include "scanner/run/hop.h"

struct hop_asked {
    struct hop_user_answer *answers; /* one a DC of the user's domain; of all, where none has the user */
    size_t count;
};

/* Asks every DC, each for its own domain, all at once. user: a sAMAccountName, DOMAIN\name, UPN, DN or
 * objectGUID. A DC that cannot be asked has its answer, with the error in it; so has the start, where no DC
 * could be found. The caller frees ret->answers. SPN_USAGE: no account's name; SPN_CONFIG: several accounts
 * are named so, or a domain that is not there. */
enum spn_code hop_ask_user(const struct scan_config *config, const char *user, struct hop_asked *ret,
                           struct spn_error *reterr);
