/* hop.h: judges the chain that one service depends on: user -> front -> back, from facts that were read
 * before. Pure: facts in, links out.
 *
 * A link fails where a complete DC shows that it does. A DC that was not read to its end is evidence of
 * nothing: what it could show otherwise makes a link not known, never failed. A link that rests on one that
 * failed is not checked, and says so: so that the one that is broken is the one that is named.
 */
#pragma once

#include "spnscan/hop.h"

enum hop_state { HOP_PASS, HOP_FAIL, HOP_NOT_KNOWN };

const char *hop_state_name(enum hop_state state); /* "pass", "fail", "not known" */

struct hop_link {
    const char *id; /* "front-spn": a contract with users' scripts */
    enum hop_state state;
    bool incomplete; /* not known because something could not be read: a scan that reads it can tell */
    char *dcs;       /* where it fails, or what is missing to know it; ';' between, "" none */
    char *detail;    /* one line of plain words */
    char *next;      /* the next step; "" none */
};

struct hop_chain {
    struct hop_link *links;
    size_t count, size;
};

enum hop_dns_answer {
    HOP_DNS_FOUND,
    HOP_DNS_NONE,  /* DNS has no such name */
    HOP_DNS_SILENT /* nobody answered: not known */
};

#define HOP_MAX_ADDRESSES 8

struct hop_dns {
    char host[256]; /* that was asked for */
    bool front;     /* of the front, else of a back-end */
    enum hop_dns_answer answer;
    char error[600];     /* where none was found */
    char canonical[256]; /* where CNAMEs lead to, lower case; empty: no alias */
    struct {
        char address[64];
        char name[256]; /* what its PTR record says; empty: none, or not known */
    } addresses[HOP_MAX_ADDRESSES];
    size_t address_count;
};

/* What a DC that was asked now says of the user (hop_ask.h). */
struct hop_user_answer {
    char dc[256];
    char error[600]; /* empty: it answered */
    bool found, has_uac, has_groups;
    uint32_t uac;
    bool is_protected; /* member of Protected Users, directly or not */
};

struct hop_question {
    const char *user, *front;
    bool front_is_account;
    const char *const *backs; /* SPNs */
    size_t back_count;
    long front_object, user_object; /* indexes; -1: not in the database (or, the front, an SPN) */
    size_t user_matches;            /* how many accounts are named so */
    bool has_dns;                   /* false: left out on request */
    const struct hop_dns *dns;
    size_t dns_count;
    const struct hop_user_answer *asked; /* of DCs asked now; NULL: none were */
    size_t asked_count;
};

void hop_judge(const struct hop_question *question, const struct hop_facts *facts, struct hop_chain *ret);
void hop_chain_release(struct hop_chain *chain);

/* 1 a link fails, 2 none does and one is not known for want of what could be read, else 0. */
int hop_chain_status(const struct hop_chain *chain);

/* ---- before the facts are there ---- */

struct hop_list {
    char **items;
    size_t count, size;
};

/* Once each, without ASCII case. */
void hop_list_add(struct hop_list *list, const char *text);
void hop_list_release(struct hop_list *list);

/* The names under which browsers ask for what an account serves: its HTTP SPNs, else those that stand for
 * them by alias
 * ("HTTP/web1" of HOST/web1). */
void hop_front_names(const struct hop_facts *facts, size_t object, struct hop_list *ret);

/* Hosts whose DNS matters; of which the SPNs matter, too: with short and whole names, and what DNS makes of
 * them. */
void hop_dns_hosts(const struct hop_list *names, struct hop_list *ret);
void hop_spn_hosts(const struct hop_list *names, const struct hop_facts *facts, const struct hop_dns *dns,
                   size_t dns_count, struct hop_list *ret);
