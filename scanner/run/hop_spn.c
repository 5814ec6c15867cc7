#include "scanner/run/hop_spn.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "spnscan/text_buf.h"

bool hop_same(const char *a, const char *b)
{
    for (; *a && *b; a++, b++) {
        char x = *a >= 'A' && *a <= 'Z' ? (char)(*a | 0x20) : *a;
        char y = *b >= 'A' && *b <= 'Z' ? (char)(*b | 0x20) : *b;
        if (x != y)
            return false;
    }
    return *a == *b;
}

static bool take(char *ret, size_t size, const char *from, size_t len)
{
    if (len >= size)
        return false;
    memcpy(ret, from, len);
    ret[len] = 0;
    return true;
}

bool hop_spn_parse(const char *text, struct hop_spn *ret)
{
    struct hop_spn spn = {0};
    size_t len = strlen(text), class_len = strcspn(text, "/");
    if (len >= sizeof spn.text || !class_len || class_len == len)
        return false;
    memcpy(spn.text, text, len + 1);
    memcpy(spn.key, text, len + 1);
    text_lower(spn.key);
    const char *host = spn.key + class_len + 1;
    size_t host_len = strcspn(host, ":/");
    if (!host_len || !take(spn.class_name, sizeof spn.class_name, spn.key, class_len) ||
        !take(spn.host, sizeof spn.host, host, host_len))
        return false;
    const char *rest = host + host_len;
    if (*rest == ':') {
        size_t port_len = strcspn(++rest, "/");
        if (!port_len || !take(spn.port, sizeof spn.port, rest, port_len))
            return false;
        rest += port_len;
        spn.numeric_port = strspn(spn.port, "0123456789") == port_len;
    }
    if (*rest == '/' && (!rest[1] || !take(spn.service, sizeof spn.service, rest + 1, strlen(rest + 1))))
        return false;
    *ret = spn;
    return true;
}

bool hop_is_spn(const char *text)
{
    const char *slash = strchr(text, '/'), *equals = strchr(text, '='), *backslash = strchr(text, '\\');
    if (!slash || (backslash && backslash < slash))
        return false;
    /* A DN begins with an attribute type; no class of services holds an '='. */
    return !equals || equals > slash;
}

void hop_spn_as_class(const struct hop_spn *spn, const char *class_name, char *ret, size_t size)
{
    snprintf(ret, size, "%s%s", class_name, strchr(spn->key, '/'));
}

void hop_spn_make(const char *class_name, const char *host, const char *port, const char *service, char *ret,
                  size_t size)
{
    bool has_port = port && *port, has_service = service && *service;
    snprintf(ret, size, "%s/%s%s%s%s%s", class_name, host, has_port ? ":" : "", has_port ? port : "",
             has_service ? "/" : "", has_service ? service : "");
}

void hop_spn_class(const struct hop_spn *spn, char *ret, size_t size)
{
    snprintf(ret, size, "%.*s", (int)strcspn(spn->text, "/"), spn->text);
}

bool hop_host_is_short(const char *host)
{
    return !strchr(host, '.');
}

void hop_host_label(const char *host, char *ret, size_t size)
{
    snprintf(ret, size, "%.*s", (int)strcspn(host, "."), host);
}
