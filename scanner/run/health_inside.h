/* health_inside.h: what the files of health.h share. Nobody else includes it. */
#pragma once

#include "scanner/run/health.h"

#define SECOND_US INT64_C(1000000)

struct judging {
    const struct health_facts *facts;
    void (*found)(void *ctx, const struct health_row *row);
    void *ctx;
    struct living {
        struct guid invocation;
        size_t dc;
    } * living; /* the DCs that were met, sorted by invocationId */
    size_t living_count;
};

__attribute__((format(printf, 5, 6))) void health_tell(const struct judging *j, size_t dc, const char *kind,
                                                       const char *severity, const char *format, ...);

/* It came to say who it is, in this scan. */
static inline bool health_met(const struct dc_result *result)
{
    return result->phase > PHASE_ROOTDSE && !guid_is_zero(&result->invocation_id);
}

/* The DC whose invocationId that is now; SIZE_MAX: none that was met. */
size_t health_living(const struct judging *j, const struct guid *invocation);

/* health_replication.c */
void health_judge_age(const struct judging *j, size_t dc);
void health_judge_stalled(const struct judging *j, size_t dc);
