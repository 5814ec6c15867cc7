-- scan_whole: was every DC that was to be read, read to its end?
-- Columns: whole (1 or 0; 0 also before the first stored scan). DCs left out on request (status excluded) do not count.
-- Without it nothing can be said of "every DC": one that was cut off may show anything.
CREATE VIEW scan_whole AS
SELECT EXISTS (SELECT 1 FROM current_scan) AND
       NOT EXISTS (SELECT 1 FROM current_scan s JOIN scan_dc x ON x.scan = s.id WHERE x.complete = 0 AND x.status <> 'excluded') AS whole;
