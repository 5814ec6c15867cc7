-- hygiene_rest: what report_hygiene says of single names, and of accounts that some DC shows otherwise.
-- Columns: those of report_hygiene.
CREATE VIEW hygiene_rest AS
WITH scope AS MATERIALIZED (SELECT dc, name, domain, is_full FROM dc_scope),
word AS MATERIALIZED (SELECT bit, kind, severity, subject, detail, full_only FROM account_check),
everyone AS MATERIALIZED (SELECT DISTINCT domain, full_only, names FROM hygiene_word),
apart AS MATERIALIZED (SELECT DISTINCT object FROM departure),
fact AS MATERIALIZED (
    SELECT f.object, f.dc, word.kind, word.severity, word.subject, word.detail, word.full_only, 0 AS mend
    FROM account_fault f CROSS JOIN word ON f.checks >> word.bit & 1 WHERE f.apart
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
SELECT v.kind, v.severity, a.account, a.account_dn, a.guid AS account_guid, v.subject,
       -- Which characters, for the eye that cannot see them.
       CASE WHEN v.kind IN ('invisible-spn', 'non-ascii-spn') THEN
            v.detail || coalesce((
                WITH RECURSIVE x (at, code) AS (
                    SELECT 1, unicode(v.subject)
                    UNION ALL SELECT at + 1, unicode(substr(v.subject, at + 1, 1)) FROM x WHERE at < length(v.subject))
                SELECT ': ' || group_concat(DISTINCT printf('U+%04X', code)) FROM x WHERE code >= 0x80), '')
            ELSE v.detail END AS detail,
       v.names AS dcs,
       -- Double quotes hold in cmd and in PowerShell, but for these characters; PowerShell takes typographic quotes for quotes.
       CASE WHEN v.mend AND a.account <> a.account_dn AND
                 v.subject || m.netbios || rtrim(a.account, '$') NOT GLOB '*["%&|<>^!;`''$(){}“”„‟‘’‚‛]*'
            THEN 'setspn -D "' || v.subject || '" "' || m.netbios || '\' || a.account || '"'
            ELSE '' END AS fix
FROM seen v CROSS JOIN account a ON a.object = v.object JOIN domain m ON m.id = a.domain;
