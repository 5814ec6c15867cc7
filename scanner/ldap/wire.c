#include "scanner/ldap/wire.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "spnscan/text_buf.h"
#include "spnscan/times.h"

#define TICK_MS    200 /* a cancel is seen this soon */
#define AHEAD_SIZE (64 * 1024)

void wire_init(struct wire *wire, int timeout_s, const atomic_bool *cancel)
{
    *wire = (struct wire){.fd = -1, .timeout_s = timeout_s, .cancel = cancel};
    wire_start_wait(wire);
}

void wire_start_wait(struct wire *wire)
{
    wire->deadline = time_steady_s() + wire->timeout_s;
}

static int wire_stop(struct wire *wire, enum wire_end end, int error)
{
    wire->end = end;
    wire->error = error;
    return 0;
}

int wire_tick_ms(struct wire *wire)
{
    if (wire->cancel && atomic_load(wire->cancel))
        return wire_stop(wire, WIRE_CANCELLED, ECANCELED);
    double left_ms = (wire->deadline - time_steady_s()) * 1000;
    if (left_ms <= 0)
        return wire_stop(wire, WIRE_TIMED_OUT, ETIMEDOUT);
    return left_ms < TICK_MS ? (int)left_ms + 1 : TICK_MS;
}

/* Waits until the socket is ready for events. false: over, errno and wire->end tell why. */
static bool wire_wait(struct wire *wire, short events)
{
    for (;;) {
        int ms = wire_tick_ms(wire);
        if (!ms) {
            errno = wire->error;
            return false;
        }
        struct pollfd p = {.fd = wire->fd, .events = events};
        int n = poll(&p, 1, ms);
        if (n > 0)
            return true;
        if (n < 0 && errno != EINTR) {
            wire_stop(wire, WIRE_FAILED, errno);
            return false;
        }
    }
}

bool wire_wait_input(struct wire *wire)
{
    return wire_wait(wire, POLLIN);
}

/* ---- connecting ---- */

static void set_socket_options(int fd, int timeout_s)
{
    int on = 1, idle = 30, interval = 10, count = 3;
    /* Half-open connections (a DC that lost power) are found out also while the server thinks. */
    (void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof count);
    /* Requests are single small writes. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    /* All reads and writes here are bounded by poll; these catch any that would not come this way. */
    struct timeval tv = {.tv_sec = timeout_s};
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof tv);
}

static bool connect_one(struct wire *wire, const struct addrinfo *to)
{
    if (connect(wire->fd, to->ai_addr, to->ai_addrlen) == 0)
        return true;
    if (errno != EINPROGRESS && errno != EINTR) {
        wire_stop(wire, WIRE_FAILED, errno);
        return false;
    }
    if (!wire_wait(wire, POLLOUT))
        return false;
    int error = 0;
    socklen_t len = sizeof error;
    if (getsockopt(wire->fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
        error = errno;
    if (error)
        wire_stop(wire, WIRE_FAILED, error);
    return error == 0;
}

bool wire_connect(struct wire *wire, const char *address, uint16_t port)
{
    char service[8];
    struct addrinfo hints = {
        .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    struct addrinfo *to = NULL;
    bool ok = false;

    wire->end = WIRE_OPEN;
    wire_start_wait(wire);
    snprintf(service, sizeof service, "%u", (unsigned)port);
    if (getaddrinfo(address, service, &hints, &to) != 0 || !to) {
        wire_stop(wire, WIRE_FAILED, EADDRNOTAVAIL);
        goto done;
    }
    wire->fd = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (wire->fd < 0) {
        wire_stop(wire, WIRE_FAILED, errno);
        goto done;
    }
    set_socket_options(wire->fd, wire->timeout_s);
    ok = connect_one(wire, to);
done:
    if (!ok && wire->fd >= 0) {
        close(wire->fd);
        wire->fd = -1;
    }
    if (to)
        freeaddrinfo(to);
    return ok;
}

/* ---- reading and writing ---- */

/* One recv, with waiting unless nowait is set. 0 at the end of the stream, -1 with errno. */
static ssize_t wire_recv(struct wire *wire, void *data, size_t size)
{
    while (wire->end == WIRE_OPEN) {
        ssize_t n = recv(wire->fd, data, size, MSG_DONTWAIT);
        if (n > 0)
            return n;
        if (n == 0) {
            wire_stop(wire, WIRE_CLOSED, 0);
            return 0;
        }
        if (errno == EAGAIN && wire->nowait) {
            wire->starved = true;
            return -1;
        }
        if (errno == EAGAIN) {
            if (!wire_wait(wire, POLLIN))
                return -1;
        } else if (errno != EINTR) {
            wire_stop(wire, errno == ECONNRESET ? WIRE_CLOSED : WIRE_FAILED, errno);
        }
    }
    errno = wire->error;
    return wire->end == WIRE_CLOSED ? 0 : -1;
}

static ber_slen_t wire_read(Sockbuf_IO_Desc *io, void *data, ber_len_t len)
{
    struct wire *wire = io->sbiod_pvt;
    if (wire->ahead_at == wire->ahead_len) {
        if (len >= AHEAD_SIZE)
            return wire_recv(wire, data, len);
        ssize_t n = wire_recv(wire, wire->ahead, AHEAD_SIZE);
        if (n <= 0)
            return n;
        wire->ahead_at = 0;
        wire->ahead_len = (size_t)n;
    }
    size_t take = wire->ahead_len - wire->ahead_at;
    if (take > len)
        take = len;
    memcpy(data, wire->ahead + wire->ahead_at, take);
    wire->ahead_at += take;
    return (ber_slen_t)take;
}

static ber_slen_t wire_write(Sockbuf_IO_Desc *io, void *data, ber_len_t len)
{
    struct wire *wire = io->sbiod_pvt;
    while (wire->end == WIRE_OPEN) {
        ssize_t n = send(wire->fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n >= 0)
            return n;
        if (errno == EAGAIN) {
            if (wire->closing) {
                errno = EPIPE;
                return -1;
            }
            if (!wire_wait(wire, POLLOUT))
                return -1;
        } else if (errno != EINTR) {
            wire_stop(wire, errno == EPIPE || errno == ECONNRESET ? WIRE_CLOSED : WIRE_FAILED, errno);
        }
    }
    errno = wire->error ? wire->error : EPIPE;
    return -1;
}

/* ---- the layer as liblber sees it ---- */

static int layer_setup(Sockbuf_IO_Desc *io, void *arg)
{
    io->sbiod_pvt = arg;
    return 0;
}

static int layer_remove(Sockbuf_IO_Desc *io)
{
    io->sbiod_pvt = NULL;
    return 0;
}

static int wire_ctrl(Sockbuf_IO_Desc *io, int opt, void *arg)
{
    (void)arg;
    return opt == LBER_SB_OPT_DATA_READY && wire_has_ahead(io->sbiod_pvt);
}

static int wire_close(Sockbuf_IO_Desc *io)
{
    struct wire *wire = io->sbiod_pvt;
    if (wire->fd >= 0)
        close(wire->fd);
    wire->fd = -1;
    if (wire->end == WIRE_OPEN)
        wire_stop(wire, WIRE_CLOSED, 0);
    return 0;
}

/* Not const: liblber's prototypes take plain pointers. Never written to. */
static Sockbuf_IO wire_layer = {layer_setup, layer_remove, wire_ctrl, wire_read, wire_write, wire_close};

bool wire_attach(struct wire *wire, Sockbuf *sb)
{
    if (!wire->ahead)
        wire->ahead = xmalloc(AHEAD_SIZE);
    return ber_sockbuf_add_io(sb, &wire_layer, LBER_SBIOD_LEVEL_PROVIDER, wire) == 0;
}

bool wire_has_ahead(const struct wire *wire)
{
    return wire->ahead_at < wire->ahead_len;
}

const char *wire_end_text(const struct wire *wire, char *text, size_t size)
{
    switch (wire->end) {
    case WIRE_TIMED_OUT:
        snprintf(text, size, "no answer within %d s", wire->timeout_s);
        break;
    case WIRE_CANCELLED:
        snprintf(text, size, "cancelled");
        break;
    case WIRE_CLOSED:
        snprintf(text, size, "the other side closed the connection");
        break;
    case WIRE_FAILED:
        if (wire->error == ECONNREFUSED)
            snprintf(text, size, "connection refused: nothing listens on that port");
        else
            snprintf(text, size, "%s",
                     strerrordesc_np(wire->error) ? strerrordesc_np(wire->error) : "failed");
        break;
    default:
        snprintf(text, size, "no reason known");
    }
    return text;
}

void wire_release(struct wire *wire)
{
    if (wire->fd >= 0)
        close(wire->fd);
    free(wire->ahead);
    *wire = (struct wire){.fd = -1};
}
