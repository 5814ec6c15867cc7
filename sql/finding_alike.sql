-- finding_alike: the findings of hygiene_alike.
-- Columns: those of finding.
-- The worst kind first, each in the order of account_fault, as hygiene_alike is.
CREATE VIEW finding_alike AS
WITH word AS MATERIALIZED (
    SELECT kind, bit, domain, severity, names, kind || ':' AS head, ':' || lower(subject) AS tail, subject || ': ' || detail AS told,
           kind IN ('conflict-spn', 'weak-encryption') AS of_account
    FROM hygiene_word ORDER BY lower(subject) LIMIT -1)
SELECT 'hygiene' AS report, w.head || f.guid || w.tail AS id, w.severity, w.kind, f.account AS subject, w.names AS dcs, w.told AS detail,
       NULL AS fix, NULL AS first_seen, iif(w.of_account, f.guid, NULL) AS account
FROM (SELECT kind, severity, sum(1 << bit) AS mask FROM account_check GROUP BY kind, severity
      ORDER BY CASE severity WHEN 'critical' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, kind LIMIT -1) kind
     CROSS JOIN account_fault f CROSS JOIN word w
WHERE f.checks & kind.mask AND NOT f.apart AND w.kind = kind.kind AND w.domain = f.domain AND f.checks >> w.bit & 1;
