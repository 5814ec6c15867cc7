/* merge.c: rows from two sides as one. */
#include "store/parts.h"

#include <string.h>

/* As SQLite sorts: NULL before numbers before text, which goes by its bytes. */
static int compare_cells(const struct store_cell *a, const struct store_cell *b)
{
    int kind_a = a->text ? 2 : a->is_int, kind_b = b->text ? 2 : b->is_int;
    if (kind_a != kind_b)
        return kind_a < kind_b ? -1 : 1;
    if (kind_a < 2)
        return a->value < b->value ? -1 : a->value > b->value;
    int cmp = memcmp(a->text, b->text, a->len < b->len ? a->len : b->len);
    return cmp ? cmp : a->len < b->len ? -1 : a->len > b->len;
}

/* critical, warning, info. */
static int severity_rank(const struct store_cell *cell)
{
    return !cell->text || cell->text[0] == 'i' ? 2 : cell->text[0] == 'w';
}

static int compare_rows(const struct store_cell *a, const struct store_cell *b, const struct row_order *order)
{
    int cmp = 0;
    for (size_t i = 0; cmp == 0 && i < order->count; i++) {
        int column = order->columns[i];
        cmp = column == order->severity ? severity_rank(&a[column]) - severity_rank(&b[column])
                                        : compare_cells(&a[column], &b[column]);
    }
    return cmp;
}

struct side {
    bool any;
    struct store_cell cells[DB_COLUMNS_MAX];
};

static enum spn_code step(struct store *store, sqlite3_stmt *stmt, struct side *side,
                          struct spn_error *reterr)
{
    enum spn_code code = db_step(store, stmt, &side->any, reterr);
    if (code == SPN_OK && side->any)
        db_fetch_row(stmt, side->cells, sqlite3_column_count(stmt));
    return code;
}

enum spn_code db_merge_rows(struct store *store, next_row_fn next, void *next_ctx, sqlite3_stmt *stmt,
                            const struct row_order *order, store_row_fn row, void *ctx,
                            struct spn_error *reterr)
{
    struct side told, stepped;
    const size_t columns = (size_t)sqlite3_column_count(stmt);
    enum spn_code code = next(next_ctx, told.cells, &told.any, reterr);
    if (code == SPN_OK)
        code = step(store, stmt, &stepped, reterr);
    while (code == SPN_OK && (told.any || stepped.any)) {
        if (told.any && (!stepped.any || compare_rows(told.cells, stepped.cells, order) <= 0)) {
            code = row(ctx, told.cells, columns, reterr);
            if (code == SPN_OK)
                code = next(next_ctx, told.cells, &told.any, reterr);
        } else {
            code = row(ctx, stepped.cells, columns, reterr);
            if (code == SPN_OK)
                code = step(store, stmt, &stepped, reterr);
        }
    }
    return code;
}
