/* progress.h: what a scan shows on stderr while it runs. A thread that only reads. */
#pragma once

#include "scanner/run/run.h"

struct progress;

/* live: a line that is redrawn (a terminal); else a line a DC as it ends. */
struct progress *progress_new(bool live);
void progress_free(struct progress *progress); /* NULL is fine */

/* For scan_run; does nothing with a NULL progress. */
struct scan_watcher progress_watcher(struct progress *progress);
