/* watch_ask.h: one DC, asked again and again for the accounts that are watched. A session is used by one
 * thread at a time. */
#pragma once

#include "scanner/run/config.h"
#include "scanner/run/watch_state.h"
#include "scanner/run/watch_target.h"

struct watch_session;

/* All arguments are borrowed for the session's life. dc: index into forest->dcs. */
struct watch_session *watch_session_new(const struct scan_config *config, const struct forest_info *forest,
                                        const struct watch_target *target, size_t dc);
void watch_session_free(struct watch_session *session); /* NULL is fine */

/* Asks for the target, and for the known accounts by GUID: on the LDAP port for domains of which the DC holds
 * a full replica, on the GC port for the others. Connections are kept; after an error they are made anew by
 * the next question. answer->replicas belongs to the session and lives until it is asked again; the caller
 * releases the answer. An answer of over WATCH_MAX_ACCOUNTS accounts is cut one above. */
enum spn_code watch_session_ask(struct watch_session *session, const struct guid *known, size_t known_count,
                                struct watch_answer *answer, struct spn_error *reterr);
