#include "store/hop_inside.h"

#include <stdlib.h>

enum spn_code hop_each(struct store *store, const char *sql, int64_t number, const char *text, hop_row_fn row,
                       void *ctx, struct spn_error *reterr)
{
    sqlite3_stmt *stmt = db_prepare(store, sql, reterr);
    enum spn_code code = SPN_OK;
    int rc = SQLITE_DONE;
    if (!stmt)
        return SPN_DATABASE;
    int wanted = sqlite3_bind_parameter_count(stmt);
    if ((wanted > 0 && sqlite3_bind_int64(stmt, 1, number) != SQLITE_OK) ||
        (text && db_bind_str(stmt, 2, text) != SQLITE_OK))
        code = db_error(store, "read", reterr);
    while (code == SPN_OK && (rc = sqlite3_step(stmt)) == SQLITE_ROW)
        code = row(ctx, store, stmt, reterr);
    if (code == SPN_OK && rc != SQLITE_DONE)
        code = db_error(store, "read", reterr);
    sqlite3_finalize(stmt);
    return code;
}

char *hop_column(sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    return text ? xstrdup(text) : NULL;
}

void hop_copy(sqlite3_stmt *row, int column, char *ret, size_t size)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    snprintf(ret, size, "%s", text ? text : "");
}

/* ---- states ---- */

static enum spn_code on_text(void *ctx, struct store *store, sqlite3_stmt *row, struct spn_error *reterr)
{
    struct hop_texts *texts = ctx;
    char *text = hop_column(row, 0);
    (void)store;
    (void)reterr;
    if (!text)
        return SPN_OK;
    texts->items = xrealloc(texts->items, (texts->count + 1) * sizeof *texts->items);
    texts->items[texts->count++] = text;
    return SPN_OK;
}

enum spn_code hop_spns_of(struct store *store, struct hop_states *states, int64_t id,
                          const struct hop_texts **ret, struct spn_error *reterr)
{
    for (size_t i = 0; i < states->spn_count; i++)
        if (states->spns[i]->id == id) {
            *ret = &states->spns[i]->texts;
            return SPN_OK;
        }
    states->spns = xgrow(states->spns, &states->spn_size, states->spn_count + 1, sizeof *states->spns);
    struct hop_spn_entry *entry = xcalloc(1, sizeof *entry);
    states->spns[states->spn_count++] = entry;
    entry->id = id;
    *ret = &entry->texts;
    return hop_each(store, "SELECT j.value FROM spn_state s, json_each(s.spns) j WHERE s.id = ?1", id, NULL,
                    on_text, &entry->texts, reterr);
}

static enum spn_code on_account(void *ctx, struct store *store, sqlite3_stmt *row, struct spn_error *reterr)
{
    struct hop_account *account = ctx;
    (void)store;
    (void)reterr;
    account->dn = hop_column(row, 0);
    account->sam = hop_column(row, 1);
    account->has_uac = sqlite3_column_type(row, 2) != SQLITE_NULL;
    account->uac = (uint32_t)sqlite3_column_int64(row, 2);
    account->dns_host = hop_column(row, 3);
    account->sid = hop_column(row, 4);
    return SPN_OK;
}

enum spn_code hop_account_of(struct store *store, struct hop_states *states, int64_t id,
                             const struct hop_account **ret, struct spn_error *reterr)
{
    for (size_t i = 0; i < states->account_count; i++)
        if (states->accounts[i]->id == id) {
            *ret = &states->accounts[i]->value;
            return SPN_OK;
        }
    states->accounts =
        xgrow(states->accounts, &states->account_size, states->account_count + 1, sizeof *states->accounts);
    struct hop_account_entry *entry = xcalloc(1, sizeof *entry);
    states->accounts[states->account_count++] = entry;
    entry->id = id;
    *ret = &entry->value;
    return hop_each(store, "SELECT dn, sam, uac, dns_host, sid FROM account_state WHERE id = ?1", id, NULL,
                    on_account, &entry->value, reterr);
}

static enum spn_code on_delegation(void *ctx, struct store *store, sqlite3_stmt *row,
                                   struct spn_error *reterr)
{
    struct hop_delegation *delegation = ctx;
    (void)store;
    (void)reterr;
    delegation->note = hop_column(row, 0);
    delegation->has_enctypes = sqlite3_column_type(row, 1) != SQLITE_NULL;
    delegation->enctypes = (uint32_t)sqlite3_column_int64(row, 1);
    return SPN_OK;
}

enum spn_code hop_delegation_of(struct store *store, struct hop_states *states, int64_t id,
                                const struct hop_delegation **ret, struct spn_error *reterr)
{
    for (size_t i = 0; i < states->delegation_count; i++)
        if (states->delegations[i]->id == id) {
            *ret = &states->delegations[i]->value;
            return SPN_OK;
        }
    states->delegations = xgrow(states->delegations, &states->delegation_size, states->delegation_count + 1,
                                sizeof *states->delegations);
    struct hop_delegation_entry *entry = xcalloc(1, sizeof *entry);
    states->delegations[states->delegation_count++] = entry;
    entry->id = id;
    *ret = &entry->value;
    enum spn_code code = hop_each(store, "SELECT rbcd_note, enctypes FROM delegation_state WHERE id = ?1", id,
                                  NULL, on_delegation, &entry->value, reterr);
    if (code == SPN_OK)
        code =
            hop_each(store, "SELECT j.value FROM delegation_state s, json_each(s.targets) j WHERE s.id = ?1",
                     id, NULL, on_text, &entry->value.targets, reterr);
    if (code == SPN_OK)
        code =
            hop_each(store, "SELECT j.value FROM delegation_state s, json_each(s.trustees) j WHERE s.id = ?1",
                     id, NULL, on_text, &entry->value.trustees, reterr);
    return code;
}

static void free_texts(struct hop_texts *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        free(texts->items[i]);
    free(texts->items);
}

void hop_states_free(struct hop_states *states)
{
    if (!states)
        return;
    for (size_t i = 0; i < states->spn_count; i++) {
        free_texts(&states->spns[i]->texts);
        free(states->spns[i]);
    }
    for (size_t i = 0; i < states->account_count; i++) {
        struct hop_account *account = &states->accounts[i]->value;
        free(account->dn);
        free(account->sam);
        free(account->dns_host);
        free(account->sid);
        free(states->accounts[i]);
    }
    for (size_t i = 0; i < states->delegation_count; i++) {
        struct hop_delegation *delegation = &states->delegations[i]->value;
        free_texts(&delegation->targets);
        free_texts(&delegation->trustees);
        free(delegation->note);
        free(states->delegations[i]);
    }
    free(states->spns);
    free(states->accounts);
    free(states->delegations);
    free(states);
}

/* ---- the whole ---- */

size_t hop_dc_index(const struct hop_facts *facts, int64_t id)
{
    size_t i = 0;
    while (i < facts->dc_count && facts->dcs[i].id != id)
        i++;
    return i;
}

void store_hop_free(struct hop_facts *facts)
{
    if (!facts)
        return;
    for (size_t i = 0; i < facts->object_count; i++) {
        free(facts->objects[i].name);
        free(facts->objects[i].dn);
        free(facts->objects[i].sid);
        free(facts->objects[i].sight);
    }
    for (size_t i = 0; i < facts->difference_count; i++) {
        struct hop_difference *d = &facts->differences[i];
        free(d->attribute);
        free(d->verdict);
        free(d->severity);
        free(d->note);
        free(d->winner);
        free(d->written_at);
    }
    for (size_t i = 0; i < facts->principal_count; i++) {
        free(facts->principals[i].sid);
        free(facts->principals[i].name);
    }
    for (size_t i = 0; i < facts->named_count; i++)
        free(facts->named[i].objects);
    hop_states_free(facts->states);
    free(facts->dcs);
    free(facts->domains);
    free(facts->mappings);
    free(facts->objects);
    free(facts->differences);
    free(facts->principals);
    free(facts->named);
    free(facts);
}
