/* command.h: the commands of spnscan. Each takes argv from its own name on and returns the exit status. */
#pragma once

#include "scanner/command/options.h"
#include "spnscan/store_read.h"
#include "spnscan/text_buf.h"

enum exit_status {
    EXIT_CLEAN = 0,      /* done; nothing to tell */
    EXIT_FINDINGS = 1,   /* done; there are findings (query, list: nothing found; watch: not everywhere) */
    EXIT_INCOMPLETE = 2, /* a DC was not read to its end; wins over findings */
    EXIT_FAILED = 3      /* could not run: usage, credentials, configuration, database */
};

int command_scan(int argc, char **argv);
int command_report(int argc, char **argv);
int command_query(int argc, char **argv);
int command_list(int argc, char **argv);
int command_watch(int argc, char **argv);
int command_accept(int argc, char **argv);
int command_hop(int argc, char **argv);
int command_plan(int argc, char **argv);

extern const struct command_def scan_command, report_command, query_command, list_command, watch_command,
    accept_command, hop_command, plan_command;

/* Prints "spnscan: text" to stderr and returns the exit status that the code stands for. */
int command_fail(const struct spn_error *error);

/* The usual place of the database: spnscan/spnscan.db under $XDG_STATE_HOME, else under ~/.local/state. With
 * make_dirs the folders are made, 0700. */
enum spn_code default_db_path(struct text_buf *path, bool make_dirs, struct spn_error *reterr);

/* Opens the database of --db; NULL: the one at its usual place. */
enum spn_code command_open_store(const char *db, enum store_mode mode, struct store **ret,
                                 struct spn_error *reterr);
