/* verdict_inside.h: what the parts of verdict.c share. Nobody else includes it. */
#pragma once

#include "scanner/run/verdict.h"

/* One object before the judge. */
struct trial {
    const struct witness *witnesses;
    size_t count;
    bool final;
    int64_t now_us, tombstone_us; /* tombstone_us: how long a tombstone is kept */
    struct judgement *out;
};

/* The witness whose presence and values are those of witness i: itself, or the fresh one that it is like.
 * NULL: not known. */
const struct witness *trial_shown(const struct trial *t, size_t i);

enum coverage { COVERS, BEHIND, NO_VECTOR };
enum coverage trial_coverage(const struct trial *t, size_t i, const struct stamp *stamp);

/* A new row without winner and stamp; valid until the next one. */
struct finding *trial_add(struct trial *t, enum verdict verdict, enum judged what, size_t at,
                          const char *note);
void finding_won(struct finding *finding, size_t winner, const struct stamp *stamp);

void trial_add_lagging(struct trial *t, enum judged what, size_t at, size_t winner,
                       const struct stamp *stamp);

/* Witness `at`, known to be without the write that `stamp` is of or whose word is older than its vector: a
 * row of `behind` (lagging or deletion-lagging) where its vector lacks the write, divergent where it has it
 * and the witness is fresh; it is asked where it is not. */
void trial_measure(struct trial *t, enum verdict behind, enum judged what, size_t at, size_t winner,
                   const struct stamp *stamp);

/* Asks witness `at`; when nobody can be asked any more: unproved, with that note. */
void trial_ask(struct trial *t, enum judged what, size_t at, const char *note);

/* Asks all that are wanted, if there are any and they are few (FEW_MORE). false: nobody is asked, or could
 * be. */
bool trial_ask_few(struct trial *t, enum judged what, bool (*wanted)(const void *ctx, size_t witness),
                   const void *ctx);

/* So many more are asked to be surer of a word; hundreds of DCs are not asked for each object that one of
 * them has lost. */
#define FEW_MORE 16

#define NOTE_CHANGED    "it changed while it was read; scan again, or use --settle"
#define NOTE_METADATA   "needs Read replPropertyMetaData on the object"
#define NOTE_VECTOR     "needs Read replUpToDateVector on the domain head"
#define NOTE_TOMBSTONES "needs the right to list Deleted Objects"
#define NOTE_SD         "needs Read Permissions (READ_CONTROL) on the object to tell a hidden value from a lost one"
#define NOTE_NO_STAMP   "no domain controller tells which write the value is from"
#define NOTE_CONTAINER  "a container above it is named differently there"
#define NOTE_LINGERING  "certain: its newest write is older than a tombstone is kept"
#define NOTE_LOST                                                                                            \
    "its tombstone should still be there: the DCs without the object may have lost it; do not remove it "    \
    "before that is checked"

void judge_object(struct trial *t);
void judge_value(struct trial *t, enum judged what);
