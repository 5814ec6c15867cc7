#include "tests/dcsim/conn.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/dcsim/request.h"

#define MAX_REQUEST (10u << 20) /* MaxReceiveBuffer */
#define PIECE       ((size_t)256 << 10)
#define QUEUE       256

struct request {
    uint8_t *data;
    size_t len;
    int64_t came; /* ms */
};

struct conn {
    int fd;
    struct asker asker;
    struct buf in, out;
    struct request queue[QUEUE];
    int queued;
    bool over; /* nothing more to read */
    bool busy; /* a request was taken from the queue, and its answer is not sent */
};

struct conn *conn_new(int fd, struct dc *dc, bool gc)
{
    static _Atomic(uint64_t) numbers;
    struct conn *conn = zalloc(1, sizeof *conn);
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    conn->fd = fd;
    conn->asker = (struct asker){.dc = dc, .gc = gc, .connection = mix(atomic_fetch_add(&numbers, 1) + 1)};
    return conn;
}

void conn_cut(struct conn *conn)
{
    shutdown(conn->fd, SHUT_RDWR);
}

void conn_free(struct conn *conn)
{
    close(conn->fd);
    for (int i = 0; i < conn->queued; i++)
        free(conn->queue[i].data);
    buf_free(&conn->in);
    buf_free(&conn->out);
    buf_free(&conn->asker.sight.scratch);
    filter_free(&conn->asker.filter);
    free(conn);
}

/* ---- the socket ---- */

static bool wire_read(struct conn *conn)
{
    buf_room(&conn->in, 16384);
    ssize_t n = recv(conn->fd, conn->in.data + conn->in.len, conn->in.size - conn->in.len, MSG_DONTWAIT);
    if (n > 0)
        conn->in.len += (size_t)n;
    else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        conn->over = true;
    return n > 0;
}

static bool wire_write(struct conn *conn, const uint8_t *data, size_t len)
{
    while (len) {
        ssize_t n = send(conn->fd, data, len, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        data += n;
        len -= (size_t)n;
        atomic_fetch_add_explicit(&conn->asker.dc->sent, (uint64_t)n, memory_order_relaxed);
    }
    return true;
}

/* ---- requests ---- */

/* Length of the message at data with its head; 0: not yet known, SIZE_MAX: no LDAP. */
static size_t message_len(const uint8_t *data, size_t have)
{
    if (have < 2)
        return 0;
    if (data[0] != BER_SEQUENCE)
        return SIZE_MAX;
    size_t len = data[1], head = 2;
    if (len >= 0x80) {
        size_t n = len & 0x7f;
        if (n == 0 || n > 4)
            return SIZE_MAX;
        if (have < 2 + n)
            return 0;
        for (len = 0, head = 2 + n; n > 0; n--)
            len = len << 8 | data[head - n];
    }
    return len > MAX_REQUEST ? SIZE_MAX : head + len;
}

/* Takes what has come; requests get the time at which they were whole. */
static void pump(struct conn *conn)
{
    size_t at = 0;
    while (!conn->over && conn->in.len < MAX_REQUEST + 100 && wire_read(conn)) {
    }
    while (conn->queued < QUEUE) {
        size_t len = message_len(conn->in.data + at, conn->in.len - at);
        conn->over |= len == SIZE_MAX;
        if (len == 0 || len > conn->in.len - at)
            break;
        uint8_t *data = zalloc(1, len);
        memcpy(data, conn->in.data + at, len);
        /* The client had nothing to wait for, and now has: a round trip. */
        if (!conn->queued && !conn->busy && request_wants_answer(data, len))
            atomic_fetch_add_explicit(&conn->asker.dc->trips, 1, memory_order_relaxed);
        conn->queue[conn->queued++] = (struct request){data, len, now_ms()};
        at += len;
    }
    if (at) {
        memmove(conn->in.data, conn->in.data + at, conn->in.len - at);
        conn->in.len -= at;
    }
}

/* Waits for something to read, ms at most (-1: without end). false: the time is up. */
static bool wait_input(struct conn *conn, int ms)
{
    struct pollfd p = {.fd = conn->fd, .events = POLLIN};
    int n = poll(&p, 1, ms);
    if (n > 0)
        pump(conn);
    return n > 0;
}

static void swallow(struct conn *conn)
{
    while (!conn->over) {
        for (int i = 0; i < conn->queued; i++)
            free(conn->queue[i].data);
        conn->queued = 0;
        wait_input(conn, -1);
    }
}

/* Answers travel so long, each by itself: those of requests that came together arrive together. */
static void travel(struct conn *conn, int64_t came, int latency_ms)
{
    int64_t left;
    while (latency_ms && !conn->over && (left = came + latency_ms - now_ms()) > 0)
        wait_input(conn, (int)left);
}

/* ---- answers ---- */

static bool was_abandoned(struct conn *conn, int id)
{
    for (int i = 0; i < conn->queued; i++)
        if (request_abandons(conn->queue[i].data, conn->queue[i].len) == id)
            return true;
    return false;
}

static size_t next_start(const struct buf *out, size_t at)
{
    size_t start = message_start(out, at);
    return start == at ? at : start + 6 + get_be32(out->data + start + 2);
}

static bool send_all(struct conn *conn, int id)
{
    struct buf *out = &conn->out;
    for (size_t at = 0; at < out->len;) {
        size_t len = out->len - at > PIECE ? PIECE : out->len - at;
        if (!wire_write(conn, out->data + at, len))
            return false;
        at += len;
        if (at == out->len)
            break;
        pump(conn);
        if (was_abandoned(conn, id)) {
            size_t end = next_start(out, at);
            return wire_write(conn, out->data + at, end - at);
        }
    }
    return true;
}

static bool send_slowly(struct conn *conn, int64_t per_second)
{
    size_t piece = per_second > 20 ? (size_t)per_second / 20 : 1;
    int ms = per_second > 20 ? 50 : 1000 / (int)(per_second > 0 ? per_second : 1);
    for (size_t at = 0; at < conn->out.len && !conn->over; at += piece) {
        size_t len = conn->out.len - at < piece ? conn->out.len - at : piece;
        if (!wire_write(conn, conn->out.data + at, len))
            return false;
        wait_input(conn, ms);
    }
    return !conn->over;
}

/* Half of it; whole: up to the end of a message. */
static void send_half(struct conn *conn, bool whole)
{
    size_t at = message_start(&conn->out, conn->out.len / 2);
    if (!whole && at + 6 <= conn->out.len)
        at += 3 + get_be32(conn->out.data + at + 2) / 2;
    wire_write(conn, conn->out.data, at);
}

/* false: the connection is over. */
static bool send_out(struct conn *conn, int id, const struct strike *strike)
{
    struct linger linger = {1, 0};
    switch (strike->kind) {
    case FAULT_SILENT:
        swallow(conn);
        return false;
    case FAULT_STALL:
    case FAULT_STALL_MID:
        send_half(conn, strike->kind == FAULT_STALL);
        swallow(conn);
        return false;
    case FAULT_TRICKLE:
        return send_slowly(conn, strike->value);
    case FAULT_CLOSE:
    case FAULT_CLOSE_MID:
        send_half(conn, strike->kind == FAULT_CLOSE);
        return false;
    case FAULT_RESET:
        send_half(conn, false);
        setsockopt(conn->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
        return false;
    case FAULT_MALFORMED:
    case FAULT_LENGTH:
        fault_spoil(&conn->out, strike->kind, strike->value);
        return send_all(conn, id);
    default:
        return send_all(conn, id);
    }
}

/* ---- the whole of it ---- */

static int latency_of(const struct dc *dc)
{
    pthread_rwlock_rdlock(&world.lock);
    int ms = dc->faults.latency_ms;
    pthread_rwlock_unlock(&world.lock);
    return ms;
}

static bool says_nothing(const struct dc *dc)
{
    pthread_rwlock_rdlock(&world.lock);
    bool silent = dc->faults.kind == FAULT_SILENT && dc->faults.place == PLACE_BIND && dc->faults.left;
    pthread_rwlock_unlock(&world.lock);
    return silent;
}

static bool serve_one(struct conn *conn)
{
    struct request request = conn->queue[0];
    struct strike strike;
    int id = 0;
    conn->queued--;
    conn->busy = true;
    memmove(conn->queue, conn->queue + 1, (size_t)conn->queued * sizeof *conn->queue);
    conn->out.len = 0;
    enum request_end end = request_answer(&conn->asker, request.data, request.len, &conn->out, &id, &strike);
    free(request.data);
    if (conn->out.len) {
        if (conn->queued < QUEUE / 2)
            pump(conn); /* what was sent before this answer did not wait for it */
        travel(conn, request.came, latency_of(conn->asker.dc));
        if (!send_out(conn, id, &strike))
            return false;
    }
    conn->busy = false;
    if (conn->queued < QUEUE / 2)
        pump(conn);
    return end == REQUEST_ANSWERED;
}

void conn_serve(struct conn *conn)
{
    if (says_nothing(conn->asker.dc)) {
        swallow(conn);
        return;
    }
    for (;;) {
        while (!conn->queued && !conn->over)
            wait_input(conn, -1);
        if (!conn->queued || !serve_one(conn))
            return;
    }
}
