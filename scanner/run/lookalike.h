/* lookalike.h: is it one name? What a DC is asked about two look-alikes, and what its answers mean. Pure.
 *
 * AD compares SPNs by the sort keys of its own Windows (MS-ADTS 3.1.1.2.2.4.13, 6.5.1), so that only the DC
 * knows. An equality filter makes it compare: searched for at the one account alone, the name of the other
 * account matches if and only if the DC takes it for a value that stands there. Two controls part an answer
 * from silence: the account's own name has to match (a value that the reader may not see makes any filter
 * false, MS-ADTS 3.1.1.4.4), and a name that nobody holds must not (some invisible characters are reported
 * to make a filter match whatever is there).
 */
#pragma once

#include <stdbool.h>

#include "spnscan/text_buf.h"

/* Questions about one account; bits, of what matched. */
enum lookalike_question {
    LOOKALIKE_PRESENT = 1 << 0, /* is the account there? */
    LOOKALIKE_OWN = 1 << 1,     /* its own name: must match */
    LOOKALIKE_OTHER = 1 << 2,   /* the other account's name: is it one to the DC? */
    LOOKALIKE_STRAY = 1 << 3    /* the other's with something behind it: must not match */
};
#define LOOKALIKE_QUESTIONS 4 /* bits 0 to 3 */

enum lookalike_answer { LOOKALIKE_UNKNOWN, LOOKALIKE_ONE, LOOKALIKE_APART };
const char *lookalike_answer_name(enum lookalike_answer answer); /* as in table lookalike_answer */

/* The filter of a question; own and other as in askable names. */
void lookalike_filter(struct text_buf *filter, enum lookalike_question question, const char *own,
                      const char *other);

/* matched: what did, at each of the two accounts. sole: it holds no other name of that skeleton, so that a
 * match can only mean this one. One side that matches is proof; both have to say no. *ret_why: "", or why
 * it is not known. */
enum lookalike_answer lookalike_judge(const unsigned matched[2], const bool sole[2], const char **ret_why);

/* Stored text is what the directory has, unless bytes stand in it as backslash and hex (decode/clean.h);
 * whether they do can't be told from a backslash that is there. */
bool lookalike_askable(const char *key);
