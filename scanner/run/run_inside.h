/* run_inside.h: what the files of a run share: run.c (the order of things), run_read.c (the DCs), run_store.c
 * (what is written at the end), run_ask_dc.c (what a DC is asked about look-alikes). */
#pragma once

#include "scanner/run/ask_dc.h"
#include "scanner/run/explain.h"
#include "scanner/run/run.h"

/* Of --ask-dc. */
struct ask_dc_work {
    struct asked_pair *pairs;
    size_t count;
    bool cut; /* there are more than one scan asks about */
};

struct run {
    struct scan_context scan;
    struct scan_outcome *outcome;
    struct known_base base;
    struct dc_job *jobs;          /* one a DC */
    struct dc_view **views;       /* of the jobs; NULL where it was not read */
    struct dc_evidence *evidence; /* made anew by run_weigh */
    struct dc_replication *replications;
    struct sweep *sweep;
    struct explanation explanation;
    struct ask_dc_work asked;
    int64_t began_us;
    atomic_int beside; /* see scan_context */
    atomic_bool gc_kept;
};

size_t run_job_count(const struct run *run);

/* Brings the evidence up to date with the results. */
void run_weigh(struct run *run);

/* Reads all DCs: everything or what changed, the cut, single objects, and why they differ; again while they
 * settle. SPN_OK also when DCs failed. */
enum spn_code run_read(struct run *run, struct spn_error *reterr);

/* Domains of which no DC, or no full replica, was read any more though one was in the view: all their objects
 * have to be settled. Before store_end_bulk. */
enum spn_code run_weigh_domains(struct run *run, struct spn_error *reterr);

/* Names of invocationIds, vectors, neighbours and findings of DCs, inside the transaction of run_store. */
enum spn_code run_store_health(struct run *run, struct store *store, struct spn_error *reterr);

/* Writes the new view; stored: at least one DC was read to its end. */
enum spn_code run_store(struct run *run, struct spn_error *reterr);

/* Something that could not be done, and spoils nothing: joined to outcome->warning. Main thread. */
void run_warn(struct run *run, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Asks DCs about look-alikes, after store_finish; nothing is written. A DC that fails is a warning and an
 * answer. Not SPN_OK: the store failed. */
enum spn_code run_ask_dc(struct run *run, struct spn_error *reterr);
/* Stores the answers, inside store_put_later. */
enum spn_code run_put_asked(const struct run *run, struct store *store, struct spn_error *reterr);
void ask_dc_work_release(struct ask_dc_work *work);
