-- finding: everything that is wrong, one row each, whatever report tells of it.
-- Columns: report (whose finding it is: duplicates, divergence, delegation, aliases, hygiene, health), id, severity, kind, subject, dcs, detail, fix (see
--          report_findings), first_seen (where the report itself knows it, else NULL), account (GUID, of what hangs on this account,
--          its delegation and the names it delegates to alone: the kinds that delegation and hygiene narrow to focus; else NULL).
-- An id is made of what the finding is about, and of nothing that changes from scan to scan: see report_findings.
CREATE VIEW finding AS
SELECT * FROM finding_rest UNION ALL SELECT * FROM finding_alike;
