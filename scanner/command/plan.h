/* plan.h: what the files of spnscan plan share. */
#pragma once

#include <stdbool.h>

#include "scanner/command/options.h"
#include "spnscan/store_read.h"

extern const struct command_def plan_check_command, plan_init_command;

/* Of plan check and plan init: what each takes is told by its table. */
struct plan_options {
    const char *db, *output;
    bool fixes, all;
};
enum spn_code plan_options_set(void *ctx, const char *name, const char *value, struct spn_error *reterr);

int command_plan_check(int argc, char **argv);
int command_plan_init(int argc, char **argv);

/* Opens the database (db NULL: the usual one), held at one moment, and warns on standard error when its last
 * scan does not tell of everything (*ret_incomplete). SPN_DATABASE also when no scan has read a DC whole. */
enum spn_code plan_open_store(const char *db, struct store **ret, bool *ret_incomplete,
                              struct spn_error *reterr);
