#include "scanner/ldap/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scanner/ldap/fault.h"

/* Deleted objects are part of the answer (MS-ADTS 3.1.1.3.4.1.14). Those that the Recycle Bin has emptied
 * come with the second alone (3.1.1.3.4.1.25), which servers that know no Recycle Bin need not know. */
#define SHOW_DELETED_OID  "1.2.840.113556.1.4.417"
#define SHOW_RECYCLED_OID "1.2.840.113556.1.4.2064"

/* SEQUENCE { Flags INTEGER } (MS-ADTS 3.1.1.3.4.1.11) */
#define SD_FLAGS_OID "1.2.840.113556.1.4.801"

/* No domain-scope control (1.2.840.113556.1.4.1339): a few references a search cost nothing, they are
 * skipped, while on a global catalog's port, which a redirected --dc doesn't tell from the other, it could
 * narrow a search. */

/* Hundreds of requests may be under way: the longest name has no room in each. */
static char *words(const struct conn *conn, const struct search *search)
{
    char text[800];
    if (search->base && *search->base)
        snprintf(text, sizeof text, "cannot read '%.300s' at %s", search->base, conn->where);
    else
        snprintf(text, sizeof text, "cannot read %s at %s",
                 search->scope == SCOPE_BASE ? "the rootDSE" : "the directory", conn->where);
    return xstrdup(text);
}

void request_init(struct request *request, struct conn *conn, const struct search *search, const char *what)
{
    *request = (struct request){
        .conn = conn,
        .base = search->base ? search->base : "",
        .scope = search->scope,
        .filter = search->filter,
        .attrs = search->attrs,
        .show_deleted = search->show_deleted,
        .sd_flags = search->sd_flags,
        .absent_is_empty = search->absent_is_empty,
        .page_size = search->page_size,
        .msgid = -1,
        .what = what ? xstrdup(what) : words(conn, search),
    };
}

static int ldap_scope(enum search_scope scope)
{
    switch (scope) {
    case SCOPE_BASE:
        return LDAP_SCOPE_BASE;
    case SCOPE_ONE:
        return LDAP_SCOPE_ONELEVEL;
    case SCOPE_SUBTREE:
        break;
    }
    return LDAP_SCOPE_SUBTREE;
}

/* libldap's prototype lacks the const; it only reads. */
static char **attr_list(const char *const *attrs)
{
    char **list;
    memcpy(&list, &attrs, sizeof list);
    return list;
}

enum spn_code request_send(struct request *request, struct spn_error *reterr)
{
    char deleted_oid[] = SHOW_DELETED_OID, recycled_oid[] = SHOW_RECYCLED_OID, sd_oid[] = SD_FLAGS_OID;
    char sd_value[] = {0x30, 3, 0x02, 1, (char)(request->sd_flags & 0xF)};
    LDAPControl deleted = {.ldctl_oid = deleted_oid, .ldctl_iscritical = 1};
    LDAPControl recycled = {.ldctl_oid = recycled_oid};
    LDAPControl sd = {.ldctl_oid = sd_oid, .ldctl_value = {sizeof sd_value, sd_value}, .ldctl_iscritical = 1};
    LDAPControl *controls[5] = {NULL}, *page = NULL;
    struct conn *conn = request->conn;
    size_t n = 0;
    int rc = LDAP_SUCCESS;

    if (conn->broken)
        return spn_error_set(reterr, SPN_UNREACHABLE, 0, "%s: the connection was lost before", request->what);
    if (request->show_deleted) {
        controls[n++] = &deleted;
        controls[n++] = &recycled;
    }
    if (request->sd_flags)
        controls[n++] = &sd;
    if (request->page_size) {
        /* Critical: a server that ignored it would cut the answer at its own limit. */
        rc = ldap_create_page_control(conn->ld, request->page_size, &request->cookie, 1, &page);
        controls[n++] = page;
    }
    if (rc == LDAP_SUCCESS) {
        wire_start_wait(&conn->wire);
        rc = ldap_search_ext(conn->ld, request->base, ldap_scope(request->scope), request->filter,
                             attr_list(request->attrs), 0, n ? controls : NULL, NULL, NULL, LDAP_NO_LIMIT,
                             &request->msgid);
    }
    ldap_control_free(page);
    request->more = false;
    return rc == LDAP_SUCCESS ? SPN_OK : conn_fault(conn, request->what, rc, reterr);
}

/* The paging control of a page's last message: cookie, or the end. */
static enum spn_code take_cookie(struct request *request, LDAPControl **controls, struct spn_error *reterr)
{
    LDAPControl *page = controls ? ldap_control_find(LDAP_CONTROL_PAGEDRESULTS, controls, NULL) : NULL;
    struct berval cookie = {.bv_val = NULL};
    bool later = request->cookie.bv_len > 0;
    ber_int_t estimate;

    ber_memfree(request->cookie.bv_val);
    request->cookie = (struct berval){.bv_val = NULL};
    /* No control in the first answer: the server doesn't page, and what it called a success is whole. In a
     * later one nothing says that this page was the last (RFC 2696 section 3). */
    if (!page && later)
        return spn_error_set(reterr, SPN_PROTOCOL, 0, "%s: a page came without the paging control",
                             request->what);
    if (!page)
        return SPN_OK;
    if (ldap_parse_pageresponse_control(request->conn->ld, page, &estimate, &cookie) != LDAP_SUCCESS)
        return spn_error_set(reterr, SPN_PROTOCOL, 0, "%s: the paging control can't be decoded",
                             request->what);
    request->cookie = cookie;
    request->more = cookie.bv_len > 0;
    return SPN_OK;
}

static enum spn_code take_result(struct request *request, LDAPMessage *msg, struct spn_error *reterr)
{
    LDAPControl **controls = NULL;
    char *diagnostic = NULL;
    int result = LDAP_OTHER;

    request->msgid = -1;
    enum spn_code code =
        conn_parse_result(request->conn, request->what, msg, &result, &diagnostic, &controls, reterr);
    /* Also between pages: the base has got another name, and whoever asked is told of that later. */
    bool absent =
        (result == LDAP_NO_SUCH_OBJECT || result == LDAP_INSUFFICIENT_ACCESS) && request->absent_is_empty;
    if (code == SPN_OK && result != LDAP_SUCCESS && !absent)
        code = fault_result(request->what, result, diagnostic, NULL, reterr);
    if (code == SPN_OK && request->page_size && !absent)
        code = take_cookie(request, controls, reterr);
    ldap_controls_free(controls);
    ldap_memfree(diagnostic);
    return code;
}

enum spn_code request_next(struct request *request, LDAPMessage **ret_entry, struct spn_error *reterr)
{
    LDAPMessage *msg = NULL;
    enum spn_code code;

    *ret_entry = NULL;
    for (;;) {
        code = conn_wait(request->conn, request->what, request->msgid, &msg, reterr);
        if (code != SPN_OK)
            return code;
        switch (ldap_msgtype(msg)) {
        case LDAP_RES_SEARCH_ENTRY:
            *ret_entry = msg;
            return SPN_OK;
        case LDAP_RES_SEARCH_REFERENCE:
        case LDAP_RES_INTERMEDIATE:
            ldap_msgfree(msg);
            break;
        case LDAP_RES_SEARCH_RESULT:
            code = take_result(request, msg, reterr);
            ldap_msgfree(msg);
            return code;
        default:
            ldap_msgfree(msg);
            return spn_error_set(reterr, SPN_PROTOCOL, 0, "%s: answer of another kind", request->what);
        }
    }
}

void request_abandon(struct request *request)
{
    if (request->msgid >= 0 && !request->conn->broken && request->conn->wire.end == WIRE_OPEN) {
        wire_start_wait(&request->conn->wire);
        (void)ldap_abandon_ext(request->conn->ld, request->msgid, NULL, NULL);
        request->conn->abandoned = true;
    }
    request->msgid = -1;
}

void request_release(struct request *request)
{
    ber_memfree(request->cookie.bv_val);
    request->cookie = (struct berval){.bv_val = NULL};
    free(request->what);
    request->what = NULL;
}
