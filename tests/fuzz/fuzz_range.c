/* What parses, written out again, parses to the same; the name is a part of the input. */
#include "scanner/decode/range.h"
#include "tests/fuzz/require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct attr_range r, again;
    if (!attr_range_parse((struct bytes){data, size}, &r))
        return 0;
    REQUIRE(r.name.data == data && r.name.len > 0 && r.name.len < size);
    REQUIRE(r.first <= r.last);
    char *text = malloc(r.name.len + 64);
    memcpy(text, data, r.name.len);
    char *option = text + r.name.len;
    int len =
        r.final ? sprintf(option, ";range=%u-*", r.first) : sprintf(option, ";range=%u-%u", r.first, r.last);
    REQUIRE(attr_range_parse((struct bytes){(const uint8_t *)text, r.name.len + (size_t)len}, &again));
    REQUIRE(again.first == r.first && again.last == r.last && again.final == r.final &&
            again.name.len == r.name.len);
    free(text);
    return 0;
}
