/* plan_keep.h: which SPNs does an account have because AD or Windows keep them there, and nobody else? */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct keeper {
    bool computer, dc;
    char *own[3]; /* the computer's own names; NULL: none */
    char *domain_dns;
};

/* Copies. sam, dns_host, domain_dns may be empty; uac 0: hidden. */
void keeper_set(struct keeper *k, const char *sam, int64_t uac, const char *dns_host, const char *domain_dns);

/* true: the name need not stand in a plan. */
bool keeper_keeps(const struct keeper *k, const char *spn);
void keeper_release(struct keeper *k);
