/* wire.h: the socket of one connection, as the lowest layer below TLS and SASL (tap.h is the highest).
 *
 * Why not libldap's own: every byte passes here, so that a time limit and a cancel hold in the middle of a
 * message, of a SASL packet and of a TLS handshake, and so that the reason why a stream ended (refused,
 * closed, timed out) is known as such instead of "can't contact LDAP server". It also reads ahead in 64 KiB,
 * which costs a third of libldap's two read() an entry. Owned by one thread.
 */
#pragma once

#include <lber.h>
#include <stdatomic.h>

#include "spnscan/error.h"
#include "spnscan/ids.h"

enum wire_end { WIRE_OPEN, WIRE_TIMED_OUT, WIRE_CANCELLED, WIRE_CLOSED, WIRE_FAILED };

struct wire {
    int fd; /* -1: none */
    int timeout_s;
    const atomic_bool *cancel; /* may be NULL */
    double deadline;           /* of the wait in progress, on the clock of time_steady_s() */
    bool closing;              /* writes no longer wait */
    enum wire_end end;         /* why nothing more comes; sticks */
    int error;                 /* errno with WIRE_FAILED */
    bool nowait;               /* a read that finds nothing fails at once with EAGAIN ... */
    bool starved;              /* ... and says so here: layers between may hide errno */
    uint8_t *ahead;
    size_t ahead_at, ahead_len;
};

void wire_init(struct wire *wire, int timeout_s, const atomic_bool *cancel);

/* Connects to a numeric address. On failure wire->end says why and wire can be used for the next address. */
bool wire_connect(struct wire *wire, const char *address, uint16_t port);

/* Puts the layer into sb, which must be empty. It ends when sb does; wire must outlive it. */
bool wire_attach(struct wire *wire, Sockbuf *sb);

/* A new wait begins: timeout_s from now on for all that is read or written until the next call. */
void wire_start_wait(struct wire *wire);

/* Milliseconds for the next poll: the rest of the wait, at most a tick. 0: the wait is over, and wire->end
 * set. */
int wire_tick_ms(struct wire *wire);

/* Waits until the socket can be read. false: the wait is over, and wire->end set. */
bool wire_wait_input(struct wire *wire);

/* "no answer within 5 s", "connection refused", ... for wire->end. */
const char *wire_end_text(const struct wire *wire, char *text, size_t size);

/* Bytes read from the socket that nobody took yet. */
bool wire_has_ahead(const struct wire *wire);

void wire_release(struct wire *wire);
