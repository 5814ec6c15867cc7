/* server.h: the sockets of all DCs, and a thread for each connection. */
#pragma once

#include "tests/dcsim/dc.h"

/* Opens every DC's two ports. false: said on stderr. */
bool server_open(void);
/* A DC with the fault refuse listens no more; without it again. */
bool server_update(struct dc *dc);
/* Accepts until server_stop. */
void server_run(void);
void server_stop(void); /* may be called from a signal handler */
/* Cuts all connections of the DC. */
void server_cut(const struct dc *dc);
