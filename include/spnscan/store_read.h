/* store_read.h: what is asked of a database once scans have filled it: reports, look-ups, findings, the chain
 * of one service, plans. Only store/ knows SQLite. A store is opened and closed by store.h, STORE_READ or
 * STORE_EDIT, and used by one thread at a time.
 */
#pragma once

#include "spnscan/hop.h"
#include "spnscan/store.h"

/* ---- reading ---- */

/* SIDs that delegation states mention and of which principal has no name; after store_finish. */
enum spn_code store_unknown_sids(struct store *store, void (*found)(void *ctx, const char *sid), void *ctx,
                                 struct spn_error *reterr);

struct store_summary {
    int64_t scan; /* 0: none yet */
    char started[32], forest[256];
    int64_t dcs, dcs_complete;
    int64_t objects;
    /* Findings that count (view finding_counts). */
    int64_t duplicates, divergences, delegations, aliases, hygiene, health;
    int64_t accepted;        /* would count, had nobody accepted them */
    int64_t hidden_uac;      /* the most that one DC hid */
    bool stored;             /* the newest scan is the one that the reports of accounts show */
    char stored_started[32]; /* start of that one; empty: none */
};
/* What counts for exit code 1, all reports together. */
static inline int64_t store_summary_findings(const struct store_summary *s)
{
    return s->duplicates + s->divergences + s->delegations + s->aliases + s->hygiene + s->health;
}
/* counts: also objects and findings, which costs a pass over the view. */
enum spn_code store_summarize(struct store *store, bool counts, struct store_summary *ret,
                              struct spn_error *reterr);

/* Cells of one row; text cells are NUL-terminated, NULL is NULL; integers have is_int set. */
struct store_cell {
    const char *text;
    size_t len;
    bool is_int;
    int64_t value;
};
typedef enum spn_code (*store_row_fn)(void *ctx, const struct store_cell *cells, size_t count,
                                      struct spn_error *reterr);

/* Reports by name: view report_<name>. header(): the column names, once, before the first row. */
typedef enum spn_code (*store_header_fn)(void *ctx, const char *const *names, size_t count,
                                         struct spn_error *reterr);
enum spn_code store_report(struct store *store, const char *name, store_header_fn header, store_row_fn row,
                           void *ctx, struct spn_error *reterr);

/* Between these two the reports are of one moment; those that are made of parts (report_def.has_parts) are
 * told between them alone. faults: findings or hygiene are among them, whose parts are then worked out once
 * (in a temporary file of SQLite's). STORE_READ alone. A scan can't end meanwhile, so: not around the report
 * of all SPNs. store_end_parts returns the first of what went wrong, code before its own. */
enum spn_code store_begin_parts(struct store *store, bool faults, struct spn_error *reterr);
enum spn_code store_end_parts(struct store *store, enum spn_code code, struct spn_error *reterr);

/* ---- several forests, a database each ---- */

enum { STORE_FORESTS_MAX = 8 };

/* DNS name of the root domain of the forest that the reports of accounts speak of. SPN_DATABASE also where no
 * scan has read a DC whole. */
enum spn_code store_forest(struct store *store, char ret[static 256], struct spn_error *reterr);

/* SPNs that accounts of more than one forest hold: rows of report duplicates, of class cross-forest, and
 * behind its columns the forest (store_forest); ordered by folded SPN, then forest in the order of stores,
 * then account. Costs a pass over the SPNs of all but the last, and a look-up of each in those behind it. Up
 * to STORE_FORESTS_MAX stores, STORE_READ, of different forests; in each the reports of duplicates cannot be
 * asked for any more, only store_close. */
enum spn_code store_across(struct store *const *stores, size_t count, store_row_fn row, void *ctx,
                           struct spn_error *reterr);

/* SPNs that match a pattern ('*' any characters, all else itself, without ASCII case); rows: spn, account,
 * account_dn, seen_by, not_seen_by, seen_by_all. */
enum spn_code store_query(struct store *store, const char *pattern, store_row_fn row, void *ctx,
                          struct spn_error *reterr);

/* What a DC finds for an SPN (no pattern): the accounts that hold it, or, where it shows none, those that
 * hold the name with a class that stands for its own (MS-DRSR 4.1.4.2.14). Rows, for each complete DC: dc,
 * rule (exact, alias), spn (as written there), account, account_dn; ordered by rule, spn, account, dc. A DC
 * that is no global catalog is told of by what it holds itself; as a KDC it asks one. */
enum spn_code store_resolve(struct store *store, const char *spn, store_row_fn row, void *ctx,
                            struct spn_error *reterr);

/* Accounts named so (sAMAccountName with or without '$', DOMAIN\name, UPN, DN or GUID) and their SPNs; rows:
 * account, account_dn, account_guid, spn (NULL: has none), seen_by, not_seen_by, seen_by_all. */
enum spn_code store_list(struct store *store, const char *account, store_row_fn row, void *ctx,
                         struct spn_error *reterr);

/* ---- findings, by the ids of report_findings ---- */

/* Remembers which findings of warning or worse the current view has: since when, and when last. STORE_SCAN,
 * after store_finish, inside a transaction (store_put_later). After a first scan, or where the circumstances
 * are not those of the scan before, it costs all reports that have findings; else what is wrong with single
 * accounts is worked out for those that were touched, and what hangs on them. unchanged: nothing of accounts
 * has changed since the scan before, and the reports about them are not worked out. */
enum spn_code findings_remember(struct store *store, bool unchanged, struct spn_error *reterr);

/* Is it among the findings of the current view? Works out all reports that have findings. */
enum spn_code finding_is_known(struct store *store, const char *id, bool *ret, struct spn_error *reterr);

/* Accepts a finding through the day `until` (YYYY-MM-DD, UTC), in the place of what was accepted of it
 * before. STORE_EDIT. SPN_DATABASE also where a scan writes for longer than a moment. */
enum spn_code finding_accept(struct store *store, const char *id, const char *until, const char *why,
                             struct spn_error *reterr);

/* *ret: it had been accepted. STORE_EDIT; errors as above. */
enum spn_code finding_unaccept(struct store *store, const char *id, bool *ret, struct spn_error *reterr);

/* What is accepted, in order of id; rows: id, until, why, at, over (1: that day is over), known (1: it is
 * among the findings of the current view). */
enum spn_code findings_accepted(struct store *store, store_row_fn row, void *ctx, struct spn_error *reterr);
/* ---- the chain of one service (spnscan/hop.h) ---- */

struct hop_wanted {
    /* Accounts, named as for store_list; an exact sAMAccountName goes before one with '$' behind it. */
    const char *const *accounts;
    /* Lower case: every account that holds, on some DC, an SPN of one of these hosts, of any class, port and
     * service name. Costs one pass over all SPNs, whatever the number of hosts. */
    const char *const *hosts;
    size_t account_count, host_count;
};

/* Reads the current view at one moment. SPN_DATABASE too when no scan has read a DC whole. */
enum spn_code store_hop_read(struct store *store, const struct hop_wanted *wanted, struct hop_facts **ret,
                             struct spn_error *reterr);
void store_hop_free(struct hop_facts *facts); /* NULL is fine */

/* ---- plans: what is there of what an admin means to have ---- */

/* All that is read from now on, until store_close, is of one moment, whatever a scan writes meanwhile.
 * STORE_READ. */
enum spn_code store_hold(struct store *store, struct spn_error *reterr);

/* rows: id, dns, netbios of each domain. */
enum spn_code store_domains(struct store *store, store_row_fn row, void *ctx, struct spn_error *reterr);

/* DCs of the current scan that were to be read and were not read to their end; rows: dc, status, error. */
enum spn_code store_unread_dcs(struct store *store, store_row_fn row, void *ctx, struct spn_error *reterr);

/* Accounts by their names, given as for store_list, all in one pass; rows: index of the name, place (0: it is
 * the sAMAccountName, with or without domain, DN or GUID; 1: that without its '$'; 2: the UPN), object,
 * domain (ids), account
 * ("CORP\svc-crm"; NULL: hidden), account_dn, domain_dns. Ordered by index and place. STORE_READ. */
enum spn_code store_plan_accounts(struct store *store, const char *const *names, size_t count,
                                  store_row_fn row, void *ctx, struct spn_error *reterr);

struct plan_want {
    int64_t object;   /* 0: no such account */
    int64_t domain;   /* whose DCs are to have it; 0: not known, all are looked at */
    bool delegates;   /* name is to stand in msDS-AllowedToDelegateTo; else in servicePrincipalName */
    const char *name; /* compared without ASCII case */
};

/* What the complete DCs in scope (for delegates: the full replicas) show of all wants, in one pass over all
 * SPNs; rows: index of the want, dc, has (1: the object has the name), shown (1: the DC has the object; 0: it
 * does not; NULL: not known, a partial replica tells of holders of SPNs alone), hidden (1: the DC hides the
 * object's userAccountControl, so maybe delegation too), holder (another account that has the SPN there,
 * "CORP\old", its DN where that is hidden; a row each; NULL: none). Ordered by index, dc and holder. A want
 * without any DC in scope has no row. STORE_READ. */
enum spn_code store_plan_look(struct store *store, const struct plan_want *wants, size_t count,
                              store_row_fn row, void *ctx, struct spn_error *reterr);

/* What most DCs show; rows: object (id), netbios, account, guid, uac, dns_host, domain_dns, delegates (0:
 * name is an SPN of the account; 1: it may delegate there), name. An account's rows come together, SPNs
 * first, names sorted; accounts ordered by domain and name. */
enum spn_code store_plan_services(struct store *store, store_row_fn row, void *ctx, struct spn_error *reterr);
