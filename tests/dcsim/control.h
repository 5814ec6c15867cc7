/* control.h: commands, a line each, on standard input, a Unix socket or from a file; each is answered by a
 * line that starts with "ok" or "error". README.md lists them. */
#pragma once

#include "tests/dcsim/options.h"

/* What is put in before the start, then the script. false: said on stderr. */
bool control_prepare(const struct options *options);
/* The two channels, each with a thread. */
bool control_start(void);
void control_end(const struct options *options);
