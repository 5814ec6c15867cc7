-- shared.sql: what the scanner does at the end of a scan: names that stand in the states of two objects or more.
INSERT INTO shared_spn
SELECT DISTINCT lower(j.value), t.object FROM spn_state t, json_each(t.spns) j
WHERE lower(j.value) IN (SELECT lower(k.value) FROM spn_state u, json_each(u.spns) k GROUP BY 1 HAVING count(DISTINCT u.object) > 1);

-- And who holds what delegation may point to; more than the scanner writes, which only keeps names that it does point to.
INSERT INTO target_holder SELECT DISTINCT key, object FROM live_spn;
