#include "tests/dcsim/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/dcsim/conn.h"

#define MAX_CONNECTIONS 5000
#define STACK           (256u << 10)

struct served {
    struct conn *conn;
    const struct dc *dc;
    struct served *next;
};

static int epoll_fd = -1, stop_fd = -1;
static _Atomic(int) listeners[MAX_DCS][2];

/* The list of connections and its length. */
static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t list_empty = PTHREAD_COND_INITIALIZER;
static struct served *list;
static int list_len;

/* ---- listening ---- */

static bool listen_on(struct dc *dc, int port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(dc->ports[port])};
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    inet_pton(AF_INET, dc->address, &to.sin_addr);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        bind(fd, (struct sockaddr *)&to, sizeof to) < 0 || listen(fd, 200) < 0) {
        fprintf(stderr, "dcsim: cannot listen at %s:%u: %s\n", dc->address, (unsigned)dc->ports[port],
                strerror(errno));
        if (fd >= 0)
            close(fd);
        return false;
    }
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)(dc->number * 2 + port)};
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
    listeners[dc->number][port] = fd;
    return true;
}

/* A DC that is no GC does not listen on that port. */
static bool listen_dc(struct dc *dc)
{
    return listen_on(dc, 0) && (!dc->facts->gc || listen_on(dc, 1));
}

bool server_open(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    stop_fd = eventfd(0, EFD_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = UINT32_MAX};
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, stop_fd, &event);
    for (int n = 0; n < MAX_DCS; n++)
        listeners[n][0] = listeners[n][1] = -1;
    for (int n = 0; n < world.count; n++)
        if (world.dcs[n].faults.kind != FAULT_REFUSE && !listen_dc(&world.dcs[n]))
            return false;
    return true;
}

bool server_update(struct dc *dc)
{
    _Atomic(int) *fds = listeners[dc->number];
    if (dc->faults.kind != FAULT_REFUSE)
        return fds[0] >= 0 || listen_dc(dc);
    for (int port = 0; port < 2; port++) {
        int fd = atomic_exchange(&fds[port], -1);
        if (fd >= 0)
            close(fd);
    }
    return true;
}

/* ---- connections ---- */

static void *serve(void *arg)
{
    struct served *served = arg;
    conn_serve(served->conn);
    pthread_mutex_lock(&list_lock);
    struct served **at = &list;
    while (*at != served)
        at = &(*at)->next;
    *at = served->next;
    conn_free(served->conn); /* under the lock: server_cut must not meet a closed descriptor */
    free(served);
    if (!--list_len)
        pthread_cond_broadcast(&list_empty);
    pthread_mutex_unlock(&list_lock);
    return NULL;
}

static void start_serving(int fd, struct dc *dc, bool gc)
{
    pthread_attr_t attr;
    pthread_t thread;
    struct served *served = zalloc(1, sizeof *served);
    served->conn = conn_new(fd, dc, gc);
    served->dc = dc;
    pthread_mutex_lock(&list_lock);
    served->next = list;
    list = served;
    list_len++;
    pthread_mutex_unlock(&list_lock);
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attr, STACK);
    if (pthread_create(&thread, &attr, serve, served) != 0) {
        conn_cut(served->conn);
        serve(served);
    }
    pthread_attr_destroy(&attr);
}

static void accept_one(uint32_t which)
{
    struct dc *dc = &world.dcs[which / 2];
    int listener = listeners[which / 2][which % 2];
    int fd = listener < 0 ? -1 : accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0)
        return;
    pthread_mutex_lock(&list_lock);
    bool full = list_len >= MAX_CONNECTIONS;
    pthread_mutex_unlock(&list_lock);
    if (full)
        close(fd);
    else
        start_serving(fd, dc, which % 2);
}

void server_cut(const struct dc *dc)
{
    pthread_mutex_lock(&list_lock);
    for (struct served *s = list; s; s = s->next)
        if (!dc || s->dc == dc)
            conn_cut(s->conn);
    pthread_mutex_unlock(&list_lock);
}

void server_run(void)
{
    struct epoll_event events[64];
    for (;;) {
        int n = epoll_wait(epoll_fd, events, 64, -1);
        for (int i = 0; i < n; i++) {
            if (events[i].data.u32 == UINT32_MAX)
                goto stop;
            accept_one(events[i].data.u32);
        }
    }
stop:
    server_cut(NULL);
    pthread_mutex_lock(&list_lock);
    while (list_len)
        pthread_cond_wait(&list_empty, &list_lock);
    pthread_mutex_unlock(&list_lock);
}

void server_stop(void)
{
    uint64_t one = 1;
    if (write(stop_fd, &one, sizeof one) < 0)
        _exit(1);
}
