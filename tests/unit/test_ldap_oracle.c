#include "tests/unit/test_ldap_run.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

Suite *suite_ldap_oracle(void);

/* What the stream hands on is, byte for byte, what libldap reads from the same server. */

/* ---- random entries, cut up at random ---- */

static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

static void random_text(uint64_t *state, char *text, size_t *len, size_t most)
{
    *len = next_random(state) % (most + 1);
    for (size_t i = 0; i < *len; i++)
        text[i] = (char)next_random(state);
}

static void random_entry(int fd, ber_int_t msgid, uint64_t *state)
{
    static char text[300000];
    size_t len;
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    random_text(state, text, &len, 200);
    ber_printf(ber, "{it{o{", msgid, (ber_tag_t)LDAP_RES_SEARCH_ENTRY, text, (ber_len_t)len);
    for (size_t attr = next_random(state) % 9; attr > 0; attr--) {
        ber_printf(ber, "{s[", attr % 2 ? "servicePrincipalName" : "x");
        for (size_t value = next_random(state) % 20; value > 0; value--) {
            bool big = next_random(state) % 2000 == 0; /* larger than a chunk */
            random_text(state, text, &len, big ? sizeof text : 60);
            ber_printf(ber, "o", text, (ber_len_t)len);
        }
        ber_printf(ber, "]}");
    }
    peer_entry_end(fd, ber);
}

static void random_page(struct peer *peer, int fd, const struct peer_request *r)
{
    uint64_t state = (uint64_t)peer->seen;
    for (int i = 0; i < 300; i++)
        random_entry(fd, r->msgid, &state);
    peer_page_end(fd, r->msgid, peer->seen < 6 ? "more" : "");
}

/* Between the script and the client: pieces of random sizes. */
struct pipe_ends {
    int from, to;
};

static void *cut_up(void *arg)
{
    const struct pipe_ends *p = arg;
    static char piece[70000];
    uint64_t state = 5;
    ssize_t n = 1;
    while (n > 0) {
        size_t most = next_random(&state) % 3 ? 100 : sizeof piece;
        n = read(p->from, piece, 1 + next_random(&state) % most);
        for (ssize_t at = 0, m; at < n; at += m)
            if ((m = send(p->to, piece + at, (size_t)(n - at), MSG_NOSIGNAL)) <= 0)
                return NULL;
    }
    return NULL;
}

static void serve_cut_up(struct peer *peer, int fd)
{
    int ends[2];
    struct peer_request r;
    pthread_t thread;
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    struct pipe_ends p = {ends[1], fd};
    peer_accept_bind(fd);
    pthread_create(&thread, NULL, cut_up, &p);
    while (peer_read(fd, &r) && r.op == LDAP_REQ_SEARCH) {
        peer->seen++;
        random_page(peer, ends[0], &r);
        peer_request_end(&r);
    }
    peer_request_end(&r);
    close(ends[0]);
    pthread_join(thread, NULL);
    close(ends[1]);
}

/* A digest over every byte of every entry, in order, with lengths and counts. */
static void digest(uint64_t *sum, struct bytes b)
{
    *sum = (*sum ^ b.len) * 1099511628211u;
    for (size_t i = 0; i < b.len; i++)
        *sum = (*sum ^ b.data[i]) * 1099511628211u;
}

struct sums {
    uint64_t entries, values, sum; /* sum: without order, as ranges come last in a stream */
};

static enum spn_code digest_entry(void *ctx, const struct entry *entry, struct spn_error *reterr)
{
    struct sums *sums = ctx;
    uint64_t one = 14695981039346656037u;
    (void)reterr;
    digest(&one, entry->dn);
    for (size_t i = 0; i < entry->attr_count; i++) {
        digest(&one, entry->attrs[i].name);
        digest(&one, (struct bytes){NULL, 0});
        for (size_t j = 0; j < entry->attrs[i].count; j++)
            digest(&one, entry->attrs[i].values[j]);
        sums->values += entry->attrs[i].count;
    }
    sums->sum += one * 0x9E3779B97F4A7C15u;
    sums->entries++;
    return SPN_OK;
}

static struct sums random_sums(bool plain)
{
    struct peer peer;
    struct conn *conn = NULL;
    struct search search = paged;
    struct search_stats stats = {0};
    struct spn_error err = {0};
    struct sums sums = {0};
    int phase;
    search.plain = plain;
    peer_start(&peer, serve_cut_up, NULL);
    ck_assert_int_eq(open_to(&peer, &anonymous, &phase, &conn, &err), SPN_OK);
    ck_assert_msg(search_stream(conn, &search, digest_entry, &sums, &stats, &err) == SPN_OK, "%s", err.text);
    ck_assert_uint_eq(atomic_load(&stats.entries), 6 * 300);
    ck_assert_uint_eq(atomic_load(&stats.pages), 6);
    conn_close(conn);
    peer_end(&peer);
    return sums;
}

static void expect_same(struct sums a, struct sums b)
{
    ck_assert_uint_eq(a.entries, b.entries);
    ck_assert_uint_eq(a.values, b.values);
    ck_assert_uint_eq(a.sum, b.sum);
}

START_TEST(random_entries_are_the_same)
{
    expect_same(random_sums(false), random_sums(true));
}
END_TEST

/* ---- a real server ---- */

#define ENTRIES 3000

static char dir[] = "/tmp/spnscan-slapd-XXXXXX";
static pid_t slapd;

static int free_port(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert(bind(fd, (struct sockaddr *)&at, sizeof at) == 0);
    ck_assert(getsockname(fd, (struct sockaddr *)&at, &len) == 0);
    close(fd);
    return ntohs(at.sin_port);
}

/* It dies with the test, however that ends. */
static void start_slapd(int ldap_port, int ldaps_port)
{
    char conf[100], urls[100];
    snprintf(conf, sizeof conf, "%s/slapd.conf", dir);
    snprintf(urls, sizeof urls, "ldap://127.0.0.1:%d ldaps://127.0.0.1:%d", ldap_port, ldaps_port);
    slapd = fork();
    if (slapd == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execl("/usr/sbin/slapd", "slapd", "-d", "0", "-f", conf, "-h", urls, (char *)NULL);
        _exit(127);
    }
}

static void end_slapd(void)
{
    char command[100];
    kill(slapd, SIGKILL);
    waitpid(slapd, NULL, 0);
    snprintf(command, sizeof command, "rm -rf '%s'", dir);
    ck_assert_int_eq(system(command), 0);
}

/* As soon as it answers. */
static struct conn *reach(const struct login *login, int port)
{
    const struct conn_target target = {
        .host = "dc1.corp.example", .address = "127.0.0.1", .port = (uint16_t)port};
    _Atomic(int) phase = PHASE_WAITING;
    struct conn *conn = NULL;
    struct spn_error err = {0};
    for (int i = 0; i < 100 && conn_open(&target, login, &phase, &conn, &err) != SPN_OK; i++)
        usleep(50000);
    ck_assert_msg(conn != NULL, "%s", err.text);
    return conn;
}

static struct sums slapd_sums(struct conn *conn, bool plain, int page_size)
{
    static const char *const wanted[] = {"servicePrincipalName", "objectGUID", "description", "cn", NULL};
    struct search search = paged;
    struct spn_error err = {0};
    struct sums sums = {0};
    search.plain = plain;
    search.page_size = page_size;
    search.attrs = wanted;
    enum spn_code code = search_stream(conn, &search, digest_entry, &sums, NULL, &err);
    ck_assert_msg(code == SPN_OK, "%s", err.text);
    ck_assert_uint_eq(sums.entries, ENTRIES);
    return sums;
}

/* One connection, the two ways by turns, paged and not: neither leaves the other anything behind. */
static void compare_at(const struct login *login, int port)
{
    struct conn *conn = reach(login, port);
    struct sums plain = slapd_sums(conn, true, 700);
    expect_same(plain, slapd_sums(conn, false, 700));
    expect_same(plain, slapd_sums(conn, true, 0));
    expect_same(plain, slapd_sums(conn, false, 0));
    expect_same(plain, slapd_sums(conn, false, 13));
    expect_same(plain, slapd_sums(conn, true, 1000));
    conn_close(conn);
}

START_TEST(slapd_entries_are_the_same)
{
    ck_assert_msg(access("/usr/sbin/slapd", X_OK) == 0, "no slapd: run tests/packages check");
    int ldap_port = free_port(), ldaps_port = free_port();
    char command[200], ca[100];
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(command, sizeof command, "tests/unit/slapd_files %s %d", dir, ENTRIES);
    ck_assert_int_eq(system(command), 0);
    snprintf(ca, sizeof ca, "%s/cert.pem", dir);
    const struct login clear = {.method = BIND_ANONYMOUS, .timeout_s = 10};
    const struct login tls = {.method = BIND_ANONYMOUS, .timeout_s = 10, .tls = TLS_LDAPS, .ca_file = ca};
    const struct login starttls = {
        .method = BIND_ANONYMOUS, .timeout_s = 10, .tls = TLS_STARTTLS, .ca_file = ca};
    start_slapd(ldap_port, ldaps_port);
    compare_at(&clear, ldap_port);
    compare_at(&tls, ldaps_port);
    compare_at(&starttls, ldap_port);
    end_slapd();
}
END_TEST

Suite *suite_ldap_oracle(void)
{
    Suite *s = suite_create("ldap oracle");
    TCase *t = tcase_create("against libldap");
    tcase_add_checked_fixture(t, read_stream, NULL);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, random_entries_are_the_same);
    tcase_add_test(t, slapd_entries_are_the_same);
    suite_add_tcase(s, t);
    return s;
}
