#include "scanner/ldap/dns.h"

#include <ares.h>
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <ctype.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "scanner/ldap/host.h"
#include "spnscan/text_buf.h"
#include "spnscan/times.h"

#define TICK_MS 200

/* ---- one question, waited for ---- */

struct question {
    ares_channel channel;
    bool answered;
    int status;
    struct dns_addresses *addresses; /* where an address answer goes */
    char *name;                      /* where a name goes, DNS_NAME_SIZE */
    struct dns_srv *srv;             /* where an SRV answer goes */
    unsigned max, count;
};

static bool open_channel(struct question *q, int timeout_s)
{
    char lookups[] = "fb"; /* /etc/hosts, then DNS */
    struct ares_options options = {.lookups = lookups};
    int mask = ARES_OPT_LOOKUPS;
    /* Short limits leave no time for resolv.conf's five seconds a server: ask each sooner. */
    if (timeout_s < 10) {
        options.timeout = timeout_s * 1000 / 3;
        mask |= ARES_OPT_TIMEOUTMS;
    }
    q->status = ares_init_options(&q->channel, &options, mask);
    return q->status == ARES_SUCCESS;
}

static void poll_channel(ares_channel channel, int limit_ms)
{
    ares_socket_t sockets[ARES_GETSOCK_MAXNUM];
    struct pollfd polls[ARES_GETSOCK_MAXNUM];
    struct timeval tick = {.tv_usec = TICK_MS * 1000}, next;
    nfds_t count = 0;
    /* The macros of c-ares shift a signed 1 by up to 31 places; the meaning of the bits is documented. */
    unsigned bits = (unsigned)ares_getsock(channel, sockets, ARES_GETSOCK_MAXNUM);

    for (int i = 0; i < ARES_GETSOCK_MAXNUM; i++) {
        short events =
            (short)((bits >> i & 1 ? POLLIN : 0) | (bits >> (i + ARES_GETSOCK_MAXNUM) & 1 ? POLLOUT : 0));
        if (events)
            polls[count++] = (struct pollfd){.fd = sockets[i], .events = events};
    }
    struct timeval *tv = ares_timeout(channel, &tick, &next);
    int ms = tv ? (int)(tv->tv_sec * 1000 + tv->tv_usec / 1000) + 1 : TICK_MS;
    if (poll(polls, count, ms < limit_ms ? ms : limit_ms) < 0)
        count = 0; /* interrupted: only the timers run */
    for (nfds_t i = 0; i < count; i++) {
        bool in = polls[i].revents & (POLLIN | POLLERR | POLLHUP);
        bool out = polls[i].revents & (POLLOUT | POLLERR | POLLHUP);
        if (in || out)
            ares_process_fd(channel, in ? polls[i].fd : ARES_SOCKET_BAD, out ? polls[i].fd : ARES_SOCKET_BAD);
    }
    ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

/* Until q is answered, time is up (ARES_ETIMEOUT) or cancelled (ARES_ECANCELLED). */
static void wait_answer(struct question *q, int timeout_s, const atomic_bool *cancel)
{
    double deadline = time_steady_s() + timeout_s;
    while (!q->answered) {
        double left = deadline - time_steady_s();
        bool cancelled = cancel && atomic_load(cancel);
        if (cancelled || left <= 0) {
            ares_cancel(q->channel);
            q->status = cancelled ? ARES_ECANCELLED : ARES_ETIMEOUT;
            q->answered = true;
            return;
        }
        poll_channel(q->channel, left * 1000 < TICK_MS ? (int)(left * 1000) + 1 : TICK_MS);
    }
}

static enum spn_code dns_error(const char *what, const char *name, const struct question *q,
                               struct spn_error *reterr)
{
    switch (q->status) {
    case ARES_ECANCELLED:
        return spn_error_set(reterr, SPN_CANCELLED, 0, "cancelled");
    case ARES_ENOTFOUND:
    case ARES_ENODATA:
    case ARES_EBADNAME:
    case ARES_ENONAME:
        return spn_error_set(reterr, SPN_CONFIG, 0, "cannot find %s of '%s': DNS has no such %s", what, name,
                             q->srv ? "record" : "name");
    case ARES_ETIMEOUT:
    case ARES_ECONNREFUSED:
        return spn_error_set(reterr, SPN_UNREACHABLE, 0,
                             "cannot find %s of '%s': no DNS server answered (see /etc/resolv.conf)", what,
                             name);
    case ARES_ENOMEM:
        return spn_error_set(reterr, SPN_INTERNAL, 0, "cannot find %s of '%s': out of memory", what, name);
    default:
        return spn_error_set(reterr, SPN_UNREACHABLE, 0, "cannot find %s of '%s': %s", what, name,
                             ares_strerror(q->status));
    }
}

/* ---- addresses ---- */

static void add_address(struct dns_addresses *list, const char *text)
{
    for (unsigned i = 0; i < list->count; i++)
        if (strcmp(list->text[i], text) == 0)
            return;
    if (list->count < DNS_MAX_ADDRESSES)
        snprintf(list->text[list->count++], sizeof list->text[0], "%s", text);
}

/* A name that comes from DNS is as hostile as all else. */
static bool take_name(const char *name, char ret[DNS_NAME_SIZE])
{
    char plain[DNS_NAME_SIZE];
    size_t len = name ? strlen(name) : 0;
    if (len && name[len - 1] == '.')
        len--;
    if (!len || len >= sizeof plain)
        return false;
    memcpy(plain, name, len);
    plain[len] = 0;
    text_lower(plain);
    if (!host_name_ok(plain))
        return false;
    memcpy(ret, plain, len + 1);
    return true;
}

/* The end of the chain of CNAMEs: the name that is no alias of another; without CNAMEs the name as completed.
 */
static void take_canonical(const struct ares_addrinfo *info, char ret[DNS_NAME_SIZE])
{
    const char *end = info->name;
    for (const struct ares_addrinfo_cname *c = info->cnames; c; c = c->next) {
        bool goes_on = false;
        for (const struct ares_addrinfo_cname *o = info->cnames; o; o = o->next)
            goes_on |= o->alias && c->name && strcasecmp(o->alias, c->name) == 0;
        if (!goes_on && c->name)
            end = c->name;
    }
    take_name(end, ret);
}

static void addresses_come(void *arg, int status, int timeouts, struct ares_addrinfo *info)
{
    struct question *q = arg;
    (void)timeouts;
    if (!q->answered) {
        q->answered = true;
        q->status = status;
        for (struct ares_addrinfo_node *n = info ? info->nodes : NULL; n; n = n->ai_next) {
            char text[64];
            if (getnameinfo(n->ai_addr, (socklen_t)n->ai_addrlen, text, sizeof text, NULL, 0,
                            NI_NUMERICHOST) == 0)
                add_address(q->addresses, text);
        }
        if (info && q->name)
            take_canonical(info, q->name);
        if (status == ARES_SUCCESS && q->addresses->count == 0)
            q->status = ARES_ENODATA;
    }
    ares_freeaddrinfo(info);
}

/* RFC 6761 section 6.4: names under .invalid never exist, and no server need be asked. */
static bool never_exists(const char *host)
{
    size_t len = strlen(host);
    if (len && host[len - 1] == '.')
        len--;
    return len >= 8 && strncasecmp(host + len - 8, ".invalid", 8) == 0;
}

/* ret_name: NULL when it is not asked for. */
static enum spn_code look_up(const char *host, int timeout_s, const atomic_bool *cancel,
                             struct dns_addresses *ret, char *ret_name, struct spn_error *reterr)
{
    struct dns_addresses found = {0};
    struct question q = {.addresses = &found, .name = ret_name};
    char literal[64];

    if (host_literal(host, literal, sizeof literal)) {
        add_address(&found, literal);
        *ret = found;
        return SPN_OK;
    }
    if (!host_name_ok(host))
        return spn_error_set(reterr, SPN_CONFIG, 0, "'%s' is neither a host name nor an address", host);
    if (never_exists(host)) {
        q.status = ARES_ENOTFOUND;
    } else if (open_channel(&q, timeout_s)) {
        struct ares_addrinfo_hints hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
        if (ret_name)
            hints.ai_flags = ARES_AI_CANONNAME;
        ares_getaddrinfo(q.channel, host, NULL, &hints, addresses_come, &q);
        wait_answer(&q, timeout_s, cancel);
        ares_destroy(q.channel);
    }
    if (q.status != ARES_SUCCESS)
        return dns_error("an address", host, &q, reterr);
    *ret = found;
    return SPN_OK;
}

enum spn_code dns_lookup(const char *host, int timeout_s, const atomic_bool *cancel,
                         struct dns_addresses *ret, struct spn_error *reterr)
{
    return look_up(host, timeout_s, cancel, ret, NULL, reterr);
}

enum spn_code dns_lookup_name(const char *host, int timeout_s, const atomic_bool *cancel,
                              struct dns_addresses *ret, char ret_name[DNS_NAME_SIZE],
                              struct spn_error *reterr)
{
    char name[DNS_NAME_SIZE] = "";
    enum spn_code code = look_up(host, timeout_s, cancel, ret, name, reterr);
    if (code == SPN_OK)
        snprintf(ret_name, DNS_NAME_SIZE, "%s", strcasecmp(name, host) == 0 ? "" : name);
    return code;
}

/* ---- backward ---- */

static void host_comes(void *arg, int status, int timeouts, struct hostent *host)
{
    struct question *q = arg;
    (void)timeouts;
    if (q->answered)
        return;
    q->answered = true;
    q->status = status == ARES_SUCCESS && !take_name(host->h_name, q->name) ? ARES_EBADNAME : status;
}

enum spn_code dns_lookup_reverse(const char *address, int timeout_s, const atomic_bool *cancel,
                                 char ret_name[DNS_NAME_SIZE], struct spn_error *reterr)
{
    char name[DNS_NAME_SIZE] = "";
    struct question q = {.name = name};
    struct in6_addr bytes;
    int family = strchr(address, ':') ? AF_INET6 : AF_INET;
    if (inet_pton(family, address, &bytes) != 1)
        return spn_error_set(reterr, SPN_CONFIG, 0, "'%s' is not an address", address);
    if (open_channel(&q, timeout_s)) {
        ares_gethostbyaddr(q.channel, &bytes, family == AF_INET ? 4 : 16, family, host_comes, &q);
        wait_answer(&q, timeout_s, cancel);
        ares_destroy(q.channel);
    }
    if (q.status != ARES_SUCCESS)
        return dns_error("the name", address, &q, reterr);
    snprintf(ret_name, DNS_NAME_SIZE, "%s", name);
    return SPN_OK;
}

/* ---- SRV ---- */

static int compare_srv(const void *a, const void *b)
{
    const struct dns_srv *x = a, *y = b;
    if (x->priority != y->priority)
        return x->priority < y->priority ? -1 : 1;
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    int order = strcmp(x->host, y->host);
    return order ? order : (x->port > y->port) - (x->port < y->port);
}

/* false: a target that can't be a host ("." says that the service is not offered, RFC 2782). */
static bool take_srv(const struct ares_srv_reply *reply, struct dns_srv *ret)
{
    size_t len = strlen(reply->host);
    if (len && reply->host[len - 1] == '.')
        len--;
    if (len == 0 || len >= sizeof ret->host)
        return false;
    *ret = (struct dns_srv){.port = reply->port, .priority = reply->priority, .weight = reply->weight};
    for (size_t i = 0; i < len; i++)
        ret->host[i] = (char)tolower((unsigned char)reply->host[i]);
    return host_name_ok(ret->host) && reply->port != 0;
}

/* All records are sorted before any is left out: at most max of them is a promise about the best ones. */
static void keep_best(struct question *q, const struct ares_srv_reply *replies)
{
    struct dns_srv *all = NULL;
    size_t size = 0, count = 0;
    for (const struct ares_srv_reply *r = replies; r; r = r->next) {
        all = xgrow(all, &size, count + 1, sizeof *all);
        count += take_srv(r, &all[count]);
    }
    if (count)
        qsort(all, count, sizeof *all, compare_srv);
    for (size_t i = 0; i < count && q->count < q->max; i++)
        if (i == 0 || compare_srv(&all[i - 1], &all[i]) != 0)
            q->srv[q->count++] = all[i];
    free(all);
}

static void srv_come(void *arg, int status, int timeouts, unsigned char *answer, int len)
{
    struct question *q = arg;
    struct ares_srv_reply *replies = NULL;
    (void)timeouts;
    if (q->answered)
        return;
    q->answered = true;
    if (status == ARES_SUCCESS)
        status = ares_parse_srv_reply(answer, len, &replies);
    if (status == ARES_SUCCESS) {
        keep_best(q, replies);
        if (q->count == 0)
            status = ARES_ENODATA;
    }
    q->status = status;
    ares_free_data(replies);
}

enum spn_code dns_lookup_srv(const char *name, int timeout_s, const atomic_bool *cancel, struct dns_srv *ret,
                             unsigned max, unsigned *ret_count, struct spn_error *reterr)
{
    struct question q = {.srv = ret, .max = max};
    if (!host_name_ok(name))
        return spn_error_set(reterr, SPN_CONFIG, 0, "'%s' is not a DNS name", name);
    if (never_exists(name)) {
        q.status = ARES_ENOTFOUND;
    } else if (open_channel(&q, timeout_s)) {
        ares_query(q.channel, name, ns_c_in, ns_t_srv, srv_come, &q);
        wait_answer(&q, timeout_s, cancel);
        ares_destroy(q.channel);
    }
    if (q.status != ARES_SUCCESS)
        return dns_error("an SRV record", name, &q, reterr);
    *ret_count = q.count;
    return SPN_OK;
}
