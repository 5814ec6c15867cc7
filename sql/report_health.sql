-- report_health: what is wrong with a DC, or with the forest itself?
-- Columns: dc (DNS name; NULL: the forest), kind (usn-rollback, restored, replication-too-old, vector-stalled, clock-skew,
--          not-answering, gc-not-ready, uniqueness-off), severity (critical, warning), detail (plain words with the numbers),
--          first_seen (when the first of the scans in a row that found it began, UTC; NULL: that scan is forgotten).
-- A row a DC and kind, critical ones first; what each kind proves and what could fool it: docs/verdicts.md.
CREATE VIEW report_health AS
SELECT d.name AS dc, h.kind, h.severity, h.detail, s.started AS first_seen
FROM health h LEFT JOIN dc d ON d.id = h.dc LEFT JOIN scan s ON s.id = h.first_scan
ORDER BY CASE h.severity WHEN 'critical' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, d.name, h.kind;
