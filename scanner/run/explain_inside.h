/* explain_inside.h: what the parts of explain.c share. Nobody else includes it.
 *
 *   explain.c          chunks of suspects, rounds, and what is told in the end
 *   explain_dispute.c  one suspect: who stands for whom, who is to be asked; pure
 *   explain_ask.c      one DC is asked for its word on many
 *   explain_word.c     an entry as a witness's word; pure
 *   explain_rows.c     findings as rows, with their severity; pure
 */
#pragma once

#include "scanner/run/account_sink.h"
#include "scanner/run/explain.h"

/* ---- one suspect ---- */

struct dispute_row {
    struct shown said;    /* by the ledger, before anybody was asked */
    uint32_t group;       /* rows of one group said the same */
    bool moved;           /* asked, it showed something else than it had said: it stands for nobody */
    bool sd_asked;        /* the word was asked for with its security descriptor */
    struct witness *word; /* owned; NULL: not asked */
};

struct dispute {
    int64_t object;
    struct guid guid;
    int domain;
    struct dispute_row *rows; /* in the order of DCs */
    size_t row_count;
    struct dispute_group {
        size_t any, full; /* rows whose word the group shows too, of a full replica; SIZE_MAX: none */
    } * groups;
    uint32_t group_count;
    bool settled;               /* judgement holds */
    struct judgement judgement; /* its findings name rows */
};

void dispute_init(struct dispute *dispute, const struct suspect *suspect);
void dispute_release(struct dispute *dispute);

/* Whom to ask before anything can be judged: ask[row], one of each group nobody of which has told his word,
 * or all of such groups. turn: which of the group, so that not the same DC stands for the most in every
 * dispute. Returns whether there is any. */
bool dispute_gaps(struct dispute *dispute, bool all, size_t turn, bool *ask);

/* What can be known of a DC beside its word: per DC and domain of the forest, at [dc * domain_count +
 * domain]. */
enum sight { SIGHT_UNKNOWN, SIGHT_NONE, SIGHT_CLEAR };
struct surroundings {
    const struct dc_replication *replications; /* per DC */
    const enum sight *tombstones;              /* are they shown? */
    size_t domain_count;
};

/* Fills witnesses[0 .. row_count). Of those that are not fresh, values stays as it is: nobody reads it. */
void dispute_witnesses(struct dispute *dispute, const struct surroundings *surroundings,
                       struct witness *witnesses);

/* This DC tells nothing any more. Not after settled was set. */
void dispute_drop(struct dispute *dispute, size_t dc);

/* ---- words ---- */

/* The entry as a word: fresh, presence, has_metadata, sd (where it was asked for and shown) and values; all
 * else is left {0}. */
void word_of_entry(const struct entry *entry, uint64_t seed, struct witness *ret);

/* ---- asking ---- */

struct inquiry_item {
    struct dispute *dispute;
    size_t row;
    bool full, sd;
    bool moved;           /* it shows something else than the ledger said */
    struct witness *word; /* the answer; owned; NULL: none yet */
    bool pending;         /* internal: to be sent */
};

/* By which attribute stamps are asked for. */
enum stamp_way { STAMPS_RAW, STAMPS_BINARY, STAMPS_XML };

/* One DC over the whole explanation; connections are kept. Used by one thread at a time. */
struct asker {
    const struct scan_context *scan;
    size_t dc;
    struct dc_view *view;
    struct conn *ports[2];  /* LDAP, GC; NULL: not open */
    double used_s[2];       /* when they were used last */
    enum stamp_way way;     /* what has worked */
    int climbs;             /* in vain, to the other ways */
    enum sight *tombstones; /* borrowed: per domain */
    struct inquiry_item *questions;
    size_t question_count, question_size;
    bool failed;
};

void asker_add(struct asker *asker, struct dispute *dispute, size_t row, bool sd);
/* Asks all questions; without an error each is answered then. progress, result: of this DC. Not SPN_OK only
 * when the scan has to end: what befalls the DC is told by failed and *result. */
enum spn_code asker_ask(struct asker *asker, struct dc_progress *progress, struct dc_result *result,
                        struct spn_error *reterr);
void asker_release(struct asker *asker);

/* ---- rows ---- */

/* Adds the findings of a settled dispute. */
void explanation_add(struct explanation *explanation, const struct dispute *dispute,
                     const struct explain_limits *limits);
/* Forgets what stands at DCs that turned out incomplete; they win nothing either. */
void explanation_drop_incomplete(struct explanation *explanation, const struct dc_evidence *evidence);
const char *explain_severity(const struct finding *finding, const struct explain_limits *limits);
