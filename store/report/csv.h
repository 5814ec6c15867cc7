/* csv.h: rows of CSV (RFC 4180) that a spreadsheet does not run. Pure apart from the FILE.
 *
 * Text comes clean (UTF-8 without control characters) and still hostile: any account holder can name things.
 * A cell that a spreadsheet would take for a formula gets a leading apostrophe; numbers go through csv_int()
 * and csv_real() and keep their sign. A NULL is an empty cell, an empty text is "" (two quotes).
 *
 * A write error sticks in failed and nothing more is written; what stdio still buffers is the caller's to
 * flush and check (fflush or fclose).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct csv {
    FILE *out;
    bool failed;
    unsigned column; /* cells written in this row */
};

void csv_text(struct csv *c, const char *data, size_t len);
void csv_int(struct csv *c, int64_t v);
void csv_real(struct csv *c, double v); /* up to 15 significant digits, '.'; not a number or infinite: NULL */
void csv_null(struct csv *c);
void csv_end_row(struct csv *c); /* CRLF (RFC 4180 section 2) */
