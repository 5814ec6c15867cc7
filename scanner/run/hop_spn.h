/* hop_spn.h: an SPN taken apart (MS-ADTS 2.2.21: class "/" host [":"port | ":"instance] ["/" name]), and the
 * other forms in which clients ask for the same service. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define HOP_SPN_MAX 512

struct hop_spn {
    char text[HOP_SPN_MAX]; /* as written */
    char key[HOP_SPN_MAX];  /* in lower case: what is compared, as far as it is ASCII */
    char class_name[64], host[256], port[64], service[256]; /* lower case; port: or instance; empty: absent */
    bool numeric_port;
};

/* false: no SPN (no slash, an empty part, over-long). */
bool hop_spn_parse(const char *text, struct hop_spn *ret);

/* true: a name in the form of an SPN, not of a DN or of DOMAIN\name. */
bool hop_is_spn(const char *text);

/* Whether text is the same name without ASCII case. */
bool hop_same(const char *a, const char *b);

/* The key with another class. */
void hop_spn_as_class(const struct hop_spn *spn, const char *class_name, char *ret, size_t size);

/* class/host[:port][/service] as text; port or service NULL or empty: none. */
void hop_spn_make(const char *class_name, const char *host, const char *port, const char *service, char *ret,
                  size_t size);

/* The class as it was written. */
void hop_spn_class(const struct hop_spn *spn, char *ret, size_t size);

bool hop_host_is_short(const char *host);
/* "crm" of "crm.corp.example". */
void hop_host_label(const char *host, char *ret, size_t size);
