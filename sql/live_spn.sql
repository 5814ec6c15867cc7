-- live_spn: which SPNs does at least one complete DC show, and on which account?
-- Columns: key (the SPN in lower case: what AD compares, as far as it is ASCII), spn (as written), object (id),
--          by_most (1: in the state that most DCs show; 0: in a departing one), account, account_dn (as most DCs name it).
-- A row a value of a state: DCs that depart alike, or two spellings of one name on one account, give several rows.
-- Large: every SPN of the forest, and no index helps. Ask for many names at once (key IN ...), not once a name.
CREATE VIEW live_spn AS
SELECT lower(j.value) AS key, j.value AS spn, c.object, 1 AS by_most, coalesce(a.sam, a.dn) AS account, a.dn AS account_dn
FROM consensus c JOIN account_fact a ON a.id = c.account JOIN spn_state t ON t.id = c.spn, json_each(t.spns) j
UNION ALL
SELECT lower(j.value), j.value, d.object, 0, coalesce(a.sam, a.dn), a.dn
FROM departure d JOIN consensus c ON c.object = d.object JOIN account_fact a ON a.id = c.account
     JOIN spn_state t ON t.id = d.spn, json_each(t.spns) j
WHERE d.shown = 1;
