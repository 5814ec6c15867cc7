#include "scanner/run/account_sink.h"

#include "scanner/decode/ldap_message.h"
#include "scanner/decode/spn.h"
#include "scanner/run/dc_worker.h"
#include "scanner/run/locate.h"

#define SPARE_ENTRIES   20000
#define TIMES_AN_OBJECT 8

static void forget_likes(struct account_sink *sink)
{
    for (size_t i = 0; i < SPN_KINDS_MAX; i++)
        sink->spn_likes[i].off = NO_TEXT;
    for (size_t i = 0; i < ACCOUNT_KINDS_MAX; i++)
        sink->account_likes[i].off = NO_TEXT;
}

void account_sink_init(struct account_sink *sink, const struct scan_context *scan, struct dc_view *view)
{
    *sink = (struct account_sink){.scan = scan, .view = view};
    forget_likes(sink);
}

static enum spn_code flush(struct account_sink *sink, struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    if (sink->batch && sink->batch->count)
        code = store_push(sink->scan->store, &sink->batch, reterr);
    store_batch_free(sink->batch);
    sink->batch = NULL;
    forget_likes(sink);
    return code;
}

enum spn_code account_sink_end(struct account_sink *sink, struct spn_error *reterr)
{
    spn_kins_release(&sink->spn_kins);
    account_kins_release(&sink->account_kins);
    return flush(sink, reterr);
}

static void lock(struct account_sink *sink)
{
    if (sink->pair)
        pthread_mutex_lock(&sink->pair->lock);
}

static void unlock(struct account_sink *sink)
{
    if (sink->pair)
        pthread_mutex_unlock(&sink->pair->lock);
}

static struct store_record *add(struct account_sink *sink, enum record_kind kind, const struct note *note,
                                int64_t id, struct hash128 hash)
{
    struct store_record *record = store_batch_add(sink->batch);
    *record = (struct store_record){.kind = kind, .id = id, .object = note->object_id, .hash = hash};
    return record;
}

static struct text_ref put_text(struct text_buf *text, struct bytes piece)
{
    const size_t start = text->len;
    if (start + piece.len >= NO_TEXT)
        return (struct text_ref){NO_TEXT, 0};
    text_append(text, (const char *)piece.data, piece.len);
    return (struct text_ref){(uint32_t)start, (uint32_t)piece.len};
}

/* Once a batch. */
static struct text_ref put_like(struct text_buf *text, const struct text_buf *like, struct text_ref *known)
{
    if (known->off == NO_TEXT)
        *known = put_text(text, (struct bytes){(const uint8_t *)like->data, like->len});
    return *known;
}

/* The SPNs of an entry. kind: as spn_kins_find() has it. */
struct names {
    const struct attr *spns;
    int kind;
    struct bytes name;
};

static void add_odd_spns(struct account_sink *sink, const struct attr *spns, const struct note *note)
{
    for (size_t i = 0; spns && i < spns->count; i++) {
        unsigned kinds = spn_kinds(spns->values[i]);
        if (kinds)
            facet_odd_spn_text(
                spns->values[i], kinds, &sink->batch->text,
                &add(sink, RECORD_ODD_SPN, note, note->state[FACET_SPN], (struct hash128){0})->odd_spn);
    }
}

static void add_spns(struct account_sink *sink, const struct entry *entry, const struct facet_view *facets,
                     const struct note *note, const struct names *names)
{
    struct text_buf *text = &sink->batch->text;
    struct spn_state *state =
        &add(sink, RECORD_SPN, note, note->state[FACET_SPN], facets->hash[FACET_SPN])->spn;
    if (names->kind >= 0) {
        const struct text_ref like =
            put_like(text, &sink->spn_kins.kinds[names->kind].like, &sink->spn_likes[names->kind]);
        *state = (struct spn_state){{NO_TEXT, 0}, like, put_text(text, names->name)};
        return;
    }
    facet_spn_text(entry, text, state);
    if (names->spns && state->spns.off != NO_TEXT) {
        const struct bytes json = {(const uint8_t *)text->data + state->spns.off, state->spns.len};
        const int learnt = spn_kins_learn(&sink->spn_kins, names->spns, json, sink->scan->seed);
        if (learnt >= 0)
            sink->spn_likes[learnt].off = NO_TEXT;
    }
    add_odd_spns(sink, names->spns, note);
}

static void add_account(struct account_sink *sink, const struct entry *entry, const struct facet_view *facets,
                        const struct note *note)
{
    struct text_buf *text = &sink->batch->text;
    struct account_state *state =
        &add(sink, RECORD_ACCOUNT, note, note->state[FACET_ACCOUNT], facets->hash[FACET_ACCOUNT])->account;
    uint32_t rid = 0;
    const int kind = account_kins_find(&sink->account_kins, entry, &rid);
    if (kind >= 0) {
        facet_account_name(entry, text, state);
        state->like = put_like(text, &sink->account_kins.kinds[kind].like, &sink->account_likes[kind]);
        state->rid = rid;
        return;
    }
    facet_account_text(entry, text, state);
    const int learnt = account_kins_learn(&sink->account_kins, entry, state, text);
    if (learnt >= 0)
        sink->account_likes[learnt].off = NO_TEXT;
}

static void add_records(struct account_sink *sink, const struct entry *entry, const struct facet_view *facets,
                        const struct note *note, const struct names *names)
{
    struct text_buf *text;
    if (!sink->batch)
        sink->batch = store_batch_new();
    text = &sink->batch->text;
    if (note->new_state[FACET_SPN])
        add_spns(sink, entry, facets, note, names);
    if (note->new_state[FACET_ACCOUNT])
        add_account(sink, entry, facets, note);
    if (note->new_state[FACET_DELEGATION])
        facet_delegation_text(
            entry, text,
            &add(sink, RECORD_DELEGATION, note, note->state[FACET_DELEGATION], facets->hash[FACET_DELEGATION])
                 ->delegation);
}

static void add_names(struct account_sink *sink, const struct note *note, const struct names *names)
{
    const uint64_t seed = sink->scan->seed;
    if (names->kind >= 0) {
        ledger_name(sink->view, note->object, spn_kin_key(names->name, seed),
                    sink->spn_kins.kinds[names->kind].names);
        return;
    }
    for (size_t i = 0; names->spns && i < names->spns->count; i++) {
        const struct spn_key key = facet_spn_key(names->spns->values[i], seed);
        ledger_name(sink->view, note->object, key.host, spn_key_bit(key));
    }
}

static struct names take_names(struct account_sink *sink, const struct entry *entry, const struct note *note)
{
    struct names names = {.kind = -1};
    if (!note->name_spns && !note->new_state[FACET_SPN])
        return names;
    names.spns = entry_attr(entry, "servicePrincipalName");
    if (names.spns)
        names.kind = spn_kins_find(&sink->spn_kins, names.spns, &names.name);
    return names;
}

/* As the filters of the streams have it. */
static bool worth_telling(const struct facet_view *facets)
{
    const struct hash128 none = {0};
    return facets->delegates || !hash128_equal(facets->hash[FACET_SPN], none) ||
           !hash128_equal(facets->hash[FACET_DELEGATION], none);
}

/* An object may come some times: as one of a slice that is asked for again, after a change, for another port.
 * A DC that shows the same again and again would never end. */
static bool too_many(const struct account_sink *sink)
{
    return sink->taken > SPARE_ENTRIES + TIMES_AN_OBJECT * (uint64_t)ledger_objects(sink->scan->ledger);
}

/* Looking the object up waits for memory, which hashing its entry meanwhile need not. */
static void expect(const struct account_sink *sink, const struct entry *entry)
{
    const struct bytes value = entry_value(entry, "objectGUID");
    struct guid guid;
    if (value.len != sizeof guid)
        return;
    memcpy(&guid, value.data, sizeof guid);
    ledger_expect(sink->scan->ledger, &guid);
}

/* The DC's other port could not be read. */
static bool stopped(const struct account_sink *sink)
{
    return sink->pair && atomic_load(&sink->pair->stop);
}

bool account_sink_known(void *ctx, struct bytes body)
{
    struct account_sink *sink = ctx;
    struct guid guid;
    sink->raw_at = NULL;
    /* What is to end the stream is said by account_sink_entry. */
    if (too_many(sink) || stopped(sink) || !entry_scan_guid(body, &guid))
        return false;
    sink->raw = facet_raw_hash(body, sink->scan->seed ^ sink->mask);
    lock(sink);
    bool known = ledger_note_again(sink->scan->ledger, sink->view, &guid, sink->raw, sink->mask, &sink->told);
    unlock(sink);
    sink->raw_at = known ? NULL : body.data;
    sink->taken += known;
    return known;
}

enum spn_code account_sink_entry(void *ctx, const struct entry *entry, struct spn_error *reterr)
{
    struct account_sink *sink = ctx;
    const struct scan_context *scan = sink->scan;
    struct facet_view facets;
    struct note note = {0};
    sink->told = note;
    if (too_many(sink))
        return spn_error_set(
            reterr, SPN_PROTOCOL, 0,
            "the same accounts come again and again: %llu entries of a forest of %lu accounts",
            (unsigned long long)sink->taken, (unsigned long)ledger_objects(scan->ledger));
    if (stopped(sink))
        return spn_error_set(reterr, SPN_CANCELLED, 0, "the DC's other port could not be read");
    expect(sink, entry);
    if (!facet_read(entry, scan->seed, sink->mask, &facets))
        return spn_error_set(reterr, SPN_PROTOCOL, 0, "an entry came without a usable objectGUID: '%.*s'",
                             entry->dn.len > 200 ? 200 : (int)entry->dn.len, (const char *)entry->dn.data);
    if (entry->raw.data && entry->raw.data == sink->raw_at)
        facets.raw = sink->raw;
    sink->raw_at = NULL; /* the buffer is used again */
    /* Any account may have changed; few of those that are not known are any matter. */
    const bool matters = !sink->increment || worth_telling(&facets);
    const int domain = matters ? forest_domain_of(scan->forest, entry->dn) : -1;
    lock(sink);
    enum note_result result =
        ledger_note(scan->ledger, sink->view, &facets, sink->mask, domain, &note, reterr);
    const struct names names = take_names(sink, entry, &note);
    if (result == NOTE_OK && note.name_spns)
        add_names(sink, &note, &names);
    unlock(sink);
    if (result == NOTE_NEW) /* in no domain NC: no account of this forest */
        return SPN_OK;
    if (result == NOTE_FAILED)
        return reterr->code;
    if (result != NOTE_OK)
        return spn_error_set(reterr, SPN_PROTOCOL, 0,
                             "the forest shows more accounts than can be: is this a DC?");
    sink->told = note;
    sink->taken++;
    sink->hidden_uac += note.told_account && facets.uac_hidden;
    if (note.new_state[FACET_SPN] || note.new_state[FACET_ACCOUNT] || note.new_state[FACET_DELEGATION])
        add_records(sink, entry, &facets, &note, &names);
    return sink->batch && store_batch_full(sink->batch) ? flush(sink, reterr) : SPN_OK;
}

void account_sink_usn(struct account_sink *sink, const struct entry *entry)
{
    uint64_t usn;
    if (entry_uint(entry, "uSNChanged", &usn) && usn > sink->usn)
        sink->usn = usn;
}
