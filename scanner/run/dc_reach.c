#include "scanner/run/dc_reach.h"

enum spn_code dc_open(const struct scan_config *config, const struct dc_info *dc, bool gc,
                      _Atomic(int) *phase, struct conn **ret, struct spn_error *reterr)
{
    const struct conn_target target = {dc->name, dc->address, gc ? dc->gc_port : dc->ldap_port};
    return conn_open(&target, &config->login, phase, ret, reterr);
}

static enum dc_status status_for(enum dc_phase phase, enum spn_code code)
{
    if (code == SPN_CANCELLED)
        return DC_CANCELLED;
    switch (phase) {
    case PHASE_WAITING:
    case PHASE_RESOLVE:
        return DC_UNRESOLVED;
    case PHASE_CONNECT:
        return DC_UNREACHABLE;
    case PHASE_TLS:
        return DC_TLS_FAILED;
    case PHASE_BIND:
        return code == SPN_UNREACHABLE ? DC_CUT_OFF : DC_BIND_FAILED;
    default:
        return code == SPN_DIRECTORY ? DC_REFUSED : DC_CUT_OFF;
    }
}

void dc_result_fail(struct dc_result *result, struct dc_progress *progress, const struct spn_error *error)
{
    result->phase = (enum dc_phase)atomic_load(&progress->phase);
    if (result->status == DC_WAITING || result->status == DC_OK)
        result->status = status_for(result->phase, error->code);
    result->complete = false;
    result->ldap_code = error->native;
    snprintf(result->error, sizeof result->error, "%s", error->text);
    atomic_store(&progress->status, result->status);
}

void dc_result_count(struct dc_result *result, const struct dc_progress *progress)
{
    result->objects = atomic_load(&progress->stats.entries);
    result->pages = atomic_load(&progress->stats.pages);
    result->bytes = atomic_load(&progress->stats.bytes);
}
