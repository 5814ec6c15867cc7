-- invariants.sql: what must hold in every database that a scan wrote, and what the views rely on. Runs on any of them
-- (sqlite3 FILE < invariants.sql); each row it prints is a fault of the scanner.
PRAGMA foreign_key_check;
SELECT 'departure without a consensus', d.object, d.dc FROM departure d LEFT JOIN consensus c ON c.object = d.object WHERE c.object IS NULL;
SELECT 'departure at a DC that is not in scope', d.object, d.dc FROM departure d JOIN object o ON o.id = d.object
WHERE (d.dc, o.domain) NOT IN (SELECT dc, domain FROM dc_scope);
SELECT 'departure that departs in nothing', d.object, d.dc FROM departure d JOIN consensus c ON c.object = d.object
WHERE d.shown = c.shown AND d.spn IS NULL AND d.account IS NULL AND d.delegation IS NULL;
SELECT 'departing state that is the consensus', d.object, d.dc FROM departure d JOIN consensus c ON c.object = d.object
WHERE d.spn = c.spn OR d.account = c.account OR d.delegation = c.delegation;
SELECT 'departing state of an object that is not there', object, dc FROM departure
WHERE shown = 0 AND coalesce(spn, account, delegation) IS NOT NULL;
SELECT 'delegation from a partial replica', d.object, d.dc FROM departure d JOIN object o ON o.id = d.object
     JOIN dc_scope s ON s.dc = d.dc AND s.domain = o.domain
WHERE d.delegation IS NOT NULL AND NOT s.is_full;
SELECT 'delegation not known though a full replica was read', c.object FROM consensus c JOIN object o ON o.id = c.object
WHERE c.delegation IS NULL AND o.domain IN (SELECT domain FROM dc_scope WHERE is_full);
SELECT 'delegation known though no full replica was read', c.object FROM consensus c JOIN object o ON o.id = c.object
WHERE c.delegation IS NOT NULL AND o.domain NOT IN (SELECT domain FROM dc_scope WHERE is_full);
SELECT 'object of a domain that no complete DC speaks of', c.object FROM consensus c JOIN object o ON o.id = c.object
WHERE o.domain NOT IN (SELECT domain FROM dc_scope);
SELECT 'consensus shown by few', c.object, c.shown FROM consensus c JOIN object o ON o.id = c.object
WHERE c.object IN (SELECT object FROM departure) AND
      (SELECT 2 * count(*) FROM departure d WHERE d.object = c.object AND d.shown <> c.shown) >
      (SELECT count(*) FROM dc_scope s WHERE s.domain = o.domain);
SELECT 'object that no DC shows', c.object FROM consensus c
WHERE c.shown = 0 AND NOT EXISTS (SELECT 1 FROM departure d WHERE d.object = c.object AND d.shown = 1);
SELECT 'state of another object', c.object, 'consensus' FROM consensus c LEFT JOIN spn_state s ON s.id = c.spn
     LEFT JOIN account_state a ON a.id = c.account LEFT JOIN delegation_state t ON t.id = c.delegation
WHERE s.object <> c.object OR a.object <> c.object OR t.object <> c.object
UNION ALL
SELECT 'state of another object', d.object, d.dc FROM departure d LEFT JOIN spn_state s ON s.id = d.spn
     LEFT JOIN account_state a ON a.id = d.account LEFT JOIN delegation_state t ON t.id = d.delegation
WHERE s.object <> d.object OR a.object <> d.object OR t.object <> d.object;
SELECT 'the same state twice', object, hash FROM spn_state GROUP BY object, hash HAVING count(*) > 1;
SELECT 'the same state twice', object, hash FROM account_state GROUP BY object, hash HAVING count(*) > 1;
SELECT 'the same state twice', object, hash FROM delegation_state GROUP BY object, hash HAVING count(*) > 1;
SELECT 'SPNs not sorted without case', id FROM spn_state t
WHERE EXISTS (SELECT 1 FROM (SELECT lower(value) AS key, lag(lower(value)) OVER (ORDER BY key) AS before FROM
                             (SELECT value, key FROM json_each(t.spns))) WHERE key < before);
SELECT 'GUID twice', hex(guid) FROM object GROUP BY guid HAVING count(*) > 1;
SELECT 'shared name not in shared_spn', l.key, l.object
FROM (SELECT key, object FROM live_spn GROUP BY key, object) l
WHERE l.key IN (SELECT key FROM (SELECT DISTINCT key, object FROM live_spn) GROUP BY key HAVING count(*) > 1) AND
      (l.key, l.object) NOT IN (SELECT key, object FROM shared_spn);
SELECT 'numbers of the scan row', s.id, s.dcs, s.dcs_complete FROM scan s
WHERE s.ended IS NOT NULL AND
      (s.dcs <> (SELECT count(*) FROM scan_dc x WHERE x.scan = s.id AND x.status <> 'excluded') OR
       s.dcs_complete <> (SELECT count(*) FROM scan_dc x WHERE x.scan = s.id AND x.complete));
SELECT 'replica of a DC that was not read to its end', r.scan, r.dc FROM replica r JOIN scan_dc x ON x.scan = r.scan AND x.dc = r.dc
WHERE NOT x.complete AND x.scan = (SELECT id FROM current_scan);
