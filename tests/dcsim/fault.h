/* fault.h: what a DC does wrong on purpose. Uses bytes.h alone.
 *
 * A fault is NAME[:VALUE][*TIMES][@PLACE]; README.md lists them. The place is where it strikes: bind,
 * rootdse, config, guid (a look at one object by its GUID), or the number of an account page (a subtree
 * search of a domain or of the GC port) on one connection.
 */
#pragma once

#include <stdatomic.h>

#include "tests/dcsim/bytes.h"

enum fault_kind {
    FAULT_NONE,
    FAULT_REFUSE,      /* nothing listens */
    FAULT_SILENT,      /* no answer */
    FAULT_STALL,       /* half the page's messages, then nothing */
    FAULT_STALL_MID,   /* the same, the last one half */
    FAULT_TRICKLE,     /* VALUE bytes a second */
    FAULT_CLOSE,       /* closed between two messages */
    FAULT_CLOSE_MID,   /* within one */
    FAULT_RESET,       /* within one, by RST */
    FAULT_RESULT,      /* result code VALUE; partial: after half the page */
    FAULT_MALFORMED,   /* an entry whose insides don't fit; VALUE: how */
    FAULT_LENGTH,      /* a message of 2 GiB announced */
    FAULT_NO_PAGING,   /* the answer's paging control is left out */
    FAULT_EMPTY_PAGES, /* VALUE empty pages with a cookie before each real one */
    FAULT_SAME_PAGE,   /* the page comes twice */
    FAULT_NO_END,      /* the last page has a cookie too, and comes again */
    FAULT_NO_GUID      /* entries without objectGUID */
};

enum {
    PLACE_PAGES = -6,
    PLACE_SID = -5,
    PLACE_GUID = -4,
    PLACE_BIND = -3,
    PLACE_ROOTDSE = -2,
    PLACE_CONFIG = -1
};

struct fault_set {
    enum fault_kind kind;
    int place;
    int64_t value;
    bool partial;
    _Atomic(int) left; /* times it still strikes; negative: always */
    int latency_ms;    /* of every answer */
    int64_t skew;      /* seconds */
    bool wrong_name;   /* rootDSE of another DC */
    bool reps_from_2;  /* repsFrom in version 2 */
};

/* Adds one fault to the set; "none" clears it. false: no such fault. */
bool fault_parse(struct fault_set *set, const char *text);

/* A fault that strikes here and now, to be carried out. */
struct strike {
    enum fault_kind kind;
    int64_t value;
    bool partial;
};

/* Counts one time. */
struct strike fault_strikes(struct fault_set *set, int place);

/* Where messages end in out, found by their lengths: the place where the one that holds byte at ends or
 * starts. */
size_t message_start(const struct buf *out, size_t at);
/* Spoils the message in the middle of out. */
void fault_spoil(struct buf *out, enum fault_kind kind, int64_t how);
