-- difference_value: of each row of difference, what does that DC show, and what the one that has it right?
-- Columns: object, dc (ids), attribute, verdict (with these: a row of difference), facet (spn, account, delegation),
--          many (1: here and elsewhere are JSON arrays, the values of a multi-valued attribute),
--          here (at that DC), elsewhere (at the winner; without one, in the state of the most, or where this DC shows that too,
--          at the first DC that departs from it in that facet). NULL: the attribute is absent, or hidden from the reader; of objectGUID and
--          isDeleted, which show the DN: the object is not there, or deleted.
-- Of msDS-AllowedToActOnBehalfOfOtherIdentity the SIDs that may act are shown (';' between), or the descriptors in hex
-- where it is not the SIDs that differ.
CREATE VIEW difference_value AS
WITH state AS (
    SELECT x.object, x.dc, x.attribute, x.verdict, coalesce(d.shown, c.shown) AS shown,
           iif(x.winner IS NULL, NOT coalesce(d.shown, c.shown), coalesce(w.shown, c.shown)) AS other_shown,
           coalesce(d.spn, c.spn) AS spn, coalesce(d.account, c.account) AS account, coalesce(d.delegation, c.delegation) AS delegation,
           -- w is there only with a winner. Without one, who is compared with the most must not be of the most.
           coalesce(w.spn, iif(x.winner IS NULL AND d.spn IS NULL, (
                SELECT p.spn FROM departure p WHERE p.object = x.object AND p.spn IS NOT NULL ORDER BY p.dc LIMIT 1), NULL), c.spn) AS other_spn,
           coalesce(w.account, iif(x.winner IS NULL AND d.account IS NULL, (
                SELECT p.account FROM departure p WHERE p.object = x.object AND p.account IS NOT NULL ORDER BY p.dc LIMIT 1), NULL), c.account) AS other_account,
           coalesce(w.delegation, iif(x.winner IS NULL AND d.delegation IS NULL, (
                SELECT p.delegation FROM departure p WHERE p.object = x.object AND p.delegation IS NOT NULL ORDER BY p.dc LIMIT 1), NULL),
                c.delegation) AS other_delegation
    FROM difference x JOIN consensus c ON c.object = x.object
         LEFT JOIN departure d ON d.object = x.object AND d.dc = x.dc
         LEFT JOIN departure w ON w.object = x.object AND w.dc = x.winner)
SELECT s.object, s.dc, s.attribute, s.verdict, 'spn' AS facet, 1 AS many, h.spns AS here, e.spns AS elsewhere
FROM state s JOIN spn_state h ON h.id = s.spn JOIN spn_state e ON e.id = s.other_spn
WHERE s.attribute = 'servicePrincipalName'
UNION ALL
SELECT s.object, s.dc, s.attribute, s.verdict, 'account', 0,
       CASE s.attribute WHEN 'sAMAccountName' THEN h.sam WHEN 'userAccountControl' THEN h.uac WHEN 'dNSHostName' THEN h.dns_host
                        WHEN 'userPrincipalName' THEN h.upn WHEN 'objectSid' THEN h.sid WHEN 'distinguishedName' THEN h.dn
                        ELSE iif(s.shown, h.dn, NULL) END,
       CASE s.attribute WHEN 'sAMAccountName' THEN e.sam WHEN 'userAccountControl' THEN e.uac WHEN 'dNSHostName' THEN e.dns_host
                        WHEN 'userPrincipalName' THEN e.upn WHEN 'objectSid' THEN e.sid WHEN 'distinguishedName' THEN e.dn
                        ELSE iif(s.other_shown, e.dn, NULL) END
FROM state s JOIN account_state h ON h.id = s.account JOIN account_state e ON e.id = s.other_account
WHERE s.attribute <> 'servicePrincipalName' AND s.attribute NOT GLOB 'msDS-*'
UNION ALL
SELECT s.object, s.dc, s.attribute, s.verdict, 'delegation', s.attribute = 'msDS-AllowedToDelegateTo',
       CASE WHEN s.attribute = 'msDS-AllowedToDelegateTo' THEN h.targets WHEN s.attribute = 'msDS-SupportedEncryptionTypes' THEN h.enctypes
            WHEN h.trustees = e.trustees THEN h.rbcd
            WHEN h.rbcd IS NOT NULL THEN coalesce((SELECT group_concat(value, ';') FROM json_each(h.trustees)), '') END,
       CASE WHEN s.attribute = 'msDS-AllowedToDelegateTo' THEN e.targets WHEN s.attribute = 'msDS-SupportedEncryptionTypes' THEN e.enctypes
            WHEN h.trustees = e.trustees THEN e.rbcd
            WHEN e.rbcd IS NOT NULL THEN coalesce((SELECT group_concat(value, ';') FROM json_each(e.trustees)), '') END
FROM state s LEFT JOIN delegation_state h ON h.id = s.delegation LEFT JOIN delegation_state e ON e.id = s.other_delegation
WHERE s.attribute GLOB 'msDS-*';
