/* schema.c: names, attids, membership of the partial attribute set (MS-ADA1..3), kept small. */
#include "tests/dcsim/schema.h"

#define ID4(n) (0x00090000u | (n))
#define ID2(n) (0x00020000u | (n))

struct attr_info attr_table[A_COUNT] = {
    [A_NONE] = {"", 0, SYN_TEXT, 0, 0},
    [A_OBJECT_CLASS] = {"objectClass", 0, SYN_OID, IN_PAS | KEPT, 0},
    [A_OBJECT_CATEGORY] = {"objectCategory", ID4(782), SYN_DN, IN_PAS, 0},
    [A_OBJECT_GUID] = {"objectGUID", ID4(2), SYN_BYTES, IN_PAS | LOCAL | COMPUTED | KEPT, 0},
    [A_OBJECT_SID] = {"objectSid", ID4(146), SYN_BYTES, IN_PAS | COMPUTED | KEPT, 0},
    [A_CN] = {"cn", 3, SYN_TEXT, IN_PAS | COMPUTED | KEPT, 0},
    [A_NAME] = {"name", ID4(1), SYN_TEXT, IN_PAS | COMPUTED | KEPT, 0},
    [A_DN] = {"distinguishedName", 49, SYN_DN, IN_PAS | LOCAL | COMPUTED | KEPT, 0},
    [A_INSTANCE_TYPE] = {"instanceType", ID2(1), SYN_NUMBER, IN_PAS | KEPT, 0},
    [A_WHEN_CREATED] = {"whenCreated", ID2(2), SYN_TIME, IN_PAS | COMPUTED | KEPT, 0},
    [A_WHEN_CHANGED] = {"whenChanged", ID2(3), SYN_TIME, IN_PAS | LOCAL | COMPUTED | KEPT, 0},
    [A_USN_CREATED] = {"uSNCreated", ID2(19), SYN_NUMBER, IN_PAS | LOCAL | COMPUTED | KEPT, 0},
    [A_USN_CHANGED] = {"uSNChanged", ID2(120), SYN_NUMBER, IN_PAS | LOCAL | COMPUTED | KEPT, 0},
    [A_SAM] = {"sAMAccountName", ID4(221), SYN_TEXT, IN_PAS | KEPT, 0},
    [A_SAM_TYPE] = {"sAMAccountType", ID4(302), SYN_NUMBER, IN_PAS, 0},
    [A_UAC] = {"userAccountControl", ID4(8), SYN_NUMBER, IN_PAS | KEPT, 0},
    [A_PRIMARY_GROUP] = {"primaryGroupID", ID4(98), SYN_NUMBER, IN_PAS, 0},
    [A_DNS_HOST] = {"dNSHostName", ID4(619), SYN_TEXT, IN_PAS | KEPT, 0},
    [A_UPN] = {"userPrincipalName", ID4(656), SYN_TEXT, IN_PAS, 0},
    [A_SPN] = {"servicePrincipalName", ID4(771), SYN_TEXT, IN_PAS, 0},
    [A_PWD_LAST_SET] = {"pwdLastSet", ID4(96), SYN_NUMBER, COMPUTED, 0},
    [A_ADMIN_COUNT] = {"adminCount", ID4(150), SYN_NUMBER, 0, 0},
    [A_DESCRIPTION] = {"description", 13, SYN_TEXT, IN_PAS, 0},
    [A_OS] = {"operatingSystem", ID4(363), SYN_TEXT, 0, 0},
    [A_TARGETS] = {"msDS-AllowedToDelegateTo", ID4(1787), SYN_TEXT, 0, 0},
    [A_RBCD] = {"msDS-AllowedToActOnBehalfOfOtherIdentity", ID4(2182), SYN_BYTES, 0, 0},
    [A_ENCTYPES] = {"msDS-SupportedEncryptionTypes", ID4(1963), SYN_NUMBER, 0, 0},
    [A_IS_DELETED] = {"isDeleted", ID2(48), SYN_BOOL, IN_PAS | KEPT, 0},
    [A_IS_RECYCLED] = {"isRecycled", ID4(2058), SYN_BOOL, IN_PAS | KEPT, 0},
    [A_LAST_PARENT] = {"lastKnownParent", ID4(781), SYN_DN, IN_PAS | KEPT, 0},
    [A_META] = {"replPropertyMetaData", ID4(3), SYN_BYTES, IN_PAS | LOCAL | COMPUTED | KEPT | ON_DEMAND, 0},
    [A_VECTOR] = {"replUpToDateVector", ID4(4), SYN_BYTES, IN_PAS | LOCAL | COMPUTED | KEPT, 0},
    [A_EXTRA_DNS] = {"msDS-AdditionalDnsHostName", ID4(1717), SYN_TEXT, 0, 0},
    [A_EXTRA_SAM] = {"msDS-AdditionalSamAccountName", ID4(1718), SYN_TEXT, 0, 0},
    [A_GROUP_TYPE] = {"groupType", ID4(750), SYN_NUMBER, IN_PAS, 0},
    [A_MEMBER] = {"member", 31, SYN_DN, 0, 0},
    [A_MEMBER_OF] = {"memberOf", ID2(102), SYN_DN, LOCAL, 0},
    [A_OPTIONS] = {"options", ID4(307), SYN_NUMBER, 0, 0},
    [A_INVOCATION] = {"invocationId", ID2(115), SYN_BYTES, 0, 0},
    [A_MASTER_NCS] = {"hasMasterNCs", ID2(14), SYN_DN, 0, 0},
    [A_MS_MASTER_NCS] = {"msDS-hasMasterNCs", ID4(1836), SYN_DN, 0, 0},
    [A_DOMAIN_NCS] = {"msDS-HasDomainNCs", ID4(1820), SYN_DN, 0, 0},
    [A_PARTIAL_NCS] = {"hasPartialReplicaNCs", ID2(15), SYN_DN, 0, 0},
    [A_FULL_NCS] = {"msDS-hasFullReplicaNCs", ID4(1925), SYN_DN, 0, 0},
    [A_IS_RODC] = {"msDS-isRODC", ID4(1960), SYN_BOOL, LOCAL | ON_DEMAND, 0},
    [A_BEHAVIOR] = {"msDS-Behavior-Version", ID4(1459), SYN_NUMBER, IN_PAS, 0},
    [A_SERVER_REF] = {"serverReference", ID4(515), SYN_DN, 0, 0},
    [A_NC_NAME] = {"nCName", ID2(16), SYN_DN, IN_PAS, 0},
    [A_DNS_ROOT] = {"dnsRoot", ID4(28), SYN_TEXT, IN_PAS, 0},
    [A_NETBIOS] = {"nETBIOSName", ID4(87), SYN_TEXT, IN_PAS, 0},
    [A_SYSTEM_FLAGS] = {"systemFlags", ID4(375), SYN_NUMBER, IN_PAS, 0},
    [A_TRUST_PARENT] = {"trustParent", ID4(471), SYN_DN, IN_PAS, 0},
    [A_SPN_MAPPINGS] = {"sPNMappings", ID4(1347), SYN_TEXT, 0, 0},
    [A_HEURISTICS] = {"dSHeuristics", ID2(212), SYN_TEXT, 0, 0},
    [A_TOMBSTONE_LIFE] = {"tombstoneLifetime", ID2(54), SYN_NUMBER, 0, 0},
    [A_ADMIN_LIMITS] = {"lDAPAdminLimits", ID4(843), SYN_TEXT, 0, 0},
    [A_LDAP_NAME] = {"lDAPDisplayName", ID2(460), SYN_TEXT, IN_PAS, 0},
    [A_ATTRIBUTE_ID] = {"attributeID", ID2(30), SYN_OID, IN_PAS, 0},
    [A_IN_PAS] = {"isMemberOfPartialAttributeSet", ID4(639), SYN_BOOL, IN_PAS, 0},
    [A_SEARCH_FLAGS] = {"searchFlags", ID2(334), SYN_NUMBER, IN_PAS, 0},
    [A_SITE_LIST] = {"siteList", ID4(821), SYN_DN, 0, 0},
    [A_COST] = {"cost", ID2(135), SYN_NUMBER, 0, 0},
    [A_REPL_INTERVAL] = {"replInterval", ID4(1336), SYN_NUMBER, 0, 0},
    [A_OPERATOR_COUNT] = {"operatorCount", ID4(144), SYN_NUMBER, IN_PAS, 0},
    [A_MANAGERS] = {"msDS-GroupMSAMembership", ID4(2200), SYN_BYTES, 0, 0},
    [A_REPS_FROM] = {"repsFrom", ID2(91), SYN_BYTES, IN_PAS | LOCAL | COMPUTED | MANY | ON_DEMAND, 0},
    [A_DESCRIPTOR] = {"nTSecurityDescriptor", ID2(281), SYN_BYTES, IN_PAS | COMPUTED | KEPT | ON_DEMAND, 0},
    [A_ATTR_META] = {"msDS-ReplAttributeMetaData", ID4(1707), SYN_TEXT,
                     IN_PAS | LOCAL | COMPUTED | MANY | KEPT | ON_DEMAND, 0},
    [A_CURSORS] = {"msDS-NCReplCursors", ID4(1704), SYN_TEXT, IN_PAS | LOCAL | COMPUTED | MANY | ON_DEMAND,
                   0},
    [A_NEIGHBOURS] = {"msDS-NCReplInboundNeighbors", ID4(1705), SYN_TEXT,
                      IN_PAS | LOCAL | COMPUTED | MANY | ON_DEMAND, 0},
};

attr_mask mask_pas, mask_replicated, mask_computed, mask_kept, mask_many, mask_all;

#define TOP_USER "top", "person", "organizationalPerson", "user"

const struct class_info class_table[OC_COUNT] = {
    [OC_DOMAIN] = {"domainDNS", {"top", "domain", "domainDNS"}, "Domain-DNS", 0, 0, true},
    [OC_CONTAINER] = {"container", {"top", "container"}, "Container", 0, 0, false},
    [OC_OU] = {"organizationalUnit", {"top", "organizationalUnit"}, "Organizational-Unit", 0, 0, false},
    [OC_USER] = {"user", {TOP_USER}, "Person", 805306368, 513, false},
    [OC_COMPUTER] = {"computer", {TOP_USER, "computer"}, "Computer", 805306369, 515, false},
    [OC_GMSA] = {"msDS-GroupManagedServiceAccount",
                 {TOP_USER, "computer", "msDS-GroupManagedServiceAccount"},
                 "ms-DS-Group-Managed-Service-Account",
                 805306369,
                 515,
                 false},
    [OC_DC] = {"computer", {TOP_USER, "computer"}, "Computer", 805306369, 516, false},
    [OC_RODC] = {"computer", {TOP_USER, "computer"}, "Computer", 805306369, 521, false},
    [OC_GROUP] = {"group", {"top", "group"}, "Group", 268435456, 0, false},
    [OC_CONFIGURATION] = {"configuration", {"top", "configuration"}, "Configuration", 0, 0, true},
    [OC_SITES] = {"sitesContainer", {"top", "sitesContainer"}, "Sites-Container", 0, 0, false},
    [OC_SITE] = {"site", {"top", "site"}, "Site", 0, 0, false},
    [OC_SERVERS] = {"serversContainer", {"top", "serversContainer"}, "Servers-Container", 0, 0, false},
    [OC_SERVER] = {"server", {"top", "server"}, "Server", 0, 0, false},
    [OC_DSA] = {"nTDSDSA", {"top", "applicationSettings", "nTDSDSA"}, "NTDS-DSA", 0, 0, false},
    [OC_DSA_RO] =
        {"nTDSDSARO", {"top", "applicationSettings", "nTDSDSA", "nTDSDSARO"}, "NTDS-DSA-RO", 0, 0, false},
    [OC_PARTITIONS] = {"crossRefContainer", {"top", "crossRefContainer"}, "Cross-Ref-Container", 0, 0, false},
    [OC_CROSSREF] = {"crossRef", {"top", "crossRef"}, "Cross-Ref", 0, 0, false},
    [OC_SERVICE] = {"nTDSService", {"top", "nTDSService"}, "NTDS-Service", 0, 0, false},
    [OC_QUERY_POLICY] = {"queryPolicy", {"top", "queryPolicy"}, "Query-Policy", 0, 0, false},
    [OC_DMD] = {"dMD", {"top", "dMD"}, "DMD", 0, 0, true},
    [OC_ATTRIBUTE_SCHEMA] = {"attributeSchema", {"top", "attributeSchema"}, "Attribute-Schema", 0, 0, false},
    [OC_SITE_LINK] = {"siteLink", {"top", "siteLink"}, "Site-Link", 0, 0, false},
};

void schema_init(void)
{
    for (int a = 1; a < A_COUNT; a++) {
        struct attr_info *info = &attr_table[a];
        info->name_len = (uint8_t)strlen(info->name);
        mask_all |= BIT(a);
        if (info->flags & IN_PAS)
            mask_pas |= BIT(a);
        if (!(info->flags & LOCAL))
            mask_replicated |= BIT(a);
        if (info->flags & COMPUTED)
            mask_computed |= BIT(a);
        if (info->flags & KEPT)
            mask_kept |= BIT(a);
        if (info->flags & MANY)
            mask_many |= BIT(a);
    }
}

enum attr attr_by_name(struct bytes name)
{
    for (int a = 1; a < A_COUNT; a++)
        if (same_fold(name.data, name.len, attr_table[a].name, attr_table[a].name_len))
            return (enum attr)a;
    return A_NONE;
}

enum object_class class_by_name(const char *name)
{
    for (int c = 0; c < OC_COUNT; c++)
        if (same_text(name, class_table[c].name))
            return (enum object_class)c;
    return OC_COUNT;
}
