/* offload.h: a call that cannot be interrupted (libkrb5 asking a KDC), waited for with a time limit and
 * cancel. */
#pragma once

#include <stdatomic.h>

enum offload_end { OFFLOAD_DONE, OFFLOAD_TIMED_OUT, OFFLOAD_CANCELLED, OFFLOAD_NO_THREAD };

/* Runs run(job) in a thread of its own. OFFLOAD_DONE, OFFLOAD_NO_THREAD: job belongs to the caller again.
 * Otherwise the thread goes on alone and calls release(job) when run returns: job must hold nothing of the
 * caller's. */
enum offload_end offload(void (*run)(void *job), void (*release)(void *job), void *job, int limit_s,
                         const atomic_bool *cancel);
