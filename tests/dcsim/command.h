/* command.h: one command line carried out. */
#pragma once

#include "tests/dcsim/bytes.h"

/* line is changed. Appends the answer, its end of line too, to ret. false: the command was to quit. */
bool command_run(char *line, struct buf *ret);
