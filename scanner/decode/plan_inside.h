/* plan_inside.h: what the files of the plan decoder share: is a cell fit for its column? Each returns false
 * and a reason. */
#pragma once

#include "scanner/decode/plan.h"

/* UTF-8 without control and invisible characters. */
bool plan_check_text(const char *what, const char *text, size_t len, struct spn_error *reterr);

/* class and host are not empty; host without the dot at its end. */
bool plan_check_service(const char *class, const char *host, const char *port, struct spn_error *reterr);

/* Appends each name to *text with its NUL, and makes (*targets)[0..*ret_count) point to them; each once,
 * without case. */
bool plan_split_targets(const char *cell, size_t len, struct text_buf *text, const char ***targets,
                        size_t *ret_count, size_t *size, struct spn_error *reterr);
