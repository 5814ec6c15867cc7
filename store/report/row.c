#include "store/report/row.h"

#include <errno.h>
#include <string.h>

#include "spnscan/report.h"

void row_cells(struct csv *csv, const struct store_cell *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (cells[i].is_int)
            csv_int(csv, cells[i].value);
        else if (cells[i].text)
            csv_text(csv, cells[i].text, cells[i].len);
        else
            csv_null(csv);
    }
}

enum spn_code report_row(FILE *out, const struct store_cell *cells, size_t count, struct spn_error *reterr)
{
    struct csv csv = {.out = out};
    row_cells(&csv, cells, count);
    csv_end_row(&csv);
    if (csv.failed)
        return spn_error_set(reterr, SPN_CONFIG, errno, "cannot write the table: %s", strerror(errno));
    return SPN_OK;
}
