/* Every DN lies under each of its parents, and the climb ends. */
#include "scanner/decode/dn.h"
#include "tests/fuzz/require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct bytes dn = {data, size};
    char dns[64];
    for (struct bytes up = dn; up.len > 0;) {
        REQUIRE(dn_is_under(dn, up));
        struct bytes value = dn_rdn_value(up), next = dn_parent(up);
        REQUIRE(value.len < up.len);
        REQUIRE(next.len < up.len && (next.len == 0 || next.data + next.len == data + size));
        REQUIRE(!dn_is_under(next, up));
        up = next;
    }
    if (dn_to_dns(dn, dns, sizeof dns)) {
        REQUIRE(strlen(dns) > 0 && strlen(dns) < sizeof dns && dns[0] != '.' && !strstr(dns, ".."));
        REQUIRE(!strpbrk(dns, "\\\"/@,; =") && dns[strlen(dns) - 1] != '.');
    } else {
        REQUIRE(dns[0] == 0);
    }
    return 0;
}
