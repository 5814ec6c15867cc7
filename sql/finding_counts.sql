-- finding_counts: what is wrong, counted by report, as far as it counts for exit code 1?
-- Columns: report (duplicates, divergence, delegation, aliases, hygiene, health), findings (of warning or critical that nobody has
--          accepted; 0 none).
-- As remembered at the end of the current scan (finding_seen): the reports are worked out once, not for each who asks. What the DCs themselves
-- lack (report_dcs) is exit code 2 and not counted here.
CREATE VIEW finding_counts AS
SELECT r.report, coalesce(z.findings, 0) AS findings
FROM (SELECT column1 AS report FROM (VALUES ('duplicates'), ('divergence'), ('delegation'), ('aliases'), ('hygiene'), ('health'))) r
     LEFT JOIN (SELECT f.report, count(*) AS findings FROM finding_seen f CROSS JOIN current_scan s ON s.id = f.last_scan
                WHERE NOT EXISTS (SELECT 1 FROM accepted a WHERE a.id = f.id AND a.until >= date('now'))
                GROUP BY f.report) z ON z.report = r.report;
