#include "tests/dcsim/inject.h"
#include "tests/dcsim/account.h"

#include "tests/dcsim/replicate.h"
#include "tests/dcsim/write.h"

struct injection {
    const struct domain *domain;
    int n;
    struct dc *first, *victim;
};

/* Each kind takes workstations of its own: one in four. */
enum { LAGS, DIVERGES, MISSES, LINGERS, KINDS };

static uint32_t pick(const struct injection *in, int kind, uint32_t i)
{
    return workstation(in->n, i * KINDS + (uint32_t)kind);
}

static void tell(const struct injection *in, const char *kind, uint32_t object, const char *more)
{
    struct bytes sam = account_sam(object);
    expect("%s\t%s\t%s\\%.*s\t%s", kind, in->victim->facts->host, in->domain->netbios, (int)sam.len,
           (const char *)sam.data, more);
}

static void add_spn(struct dc *dc, uint32_t object, const char *text, bool silently)
{
    const struct bytes value = text_bytes(text);
    write_values(dc, object, A_SPN, VALUES_ADD, &value, 1, silently);
}

/* Half of them: one stamp, two values. The others: a change that the victim claims to have and has not. */
static void make_divergent(const struct injection *in, uint32_t count)
{
    char text[200];
    for (uint32_t i = 0; i < count; i++) {
        uint32_t object = pick(in, DIVERGES, i);
        if (object == NO_OBJECT)
            break;
        snprintf(text, sizeof text, "HTTP/divergent%u.%s", i, in->domain->dns);
        add_spn(i % 2 ? in->first : in->victim, object, text, i % 2 == 0);
        tell(in, i % 2 ? "divergent" : "corrupt", object, text);
    }
    replicate_all(in->victim);
    for (int nc = 0; nc < forest.nc_count; nc++)
        if (in->victim->holds[nc])
            dc_own_cursors(in->victim, nc)[in->first->invocation].usn = in->first->highest_usn;
}

static void make_missing(const struct injection *in, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t object = pick(in, MISSES, i);
        if (object == NO_OBJECT)
            break;
        write_forget(in->victim, object);
        tell(in, "missing", object, "");
    }
}

static void make_lingering(const struct injection *in, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t object = pick(in, LINGERS, i);
        if (object == NO_OBJECT)
            break;
        for (int n = 0; n < world.count; n++)
            if (&world.dcs[n] != in->victim)
                write_forget(&world.dcs[n], object);
        tell(in, "lingering", object, "");
    }
}

static void make_lagging(const struct injection *in, uint32_t count)
{
    char text[200];
    for (uint32_t i = 0; i < count; i++) {
        uint32_t object = pick(in, LAGS, i);
        if (object == NO_OBJECT)
            break;
        snprintf(text, sizeof text, "HTTP/lagging%u.%s", i, in->domain->dns);
        add_spn(in->first, object, text, false);
        tell(in, "lagging", object, text);
    }
}

static bool choose(int domain, struct injection *ret)
{
    *ret = (struct injection){.domain = &forest.domains[domain], .n = domain};
    for (int n = 0; n < world.count; n++)
        if (world.dcs[n].facts->domain == domain) {
            if (!ret->first)
                ret->first = &world.dcs[n];
            ret->victim = &world.dcs[n];
        }
    return ret->first != ret->victim;
}

void inject(const struct options *options)
{
    struct injection in;
    bool victims_frozen = options->lagging > 0;
    for (int d = 0; d < forest.plan.domains; d++) {
        if (!choose(d, &in))
            continue;
        if (options->divergent)
            make_divergent(&in, options->divergent);
        make_missing(&in, options->missing);
        make_lingering(&in, options->lingering);
    }
    if (!victims_frozen)
        return;
    for (int d = 0; d < forest.plan.domains; d++)
        if (choose(d, &in)) {
            in.victim->frozen = true;
            make_lagging(&in, options->lagging);
        }
    replicate_all(NULL);
    for (int d = 0; d < forest.plan.domains; d++)
        if (choose(d, &in))
            in.victim->frozen = false;
}
