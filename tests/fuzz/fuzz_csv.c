/* Cells parted by NULs are written as a row; a small RFC 4180 reader gets them back, none of them a formula.
 */
#include "store/report/csv.h"

#include <string.h>

#include "tests/fuzz/require.h"

/* Reads one cell into text (big enough); returns what follows it. */
static const char *read_cell(const char *at, const char *end, char *text, size_t *len)
{
    bool quoted = at < end && *at == '"';
    *len = 0;
    for (at += quoted; at < end; at++) {
        if (quoted && *at == '"' && (at + 1 == end || at[1] != '"'))
            return at + 1;
        if (!quoted && (*at == ',' || *at == '\r'))
            return at;
        REQUIRE(quoted || (*at != '"' && *at != '\n'));
        at += quoted && *at == '"';
        text[(*len)++] = *at;
    }
    REQUIRE(!"the row has no end");
    return at;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *out = NULL, *cell = malloc(2 * size + 16);
    size_t out_len = 0, cell_len, len;
    struct csv csv = {.out = open_memstream(&out, &out_len)};
    REQUIRE(csv.out && cell);
    for (size_t at = 0; at < size; at += len + 1) {
        len = strnlen((const char *)data + at, size - at);
        csv_text(&csv, (const char *)data + at, len);
    }
    csv_end_row(&csv);
    REQUIRE(!csv.failed && fclose(csv.out) == 0);

    const char *pos = out, *end = out + out_len;
    for (size_t at = 0; at < size; at += len + 1) {
        len = strnlen((const char *)data + at, size - at);
        pos = read_cell(pos, end, cell, &cell_len);
        size_t defused = cell_len == len + 1;
        REQUIRE(cell_len == len + defused && memcmp(cell + defused, data + at, len) == 0);
        REQUIRE(!defused || cell[0] == '\'');
        REQUIRE(cell_len == 0 || !memchr("=+-@\t\r\n", cell[0], 7));
        REQUIRE(*pos == (at + len + 1 < size ? ',' : '\r'));
        pos += *pos == ',';
    }
    REQUIRE(end - pos == 2 && memcmp(pos, "\r\n", 2) == 0);
    free(cell);
    free(out);
    return 0;
}
