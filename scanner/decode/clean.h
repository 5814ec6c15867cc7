/* clean.h: turns bytes from the network into text that is safe to store, print and put in a cell. Pure.
 *
 * Result: valid UTF-8 without control characters (C0, DEL, C1), without bidirectional and line-separator
 * controls. Each byte that isn't allowed is written as backslash and two hex digits (RFC 4514 section 2.4
 * style), so that a hostile value is seen, not obeyed. Text that is already clean comes through unchanged.
 * Note that invisible but harmless characters (zero-width, tags) are kept: they are a finding, not a danger.
 */
#pragma once

#include "spnscan/ids.h"
#include "spnscan/text_buf.h"

void clean_append(struct text_buf *buf, struct bytes raw);
