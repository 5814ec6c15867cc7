-- finding_alike: the findings of hygiene_alike.
-- Columns: those of finding.
-- store/alike.c says the same for report_findings, in its order.
CREATE VIEW finding_alike AS
WITH word AS MATERIALIZED (SELECT *, kind IN ('conflict-spn', 'weak-encryption') AS of_account FROM hygiene_word)
SELECT 'hygiene' AS report, w.head || f.guid || w.tail AS id, w.severity, w.kind, f.account AS subject, w.names AS dcs, w.told AS detail,
       NULL AS fix, NULL AS first_seen, iif(w.of_account, f.guid, NULL) AS account
FROM account_fault f CROSS JOIN word w ON w.domain = f.domain AND f.checks >> w.bit & 1
WHERE NOT f.apart;
