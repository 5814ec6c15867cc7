/* host.h: what may pass for a host. Names come from the directory and from DNS, and end up in URIs, in
 * Kerberos principals and in messages: nothing but the characters of host names goes through. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Letters, digits, '-', '.', and '_' (SRV owners, and names AD lets pass); 1 to 253 bytes, labels 1 to 63. */
bool host_name_ok(const char *host);

/* host is an IPv4 or IPv6 literal, brackets and a scope ("fe80::1%eth0") allowed: written plain into text. */
bool host_literal(const char *host, char *text, size_t size);
