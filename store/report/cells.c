#include <errno.h>
#include <string.h>

#include "spnscan/report.h"
#include "store/report/csv.h"

enum spn_code report_csv_cells(const char *const *cells, size_t columns, size_t rows, FILE *out,
                               struct spn_error *reterr)
{
    struct csv csv = {.out = out};
    for (size_t r = 0; r < rows; r++) {
        for (size_t c = 0; c < columns; c++) {
            const char *cell = cells[r * columns + c];
            if (cell)
                csv_text(&csv, cell, strlen(cell));
            else
                csv_null(&csv);
        }
        csv_end_row(&csv);
    }
    if (csv.failed || fflush(out) != 0)
        return spn_error_set(reterr, SPN_CONFIG, errno, "cannot write the report: %s", strerror(errno));
    return SPN_OK;
}
