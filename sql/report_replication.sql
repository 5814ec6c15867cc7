-- report_replication: from whom does each DC get the changes of each domain, and how far behind is it?
-- Columns: dest_dc, source_dc (DNS names; a source that is no DC of the forest as repsFrom names it), nc (DN), usn_gap (USNs of the
--          source, of any NC, that were written when it was read and are not at dest_dc yet, NULL: not known), last_sync (when dest_dc
--          last heard of the source, by its own clock; NULL: never, or not told), behind_s (seconds from then until its reading ended,
--          by that clock), pending_objects (objects proved to be lagging there whose newest write is the source's; report divergence
--          names them), failures (in a row), last_result (Win32 error of the last attempt, 0: fine).
-- A row a direct neighbour (repadmin /showrepl, inbound), and one for each other DC of that domain whose writes dest_dc knows of, over
-- whatever way they come (repadmin /showutdvec): there failures and last_result are NULL. And one where something is pending, even if
-- dest_dc has not heard of the source at all.
-- False positives: a small usn_gap is nothing: a DC counts up with every logon, and was read a moment later than dest_dc. Sources of a
-- domain that do not hold it in full (global catalogs) write nothing in it: their usn_gap is seldom known.
-- Says nothing of DCs that were not read to their end, as dest_dc, and of those that hide replUpToDateVector and repsFrom.
CREATE VIEW report_replication AS
WITH x AS MATERIALIZED (
    SELECT y.dc, d.name, y.domain, y.invocation_id, y.highest_usn,
           CAST(strftime('%s', y.ended) AS INTEGER) + coalesce(y.clock_skew_ms, 0) / 1000 AS own_time
    FROM current_scan s JOIN scan_dc y ON y.scan = s.id JOIN dc d ON d.id = y.dc),
-- By name, so that what a DC wrote before it was restored is its own too.
pending AS MATERIALIZED (
    SELECT k.dc, o.domain, i.name, count(DISTINCT k.object) AS objects
    FROM difference k JOIN object o ON o.id = k.object JOIN origin i ON i.invocation_id = k.origin
    WHERE k.verdict IN ('lagging', 'deletion-lagging')
    GROUP BY k.dc, o.domain, i.name),
pair (dc, domain, source) AS (
    SELECT dc, domain, source FROM neighbour
    UNION
    SELECT c.dc, c.domain, x.name
    FROM cursor c CROSS JOIN x ON x.invocation_id = c.origin AND x.dc <> c.dc CROSS JOIN domain m ON m.id = c.domain AND m.dns = x.domain
    UNION
    SELECT dc, domain, name FROM pending)
SELECT x.name AS dest_dc, p.source AS source_dc, m.dn AS nc,
       max(z.highest_usn - c.usn, 0) AS usn_gap,
       coalesce(n.last_success, c.synced) AS last_sync,
       max(x.own_time - CAST(strftime('%s', coalesce(n.last_success, c.synced)) AS INTEGER), 0) AS behind_s,
       coalesce(k.objects, 0) AS pending_objects,
       n.failures, n.result AS last_result
FROM pair p JOIN x ON x.dc = p.dc JOIN domain m ON m.id = p.domain
     LEFT JOIN x z ON z.name = p.source
     LEFT JOIN neighbour n ON n.dc = p.dc AND n.domain = p.domain AND n.source = p.source
     LEFT JOIN cursor c ON c.dc = p.dc AND c.domain = p.domain AND c.origin = z.invocation_id
     LEFT JOIN pending k ON k.dc = p.dc AND k.domain = p.domain AND k.name = p.source
ORDER BY dest_dc, nc, source_dc;
