/* duration.h: lengths of time as they are typed: "90" and "90s" seconds, "15m", "3h", "7d". Pure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "spnscan/error.h"

/* A hundred years: whatever is added to it stays in range. */
#define DURATION_MAX_S ((int64_t)36500 * 86400)

/* A whole number and at most one unit, in lower case; no sign, no blanks. false: anything else, or beyond
 * DURATION_MAX_S; *ret_s is then untouched. */
bool duration_parse(const char *text, int64_t *ret_s);

/* The value of option --name, within bounds (seconds). SPN_USAGE says what a duration looks like, or names
 * the bound. */
enum spn_code option_duration(const char *name, const char *value, int64_t min_s, int64_t max_s,
                              int64_t *ret_s, struct spn_error *reterr);
