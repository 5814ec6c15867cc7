/* verdict_case.h: objects before the judge, and what is said of them, in a line of text each.
 *
 * Witnesses are set apart by ";", numbered from 0; words of one:
 *   ~N ~?          not fresh, like witness N; like none (else fresh)
 *   dead none      shows a tombstone; shows nothing (else alive)
 *   gc             a partial replica (else full)
 *   blind          deleted objects can't be read there
 *   nometa         replPropertyMetaData can't be read there: stamps are left out
 *   v:a9,b5        vector: all of origin a up to USN 9, of b up to 5 (else empty); v:- not readable
 *   sd:3           hash of the security descriptor
 *   spn=x@2a7      value x ("-": none), stamped by version 2, origin a, USN 7; other names as in names[]
 * below
 *   ...@2a7+5      written 5 seconds later; ...@2a7-90: 90 days earlier
 *   c@2a7 del@2a7  the stamps of whenCreated (1a1 where it is not said) and isDeleted; c@-: none
 *   dn=q.r         a DN with the RDN q below r
 *
 * Findings: "lagging spn 1<0" (of spn at witness 1, winner 0), in order, ", " between; "[note]" where there
 * is one; "ask 2" and "sd" behind them. */
#pragma once

#include "scanner/run/verdict.h"

struct verdict_case {
    const char *name, *witnesses;
    const char *says; /* what is said when nobody can be asked any more stands behind " | " if it differs */
};

void check_verdict_cases(const struct verdict_case *cases, size_t count);

/* Witnesses of a text for a test of its own; released with witnesses_free. */
size_t witnesses_of(const char *text, struct witness *ret, size_t size);
void witnesses_free(struct witness *witnesses, size_t count);

#define TEST_NOW_US INT64_C(1795352991000000)
