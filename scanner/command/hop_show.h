/* hop_show.h: a chain that was judged, for the eye and for machines. */
#pragma once

#include "scanner/run/hop.h"
#include "spnscan/error.h"
#include "spnscan/text_buf.h"

/* A line a link, those that fail with their next step below them; last what it comes to. Whatever a name
 * holds, no control character gets through. */
void hop_append_text(struct text_buf *text, const struct hop_question *question,
                     const struct hop_chain *chain, const char *scan, bool color);

/* link,state,dcs,detail,next on standard output. SPN_CONFIG: it cannot be written. */
enum spn_code hop_print_csv(const struct hop_chain *chain, struct spn_error *reterr);
