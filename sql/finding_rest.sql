-- finding_rest: the findings of all reports but of hygiene_alike.
-- Columns: those of finding.
CREATE VIEW finding_rest AS
SELECT 'duplicates' AS report, 'duplicate:' || key AS id, severity, 'duplicate' AS kind, min(spn) AS subject,
       coalesce(together, group_concat(seen_by, ';')) AS dcs, -- never together: then no DC is in two of the lists
       class || ': ' || group_concat(account, ', ') AS detail, group_concat(fix, '; ') AS fix, NULL AS first_seen, NULL AS account
FROM duplicate GROUP BY key
UNION ALL
SELECT 'divergence', 'divergence:' || a.guid || ':' || l.attribute || ':' || n.name,
       CASE max(CASE l.severity WHEN 'critical' THEN 2 WHEN 'warning' THEN 1 ELSE 0 END) WHEN 2 THEN 'critical' WHEN 1 THEN 'warning' ELSE 'info' END,
       'divergence', a.account, n.name,
       l.attribute || ': ' ||
       group_concat(l.verdict || iif(l.behind_s IS NULL, '', ' (' || l.behind_s || ' s behind)') || iif(l.note = '', '', ', ' || l.note), '; '),
       NULL, min(l.first_seen), NULL
FROM divergence l CROSS JOIN account a ON a.object = l.object JOIN dc n ON n.id = l.dc
GROUP BY l.object, l.attribute, l.dc
UNION ALL
SELECT 'delegation', 'delegation:' || f.type || ':' || a.guid || coalesce(':' || nullif(coalesce(replace(f.trustee, ' ', '-'), lower(f.target)), ''), ''), f.severity,
       'delegation', coalesce(f.account, f.trustee), f.dcs,
       iif(f.type = 'unconstrained', '', f.type || coalesce(' to ' || f.target, '') || ': ') || f.finding, NULL, NULL, a.guid
FROM delegation f CROSS JOIN object_guid a ON a.object = f.object
WHERE f.checks <> 0
UNION ALL
SELECT 'aliases', id, severity, 'alias', spn,
       iif(lines = 1, dcs, (SELECT coalesce(group_concat(value, ';'), '') FROM (
           SELECT DISTINCT value FROM json_each('[' || replace(json_quote(dcs), ';', '","') || ']') WHERE value <> '' ORDER BY value))),
       detail, NULL, NULL, NULL
FROM (SELECT 'alias:' || lower(spn) || ':' || account_guid || ':' || lower(shadowed_spn) AS id,
             CASE max(CASE severity WHEN 'critical' THEN 2 WHEN 'warning' THEN 1 ELSE 0 END) WHEN 2 THEN 'critical' WHEN 1 THEN 'warning' ELSE 'info' END
             AS severity,
             spn, group_concat(dcs, ';') AS dcs, count(*) AS lines,
             account || ' before ' || group_concat(shadowed_account || ': ' || reason, '; ') AS detail
      FROM report_aliases GROUP BY lower(spn), account_guid, lower(shadowed_spn)) -- the shadowed name may be held twice
UNION ALL
SELECT 'hygiene', id, severity, kind, account,
       iif(lines = 1, dcs, (SELECT coalesce(group_concat(value, ';'), '') FROM (
           SELECT DISTINCT value FROM json_each('[' || replace(json_quote(dcs), ';', '","') || ']') WHERE value <> '' ORDER BY value))),
       detail, fix, NULL, iif(kind IN ('conflict-spn', 'weak-encryption'), account_guid, NULL)
FROM (SELECT kind || ':' || account_guid || coalesce(':' || lower(nullif(subject, '')), '') AS id,
             CASE max(CASE severity WHEN 'critical' THEN 2 WHEN 'warning' THEN 1 ELSE 0 END) WHEN 2 THEN 'critical' WHEN 1 THEN 'warning' ELSE 'info' END
             AS severity,
             kind, account, account_guid, group_concat(dcs, ';') AS dcs, count(*) AS lines,
             coalesce(nullif(subject, '') || ': ', '') || group_concat(detail, '; ') AS detail, group_concat(nullif(fix, ''), '; ') AS fix
      -- One name may be that of several, be spelled in two ways, or be shown otherwise by another DC.
      FROM (SELECT * FROM hygiene_rest ORDER BY kind, account, subject, account_guid, detail)
      GROUP BY kind, account_guid, lower(subject))
UNION ALL
SELECT 'health', kind || ':' || coalesce(dc, 'forest'), severity, kind, coalesce(dc, 'forest'), dc, detail, NULL, first_seen, NULL
FROM report_health;
