/* formula.h: what a spreadsheet would run. Leaf code for both halves: who writes a cell puts an apostrophe
 * before it, and who reads one back takes it off (store/base/formula.c).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* true: a spreadsheet would take a cell of this text (UTF-8) for a formula. */
bool formula_is(const char *data, size_t len);

/* true: data begins with one of the list's strings, which NULL ends; its length in *ret. */
bool formula_begins_with(const char *data, size_t len, const char *const *list, size_t *ret);
