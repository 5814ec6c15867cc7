/* hop_differences.c: why DCs differ on the accounts of a chain, and who the trustees are. */
#include "store/hop_inside.h"

#include <string.h>

static bool is_told(const struct hop_facts *f, size_t object, size_t dc, const char *attribute)
{
    for (size_t i = 0; i < f->difference_count; i++) {
        const struct hop_difference *d = &f->differences[i];
        if (d->object == object && d->dc == dc && strcmp(d->attribute, attribute) == 0)
            return true;
    }
    return false;
}

static enum spn_code on_difference(void *ctx, struct store *store, sqlite3_stmt *row,
                                   struct spn_error *reterr)
{
    struct hop_reading *r = ctx;
    struct hop_facts *f = r->facts;
    size_t dc = hop_dc_index(f, sqlite3_column_int64(row, 0));
    const char *attribute = (const char *)sqlite3_column_text(row, 1);
    (void)store;
    (void)reterr;
    if (dc == f->dc_count || !attribute)
        return SPN_OK;
    /* A departure of which something was judged is told already. */
    if (sqlite3_column_type(row, 2) == SQLITE_NULL && is_told(f, r->object, dc, attribute))
        return SPN_OK;
    f->differences =
        xgrow(f->differences, &f->difference_size, f->difference_count + 1, sizeof *f->differences);
    f->differences[f->difference_count++] = (struct hop_difference){.object = r->object,
                                                                    .dc = dc,
                                                                    .attribute = hop_column(row, 1),
                                                                    .verdict = hop_column(row, 2),
                                                                    .severity = hop_column(row, 3),
                                                                    .note = hop_column(row, 4),
                                                                    .winner = hop_column(row, 5),
                                                                    .written_at = hop_column(row, 6)};
    return SPN_OK;
}

enum spn_code hop_read_differences(struct store *store, struct hop_reading *r, struct spn_error *reterr)
{
    static const char *const queries[] = {
        "SELECT d.dc, d.attribute, d.verdict, d.severity, d.note, w.name, d.written_at FROM difference d "
        "LEFT JOIN dc w ON w.id = d.winner WHERE d.object = ?1 ORDER BY d.dc, d.attribute, d.verdict",
        /* There or not, other than at most DCs. */
        "SELECT d.dc, 'objectGUID', NULL, NULL, NULL, NULL, NULL FROM departure d JOIN consensus c ON "
        "c.object = d.object "
        "WHERE d.object = ?1 AND d.shown <> c.shown ORDER BY d.dc",
    };
    enum spn_code code = SPN_OK;
    for (r->object = 0; code == SPN_OK && r->object < r->facts->object_count; r->object++)
        for (size_t q = 0; code == SPN_OK && q < sizeof queries / sizeof queries[0]; q++)
            code =
                hop_each(store, queries[q], r->facts->objects[r->object].id, NULL, on_difference, r, reterr);
    return code;
}

static enum spn_code on_principal(void *ctx, struct store *store, sqlite3_stmt *row, struct spn_error *reterr)
{
    struct hop_facts *f = ((struct hop_reading *)ctx)->facts;
    (void)store;
    (void)reterr;
    f->principals = xgrow(f->principals, &f->principal_size, f->principal_count + 1, sizeof *f->principals);
    f->principals[f->principal_count++] = (struct hop_principal){hop_column(row, 0), hop_column(row, 1)};
    return SPN_OK;
}

enum spn_code hop_read_principals(struct store *store, struct hop_reading *r, struct spn_error *reterr)
{
    static const char sql[] = "SELECT sid, sam FROM principal WHERE ?1 = 0 AND sid = ?2 "
                              "AND NOT EXISTS (SELECT 1 FROM trustee_account t WHERE t.sid = ?2)";
    const struct hop_states *states = r->facts->states;
    enum spn_code code = SPN_OK;
    for (size_t i = 0; i < states->delegation_count; i++) {
        const struct hop_texts *sids = &states->delegations[i]->value.trustees;
        for (size_t n = 0; code == SPN_OK && n < sids->count; n++)
            code = hop_each(store, sql, 0, sids->items[n], on_principal, r, reterr);
    }
    return code;
}
