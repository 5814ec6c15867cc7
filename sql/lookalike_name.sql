-- lookalike_name: which SPNs are odd, and which plain ones are the skeleton of an odd one, as far as some complete DC shows them?
-- Columns: skeleton (of the SPN; docs/unicode.md), object (id), dc (id of a DC that departs and shows it; NULL: the DCs that do not depart),
--          spn (as written), kinds (what is odd about it, ',' before, between and behind; '' a plain one).
-- Names of one skeleton on two accounts are look-alikes unless they are equal in ASCII without case. A row a state, as live_state has them.
CREATE VIEW lookalike_name AS
SELECT o.skeleton, t.object, NULL AS dc, o.spn, ',' || o.kind || ',' AS kinds
FROM odd_spn o CROSS JOIN spn_state t ON t.id = o.state CROSS JOIN consensus c ON c.object = t.object
WHERE c.shown = 1 AND c.spn = o.state
UNION
SELECT o.skeleton, t.object, d.dc, o.spn, ',' || o.kind || ','
FROM odd_spn o CROSS JOIN spn_state t ON t.id = o.state CROSS JOIN consensus c ON c.object = t.object
     CROSS JOIN departure d ON d.object = t.object
WHERE d.shown = 1 AND coalesce(d.spn, c.spn) = o.state
UNION
SELECT k.key, k.object, NULL, j.value, ''
FROM lookalike k CROSS JOIN consensus c ON c.object = k.object CROSS JOIN spn_state t ON t.id = c.spn, json_each(t.spns) j
WHERE c.shown = 1 AND lower(j.value) = k.key
UNION
SELECT k.key, k.object, d.dc, j.value, ''
FROM lookalike k CROSS JOIN consensus c ON c.object = k.object CROSS JOIN departure d ON d.object = k.object
     CROSS JOIN spn_state t ON t.id = coalesce(d.spn, c.spn), json_each(t.spns) j
WHERE d.shown = 1 AND lower(j.value) = k.key;
