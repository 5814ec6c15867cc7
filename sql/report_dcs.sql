-- report_dcs: what became of each DC in the newest scan that came to its end, whether it read anything or not?
-- Columns: dc (DNS name), site, domain (DNS name; '' unknown), is_gc, is_rodc (yes, no, NULL unknown), address,
--          status, error, bind (see table scan_dc), clock_skew_s (seconds the DC's clock is ahead of the scanner's, rounded; +-1),
--          highest_usn, invocation_id, objects (entries received), complete (yes, no), started, ended (UTC),
--          read (full: everything; increment: what changed since the scan before; NULL: it did not come so far),
--          deletions (seen, swept: known; or "unknown since" the time up to which they are).
-- A row a DC that the forest lists, the unreachable and the excluded included. Only rows with complete = yes are
-- evidence in the other reports, and those speak of the newest scan that read a DC whole (current_scan), maybe an older one.
CREATE VIEW report_dcs AS
SELECT d.name AS dc, x.site, x.domain,
       CASE x.is_gc WHEN 0 THEN 'no' WHEN 1 THEN 'yes' END AS is_gc,
       CASE x.is_rodc WHEN 0 THEN 'no' WHEN 1 THEN 'yes' END AS is_rodc,
       x.address, x.status, x.error, x.bind,
       CAST(round(x.clock_skew_ms / 1000.0) AS INTEGER) AS clock_skew_s, -- SQLite rounds half away from zero
       x.highest_usn, x.invocation_id, x.objects,
       CASE x.complete WHEN 0 THEN 'no' ELSE 'yes' END AS complete,
       x.started, x.ended, r.mode AS read,
       CASE WHEN r.deletions = 'unknown' THEN 'unknown since ' || coalesce(m.deletions_at, 'ever') ELSE r.deletions END AS deletions
FROM scan_dc x JOIN dc d ON d.id = x.dc LEFT JOIN reading r ON r.scan = x.scan AND r.dc = x.dc LEFT JOIN mark m ON m.dc = x.dc
WHERE x.scan = (SELECT max(id) FROM scan WHERE ended IS NOT NULL) -- one that runs, or was killed, tells nothing yet
ORDER BY x.domain, x.site, d.name;
