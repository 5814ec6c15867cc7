-- departing_value: where a DC departs, which attribute differs, and how?
-- Columns: object, dc (ids), facet (spn, account, delegation), attribute (LDAP name),
--          many (1: here and elsewhere are JSON arrays, the values of a multi-valued attribute),
--          here (at that DC), elsewhere (in the state of the most). NULL: the attribute is absent, or hidden from the reader.
-- A row a difference. Names are compared without ASCII case, as AD compares them. A userAccountControl that one side
-- hides is no difference. Of msDS-AllowedToActOnBehalfOfOtherIdentity the descriptors are compared and the SIDs that may
-- act are shown (';' between), or the descriptors in hex where it is not the SIDs that differ.
-- Cannot know: whether an absent attribute is hidden; what differs among departing DCs where most hide the value.
CREATE VIEW departing_value AS
SELECT d.object, d.dc, 'spn' AS facet, 'servicePrincipalName' AS attribute, 1 AS many, h.spns AS here, e.spns AS elsewhere
FROM departure d JOIN consensus c ON c.object = d.object JOIN spn_state h ON h.id = d.spn JOIN spn_state e ON e.id = c.spn
WHERE d.shown = 1 AND lower(h.spns) <> lower(e.spns)
UNION ALL
SELECT object, dc, 'account', attribute, 0, here, elsewhere
FROM (SELECT d.object, d.dc, n.value AS attribute,
             CASE n.value WHEN 'sAMAccountName' THEN h.sam WHEN 'userAccountControl' THEN h.uac WHEN 'dNSHostName' THEN h.dns_host
                          WHEN 'userPrincipalName' THEN h.upn WHEN 'objectSid' THEN h.sid ELSE h.dn END AS here,
             CASE n.value WHEN 'sAMAccountName' THEN e.sam WHEN 'userAccountControl' THEN e.uac WHEN 'dNSHostName' THEN e.dns_host
                          WHEN 'userPrincipalName' THEN e.upn WHEN 'objectSid' THEN e.sid ELSE e.dn END AS elsewhere
      FROM departure d JOIN consensus c ON c.object = d.object
           JOIN account_state h ON h.id = d.account JOIN account_state e ON e.id = c.account,
           json_each('["sAMAccountName","userAccountControl","dNSHostName","userPrincipalName","objectSid","distinguishedName"]') n
      WHERE d.shown = 1)
WHERE lower(here) IS NOT lower(elsewhere) AND NOT (attribute = 'userAccountControl' AND (here IS NULL OR elsewhere IS NULL))
UNION ALL
SELECT d.object, d.dc, 'delegation', 'msDS-AllowedToDelegateTo', 1, h.targets, e.targets
FROM departure d JOIN consensus c ON c.object = d.object
     JOIN delegation_state h ON h.id = d.delegation JOIN delegation_state e ON e.id = c.delegation
WHERE d.shown = 1 AND lower(h.targets) <> lower(e.targets)
UNION ALL
SELECT d.object, d.dc, 'delegation', 'msDS-AllowedToActOnBehalfOfOtherIdentity', 0,
       CASE WHEN h.trustees = e.trustees THEN h.rbcd WHEN h.rbcd IS NOT NULL THEN
            coalesce((SELECT group_concat(value, ';') FROM json_each(h.trustees)), '') END,
       CASE WHEN h.trustees = e.trustees THEN e.rbcd WHEN e.rbcd IS NOT NULL THEN
            coalesce((SELECT group_concat(value, ';') FROM json_each(e.trustees)), '') END
FROM departure d JOIN consensus c ON c.object = d.object
     JOIN delegation_state h ON h.id = d.delegation JOIN delegation_state e ON e.id = c.delegation
WHERE d.shown = 1 AND h.rbcd IS NOT e.rbcd
UNION ALL
SELECT d.object, d.dc, 'delegation', 'msDS-SupportedEncryptionTypes', 0, h.enctypes, e.enctypes
FROM departure d JOIN consensus c ON c.object = d.object
     JOIN delegation_state h ON h.id = d.delegation JOIN delegation_state e ON e.id = c.delegation
WHERE d.shown = 1 AND h.enctypes IS NOT e.enctypes;
