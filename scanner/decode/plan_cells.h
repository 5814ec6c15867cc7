/* plan_cells.h: rows of cells out of CSV as people and spreadsheets write it (RFC 4180). Pure.
 *
 * LF or CRLF ends a row. A cell in quotes may hold separators, line ends and doubled quotes; blanks around
 * its quotes do not count. Cells come trimmed (blanks, no-break spaces, line ends), and without the
 * apostrophe that store/report/csv.h puts before what a spreadsheet would take for a formula. Rows without
 * any text, and rows whose first character is '#', are passed over. Bytes are not looked at otherwise: a cell
 * may be no UTF-8, and hold NULs.
 */
#pragma once

#include "spnscan/error.h"
#include "spnscan/ids.h"
#include "spnscan/records.h"
#include "spnscan/text_buf.h"

/* Excel's own limit; so what an open quote costs is bounded. */
#define PLAN_CELL_MAX 32767

struct plan_cells {
    struct bytes text; /* of the whole file; the caller's */
    size_t at;         /* next byte */
    size_t line;       /* that it stands in, from 1 */
    char separator;
    size_t row_line;        /* the line in which the row begins */
    struct text_buf buf;    /* of the row; each cell NUL-terminated */
    struct text_ref *cells; /* into buf */
    size_t count, size;
};

enum plan_step {
    PLAN_ROW,
    PLAN_BAD, /* this row can't be used; *reterr says why, the next call goes on behind it */
    PLAN_END
};

/* {0}, with text, line = 1 and separator set, is a reader at the start. A row with a fault in its quotes is
 * bad, and the next begins in the line after its first: rows that an open quote would swallow are read. */
enum plan_step plan_cells_next(struct plan_cells *c, struct spn_error *reterr);
void plan_cells_release(struct plan_cells *c);

/* true: text comes back the same from a cell that store/report/csv.h has written. */
bool plan_cell_comes_back(const char *text);
