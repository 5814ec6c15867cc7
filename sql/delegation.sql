-- delegation: delegation_found in words.
-- Columns: those of delegation_found but domain, dcs written out, finding, severity, reason (see report_delegation).
CREATE VIEW delegation AS
WITH everyone AS MATERIALIZED (
    SELECT domain, group_concat(name, ';') AS names FROM (SELECT domain, name FROM dc_scope WHERE is_full ORDER BY domain, name) GROUP BY domain),
word AS MATERIALIZED (SELECT bit, finding, severity, reason FROM delegation_check),
whole AS MATERIALIZED (SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM focus WHERE object >= 0)),
fact AS NOT MATERIALIZED (
    SELECT f.* FROM whole CROSS JOIN delegation_found f UNION ALL SELECT f.* FROM focus n CROSS JOIN delegation_found f ON f.object = n.object),
-- What is said of each set of checks that occurs.
said AS MATERIALIZED (
    SELECT f.checks,
           (SELECT group_concat(m.finding, '; ') FROM word m WHERE f.checks >> m.bit & 1) AS finding,
           CASE (SELECT max(CASE m.severity WHEN 'critical' THEN 2 WHEN 'warning' THEN 1 ELSE 0 END) FROM word m WHERE f.checks >> m.bit & 1)
                WHEN 2 THEN 'critical' WHEN 1 THEN 'warning' ELSE 'info' END AS severity,
           coalesce((SELECT group_concat(m.reason, ' ') FROM word m WHERE f.checks >> m.bit & 1), '') AS reason
    FROM (SELECT DISTINCT checks FROM fact) f)
SELECT f.object, f.account, f.account_dn, f.account_guid, f.type, f.target, f.target_owner, iif(f.dcs = '*', x.names, f.dcs) AS dcs, f.trustee, f.checks,
       s.finding, s.severity, s.reason
FROM fact f CROSS JOIN said s ON s.checks = f.checks LEFT JOIN everyone x ON x.domain = f.domain;
