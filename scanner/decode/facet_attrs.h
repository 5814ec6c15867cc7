/* facet_attrs.h: LDAP names of the attributes that make a facet, for facet.c and facet_text.c alone. */
#pragma once

#include "spnscan/ids.h"
#include "spnscan/text_buf.h"

#define ATTR_GUID     "objectGUID"
#define ATTR_SPN      "servicePrincipalName"
#define ATTR_SAM      "sAMAccountName"
#define ATTR_UAC      "userAccountControl"
#define ATTR_DNS_HOST "dNSHostName"
#define ATTR_UPN      "userPrincipalName"
#define ATTR_SID      "objectSid"
#define ATTR_TARGETS  "msDS-AllowedToDelegateTo"
#define ATTR_RBCD     "msDS-AllowedToActOnBehalfOfOtherIdentity"
#define ATTR_ENCTYPES "msDS-SupportedEncryptionTypes"

/* A value as it is stored: clean (clean.h), and cut where it is absurdly long. */
void facet_append_clean(struct text_buf *buf, struct bytes v);
