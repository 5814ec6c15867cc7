#include "spnscan/report.h"

#include <errno.h>
#include <string.h>

#include "store/report/csv.h"

enum spn_code report_row(FILE *out, const struct store_cell *cells, size_t count, struct spn_error *reterr)
{
    struct csv csv = {.out = out};
    for (size_t i = 0; i < count; i++) {
        if (cells[i].is_int)
            csv_int(&csv, cells[i].value);
        else if (cells[i].text)
            csv_text(&csv, cells[i].text, cells[i].len);
        else
            csv_null(&csv);
    }
    csv_end_row(&csv);
    if (csv.failed)
        return spn_error_set(reterr, SPN_CONFIG, errno, "cannot write the table: %s", strerror(errno));
    return SPN_OK;
}
