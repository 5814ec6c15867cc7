-- upgrade_5.sql: from schema 4 to 5, inside one transaction and without views (store/upgrade.c). What the columns mean: schema.sql.
--
-- Delegation states that are encryption types alone are one for all objects. What speaks of those that are there speaks of these then,
-- or the next scan would find that each of them has changed.
INSERT INTO delegation_state
WITH RECURSIVE n (types) AS (SELECT 0 UNION ALL SELECT types + 1 FROM n WHERE types < 63)
SELECT -2 - types, NULL, zeroblob(16), '[]', '[]', NULL, NULL, types FROM n WHERE NOT types & 7 OR types & 0x18;
CREATE TEMP TABLE plain (id INTEGER PRIMARY KEY, types INTEGER);
INSERT INTO temp.plain
SELECT id, -2 - enctypes FROM main.delegation_state
WHERE object IS NOT NULL AND targets = '[]' AND trustees = '[]' AND rbcd IS NULL AND rbcd_note IS NULL AND
      enctypes BETWEEN 0 AND 63 AND (NOT enctypes & 7 OR enctypes & 0x18);
UPDATE consensus SET delegation = (SELECT types FROM temp.plain WHERE id = delegation) WHERE delegation IN (SELECT id FROM temp.plain);
UPDATE departure SET delegation = (SELECT types FROM temp.plain WHERE id = delegation) WHERE delegation IN (SELECT id FROM temp.plain);
UPDATE kept SET delegation = (SELECT types FROM temp.plain WHERE id = delegation) WHERE delegation IN (SELECT id FROM temp.plain);
UPDATE change SET from_state = (SELECT types FROM temp.plain WHERE id = from_state)
WHERE facet = 'delegation' AND from_state IN (SELECT id FROM temp.plain);
UPDATE change SET to_state = (SELECT types FROM temp.plain WHERE id = to_state)
WHERE facet = 'delegation' AND to_state IN (SELECT id FROM temp.plain);
DELETE FROM main.delegation_state WHERE id IN (SELECT id FROM temp.plain);
DROP TABLE temp.plain;
