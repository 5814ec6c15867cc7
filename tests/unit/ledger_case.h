/* The ledger against a real store: what a handful of DCs show goes in, the stored view comes out. */
#pragma once

#include "scanner/run/ledger.h"

#define DCS 4

extern struct domain_info domains[2];
extern struct forest_info forest;
extern struct dc_result results[DCS];
extern enum replica_kind replicas[DCS][2];
extern struct dc_view *views[DCS];
extern struct ledger *ledger;
extern struct store *store;
extern size_t dc_count;

/* DCs that show an object in one way send the same bytes, and are known by them. */
extern bool in_same_bytes;

void ledger_case_setup(void); /* sets in_same_bytes to false */
void ledger_case_setup_bytes(void);
void ledger_case_teardown(void);

/* A scan of everything by so many DCs, each a full replica of domain 0; finish_scan stores it. */
void start_scan(size_t count);
/* A scan that reads on from the marks of the scan before, which must have left some (leave_marks). */
void start_increment(size_t count);
void leave_marks(void); /* in the scan that is running */
void finish_scan(void);

/* DC dc shows object number with SPN set spns and delegation state deleg (0: none; below: one of
 * TYPES_STATES) in the streams of mask. */
void show(size_t dc, int number, int spns, int deleg, unsigned mask);
void show_all(int number, int spns, int deleg);
void gone(size_t dc, int number);
void weigh(struct dc_evidence *evidence);

/* The rows of a query, columns joined by ',', rows by '|'. */
const char *rows(const char *sql);
extern const char view_sql[], departure_sql[];
