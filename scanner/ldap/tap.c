#include "scanner/ldap/tap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "spnscan/text_buf.h"

/* Above libldap's SASL layer, which is LBER_SBIOD_LEVEL_APPLICATION. */
#define LEVEL_TAP (LBER_SBIOD_LEVEL_APPLICATION + 10)

#define CHUNK ((size_t)64 * 1024)

struct bytes tap_have(const struct tap *tap)
{
    return (struct bytes){tap->data ? tap->data + tap->at : NULL, tap->end - tap->at};
}

void tap_drop(struct tap *tap, size_t len)
{
    tap->at += len;
}

/* ---- reading below libldap ---- */

/* At least half a chunk behind what is there, and need bytes in all. */
static void make_room(struct tap *tap, size_t need)
{
    size_t have = tap->end - tap->at;
    if (tap->size - tap->end >= CHUNK / 2 && tap->size - tap->at >= need)
        return;
    if (have && tap->at)
        memmove(tap->data, tap->data + tap->at, have);
    tap->at = 0;
    tap->end = have;
    if (need < have + CHUNK / 2)
        need = have + CHUNK / 2;
    if (need < CHUNK)
        need = CHUNK;
    if (need > tap->size) {
        tap->data = xrealloc(tap->data, need);
        tap->size = need;
    }
}

bool tap_fill(struct tap *tap, size_t need)
{
    struct wire *wire = tap->wire;

    make_room(tap, need);
    /* The tick sees a cancel also while bytes come without a pause. */
    while (tap->io && wire->end == WIRE_OPEN && wire_tick_ms(wire)) {
        /* Never a waiting read: TLS or SASL may hold the end of a message and would then wait for more. */
        wire->nowait = true;
        wire->starved = false;
        ber_slen_t n = LBER_SBIOD_READ_NEXT(tap->io, tap->data + tap->end, tap->size - tap->end);
        wire->nowait = false;
        if (n > 0) {
            tap->end += (size_t)n;
            tap->received += (uint64_t)n;
            return true;
        }
        if (!wire->starved) {
            if (n == 0 && wire->end == WIRE_OPEN)
                wire->end = WIRE_CLOSED; /* TLS's own goodbye */
            return false;
        }
        if (!wire_wait_input(wire))
            return false;
    }
    return false;
}

void tap_lend(struct tap *tap, struct bytes message)
{
    tap->lent = message;
    tap->lending = true;
}

bool tap_unlend(struct tap *tap)
{
    tap->lending = false;
    return tap->lent.len == 0;
}

void tap_trim(struct tap *tap)
{
    if (tap->at == tap->end && tap->size > 2 * CHUNK)
        tap_release(tap);
}

void tap_release(struct tap *tap)
{
    free(tap->data);
    tap->data = NULL;
    tap->at = tap->end = tap->size = 0;
}

/* ---- the layer as libldap sees it ---- */

static int layer_setup(Sockbuf_IO_Desc *io, void *arg)
{
    struct tap *tap = arg;
    io->sbiod_pvt = tap;
    tap->io = io;
    return 0;
}

static int layer_remove(Sockbuf_IO_Desc *io)
{
    struct tap *tap = io->sbiod_pvt;
    if (tap)
        tap->io = NULL;
    io->sbiod_pvt = NULL;
    return 0;
}

static int layer_ctrl(Sockbuf_IO_Desc *io, int opt, void *arg)
{
    const struct tap *tap = io->sbiod_pvt;
    if (opt == LBER_SB_OPT_DATA_READY && (tap->lending || tap->at < tap->end))
        return 1;
    return LBER_SBIOD_CTRL_NEXT(io, opt, arg);
}

static size_t copy_out(void *to, size_t size, struct bytes from)
{
    size_t len = from.len < size ? from.len : size;
    if (len)
        memcpy(to, from.data, len);
    return len;
}

static ber_slen_t layer_read(Sockbuf_IO_Desc *io, void *data, ber_len_t len)
{
    struct tap *tap = io->sbiod_pvt;
    if (tap->lending) { /* 0 at its end: it wants more than a message, which is not how this was meant */
        size_t taken = copy_out(data, len, tap->lent);
        tap->lent = (struct bytes){tap->lent.data + taken, tap->lent.len - taken};
        return (ber_slen_t)taken;
    }
    if (tap->at < tap->end) {
        size_t taken = copy_out(data, len, tap_have(tap));
        tap_drop(tap, taken);
        return (ber_slen_t)taken;
    }
    ber_slen_t n = LBER_SBIOD_READ_NEXT(io, data, len);
    if (n > 0)
        tap->received += (uint64_t)n;
    return n;
}

static ber_slen_t layer_write(Sockbuf_IO_Desc *io, void *data, ber_len_t len)
{
    return LBER_SBIOD_WRITE_NEXT(io, data, len);
}

/* Not const: liblber's prototypes take plain pointers. Never written to. */
static Sockbuf_IO tap_layer = {layer_setup, layer_remove, layer_ctrl, layer_read, layer_write, NULL};

bool tap_attach(struct tap *tap, struct wire *wire, Sockbuf *sb)
{
    tap->wire = wire;
    return ber_sockbuf_add_io(sb, &tap_layer, LEVEL_TAP, tap) == 0;
}
