/* records.c: names of the states in spnscan/records.h. They stand in reports and in the database: never
 * rename one. */
#include "spnscan/records.h"

static const char *const status_names[DC_STATUS_COUNT] = {
    [DC_WAITING] = "waiting",       [DC_OK] = "ok",
    [DC_UNRESOLVED] = "unresolved", [DC_UNREACHABLE] = "unreachable",
    [DC_TLS_FAILED] = "tls-failed", [DC_BIND_FAILED] = "bind-failed",
    [DC_WRONG_DC] = "wrong-dc",     [DC_CUT_OFF] = "cut-off",
    [DC_REFUSED] = "refused",       [DC_EXCLUDED] = "excluded",
    [DC_CANCELLED] = "cancelled",
};

static const char *const phase_names[PHASE_COUNT] = {
    [PHASE_WAITING] = "waiting", [PHASE_RESOLVE] = "resolve",     [PHASE_CONNECT] = "connect",
    [PHASE_TLS] = "tls",         [PHASE_BIND] = "bind",           [PHASE_ROOTDSE] = "rootdse",
    [PHASE_GC_READ] = "gc-read", [PHASE_LDAP_READ] = "ldap-read", [PHASE_ASK] = "ask",
    [PHASE_DONE] = "done",
};

static const char *const facet_names[FACET_COUNT] = {
    [FACET_SPN] = "spn",
    [FACET_ACCOUNT] = "account",
    [FACET_DELEGATION] = "delegation",
};

static const char *name_of(const char *const *names, unsigned count, unsigned i)
{
    return i < count && names[i] ? names[i] : "unknown";
}

const char *dc_status_name(enum dc_status status)
{
    return name_of(status_names, DC_STATUS_COUNT, status);
}

const char *dc_phase_name(enum dc_phase phase)
{
    return name_of(phase_names, PHASE_COUNT, phase);
}

const char *facet_name(enum facet facet)
{
    return name_of(facet_names, FACET_COUNT, facet);
}

const char *deletions_name(enum deletions deletions)
{
    static const char *const names[] = {"seen", "swept", "unknown"};
    return names[deletions];
}
