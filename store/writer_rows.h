/* writer_rows.h: for writer.c. */
#pragma once

#include "store/template.h"

/* A record, and the text of its batch. */
struct place {
    const struct store_record *record;
    const struct text_buf *text;
};

/* Writes records of one kind: one of them, or ROWS_AT_ONCE. Inside a transaction, by the writer thread, under
 * the store's lock. */
enum spn_code write_rows(struct store *store, struct templates *templates, const struct place *places,
                         size_t count, struct spn_error *reterr);
