-- invariants.sql: what must hold in every database that a scan wrote, and what the views rely on. Runs on any of them
-- (sqlite3 FILE < invariants.sql); each row it prints is a fault of the scanner.
-- A scan that was ended leaves states whose objects it had not put yet, until the next one removes them: they are behind the noted ends.
SELECT 'foreign key', f."table", f.rowid, f.parent FROM pragma_foreign_key_check f
WHERE NOT coalesce(f.rowid >= (SELECT m.value FROM meta m WHERE m.name = CASE f."table" WHEN 'spn_set' THEN 'spn_end'
                                                   WHEN 'account_fact' THEN 'account_end' WHEN 'delegation_state' THEN 'delegation_end' END), 0);
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
SELECT 'delegation not known though a full replica shows the object', c.object FROM consensus c JOIN object o ON o.id = c.object
WHERE c.delegation IS NULL AND
      EXISTS (SELECT 1 FROM dc_scope s LEFT JOIN departure d ON d.object = c.object AND d.dc = s.dc
              WHERE s.domain = o.domain AND s.is_full AND coalesce(d.shown, c.shown));
SELECT 'delegation known though no full replica was read', c.object FROM consensus c JOIN object o ON o.id = c.object
WHERE c.delegation IS NOT NULL AND o.domain NOT IN (SELECT domain FROM dc_scope WHERE is_full);
SELECT 'object of a domain that no complete DC speaks of', c.object FROM consensus c JOIN object o ON o.id = c.object
WHERE o.domain NOT IN (SELECT domain FROM dc_scope);
SELECT 'consensus shown by few', c.object, c.shown FROM consensus c JOIN object o ON o.id = c.object
WHERE c.object IN (SELECT object FROM departure) AND
      (SELECT 2 * count(*) FROM departure d WHERE d.object = c.object AND d.shown <> c.shown) >
      (SELECT count(*) FROM dc_scope s WHERE s.domain = o.domain);
SELECT 'half a consensus', id FROM object
WHERE (shown IS NULL) <> (spn IS NULL) OR (shown IS NULL) <> (account IS NULL) OR (shown IS NULL AND delegation IS NOT NULL);
SELECT 'object that no DC shows', c.object FROM consensus c
WHERE c.shown = 0 AND NOT EXISTS (SELECT 1 FROM departure d WHERE d.object = c.object AND d.shown = 1);
SELECT 'state of another object', c.object, 'consensus' FROM consensus c LEFT JOIN spn_state s ON s.id = c.spn
     LEFT JOIN account_state a ON a.id = c.account LEFT JOIN delegation_state t ON t.id = c.delegation
WHERE s.object <> c.object OR a.object <> c.object OR t.object <> c.object
UNION ALL
SELECT 'state of another object', d.object, d.dc FROM departure d LEFT JOIN spn_state s ON s.id = d.spn
     LEFT JOIN account_state a ON a.id = d.account LEFT JOIN delegation_state t ON t.id = d.delegation
WHERE s.object <> d.object OR a.object <> d.object OR t.object <> d.object;
SELECT 'a focus that was left behind', object FROM focus;
-- Worked out once: to SQLite the text of finding alone is work.
CREATE TEMP TABLE IF NOT EXISTS found (id TEXT, severity TEXT);
DELETE FROM temp.found;
INSERT INTO temp.found SELECT id, severity FROM finding;
-- A scan that is killed between its view and its findings leaves those for the next.
SELECT 'a finding that is not remembered', f.id FROM temp.found f JOIN current_scan s
WHERE s.id = (SELECT value FROM meta WHERE name = 'findings_scan') AND f.severity <> 'info' AND f.id NOT IN (SELECT id FROM finding_seen WHERE last_scan = s.id);
SELECT 'remembered, and found no more', n.id FROM finding_seen n JOIN current_scan s ON s.id = n.last_scan
WHERE s.id = (SELECT value FROM meta WHERE name = 'findings_scan') AND n.id NOT IN (SELECT id FROM temp.found WHERE severity <> 'info');
SELECT 'the same state twice', object, hash FROM spn_state GROUP BY object, hash HAVING count(*) > 1;
SELECT 'the same state twice', object, hash FROM account_state GROUP BY object, hash HAVING count(*) > 1;
SELECT 'the same state twice', object, hash FROM delegation_state WHERE object IS NOT NULL GROUP BY object, hash HAVING count(*) > 1;
SELECT 'SPNs that cannot be read', id FROM spn_state WHERE NOT coalesce(json_valid(spns), 0);
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
SELECT 'difference of what is not in the view', x.object, x.dc, x.attribute
FROM difference x LEFT JOIN consensus c ON c.object = x.object JOIN object o ON o.id = x.object
WHERE c.object IS NULL OR (x.dc, o.domain) NOT IN (SELECT dc, domain FROM dc_scope) OR
      (x.winner IS NOT NULL AND (x.winner, o.domain) NOT IN (SELECT dc, domain FROM dc_scope));
SELECT 'difference without a severity', object, dc, attribute, severity FROM difference WHERE severity NOT IN ('info', 'warning', 'critical');
-- What is not part of the view. Rows with the ids of meta or above are what a scan left that was ended.
SELECT 'object that nothing speaks of', o.id FROM object o
WHERE o.id < (SELECT value FROM meta WHERE name = 'object_end') AND o.id NOT IN (SELECT object FROM consensus) AND
      o.id NOT IN (SELECT object FROM kept) AND o.id NOT IN (SELECT object FROM change);
SELECT 'SPN state that nothing speaks of', s.id, s.object FROM spn_state s
WHERE s.id > 0 AND s.id < (SELECT value FROM meta WHERE name = 'spn_end') AND
      s.id NOT IN (SELECT spn FROM consensus UNION SELECT spn FROM departure WHERE spn > 0 UNION SELECT spn FROM kept WHERE spn > 0 UNION
                   SELECT from_state FROM change WHERE facet = 'spn' AND from_state > 0 UNION
                   SELECT to_state FROM change WHERE facet = 'spn' AND to_state > 0);
SELECT 'account state that nothing speaks of', s.id, s.object FROM account_state s
WHERE s.id < (SELECT value FROM meta WHERE name = 'account_end') AND
      s.id NOT IN (SELECT account FROM consensus UNION SELECT account FROM departure WHERE account > 0 UNION
                   SELECT account FROM kept WHERE account > 0 UNION
                   SELECT from_state FROM change WHERE facet = 'account' AND from_state > 0 UNION
                   SELECT to_state FROM change WHERE facet = 'account' AND to_state > 0);
SELECT 'delegation state that nothing speaks of', s.id, s.object FROM delegation_state s
WHERE s.id > 0 AND s.id < (SELECT value FROM meta WHERE name = 'delegation_end') AND
      s.id NOT IN (SELECT delegation FROM consensus WHERE delegation > 0 UNION SELECT delegation FROM departure WHERE delegation > 0 UNION
                   SELECT delegation FROM kept WHERE delegation > 0 UNION
                   SELECT from_state FROM change WHERE facet = 'delegation' AND from_state > 0 UNION
                   SELECT to_state FROM change WHERE facet = 'delegation' AND to_state > 0);
WITH past AS (SELECT object, facet, from_state AS id FROM change UNION SELECT object, facet, to_state FROM change)
SELECT 'history of a state that is not there', p.object, p.facet, p.id FROM past p
WHERE p.facet <> 'object' AND p.id > 0 AND
      CASE p.facet WHEN 'spn' THEN NOT EXISTS (SELECT 1 FROM spn_state t WHERE t.id = p.id AND t.object = p.object)
                   WHEN 'account' THEN NOT EXISTS (SELECT 1 FROM account_state t WHERE t.id = p.id AND t.object = p.object)
                   ELSE NOT EXISTS (SELECT 1 FROM delegation_state t WHERE t.id = p.id AND t.object = p.object) END;
SELECT 'kept row of a DC without a mark', object, dc FROM kept WHERE dc NOT IN (SELECT dc FROM mark);
SELECT 'kept row of a DC that was read to its end', k.object, k.dc FROM kept k JOIN object o ON o.id = k.object
WHERE (k.dc, o.domain) IN (SELECT dc, domain FROM dc_scope);
SELECT 'kept row that says nothing, or too little', object, dc FROM kept WHERE shown <> (spn IS NOT NULL) OR shown <> (account IS NOT NULL);
SELECT 'kept row that is the consensus', k.object, k.dc FROM kept k JOIN consensus c ON c.object = k.object
WHERE k.shown = c.shown AND (NOT k.shown OR (k.spn = c.spn AND k.account = c.account AND coalesce(k.delegation, c.delegation) IS c.delegation));
SELECT 'kept state of another object', k.object, k.dc FROM kept k LEFT JOIN spn_state s ON s.id = k.spn
     LEFT JOIN account_state a ON a.id = k.account LEFT JOIN delegation_state t ON t.id = k.delegation
WHERE s.object <> k.object OR a.object <> k.object OR t.object <> k.object;
SELECT 'mark of a scan that did not read the DC to its end', m.dc, m.scan FROM mark m
WHERE NOT EXISTS (SELECT 1 FROM scan_dc x WHERE x.scan = m.scan AND x.dc = m.dc AND x.complete);
SELECT 'index of GUIDs that does not hold the objects', (SELECT sum(length(entries)) / 16 FROM guid_index), count(*) FROM object
WHERE EXISTS (SELECT 1 FROM guid_index) AND id < (SELECT value FROM meta WHERE name = 'object_end')
HAVING count(*) <> (SELECT sum(length(entries)) / 16 FROM guid_index);
SELECT 'index of names that holds too few', (SELECT sum(length(entries)) / 16 FROM name_index), count(*)
FROM (SELECT DISTINCT object FROM live_spn)
WHERE EXISTS (SELECT 1 FROM name_index) HAVING count(*) > (SELECT sum(length(entries)) / 16 FROM name_index);
SELECT 'target whose holder is not in target_holder', l.key, l.object FROM live_spn l
WHERE l.key IN (SELECT lower(j.value) FROM live_state v JOIN delegation_state d ON d.id = v.delegation, json_each(d.targets) j) AND
      (l.key, l.object) NOT IN (SELECT key, object FROM target_holder);
SELECT 'answer about a name that is not there', object, key, other, other_key FROM lookalike_answer
WHERE (object, key) NOT IN (SELECT object, key FROM live_spn) OR (other, other_key) NOT IN (SELECT object, key FROM live_spn);
SELECT 'answer about one account or one name, or without a reason', object, key, other, other_key FROM lookalike_answer
WHERE object >= other OR key = other_key OR answer NOT IN ('one', 'apart', 'unknown') OR (answer = 'unknown') <> (why <> '') OR
      (answer <> 'unknown' AND dc IS NULL);
SELECT 'two findings of one id', id FROM temp.found GROUP BY id HAVING count(*) > 1;
SELECT 'traits that are not those of the texts', id, told, traits
FROM (SELECT a.id, (dn LIKE '%\0ACNF:%') + coalesce(sam NOT LIKE '%$' AND NOT coalesce(uac & 0x200202, 0), 0) * 2 +
                   coalesce(upn <> '' AND instr(upn, '@') = 0, 0) * 4 AS told, t.traits
      FROM account_state a LEFT JOIN account_trait t ON t.state = a.id AND t.object = a.object)
WHERE nullif(told, 0) IS NOT traits;
SELECT 'traits of no account', state FROM account_trait WHERE state NOT IN (SELECT id FROM account_state);
-- Where the scan before was the last to find anything (a killed one, history forgotten), the reports work it out themselves.
SELECT 'delegation not found', * FROM (SELECT * FROM delegation_fact EXCEPT SELECT * FROM delegation_found)
WHERE (SELECT value FROM meta WHERE name = 'findings_scan') = (SELECT id FROM current_scan);
SELECT 'delegation found that is none', * FROM (SELECT * FROM delegation_found EXCEPT SELECT * FROM delegation_fact)
WHERE (SELECT value FROM meta WHERE name = 'findings_scan') = (SELECT id FROM current_scan);
