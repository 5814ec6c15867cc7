/* conn.h: one connection to a DC, served by a thread of its own until it ends.
 *
 * All reading and writing of the socket is in conn.c, in two functions: TLS would go there.
 */
#pragma once

#include "tests/dcsim/dc.h"

struct conn;

struct conn *conn_new(int fd, struct dc *dc, bool gc);
void conn_serve(struct conn *conn); /* returns when it is over */
void conn_cut(struct conn *conn);   /* from another thread: makes conn_serve return soon */
void conn_free(struct conn *conn);
