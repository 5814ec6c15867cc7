#include "store/hop_inside.h"
#include "store/view.h"

#include <stdlib.h>
#include <string.h>

/* ---- DCs, domains, mappings ---- */

static enum spn_code on_scan(void *ctx, struct store *store, sqlite3_stmt *row, struct spn_error *reterr)
{
    struct hop_reading *r = ctx;
    (void)store;
    (void)reterr;
    hop_copy(row, 0, r->facts->scan, sizeof r->facts->scan);
    return SPN_OK;
}

static enum spn_code on_dc(void *ctx, struct store *store, sqlite3_stmt *row, struct spn_error *reterr)
{
    struct hop_facts *f = ((struct hop_reading *)ctx)->facts;
    (void)store;
    (void)reterr;
    f->dcs = xgrow(f->dcs, &f->dc_size, f->dc_count + 1, sizeof *f->dcs);
    struct hop_dc *dc = &f->dcs[f->dc_count++];
    *dc = (struct hop_dc){.id = sqlite3_column_int64(row, 0)};
    hop_copy(row, 1, dc->name, sizeof dc->name);
    hop_copy(row, 2, dc->domain, sizeof dc->domain);
    hop_copy(row, 3, dc->status, sizeof dc->status);
    dc->is_gc = sqlite3_column_type(row, 4) == SQLITE_NULL ? -1 : sqlite3_column_int(row, 4) != 0;
    dc->complete = sqlite3_column_int(row, 5) != 0;
    dc->excluded = strcmp(dc->status, "excluded") == 0;
    dc->has_skew = sqlite3_column_type(row, 6) != SQLITE_NULL;
    dc->skew_ms = sqlite3_column_int64(row, 6);
    return SPN_OK;
}

static enum spn_code on_domain(void *ctx, struct store *store, sqlite3_stmt *row, struct spn_error *reterr)
{
    struct hop_facts *f = ((struct hop_reading *)ctx)->facts;
    (void)store;
    (void)reterr;
    f->domains = xgrow(f->domains, &f->domain_size, f->domain_count + 1, sizeof *f->domains);
    struct hop_domain *domain = &f->domains[f->domain_count++];
    domain->id = sqlite3_column_int64(row, 0);
    hop_copy(row, 1, domain->dn, sizeof domain->dn);
    hop_copy(row, 2, domain->dns, sizeof domain->dns);
    hop_copy(row, 3, domain->netbios, sizeof domain->netbios);
    return SPN_OK;
}

static enum spn_code on_mapping(void *ctx, struct store *store, sqlite3_stmt *row, struct spn_error *reterr)
{
    struct hop_facts *f = ((struct hop_reading *)ctx)->facts;
    (void)store;
    (void)reterr;
    f->mappings = xgrow(f->mappings, &f->mapping_size, f->mapping_count + 1, sizeof *f->mappings);
    struct hop_mapping *mapping = &f->mappings[f->mapping_count++];
    hop_copy(row, 0, mapping->class_name, sizeof mapping->class_name);
    hop_copy(row, 1, mapping->stands_for, sizeof mapping->stands_for);
    return SPN_OK;
}

static enum spn_code read_forest(struct store *store, struct hop_reading *r, struct spn_error *reterr)
{
    static const char dcs[] =
        "SELECT d.id, d.name, x.domain, x.status, x.is_gc, x.complete, x.clock_skew_ms FROM current_scan s "
        "JOIN scan_dc x ON x.scan = s.id JOIN dc d ON d.id = x.dc ORDER BY d.name";
    enum spn_code code = hop_each(store, "SELECT started FROM current_scan", 0, NULL, on_scan, r, reterr);
    if (code == SPN_OK && !r->facts->scan[0])
        return spn_error_set(reterr, SPN_DATABASE, 0,
                             "the database holds no scan that read a DC whole: run spnscan scan first");
    if (code == SPN_OK)
        code = hop_each(store, dcs, 0, NULL, on_dc, r, reterr);
    if (code == SPN_OK)
        code = hop_each(store, "SELECT id, dn, dns, netbios FROM domain ORDER BY dns", 0, NULL, on_domain, r,
                        reterr);
    if (code == SPN_OK)
        code = hop_each(store, "SELECT class, stands_for FROM spn_mapping ORDER BY class, stands_for", 0,
                        NULL, on_mapping, r, reterr);
    return code;
}

/* ---- objects ---- */

static enum spn_code on_object(void *ctx, struct store *store, sqlite3_stmt *row, struct spn_error *reterr)
{
    struct hop_reading *r = ctx;
    struct hop_facts *f = r->facts;
    (void)store;
    (void)reterr;
    f->objects = xgrow(f->objects, &f->object_size, f->object_count + 1, sizeof *f->objects);
    struct hop_object *object = &f->objects[f->object_count++];
    *object = (struct hop_object){.id = sqlite3_column_int64(row, 0),
                                  .name = hop_column(row, 2),
                                  .dn = hop_column(row, 3),
                                  .sid = hop_column(row, 4)};
    hop_copy(row, 1, object->guid, sizeof object->guid);
    while (object->domain < f->domain_count && f->domains[object->domain].id != sqlite3_column_int64(row, 5))
        object->domain++;
    object->sight = xcalloc(f->dc_count, sizeof *object->sight);
    r->holds_spn = sqlite3_column_int64(row, 6) != STATE_NONE;
    return SPN_OK;
}

static enum spn_code on_scope(void *ctx, struct store *store, sqlite3_stmt *row, struct spn_error *reterr)
{
    struct hop_reading *r = ctx;
    size_t dc = hop_dc_index(r->facts, sqlite3_column_int64(row, 0));
    (void)store;
    (void)reterr;
    if (dc == r->facts->dc_count)
        return SPN_OK;
    struct hop_sight *sight = &r->facts->objects[r->object].sight[dc];
    sight->full = sqlite3_column_int(row, 1) != 0;
    /* Of an account on which most show no SPN a partial copy was not asked (view dc_object). */
    sight->shows = sight->full || r->holds_spn ? HOP_ABSENT : HOP_UNASKED;
    return SPN_OK;
}

static enum spn_code on_sight(void *ctx, struct store *store, sqlite3_stmt *row, struct spn_error *reterr)
{
    struct hop_reading *r = ctx;
    struct hop_states *states = r->facts->states;
    size_t dc = hop_dc_index(r->facts, sqlite3_column_int64(row, 0));
    if (dc == r->facts->dc_count)
        return SPN_OK;
    struct hop_sight *sight = &r->facts->objects[r->object].sight[dc];
    sight->shows = HOP_SHOWN;
    enum spn_code code = hop_spns_of(store, states, sqlite3_column_int64(row, 1), &sight->spns, reterr);
    if (code == SPN_OK)
        code = hop_account_of(store, states, sqlite3_column_int64(row, 2), &sight->account, reterr);
    if (code == SPN_OK && sqlite3_column_type(row, 3) != SQLITE_NULL)
        code = hop_delegation_of(store, states, sqlite3_column_int64(row, 3), &sight->delegation, reterr);
    return code;
}

/* *ret: its index; that of the count when the current view does not have it. */
static enum spn_code add_object(struct store *store, struct hop_reading *r, int64_t id, size_t *ret,
                                struct spn_error *reterr)
{
    static const char object[] = "SELECT a.object, a.guid, a.account, a.account_dn, s.sid, a.domain, a.spn "
                                 "FROM account a JOIN consensus c ON c.object = a.object "
                                 "JOIN account_state s ON s.id = c.account WHERE a.object = ?1";
    static const char scope[] = "SELECT s.dc, s.is_full FROM object o JOIN dc_scope s ON s.domain = o.domain "
                                "WHERE o.id = ?1";
    static const char sight[] = "SELECT dc, spn, account, delegation FROM dc_object WHERE object = ?1";
    const struct hop_facts *f = r->facts;
    for (*ret = 0; *ret < f->object_count; ++*ret)
        if (f->objects[*ret].id == id)
            return SPN_OK;
    enum spn_code code = hop_each(store, object, id, NULL, on_object, r, reterr);
    if (code != SPN_OK || *ret == f->object_count)
        return code;
    r->object = *ret;
    code = hop_each(store, scope, id, NULL, on_scope, r, reterr);
    return code == SPN_OK ? hop_each(store, sight, id, NULL, on_sight, r, reterr) : code;
}

static void add_id(struct hop_reading *r, int64_t id)
{
    r->found = xgrow(r->found, &r->found_size, r->found_count + 1, sizeof *r->found);
    r->found[r->found_count++] = id;
}

static enum spn_code on_id(void *ctx, struct store *store, sqlite3_stmt *row, struct spn_error *reterr)
{
    (void)store;
    (void)reterr;
    add_id(ctx, sqlite3_column_int64(row, 0));
    return SPN_OK;
}

static enum spn_code add_found(struct store *store, struct hop_reading *r, struct spn_error *reterr)
{
    enum spn_code code = SPN_OK;
    for (size_t i = 0; code == SPN_OK && i < r->found_count; i++) {
        size_t index = 0;
        code = add_object(store, r, r->found[i], &index, reterr);
        if (code != SPN_OK || index == r->facts->object_count || !r->named)
            continue;
        struct hop_named *named = r->named;
        named->objects = xgrow(named->objects, &named->size, named->count + 1, sizeof *named->objects);
        named->objects[named->count++] = index;
    }
    r->found_count = 0;
    return code;
}

/* A quick look at the text of a state goes before taking it apart: nearly all are of other hosts. Where a
 * template tells of it, that is its name, a host's first label, or the rest of the text that all such have.
 */
static enum spn_code add_hosts(struct store *store, struct hop_reading *r, const struct hop_wanted *wanted,
                               struct spn_error *reterr)
{
    static const char sql[] =
        "WITH host AS MATERIALIZED (SELECT json_extract(value, '$[0]') AS within, json_extract(value, "
        "'$[1]') AS name,"
        "    length(json_extract(value, '$[1]')) AS size,"
        "    substr(json_extract(value, '$[1]'), 1, instr(json_extract(value, '$[1]') || '.', '.') - 1) AS "
        "label"
        "  FROM json_each(?2) WHERE ?1 = 0), "
        "told (id) AS MATERIALIZED (SELECT t.id FROM template t WHERE"
        "    EXISTS (SELECT 1 FROM host h WHERE instr(lower(t.text), h.within)))"
        "SELECT DISTINCT s.object FROM spn_set s CROSS JOIN spn_state n ON n.id = s.id, json_each(n.spns) j"
        " WHERE s.object IS NOT NULL AND"
        "  CASE WHEN s.template IS NULL THEN EXISTS (SELECT 1 FROM host h WHERE instr(lower(s.text), "
        "h.within))"
        "       ELSE s.template IN told OR lower(s.text) IN (SELECT label FROM host) END AND"
        "  EXISTS (SELECT 1 FROM host h WHERE substr(lower(j.value), instr(j.value, '/') + 1, h.size) = "
        "h.name AND"
        "          substr(j.value, instr(j.value, '/') + 1 + h.size, 1) IN ('', ':', '/'))";
    struct text_buf list = {0}, needle = {0};
    if (!wanted->host_count)
        return SPN_OK;
    text_append_char(&list, '[');
    for (size_t i = 0; i < wanted->host_count; i++) {
        const char *host = wanted->hosts[i];
        /* As it stands within the JSON of a state. */
        text_clear(&needle);
        text_append_json(&needle, host, strlen(host));
        needle.data[needle.len - 1] = 0;
        text_append_str(&list, i ? ",[" : "[");
        text_append_json(&list, needle.data + 1, needle.len - 2);
        text_append_char(&list, ',');
        text_append_json(&list, host, strlen(host));
        text_append_char(&list, ']');
    }
    text_append_char(&list, ']');
    enum spn_code code = hop_each(store, sql, 0, list.data, on_id, r, reterr);
    text_release(&needle);
    text_release(&list);
    return code == SPN_OK ? add_found(store, r, reterr) : code;
}

static enum spn_code add_accounts(struct store *store, struct hop_reading *r, const struct hop_wanted *wanted,
                                  struct spn_error *reterr)
{
    struct hop_facts *f = r->facts;
    struct object_list named = {0};
    enum spn_code code = SPN_OK;
    f->named = xcalloc(wanted->account_count, sizeof *f->named);
    f->named_count = wanted->account_count;
    for (size_t i = 0; code == SPN_OK && i < wanted->account_count; i++) {
        r->named = &f->named[i];
        named.count = 0;
        code = accounts_named(store, wanted->accounts[i], false, &named, reterr);
        for (size_t n = 0; code == SPN_OK && n < named.count; n++)
            add_id(r, named.items[n]);
        if (code == SPN_OK)
            code = add_found(store, r, reterr);
    }
    r->named = NULL;
    free(named.items);
    return code;
}

enum spn_code store_hop_read(struct store *store, const struct hop_wanted *wanted, struct hop_facts **ret,
                             struct spn_error *reterr)
{
    struct hop_facts *facts = xcalloc(1, sizeof *facts);
    struct hop_reading r = {.facts = facts};
    struct spn_error end;
    facts->states = xcalloc(1, sizeof *facts->states);
    enum spn_code code = db_exec(store, "BEGIN", "read", reterr);
    if (code != SPN_OK) {
        store_hop_free(facts);
        return code;
    }
    code = read_forest(store, &r, reterr);
    if (code == SPN_OK)
        code = add_accounts(store, &r, wanted, reterr);
    if (code == SPN_OK)
        code = add_hosts(store, &r, wanted, reterr);
    if (code == SPN_OK)
        code = hop_read_differences(store, &r, reterr);
    if (code == SPN_OK)
        code = hop_read_principals(store, &r, reterr);
    /* Nothing was written: what ends the transaction matters only when nothing else went wrong. */
    enum spn_code ended = db_exec(store, "COMMIT", "read", &end);
    if (code == SPN_OK && ended != SPN_OK) {
        *reterr = end;
        code = ended;
    }
    free(r.found);
    if (code != SPN_OK) {
        store_hop_free(facts);
        return code;
    }
    *ret = facts;
    return SPN_OK;
}
