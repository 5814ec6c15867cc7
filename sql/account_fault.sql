-- account_fault: what is wrong with single accounts that hold SPNs, whatever the names are?
-- Columns: checks (a bit for each check that found something, never 0; account_check has their words), object (id), dc (id of a DC that
--          departs and shows it; NULL: the DCs that do not depart), apart (1: some DC departs on this account), domain (id), guid, account
--          (sAMAccountName, or the DN where that is hidden), account_dn (both as shown there).
-- One pass over the accounts that small indexes and account_trait name (schema.sql); all else is looked up. CROSS JOIN only
-- fixes the order of the loops, LIMIT -1 keeps what is looked at more than once from being worked out each time.
-- Narrowed to focus; with a focus the kinds that are information, by all of the user accounts, are left out. Where one DC hides
-- userAccountControl, what most show of it stands for it, but for what it would prove there (disabled-spn, DES alone).
CREATE VIEW account_fault AS
WITH whole AS MATERIALIZED (SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM focus WHERE object >= 0)),
noting AS MATERIALIZED (SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM focus)),
renamed AS MATERIALIZED (SELECT t.state AS id, t.object FROM account_trait t WHERE t.traits & 1),
candidate AS MATERIALIZED (
    SELECT a.object FROM noting CROSS JOIN account_fact a WHERE a.uac & 0x200202
    UNION SELECT t.object FROM noting CROSS JOIN account_trait t WHERE t.traits & 2
    UNION SELECT a.object FROM whole CROSS JOIN account_fact a WHERE a.uac & 0x200000
    UNION SELECT r.object FROM whole CROSS JOIN renamed r
    UNION SELECT t.object FROM whole CROSS JOIN delegation_state t WHERE t.enctypes & 7 AND NOT t.enctypes & 0x18
    UNION SELECT object FROM focus),
apart AS MATERIALIZED (SELECT DISTINCT object FROM departure)
SELECT checks, object, dc, apart, domain, guid, account, account_dn
FROM (SELECT object, dc, apart, domain, guid, coalesce(sam, dn) AS account, dn AS account_dn,
             CASE WHEN renamed THEN
                  -- Of the object itself, not of one above it.
                  instr(replace(replace(substr(dn, 1, instr(upper(dn), '\0ACNF:') - 1), '\\', ''), '\,', ''), ',') = 0 ELSE 0 END * 2 +
             coalesce(uac & 0x200002 = 0x200000, 0) * 4 +
             CASE WHEN enctypes & 7 AND NOT enctypes & 0x18 AND NOT coalesce(most_uac & 2, 0)
                  THEN CASE WHEN NOT enctypes & 4 THEN 8 WHEN enctypes & 3 THEN 16 ELSE 32 END
                  ELSE 0 END +
             CASE WHEN noted AND NOT is_krbtgt
                  THEN coalesce(uac & 2 = 2, 0) +
                       CASE WHEN (substr(sam, -1) <> '$' OR uac & 0x200) AND NOT coalesce(most_uac & 0x3800, 0)
                            THEN CASE WHEN enctypes_known AND NOT coalesce(enctypes, 0) THEN coalesce(NOT uac & 2, 0) * 64 ELSE 0 END +
                                 CASE WHEN most_uac & 2 THEN 0 WHEN most_uac IS NULL THEN 256 ELSE 128 END
                            ELSE 0 END
                  ELSE 0 END AS checks
      FROM (SELECT w.object, w.dc, w.apart, w.guid, w.domain, a.sam, a.dn, a.uac,
                   coalesce(a.uac, (SELECT e.uac FROM account_fact e WHERE e.id = w.most)) AS most_uac,
                   w.delegation IS NOT NULL AS enctypes_known, t.enctypes, a.id IN (SELECT id FROM renamed) AS renamed,
                   EXISTS (SELECT 1 FROM noting) AS noted,
                   CASE WHEN a.sam NOT LIKE 'krbtgt%' THEN 0
                        ELSE (lower(a.sam) = 'krbtgt' OR (lower(a.sam) GLOB 'krbtgt_?*' AND substr(a.sam, 8) NOT GLOB '*[^0-9]*')) AND
                             (SELECT lower(k.spns) FROM spn_state k WHERE k.id = w.spn) = '["kadmin/changepw"]' END AS is_krbtgt
            FROM (SELECT g.object, NULL AS dc, g.object IN (SELECT object FROM apart) AS apart, g.guid, g.domain,
                         g.spn, g.account, g.account AS most, g.delegation
                  FROM candidate k CROSS JOIN object_guid g ON g.object = k.object WHERE g.shown = 1
                  UNION ALL
                  SELECT d.object, d.dc, 1, g.guid, g.domain, coalesce(d.spn, g.spn), coalesce(d.account, g.account), g.account,
                         coalesce(d.delegation, g.delegation)
                  FROM apart p CROSS JOIN departure d ON d.object = p.object CROSS JOIN object_guid g ON g.object = d.object
                  WHERE d.shown = 1 AND g.shown IS NOT NULL AND d.object IN (SELECT object FROM candidate)) w
                 CROSS JOIN account_fact a ON a.id = w.account LEFT JOIN delegation_state t ON t.id = w.delegation
            WHERE w.spn <> 0)
      LIMIT -1)
WHERE checks;
