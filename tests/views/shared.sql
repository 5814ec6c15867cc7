-- shared.sql: what the scanner works out itself: traits of accounts, then names that stand in the states of two objects or more.
INSERT INTO account_trait
SELECT id, object, traits
FROM (SELECT id, object, (dn LIKE '%\0ACNF:%') + coalesce(sam NOT LIKE '%$' AND NOT coalesce(uac & 0x200202, 0), 0) * 2 +
                         coalesce(upn <> '' AND instr(upn, '@') = 0, 0) * 4 AS traits FROM account_state)
WHERE traits;
INSERT INTO shared_spn
SELECT DISTINCT lower(j.value), t.object FROM spn_state t, json_each(t.spns) j
WHERE lower(j.value) IN (SELECT lower(k.value) FROM spn_state u, json_each(u.spns) k GROUP BY 1 HAVING count(DISTINCT u.object) > 1);

-- And who holds what delegation may point to; more than the scanner writes, which only keeps names that it does point to.
INSERT INTO target_holder SELECT DISTINCT key, object FROM live_spn;

-- Alias shadows, and who holds the skeleton of an odd SPN.
INSERT INTO alias_shadow
SELECT DISTINCT x.object, x.key, h.object, h.key
FROM live_spn x JOIN spn_mapping m ON m.class = substr(x.key, 1, instr(x.key, '/') - 1) AND m.class <> m.stands_for
     JOIN live_spn h ON h.key = m.stands_for || substr(x.key, instr(x.key, '/')) AND h.object <> x.object;
INSERT INTO lookalike SELECT DISTINCT key, object FROM live_spn WHERE key IN (SELECT skeleton FROM odd_spn WHERE skeleton <> lower(spn));

-- Who has the SIDs of trustees; here of everybody.
INSERT INTO trustee_account SELECT sid, object FROM account_state WHERE sid IS NOT NULL GROUP BY sid, object;

-- What the delegation report says, and findings that count, are remembered.
INSERT INTO delegation_found SELECT * FROM delegation_fact;
INSERT INTO finding_seen (id, report, first_scan, last_scan)
SELECT f.id, f.report, s.id, s.id FROM finding f JOIN current_scan s WHERE f.severity <> 'info' AND TRUE
ON CONFLICT (id) DO UPDATE SET last_scan = excluded.last_scan;
INSERT INTO meta SELECT 'findings_scan', id FROM current_scan;
