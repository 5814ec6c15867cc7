#include "scanner/ldap/host.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define MAX_NAME  253
#define MAX_LABEL 63

bool host_name_ok(const char *host)
{
    size_t len = strlen(host), label = 0;
    if (len == 0 || len > MAX_NAME)
        return false;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)host[i];
        if (c == '.') {
            if (label == 0)
                return false;
            label = 0;
        } else if (!(c < 0x80 && (isalnum(c) || c == '_' || c == '-')) || ++label > MAX_LABEL) {
            return false;
        }
    }
    return host[0] != '-';
}

bool host_literal(const char *host, char *text, size_t size)
{
    struct in6_addr address;
    char plain[64];
    size_t len = strlen(host);

    if (len > 2 && host[0] == '[' && host[len - 1] == ']') {
        host++;
        len -= 2;
        if (!memchr(host, ':', len))
            return false;
    }
    if (len >= sizeof plain || len >= size)
        return false;
    memcpy(plain, host, len);
    plain[len] = 0;
    char *scope = strchr(plain, '%');
    if (scope) {
        *scope++ = 0;
        for (const char *s = scope; *s; s++)
            if (!isalnum((unsigned char)*s) && !strchr("-_.", *s))
                return false;
        if (!*scope || !strchr(plain, ':'))
            return false;
    }
    if (inet_pton(AF_INET, plain, &address) != 1 && inet_pton(AF_INET6, plain, &address) != 1)
        return false;
    snprintf(text, size, "%.*s", (int)len, host);
    return true;
}
