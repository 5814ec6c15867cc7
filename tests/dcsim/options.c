#include "tests/dcsim/options.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>

enum { TEXT, NUMBER, UNSIGNED, WIDE, FLAG, FAULT };

struct option_spec {
    const char *name;
    int kind;
    size_t offset;
    long low, high;
    const char *help;
};

#define AT(field) offsetof(struct options, field)

static const struct option_spec specs[] = {
    {"seed", WIDE, AT(plan.seed), 0, LONG_MAX, "N: another forest of the same kind (default 1)"},
    {"domains", NUMBER, AT(plan.domains), 1, MAX_DOMAINS, "N (default 2)"},
    {"dcs", NUMBER, AT(plan.dcs), 1, MAX_DCS, "N: in all; they go round the domains (default 4)"},
    {"sites", NUMBER, AT(plan.sites), 1, MAX_SITES, "N (default 2)"},
    {"rodcs", NUMBER, AT(plan.rodcs), 0, MAX_DCS, "N: so many of the last DCs are read-only"},
    {"no-gc", NUMBER, AT(plan.no_gc), 0, MAX_DCS, "N: so many DCs before these are no global catalogs"},
    {"accounts", UNSIGNED, AT(plan.accounts), 0, 50000000, "N: in all domains together (default 1000)"},
    {"enctypes", NUMBER, AT(plan.enctypes), 0, 1000,
     "N: of a thousand accounts have encryption types (default 500)"},
    {"delegation", NUMBER, AT(plan.delegation), 0, 1000, "N: of a thousand accounts delegate (default 10)"},
    {"big", UNSIGNED, AT(plan.big), 0, 30, "N: accounts with over 1500 SPNs (default 1)"},
    {"duplicates", UNSIGNED, AT(plan.duplicates), 0, INT_MAX, "N: SPNs of two accounts, in each domain"},
    {"shadows", UNSIGNED, AT(plan.shadows), 0, INT_MAX, "N: HTTP/x beside another's HOST/x, in each domain"},
    {"invisible", UNSIGNED, AT(plan.wrong_names), 0, INT_MAX,
     "N: SPNs with an invisible letter, in each domain"},
    {"lagging", UNSIGNED, AT(lagging), 0, INT_MAX,
     "N: SPN changes that the last DC of each domain has not got yet"},
    {"divergent", UNSIGNED, AT(divergent), 0, INT_MAX, "N: accounts on which that DC differs for good"},
    {"missing", UNSIGNED, AT(missing), 0, INT_MAX, "N: accounts that it lacks"},
    {"lingering", UNSIGNED, AT(lingering), 0, INT_MAX, "N: accounts that it alone still has"},
    {"root", TEXT, AT(plan.root), 0, 0, "DNSNAME of the forest (default sim.example)"},
    {"heuristics", TEXT, AT(plan.heuristics), 0, 0, "TEXT: dSHeuristics"},
    {"tombstone-days", NUMBER, AT(plan.tombstone_days), 0, 100000, "N (default 180; 0: not set)"},
    {"net", TEXT, AT(net), 0, 0, "ADDRESS: the DCs have those that follow it (default 127.77.0.0)"},
    {"ldap-port", UNSIGNED, AT(ldap_port), 1, 65535, "PORT (default 10389)"},
    {"gc-port", UNSIGNED, AT(gc_port), 1, 65535, "PORT (default 13268)"},
    {"one-address", TEXT, AT(one_address), 0, 0, "ADDRESS of all DCs, with ports from --first-port on"},
    {"first-port", UNSIGNED, AT(first_port), 1, 65535, "PORT (default 20000)"},
    {"max-page-size", UNSIGNED, AT(max_page), 1, 1000000, "N: MaxPageSize (default 1000)"},
    {"max-val-range", UNSIGNED, AT(max_values), 1, 65535, "N: MaxValRange (default 1500)"},
    {"fault", FAULT, 0, 0, 0, "DC=FAULT: may be repeated"},
    {"fixed-time", WIDE, AT(fixed_time), 0, LONG_MAX, "SECONDS since 1970: what all clocks show"},
    {"recycle-bin", FLAG, AT(recycle_bin), 0, 0, "deleted objects keep their attributes"},
    {"no-deleted-rights", FLAG, AT(no_deleted_rights), 0, 0, "CN=Deleted Objects is hidden from all readers"},
    {"need-bind", FLAG, AT(need_bind), 0, 0, "no data for anonymous readers"},
    {"password", TEXT, AT(password), 0, 0, "TEXT: the only one that is taken"},
    {"script", TEXT, AT(script), 0, 0, "FILE of commands, carried out before the start is told"},
    {"control", TEXT, AT(control), 0, 0, "PATH of a Unix socket for commands, beside standard input"},
    {"exit-with-stdin", FLAG, AT(exit_with_stdin), 0, 0, "end when standard input does"},
    {"expected", TEXT, AT(expected), 0, 0, "FILE: what was put in on purpose is written there"},
    {"print-options", FLAG, AT(print_options), 0, 0, "print the --dc options for spnscan and end"},
};
#define SPECS (sizeof specs / sizeof *specs)

static void print_help(void)
{
    puts("usage: dcsim [OPTIONS]\n\nA forest of simulated domain controllers. Prints a line NAME ADDRESS "
         "LDAPPORT GCPORT for each, then\n"
         "'ready'; takes commands on standard input.\n");
    for (size_t i = 0; i < SPECS; i++)
        printf("  --%-16s %s\n", specs[i].name, specs[i].help);
}

static bool take(struct options *options, const struct option_spec *spec, const char *text)
{
    char *at = (char *)options + spec->offset, *end;
    long n = 0;
    if (spec->kind == NUMBER || spec->kind == UNSIGNED || spec->kind == WIDE) {
        n = strtol(text, &end, 10);
        if (end == text || *end || n < spec->low || n > spec->high) {
            fprintf(stderr, "dcsim: --%s takes a number from %ld to %ld\n", spec->name, spec->low,
                    spec->high);
            return false;
        }
    }
    if (spec->kind == NUMBER || spec->kind == UNSIGNED)
        memcpy(at, &(int){(int)n}, sizeof(int));
    else if (spec->kind == WIDE)
        memcpy(at, &n, sizeof n);
    else if (spec->kind == TEXT)
        memcpy(at, &text, sizeof text);
    else if (spec->kind == FLAG)
        *at = 1;
    else if (options->fault_count < MAX_FAULTS)
        options->faults[options->fault_count++] = text;
    return true;
}

bool options_read(struct options *options, int argc, char **argv)
{
    struct option list[SPECS + 2] = {0};
    *options = (struct options){.plan = {.seed = 1,
                                         .domains = 2,
                                         .dcs = 4,
                                         .sites = 2,
                                         .accounts = 1000,
                                         .enctypes = 500,
                                         .delegation = 10,
                                         .big = 1,
                                         .root = "sim.example",
                                         .tombstone_days = 180},
                                .net = "127.77.0.0",
                                .ldap_port = 10389,
                                .gc_port = 13268,
                                .first_port = 20000,
                                .max_page = 1000,
                                .max_values = 1500};
    for (size_t i = 0; i < SPECS; i++)
        list[i] = (struct option){specs[i].name, specs[i].kind == FLAG ? no_argument : required_argument,
                                  NULL, (int)i + 1000};
    list[SPECS] = (struct option){"help", no_argument, NULL, 'h'};
    for (int c; (c = getopt_long(argc, argv, "h", list, NULL)) != -1;) {
        if (c == 'h') {
            print_help();
            exit(0);
        }
        if (c < 1000 || !take(options, &specs[c - 1000], optarg))
            return false;
    }
    const struct plan *p = &options->plan;
    bool ok = optind == argc && p->dcs >= p->domains && p->dcs - p->rodcs - p->no_gc >= p->domains;
    if (!ok)
        fputs(
            "dcsim: every domain needs a writable DC that is a GC, and there are no arguments but options\n",
            stderr);
    return ok;
}

static bool place_dcs(const struct options *options)
{
    struct in_addr net;
    if (inet_pton(AF_INET, options->one_address ? options->one_address : options->net, &net) != 1) {
        fputs("dcsim: --net and --one-address take an IPv4 address\n", stderr);
        return false;
    }
    for (int n = 0; n < world.count; n++) {
        struct dc *dc = &world.dcs[n];
        /* .0 and .255 are left out */
        struct in_addr own = {htonl(ntohl(net.s_addr) + (uint32_t)(n / 250 * 256 + n % 250 + 1))};
        inet_ntop(AF_INET, options->one_address ? &net : &own, dc->address, sizeof dc->address);
        dc->ports[0] =
            (uint16_t)(options->one_address ? options->first_port + 2u * (unsigned)n : options->ldap_port);
        dc->ports[1] =
            (uint16_t)(options->one_address ? options->first_port + 2u * (unsigned)n + 1 : options->gc_port);
    }
    return true;
}

bool options_apply(const struct options *options)
{
    world.max_page = options->max_page;
    world.max_values = options->max_values;
    world.recycle_bin = options->recycle_bin;
    world.need_bind = options->need_bind;
    world.password = options->password;
    for (int n = 0; n < world.count; n++)
        world.dcs[n].deleted_hidden = options->no_deleted_rights;
    world.fixed_time = options->fixed_time;
    for (int i = 0; i < options->fault_count; i++) {
        char name[160];
        const char *equal = strchr(options->faults[i], '=');
        snprintf(name, sizeof name, "%.*s", equal ? (int)(equal - options->faults[i]) : 0,
                 options->faults[i]);
        struct dc *dc = equal ? dc_by_name(name) : NULL;
        if (!dc || !fault_parse(&dc->faults, equal + 1)) {
            fprintf(stderr, "dcsim: --fault takes DC=FAULT, not '%s'\n", options->faults[i]);
            return false;
        }
    }
    return place_dcs(options);
}
