-- delegation: delegation_found in words.
-- Columns: those of delegation_found, finding, severity, reason (see report_delegation).
CREATE VIEW delegation AS
WITH word AS MATERIALIZED (SELECT bit, finding, severity, reason FROM delegation_check),
whole AS MATERIALIZED (SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM focus WHERE object >= 0)),
-- What is said of each set of checks that occurs.
said AS MATERIALIZED (
    SELECT f.checks,
           (SELECT group_concat(m.finding, '; ') FROM word m WHERE f.checks >> m.bit & 1) AS finding,
           CASE (SELECT max(CASE m.severity WHEN 'critical' THEN 2 WHEN 'warning' THEN 1 ELSE 0 END) FROM word m WHERE f.checks >> m.bit & 1)
                WHEN 2 THEN 'critical' WHEN 1 THEN 'warning' ELSE 'info' END AS severity,
           coalesce((SELECT group_concat(m.reason, ' ') FROM word m WHERE f.checks >> m.bit & 1), '') AS reason
    FROM (SELECT f.checks FROM whole CROSS JOIN delegation_found f
          UNION SELECT f.checks FROM focus n CROSS JOIN delegation_found f ON f.object = n.object) f)
SELECT f.*, s.finding, s.severity, s.reason
FROM whole CROSS JOIN delegation_found f CROSS JOIN said s ON s.checks = f.checks
UNION ALL
SELECT f.*, s.finding, s.severity, s.reason
FROM focus n CROSS JOIN delegation_found f ON f.object = n.object CROSS JOIN said s ON s.checks = f.checks;
