/* utf8.h: which characters may reach a terminal, a file or a cell. Leaf code for both halves
 * (store/base/utf8.c). */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Length in bytes of the character that data starts with, when it is well-formed UTF-8 (RFC 3629 section 4)
 * and harmless: no control character (C0, DEL, C1), no bidirectional control, no line or paragraph separator.
 * Else 0; also when len is 0. */
size_t utf8_safe_char(const uint8_t *data, size_t len);
