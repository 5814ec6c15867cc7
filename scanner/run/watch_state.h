/* watch_state.h: who shows the change by now? What DCs answered, compared. Pure: no I/O, no clock, no locks.
 *
 * The change, for each account: the greatest stamp of servicePrincipalName over all DCs (MS-DRSR 5.11). A DC
 * shows it when its copy of the account has that stamp, and the values that go with it. A greater stamp that
 * turns up later becomes the change, and all DCs start anew. Where a reader may not see the metadata, values
 * alone are compared with those that go with the change; where none shows metadata, with what most DCs show,
 * and neither which is newer nor any time is known.
 *
 * A DC is judged on an account once it was asked for it by GUID: another DC may have named it first.
 */
#pragma once

#include "scanner/decode/replica.h"
#include "spnscan/records.h"

#define WATCH_MAX_ACCOUNTS 64 /* a bit each in a mask */

/* What one DC shows of one account. */
struct watch_sight {
    struct guid guid;
    char name[352]; /* "CORP\svc-crm"; the DN where the sAMAccountName is hidden */
    char dn[1024];
    int domain;
    bool holds;         /* the SPN that is watched is among its values */
    bool has_stamps;    /* its metadata could be read */
    struct stamp stamp; /* of servicePrincipalName; version 0: it was never written */
    struct hash128 values;
};

struct watch_answer {
    struct watch_sight *sights; /* owned */
    size_t count, size;
    size_t known;                      /* so many accounts of the state had been asked for by GUID */
    const enum replica_kind *replicas; /* per domain: what the DC holds; not owned */
};
void watch_answer_release(struct watch_answer *answer);

enum watch_say {
    WATCH_WAITING, /* not asked about it yet */
    WATCH_NO_COPY, /* its domain is not held there */
    WATCH_SHOWS,
    WATCH_LACKS,
    WATCH_DIFFERS /* other values, and no stamp says that it is behind: it has the same one, or none can be
                     read */
};

struct watch_cell {
    enum watch_say say;
    bool there;       /* the account was in the last answer */
    bool has_stamps;  /* then */
    bool at_start;    /* it showed the change when it was first asked: since when is not known */
    struct stamp own; /* the stamp there */
    int64_t shown_us; /* when it was first seen showing the change */
    uint64_t answers; /* that told of the account, or of its absence */
    struct hash128 values;
    enum watch_say told; /* internal: what the last event said */
};

struct watch_dc {
    bool left_out; /* not watched */
    bool answered; /* ever */
    bool failing;  /* the last attempt came to nothing: error */
    char error[600];
    uint64_t holders; /* mask of accounts that hold the SPN there */
    struct watch_cell cells[WATCH_MAX_ACCOUNTS];
    uint64_t told_holders; /* internal */
    bool told_failing;     /* internal */
};

struct watch_account {
    struct guid guid;
    char name[352], dn[1024]; /* as the DC had it that told first */
    int domain;
    bool has_change;     /* false: no DC shows its metadata */
    struct stamp change; /* version 0: no DC knows a write of servicePrincipalName */
    /* Internal: what the last event said. */
    bool told, told_has_change;
    struct stamp told_change;
};

enum watch_event_kind {
    WATCH_EVENT_ACCOUNT, /* account is watched; its change is known as far as it can be */
    WATCH_EVENT_CHANGE,  /* its change is another now: a newer one */
    WATCH_EVENT_DC,      /* what a DC says of an account: cells[account].say of dc */
    WATCH_EVENT_FAILING  /* a DC could not be asked */
};

struct watch_event {
    enum watch_event_kind kind;
    size_t dc, account;
    int64_t at_us;
};

struct watch_state;
typedef void (*watch_event_fn)(void *ctx, const struct watch_state *state, const struct watch_event *event);

struct watch_state {
    struct watch_dc *dcs;
    size_t dc_count;
    struct watch_account accounts[WATCH_MAX_ACCOUNTS];
    size_t account_count;
    bool too_many; /* more accounts than can be watched */
    bool open;     /* events are told */
    watch_event_fn event;
    void *ctx;
};

void watch_state_init(struct watch_state *state, size_t dc_count, watch_event_fn event, void *ctx);
void watch_state_release(struct watch_state *state);

/* What became of a question to a DC. now_us: when the answer came. */
void watch_state_answer(struct watch_state *state, size_t dc, const struct watch_answer *answer,
                        int64_t now_us);
void watch_state_failure(struct watch_state *state, size_t dc, const char *error, int64_t now_us);

/* Nothing is told until this is called, so that a newer change that the last DC brings in the first round
 * does not look like one made meanwhile. */
void watch_state_open(struct watch_state *state, int64_t now_us);

struct watch_tally {
    size_t shows, lacks; /* DCs; lacks: answers, and does not show some change */
    size_t unasked;      /* could not be asked at last, or not yet, and was not seen showing all */
    size_t pending;      /* DCs whose word on some account is still to come; not those that fail */
};
struct watch_tally watch_state_tally(const struct watch_state *state);
/* Every DC that holds a copy shows it. */
bool watch_state_done(const struct watch_state *state);
