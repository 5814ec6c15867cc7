/* sort_key.h: are two strings one to AD? By the rule of MS-ADTS 3.1.1.2.2.4.13: LCID 0x0409, without case,
 * kana type, nonspacing marks and width, and without what has no weight. Of the weights of Windows only a few
 * are known here, those that others saw a DC compare by (docs/unicode.md): Latin letters with marks,
 * combining marks, fullwidth forms, hiragana, Greek and Cyrillic capitals, variation selectors beyond the
 * first plane. Anything else is compared as it is: compatibility forms (superscripts), zero-width characters.
 */
#pragma once

#include "tests/dcsim/bytes.h"

bool same_sort_key(struct bytes a, struct bytes b);
