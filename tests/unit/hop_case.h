/* hop_case.h: a forest of three DCs and the accounts of one chain, healthy; a test spoils it in one way, and
 * says what breaks. */
#pragma once

#include "scanner/run/hop.h"

enum { CRM, SQL, WEB1, OTHER, ANNA, OBJECTS };
enum { DCS = 3 };

#define FRONT "HTTP/crm.corp.example"
#define BACK  "MSSQLSvc/db1.corp.example:1433"
#define ALL   (-1) /* DCs; else an index */

struct hop_case {
    struct hop_facts facts;
    struct hop_dc dcs[DCS];
    struct hop_domain domains[2];
    struct hop_mapping mappings[2];
    struct hop_object objects[OBJECTS];
    struct hop_sight sights[OBJECTS][DCS];
    struct hop_texts spns[OBJECTS][DCS];
    struct hop_account accounts[OBJECTS][DCS];
    struct hop_delegation delegations[OBJECTS][DCS];
    struct hop_difference differences[4];
    struct hop_principal principals[1];
    struct hop_dns dns[2];
    struct hop_question question;
    const char *backs[2];
    struct hop_chain chain;
};

extern struct hop_case hop_case;

char *hop_case_keep(const char *text);

void hop_case_spns(int object, int dc, const char *list);
void hop_case_targets(int object, int dc, const char *list);
void hop_case_trustees(int object, int dc, const char *list);
void hop_case_uac(int object, int dc, uint32_t bits);
void hop_case_hide_uac(int object);
void hop_case_enctypes(int object, int dc, uint32_t bits);
void hop_case_gone(int object, int dc);
void hop_case_partial(int dc);
void hop_case_unread(int dc);
void hop_case_differs(int object, int dc, const char *attribute, const char *verdict, const char *severity);
void hop_case_healthy(void);
void hop_case_over(void);
const struct hop_link *hop_case_link_of(const char *id);
void hop_case_judge(void);
void hop_case_is_in(const char *text, const char *part);
void hop_case_holds(void);
const struct hop_link *hop_case_breaks(const char *id, const char *dcs);
const struct hop_link *hop_case_not_known(const char *id);
