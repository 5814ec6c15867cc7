-- account_fault: what is wrong with single accounts that hold SPNs, whatever the names are?
-- Columns: object (id), dc (id of a DC that departs and shows it; NULL: the DCs that do not depart), apart (1: some DC departs on
--          this account), sam, dn (as it is shown there), checks (a bit for each check that found something, never 0;
--          account_check has their words).
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
SELECT object, dc, apart, sam, dn, checks
FROM (SELECT object, dc, apart, sam, dn,
             coalesce(conflict, 0) * 2 + coalesce(uac & 0x200000 AND NOT uac & 2, 0) * 4 +
             CASE WHEN enctypes & 7 AND NOT enctypes & 0x18 AND NOT coalesce(most_uac & 2, 0)
                  THEN CASE WHEN NOT enctypes & 4 THEN 8 WHEN enctypes & 3 THEN 16 ELSE 32 END
                  ELSE 0 END +
             CASE WHEN EXISTS (SELECT 1 FROM noting)
                  THEN coalesce(uac & 2 AND NOT coalesce(is_krbtgt, 0), 0) +
                       CASE WHEN is_user AND coalesce(most_uac & 0x3800, 0) = 0 AND NOT is_krbtgt
                            THEN (coalesce(enctypes_known AND coalesce(enctypes, 0) = 0 AND NOT uac & 2, 0)) * 64 +
                                 CASE WHEN coalesce(most_uac & 2, 0) THEN 0 WHEN most_uac IS NULL THEN 256 ELSE 128 END
                            ELSE 0 END
                  ELSE 0 END AS checks
      FROM (SELECT w.object, w.dc, w.apart, a.sam, a.dn, a.uac,
                   coalesce(a.uac, (SELECT e.uac FROM account_fact e WHERE e.id = w.most)) AS most_uac,
                   w.delegation IS NOT NULL AS enctypes_known, t.enctypes, a.sam NOT LIKE '%$' OR a.uac & 0x200 AS is_user,
                   -- Of the object itself, not of one above it.
                   CASE WHEN a.id IN (SELECT id FROM renamed) THEN
                        instr(replace(replace(substr(a.dn, 1, instr(upper(a.dn), '\0ACNF:') - 1), '\\', ''), '\,', ''), ',') = 0 END AS conflict,
                   CASE WHEN a.sam NOT LIKE 'krbtgt%' THEN 0
                        ELSE (lower(a.sam) = 'krbtgt' OR (lower(a.sam) GLOB 'krbtgt_?*' AND substr(a.sam, 8) NOT GLOB '*[^0-9]*')) AND
                             (SELECT lower(k.spns) FROM spn_state k WHERE k.id = w.spn) = '["kadmin/changepw"]' END AS is_krbtgt
            FROM (SELECT c.object, NULL AS dc, c.object IN (SELECT object FROM apart) AS apart, c.spn, c.account, c.account AS most, c.delegation
                  FROM candidate k CROSS JOIN consensus c ON c.object = k.object WHERE c.shown = 1
                  UNION ALL
                  SELECT d.object, d.dc, 1, coalesce(d.spn, c.spn), coalesce(d.account, c.account), c.account,
                         coalesce(d.delegation, c.delegation)
                  FROM apart p CROSS JOIN departure d ON d.object = p.object CROSS JOIN consensus c ON c.object = d.object
                  WHERE d.shown = 1 AND d.object IN (SELECT object FROM candidate)) w
                 CROSS JOIN account_fact a ON a.id = w.account LEFT JOIN delegation_state t ON t.id = w.delegation
            WHERE w.spn <> 0 LIMIT -1)
      LIMIT -1)
WHERE checks;
