/* filters.h: what scanner/run/dc_worker.c asks for. `run` takes these lines too, for the peers, and checks
 * that they find as many entries as a scan. */
#pragma once

#define BENCH_GC_FILTER "(servicePrincipalName=*)"
#define BENCH_LDAP_FILTER                                                                                    \
    "(&(sAMAccountName=*)(|(msDS-SupportedEncryptionTypes=*)(msDS-AllowedToDelegateTo=*)"                    \
    "(msDS-AllowedToActOnBehalfOfOtherIdentity=*)"                                                           \
    "(userAccountControl:1.2.840.113556.1.4.803:=524288)"                                                    \
    "(userAccountControl:1.2.840.113556.1.4.803:=16777216)))"
