/* request.h: one search request on the wire and its last answer; search.c and range_follow.c are loops around
 * it. */
#pragma once

#include "scanner/ldap/conn_private.h"
#include "scanner/ldap/entry_buf.h"
#include "scanner/ldap/search.h"

struct request {
    struct conn *conn;
    const char *base;
    enum search_scope scope;
    const char *filter;
    const char *const *attrs;
    bool show_deleted;
    unsigned sd_flags;
    bool absent_is_empty;
    int page_size;        /* 0: without the paging control */
    struct berval cookie; /* of the page before; owned */
    bool more;            /* after request_finish: a further page is to be asked for */
    int msgid;
    char *what; /* how error texts begin; owned */
};

/* A page may be empty (the server's time for it was up), but so many in a row with a cookie and nothing
 * behind it are a fault. */
#define MAX_EMPTY_PAGES 1000

/* Clears all state. what: how error texts begin, NULL: that this search cannot be read. */
void request_init(struct request *request, struct conn *conn, const struct search *search, const char *what);

/* Sends it; with a cookie: asks for the next page. */
enum spn_code request_send(struct request *request, struct spn_error *reterr);

/* The next message. Entries are given out in *ret_entry (for ldap_msgfree), references skipped; at the result
 * message *ret_entry is NULL, the result was checked, and cookie and more are set. */
enum spn_code request_next(struct request *request, LDAPMessage **ret_entry, struct spn_error *reterr);

/* The server need not go on. */
void request_abandon(struct request *request);

void request_release(struct request *request);
