/* tap.h: the highest layer of a connection, above TLS and SASL, where plain BER passes.
 *
 * Two readers use it in turn. libldap reads through it as through any layer: connection, bind, every small
 * search. stream.c reads below libldap: tap_fill() brings decrypted bytes by the quarter megabyte,
 * tap_have() shows them in place, tap_drop() moves on, and a message that libldap shall handle itself is
 * lent to it. What stream.c leaves goes to libldap's next read, so that neither loses a byte of the other's.
 *
 * Owned by one thread.
 */
#pragma once

#include "scanner/ldap/wire.h"

struct tap {
    Sockbuf_IO_Desc *io; /* the layer as liblber knows it; NULL: none */
    struct wire *wire;
    uint8_t *data; /* read, and not taken yet: data[at..end) */
    size_t at, end, size;
    struct bytes lent; /* what libldap's reads see while lending */
    bool lending;
    uint64_t received; /* bytes of BER so far */
};

/* Puts the layer into sb. It ends when sb does; tap and wire must outlive it. */
bool tap_attach(struct tap *tap, struct wire *wire, Sockbuf *sb);

/* Valid until the next tap_fill. */
struct bytes tap_have(const struct tap *tap);
void tap_drop(struct tap *tap, size_t len);

/* Waits for more, in a buffer that has room for need bytes in all; what tap_have showed may move. The wait in
 * progress (wire.h) bounds it. false: wire->end says why; WIRE_OPEN: what came is no TLS or SASL packet. */
bool tap_fill(struct tap *tap, size_t need);

/* Until tap_unlend libldap reads message, a part of tap_have, and nothing else. tap_unlend: did it read it
 * all? */
void tap_lend(struct tap *tap, struct bytes message);
bool tap_unlend(struct tap *tap);

/* Gives back what a huge message took. */
void tap_trim(struct tap *tap);

void tap_release(struct tap *tap);
