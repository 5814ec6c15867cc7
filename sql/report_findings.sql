-- report_findings: what is wrong, all reports in one, since when, and what was accepted of it?
-- Columns: id (the same from scan to scan as long as it is about the same; spnscan accept takes it), severity (info, warning, critical),
--          kind, subject (the SPN, account or DC that it is about), dcs (where it shows; ';' between), detail (what exactly),
--          fix (a line for the admin to think about, or more with '; ' between; NULL none),
--          first_seen (start of the first scan that met it; NULL: of information, which is not remembered, where its report does not know),
--          last_seen (start of the scan that met it last: the current one), scan (its id),
--          accepted (the day until which somebody accepted it, empty: nobody did, or that day is over).
-- ids: duplicate:SPN in lower case; divergence:GUID of the object:attribute:DC;
--          delegation:type:GUID:target in lower case (resource-based: GUID of the target, then the SID of the trustee).
-- The worst first. A finding is in the exit code of a scan if it is more than information and not accepted (finding_counts).
CREATE VIEW report_findings AS
SELECT f.id, f.severity, f.kind, f.subject, f.dcs, f.detail, f.fix, coalesce(x.started, f.first_seen) AS first_seen,
       (SELECT started FROM current_scan) AS last_seen, (SELECT id FROM current_scan) AS scan,
       CASE WHEN EXISTS (SELECT 1 FROM accepted) THEN (SELECT a.until FROM accepted a WHERE a.id = f.id AND a.until >= date('now')) END AS accepted
FROM finding f LEFT JOIN finding_seen n ON n.id = CASE WHEN f.severity <> 'info' THEN f.id END LEFT JOIN scan x ON x.id = n.first_scan
ORDER BY CASE f.severity WHEN 'critical' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, f.kind, f.subject, f.id;
