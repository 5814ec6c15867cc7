/* row.h: cells as SQLite gives them, into CSV. Internal to store/report/. */
#pragma once

#include "spnscan/store_read.h"
#include "store/report/csv.h"

/* Appends them to the row that is being written. */
void row_cells(struct csv *csv, const struct store_cell *cells, size_t count);
