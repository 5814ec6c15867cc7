/* signals.h: SIGINT, SIGTERM and SIGHUP as a flag that every wait looks at. */
#pragma once

#include <stdatomic.h>

/* The flag: true once one of them came. A command that ends by itself may set it too, to end its own waits.
 */
atomic_bool *signals_flag(void);

/* From here on the first of these signals sets the flag; a later one ends the process (128 + its number). */
void signals_catch(void);
