/* plan.h: the table an admin keeps of the services that there are to be: account,class,host,port,delegate_to.
 * Pure.
 *
 * CSV as plan_cells.h reads it, UTF-8 with or without a byte order mark. The first row is the header: it has
 * each of the five names once (case, and blank or '-' for '_', do not count), in any order, and maybe others,
 * which are passed over. ',' ';' and tab can be the separator: the one under which the header has most of the
 * names. A first line "sep=;" (Excel) says it outright.
 *
 * A host is completed by the DNS name of the account's domain, both ways: "crm" stands for crm and
 * crm.corp.example; crm.corp.example for the same two; www.shop.example, of another zone, for itself alone.
 * With a dot at its end ("crm.", "crm.corp.example.") it is taken as it stands.
 */
#pragma once

#include "scanner/decode/plan_cells.h"

enum plan_column { PLAN_ACCOUNT, PLAN_CLASS, PLAN_HOST, PLAN_PORT, PLAN_DELEGATE_TO, PLAN_COLUMN_COUNT };

struct plan_reader {
    struct plan_cells cells;
    size_t place[PLAN_COLUMN_COUNT]; /* of the column among the cells of a row */
    size_t width;                    /* cells of the header */
    struct text_buf target_text;
    const char **targets;
    size_t target_count, target_size;
};

/* Texts are NUL-terminated UTF-8 without control or invisible characters; valid until the next call. */
struct plan_row {
    size_t line; /* in which it begins, from 1 */
    const char *account;
    const char *class, *host; /* both empty: the row tells of delegation alone */
    const char *port;         /* digits, an instance name, or empty */
    bool exact;               /* host had a dot at its end (which is taken off) */
    const char *const *targets;
    size_t target_count;
};

/* Reads the header. Not SPN_OK (SPN_CONFIG): nothing of the text can be used; *ret_line is where. plan_end is
 * due either way. text is the caller's and must stay. */
enum spn_code plan_begin(struct plan_reader *r, struct bytes text, size_t *ret_line,
                         struct spn_error *reterr);
/* PLAN_BAD: only ret->line is set. */
enum plan_step plan_next(struct plan_reader *r, struct plan_row *ret, struct spn_error *reterr);
void plan_end(struct plan_reader *r);

/* ---- names ---- */

/* Appends the SPNs that a row stands for, the longest first, each with its NUL; returns how many (0 to 2).
 * domain: DNS name of the account's domain; NULL, not known: the host is taken as it stands. */
size_t plan_row_spns(const struct plan_row *row, const char *domain, struct text_buf *ret);

/* What plan_row_spns completes: false: as it stands only. *ret_short: length of the first label of a host of
 * this domain; 0: host is the first label itself. */
bool plan_host_has_two_forms(const char *host, const char *domain, size_t *ret_short);

/* "HTTP/crm:8080" to class, host and port, each NUL-terminated in *buf, as row cells that mean just this
 * name. false: a plan cannot say it (three parts, blanks ...). *ret points into buf; line and targets are not
 * set. */
bool plan_split_spn(const char *spn, struct text_buf *buf, struct plan_row *ret);

/* true: this text, in column delegate_to, is read as this one target. */
bool plan_target_comes_back(const char *target);
/* true: this text, as the first cell of a row, is read as this account. */
bool plan_account_comes_back(const char *account);
