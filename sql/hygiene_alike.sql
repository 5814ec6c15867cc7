-- hygiene_alike: what report_hygiene says of accounts that all DCs show alike, most of them.
-- Columns: those of report_hygiene.
-- store/alike.c says the same for the report, in its order.
CREATE VIEW hygiene_alike AS
WITH word AS MATERIALIZED (SELECT * FROM hygiene_word)
SELECT w.kind, w.severity, f.account, f.account_dn, f.guid AS account_guid, w.subject, w.detail, w.names AS dcs, '' AS fix
FROM account_fault f CROSS JOIN word w ON w.domain = f.domain AND f.checks >> w.bit & 1
WHERE NOT f.apart;
