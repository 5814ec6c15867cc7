-- dc_scope: which DCs can speak of the objects of a domain?
-- Columns: dc, name, domain (ids but for name), is_full (1: also of the delegation facet).
-- Only DCs whose read was complete in the current scan: an incomplete one is never evidence.
CREATE VIEW dc_scope AS
SELECT r.dc, d.name, r.domain, r.is_full
FROM current_scan s JOIN replica r ON r.scan = s.id
     JOIN scan_dc x ON x.scan = r.scan AND x.dc = r.dc AND x.complete = 1
     JOIN dc d ON d.id = r.dc;
