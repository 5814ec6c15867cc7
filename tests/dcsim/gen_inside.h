/* gen_inside.h: what gen_domain.c and gen_account.c share. */
#pragma once

#include "tests/dcsim/forest.h"

/* userAccountControl (MS-ADTS 2.2.16) */
enum {
    UAC_DISABLED = 0x2,
    UAC_NORMAL = 0x200,
    UAC_WORKSTATION = 0x1000,
    UAC_SERVER = 0x2000,
    UAC_UNCONSTRAINED = 0x80000,
    UAC_NOT_DELEGATED = 0x100000,
    UAC_ANY_PROTOCOL = 0x1000000,
    UAC_RODC = 0x4000000
};

enum kind { WORKSTATION, SERVER, SERVICE, GMSA, PERSON };

struct making {
    const struct domain *domain;
    int n, nc;
    uint32_t account; /* number within the domain */
    uint64_t luck;    /* of this account */
    enum kind kind;
    uint32_t nth; /* among the services */
    char short_name[40], fqdn[170], site[24];
};

/* CLASS/host, into the open attribute. */
void spn(struct draft *d, const char *cls, const char *host);
/* With the short and the whole name of the host being made. */
void both(struct draft *d, const char *cls, const struct making *m);

/* The account number m->account of the domain, as the next object. */
void add_account(struct making *m);
