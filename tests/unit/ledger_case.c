#include "tests/unit/ledger_case.h"

#include <check.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

struct domain_info domains[2];
struct forest_info forest;
static struct dc_info dcs[DCS];
struct dc_result results[DCS];
enum replica_kind replicas[DCS][2];
struct dc_view *views[DCS];
struct ledger *ledger;
struct store *store;
static char db[64];
size_t dc_count;
static struct known_base base;
static bool keep_marks;
bool in_same_bytes;

static void prepare(size_t count)
{
    struct spn_error error = {0};
    dc_count = count;
    forest.dc_count = count;
    for (size_t i = 0; i < count; i++) {
        views[i] = dc_view_new();
        replicas[i][0] = REPLICA_FULL;
        replicas[i][1] = REPLICA_NONE;
        results[i] = (struct dc_result){
            .status = DC_OK, .phase = PHASE_DONE, .complete = true, .replicas = replicas[i], .is_gc = true};
        results[i].invocation_id.b[0] = (uint8_t)(i + 1);
        results[i].mark_usn = 1000;
    }
    ck_assert_int_eq(store_open(db, STORE_SCAN, &store, &error), SPN_OK);
    ck_assert_int_eq(store_load_base(store, &base, &error), SPN_OK);
    ledger = ledger_new(&forest, &base);
    ck_assert_int_eq(store_begin(store, "test", &error), SPN_OK);
    ck_assert_int_eq(store_set_forest(store, &forest, &error), SPN_OK);
    if (base.scan)
        ledger_fetch_from(ledger, store);
}

void start_scan(size_t count)
{
    struct spn_error error = {0};
    prepare(count);
    ck_assert_int_eq(ledger_load_rest(ledger, &error), SPN_OK);
}

void start_increment(size_t count)
{
    struct spn_error error = {0};
    keep_marks = true;
    prepare(count);
    for (size_t i = 0; i < count; i++)
        results[i].incremental = ledger_has_mark(ledger, i);
    ck_assert_int_eq(ledger_fetch_departing(ledger, &error), SPN_OK);
}

void leave_marks(void)
{
    keep_marks = true;
}

void ledger_case_setup(void)
{
    snprintf(db, sizeof db, "/tmp/test-ledger-%ld.db", (long)getpid());
    unlink(db);
    keep_marks = in_same_bytes = false;
    memset(domains, 0, sizeof domains);
    snprintf(domains[0].dn, sizeof domains[0].dn, "DC=corp,DC=example");
    snprintf(domains[0].dns_name, sizeof domains[0].dns_name, "corp.example");
    snprintf(domains[1].dn, sizeof domains[1].dn, "DC=sub,DC=corp,DC=example");
    snprintf(domains[1].dns_name, sizeof domains[1].dns_name, "sub.corp.example");
    memset(dcs, 0, sizeof dcs);
    for (int i = 0; i < DCS; i++)
        snprintf(dcs[i].name, sizeof dcs[i].name, "dc%d", i + 1);
    forest = (struct forest_info){
        .root_domain = "corp.example", .domains = domains, .domain_count = 2, .dcs = dcs};
}

void ledger_case_setup_bytes(void)
{
    ledger_case_setup();
    in_same_bytes = true;
}

void ledger_case_teardown(void)
{
    for (size_t i = 0; i < DCS; i++) {
        dc_view_free(views[i]);
        views[i] = NULL;
    }
    ledger_free(ledger);
    ledger = NULL;
    known_base_release(&base);
    store_close(store);
    store = NULL;
    unlink(db);
}

static void add_state(struct store_batch *batch, enum record_kind kind, const struct note *note, int facet,
                      struct hash128 hash, const char *text)
{
    struct store_record *r = store_batch_add(batch);
    *r = (struct store_record){
        .kind = kind, .id = note->state[facet], .object = note->object_id, .hash = hash};
    struct text_ref ref = {(uint32_t)batch->text.len, (uint32_t)strlen(text)};
    text_append_str(&batch->text, text);
    const struct text_ref none = {NO_TEXT, 0};
    if (kind == RECORD_SPN)
        r->spn.spns = ref;
    else if (kind == RECORD_ACCOUNT)
        r->account =
            (struct account_state){.dn = ref, .sam = ref, .dns_host = none, .upn = none, .sid = none};
    else
        r->delegation =
            (struct delegation_state){.targets = ref, .trustees = ref, .rbcd = none, .rbcd_note = none};
}

void show(size_t dc, int number, int spns, int deleg, unsigned mask)
{
    struct facet_view facets = {0};
    struct note note;
    struct spn_error error = {0};
    char text[64], name[32];
    facets.guid.b[0] = (uint8_t)number;
    facets.guid.b[15] = 1;
    facets.hash[FACET_SPN].lo = (uint64_t)spns;
    facets.hash[FACET_ACCOUNT].lo = (uint64_t)number + 100;
    facets.hash[FACET_DELEGATION].lo = (uint64_t)deleg;
    facets.types_state = deleg < 0 ? deleg : 0;
    if (in_same_bytes)
        facets.raw = (uint64_t)deleg << 32 | (uint64_t)spns << 16 | mask;
    if (in_same_bytes && ledger_note_again(ledger, views[dc], &facets.guid, facets.raw, mask, &note)) {
        ck_assert(!note.name_spns);
        for (int f = 0; f < FACET_COUNT; f++)
            ck_assert(!note.new_state[f]);
        return;
    }
    struct store_batch *batch = store_batch_new();
    ck_assert_int_eq(ledger_note(ledger, views[dc], &facets, mask, 0, &note, &error), NOTE_OK);
    snprintf(name, sizeof name, "HTTP/s%d", spns);
    snprintf(text, sizeof text, "[\"%s\"]", name);
    if (note.new_state[FACET_SPN])
        add_state(batch, RECORD_SPN, &note, FACET_SPN, facets.hash[FACET_SPN], text);
    snprintf(text, sizeof text, "account%d", number);
    if (note.new_state[FACET_ACCOUNT])
        add_state(batch, RECORD_ACCOUNT, &note, FACET_ACCOUNT, facets.hash[FACET_ACCOUNT], text);
    if (note.new_state[FACET_DELEGATION])
        add_state(batch, RECORD_DELEGATION, &note, FACET_DELEGATION, facets.hash[FACET_DELEGATION], "[]");
    if (note.name_spns) {
        const struct spn_key key = facet_spn_key(bytes_of(name), base.seed);
        ledger_name(views[dc], note.object, key.host, spn_key_bit(key));
    }
    ck_assert_int_eq(store_push(store, &batch, &error), SPN_OK);
}

void gone(size_t dc, int number)
{
    struct spn_error error = {0};
    struct guid guid = {{0}};
    guid.b[0] = (uint8_t)number;
    guid.b[15] = 1;
    ck_assert_int_eq(ledger_gone(ledger, views[dc], &guid, &error), SPN_OK);
}

void show_all(int number, int spns, int deleg)
{
    for (size_t i = 0; i < dc_count; i++)
        show(i, number, spns, deleg, FACETS_ALL);
}

void weigh(struct dc_evidence *evidence)
{
    for (size_t i = 0; i < dc_count; i++)
        evidence[i] = (struct dc_evidence){.view = views[i],
                                           .replicas = results[i].replicas,
                                           .complete = results[i].complete,
                                           .incremental = results[i].incremental,
                                           .keep = ledger_has_mark(ledger, i)};
}

static enum spn_code emit(void *ctx, struct store *to, struct spn_error *reterr)
{
    struct dc_evidence evidence[DCS];
    enum spn_code code = SPN_OK;
    (void)ctx;
    weigh(evidence);
    for (size_t i = 0; code == SPN_OK && keep_marks && i < dc_count; i++) {
        const struct mark_row row = {
            .dc = i, .invocation_id = results[i].invocation_id, .usn = results[i].mark_usn};
        if (results[i].complete)
            code = store_put_mark(to, &row, reterr);
    }
    return code == SPN_OK ? ledger_emit(ledger, evidence, dc_count, to, reterr) : code;
}

void finish_scan(void)
{
    struct spn_error error = {0};
    const struct scan_view view = {.emit = emit, .anew = !base.scan};
    ck_assert_int_eq(store_end_bulk(store, &error), SPN_OK);
    ck_assert_int_eq(store_finish(store, &forest, results, &view, &error), SPN_OK);
    store_close(store);
    store = NULL;
    ledger_free(ledger);
    ledger = NULL;
    known_base_release(&base);
    for (size_t i = 0; i < dc_count; i++) {
        dc_view_free(views[i]);
        views[i] = NULL;
    }
}

/* The rows of a query, columns joined by ',', rows by '|'. */
const char *rows(const char *sql)
{
    static char text[4096];
    sqlite3 *conn;
    sqlite3_stmt *stmt;
    text[0] = 0;
    ck_assert_int_eq(sqlite3_open(db, &conn), SQLITE_OK);
    ck_assert_msg(sqlite3_prepare_v2(conn, sql, -1, &stmt, NULL) == SQLITE_OK, "%s", sqlite3_errmsg(conn));
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        if (text[0])
            strcat(text, "|");
        for (int i = 0; i < sqlite3_column_count(stmt); i++) {
            const char *cell = (const char *)sqlite3_column_text(stmt, i);
            strcat(text, i ? "," : "");
            strcat(text, cell ? cell : "NULL");
        }
    }
    sqlite3_finalize(stmt);
    sqlite3_close(conn);
    return text;
}

const char view_sql[] =
    "SELECT a.sam, c.shown, s.spns FROM consensus c JOIN account_state a ON a.id = c.account "
    "JOIN spn_state s ON s.id = c.spn ORDER BY 1";
const char departure_sql[] =
    "SELECT a.sam, d.name, p.shown, s.spns, p.delegation FROM departure p JOIN dc d ON d.id = p.dc "
    "JOIN consensus c ON c.object = p.object JOIN account_state a ON a.id = c.account "
    "LEFT JOIN spn_state s ON s.id = p.spn ORDER BY 1, 2";
