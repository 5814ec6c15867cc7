-- hygiene: report_hygiene in no order, and what finding needs beside.
-- Columns: those of report_hygiene, alone (1: no other row is of this kind, account and subject; 0: there may be).
CREATE VIEW hygiene AS
WITH scope AS MATERIALIZED (SELECT dc, name, domain, is_full FROM dc_scope),
everyone AS MATERIALIZED (
    SELECT domain, full_only, group_concat(name, ';') AS names
    FROM (SELECT domain, 0 AS full_only, name FROM scope UNION ALL SELECT domain, 1, name FROM scope WHERE is_full ORDER BY 1, 2, 3)
    GROUP BY domain, full_only),
apart AS MATERIALIZED (SELECT DISTINCT object FROM departure),
word AS MATERIALIZED (SELECT bit, kind, severity, subject, detail, full_only FROM account_check),
fault AS MATERIALIZED (SELECT object, dc, apart, sam, dn, checks FROM account_fault),
-- What is said of each set of faults that occurs, and of which domain: far fewer than accounts.
said AS MATERIALIZED (
    SELECT f.checks, x.domain, word.kind, word.severity, word.subject, word.detail, x.names
    FROM (SELECT DISTINCT checks FROM fault WHERE NOT apart) f CROSS JOIN word ON f.checks >> word.bit & 1
         JOIN everyone x ON x.full_only = word.full_only),
fact AS MATERIALIZED (
    SELECT f.object, f.dc, word.kind, word.severity, word.subject, word.detail, word.full_only, 0 AS mend
    FROM fault f CROSS JOIN word ON f.checks >> word.bit & 1 WHERE f.apart
    UNION ALL
    SELECT object, dc, kind, severity, subject, detail, 0, mend FROM name_fault),
seen AS (
    SELECT f.object, f.kind, f.severity, f.subject, f.detail, f.mend, x.names
    FROM fact f CROSS JOIN object o ON o.id = f.object JOIN everyone x ON x.domain = o.domain AND x.full_only = f.full_only
    WHERE f.object NOT IN (SELECT object FROM apart)
    UNION ALL
    SELECT object, kind, severity, subject, detail, mend, group_concat(name, ';')
    FROM (SELECT DISTINCT f.object, f.kind, f.severity, f.subject, f.detail, f.mend, s.name
          FROM fact f CROSS JOIN object o ON o.id = f.object CROSS JOIN scope s ON s.domain = o.domain AND (s.is_full OR NOT f.full_only)
               LEFT JOIN departure d ON d.object = f.object AND d.dc = s.dc
          WHERE f.object IN (SELECT object FROM apart) AND (f.dc = s.dc OR (f.dc IS NULL AND d.object IS NULL))
          ORDER BY f.object, f.kind, f.subject, f.detail, s.name)
    GROUP BY object, kind, severity, subject, detail, mend)
-- Accounts that all DCs show alike: most of them.
SELECT s.kind, s.severity, f.account, f.account_dn, f.guid AS account_guid, s.subject, s.detail, s.names AS dcs, '' AS fix, 1 AS alone
FROM (SELECT f.checks, g.domain, coalesce(f.sam, f.dn) AS account, f.dn AS account_dn, g.guid
      FROM fault f CROSS JOIN object_guid g ON g.object = f.object
      WHERE NOT f.apart LIMIT -1) f
     CROSS JOIN said s ON s.checks = f.checks AND s.domain = f.domain
UNION ALL
SELECT v.kind, v.severity, a.account, a.account_dn, a.guid, v.subject,
       -- Which characters, for the eye that cannot see them.
       CASE WHEN v.kind IN ('invisible-spn', 'non-ascii-spn') THEN
            v.detail || coalesce((
                WITH RECURSIVE x (at, code) AS (
                    SELECT 1, unicode(v.subject)
                    UNION ALL SELECT at + 1, unicode(substr(v.subject, at + 1, 1)) FROM x WHERE at < length(v.subject))
                SELECT ': ' || group_concat(DISTINCT printf('U+%04X', code)) FROM x WHERE code >= 0x80), '')
            ELSE v.detail END,
       v.names,
       -- Double quotes hold in cmd and in PowerShell, but for these characters; PowerShell takes typographic quotes for quotes.
       CASE WHEN v.mend AND a.account <> a.account_dn AND
                 v.subject || m.netbios || rtrim(a.account, '$') NOT GLOB '*["%&|<>^!;`''$(){}“”„‟‘’‚‛]*'
            THEN 'setspn -D "' || v.subject || '" "' || m.netbios || '\' || a.account || '"'
            ELSE '' END, 0
FROM seen v CROSS JOIN account a ON a.object = v.object JOIN domain m ON m.id = a.domain;
