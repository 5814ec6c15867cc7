-- hygiene_alike: what report_hygiene says of accounts that all DCs show alike, most of them.
-- Columns: those of report_hygiene.
-- Kind by kind, each in the order of account_fault: where that is sorted, so is this (parts.c).
CREATE VIEW hygiene_alike AS
WITH word AS MATERIALIZED (SELECT * FROM hygiene_word ORDER BY subject LIMIT -1)
SELECT w.kind, w.severity, f.account, f.account_dn, f.guid AS account_guid, w.subject, w.detail, w.names AS dcs, '' AS fix
FROM (SELECT kind, sum(1 << bit) AS mask FROM account_check GROUP BY kind ORDER BY kind LIMIT -1) kind
     CROSS JOIN account_fault f CROSS JOIN word w
WHERE f.checks & kind.mask AND NOT f.apart AND w.kind = kind.kind AND w.domain = f.domain AND f.checks >> w.bit & 1;
