-- finding_counts: what in the reports of accounts counts for exit code 1?
-- Columns: report (duplicates, divergence, delegation), findings: duplicates counts SPNs of class converged-duplicate or
--          view-duplicate (cross-view is information), divergence its rows, delegation its rows with a finding.
-- All three reports are worked out for it. What the DCs themselves lack (report_dcs) is exit code 2 and not counted here.
CREATE VIEW finding_counts AS
SELECT 'duplicates' AS report, count(DISTINCT lower(spn)) AS findings FROM report_duplicates WHERE class <> 'cross-view'
UNION ALL
SELECT 'divergence', count(*) FROM report_divergence
UNION ALL
SELECT 'delegation', count(finding) FROM report_delegation;
