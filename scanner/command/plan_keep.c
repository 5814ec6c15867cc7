#include "scanner/command/plan_keep.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "spnscan/ids.h"
#include "spnscan/text_buf.h"

/* userAccountControl, MS-ADTS 2.2.16: SERVER_TRUST_ACCOUNT, PARTIAL_SECRETS_ACCOUNT. */
#define UAC_DC 0x4002000

/* Netlogon writes HOST and RestrictedKrbHost; the services of Windows the others, each for the names of the
 * machine it runs on. A '-' at the end: what follows is a GUID. */
static const char *const computer_classes[] = {"HOST",
                                               "RestrictedKrbHost",
                                               "TERMSRV",
                                               "WSMAN",
                                               "Hyper-V Replica Service",
                                               "Microsoft Virtual Console Service",
                                               "Microsoft Virtual System Migration Service",
                                               "MSServerCluster",
                                               "MSServerClusterMgmtAPI",
                                               "MSClusterVirtualServer",
                                               "Dfsr-",
                                               "NtFrs-",
                                               NULL};
static const char *const dc_classes[] = {"ldap", "GC", "DNS", "RPC", NULL};

static char *join(const char *a, size_t len, const char *dot, const char *b)
{
    struct text_buf name = {0};
    text_append_fmt(&name, "%.*s%s%s", (int)len, a, dot, b);
    return name.data;
}

void keeper_set(struct keeper *k, const char *sam, int64_t uac, const char *dns_host, const char *domain_dns)
{
    size_t len = strlen(sam);
    keeper_release(k);
    k->computer = len > 1 && sam[len - 1] == '$';
    k->dc = (uac & UAC_DC) != 0;
    k->domain_dns = xstrdup(domain_dns);
    if (!k->computer)
        return;
    k->own[0] = join(sam, len - 1, "", "");
    k->own[1] = *domain_dns ? join(sam, len - 1, ".", domain_dns) : NULL;
    k->own[2] = *dns_host ? xstrdup(dns_host) : NULL;
}

static bool is_guid(const char *text, size_t len)
{
    char copy[GUID_TEXT_SIZE];
    struct guid guid;
    if (len != GUID_TEXT_SIZE - 1)
        return false;
    memcpy(copy, text, len);
    copy[len] = 0;
    return guid_parse(copy, &guid);
}

static bool is_listed(const char *const *list, const char *class, size_t len)
{
    for (; *list; list++) {
        size_t n = strlen(*list);
        bool open = (*list)[n - 1] == '-';
        if (strncasecmp(*list, class, n) == 0 && (open ? len > n : len == n))
            return true;
    }
    return false;
}

static bool is_own(const struct keeper *k, const char *host, size_t len)
{
    for (size_t i = 0; i < sizeof k->own / sizeof k->own[0]; i++)
        if (k->own[i] && strlen(k->own[i]) == len && strncasecmp(k->own[i], host, len) == 0)
            return true;
    return false;
}

bool keeper_keeps(const struct keeper *k, const char *spn)
{
    const char *slash = strchr(spn, '/');
    if (!slash)
        return false;
    const char *host = slash + 1;
    size_t class_len = (size_t)(slash - spn), host_len = strcspn(host, ":/");
    if (is_guid(spn, class_len) || is_guid(host, strcspn(host, ".:/")))
        return true;
    if (!k->computer || !is_own(k, host, host_len))
        return false;
    if (k->dc && (strchr(host, '/') || is_listed(dc_classes, spn, class_len)))
        return true;
    return is_listed(computer_classes, spn, class_len);
}

void keeper_release(struct keeper *k)
{
    for (size_t i = 0; i < sizeof k->own / sizeof k->own[0]; i++)
        free(k->own[i]);
    free(k->domain_dns);
    *k = (struct keeper){0};
}
