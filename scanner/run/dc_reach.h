/* dc_reach.h: reaching a DC, and what is written down when it fails; for all who ask one. */
#pragma once

#include "scanner/run/dc_worker.h"

/* One of its two ports, with a bind. phase as conn_open has it; may be NULL. */
enum spn_code dc_open(const struct scan_config *config, const struct dc_info *dc, bool gc,
                      _Atomic(int) *phase, struct conn **ret, struct spn_error *reterr);

/* It is not complete: status by the phase in which it failed, unless one was set, and the error. */
void dc_result_fail(struct dc_result *result, struct dc_progress *progress, const struct spn_error *error);

/* What has been read of it by now. */
void dc_result_count(struct dc_result *result, const struct dc_progress *progress);
