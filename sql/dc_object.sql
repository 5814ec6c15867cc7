-- dc_object: what does each complete DC show of each object in its scope?
-- Columns: dc, dc_name, object, spn, account (state ids), delegation (state id; NULL where the DC holds no full
--          replica or nothing is known). No row where the DC does not have the object.
-- Nor where it is a partial replica and the account holds no SPN: GC ports are read for holders of SPNs.
-- Large: objects x DCs. Ask with an object, or a DC, in WHERE.
CREATE VIEW dc_object AS
SELECT s.dc, s.name AS dc_name, c.id AS object, coalesce(d.spn, c.spn) AS spn, coalesce(d.account, c.account) AS account,
       CASE WHEN s.is_full THEN coalesce(d.delegation, c.delegation) END AS delegation
FROM object c JOIN dc_scope s ON s.domain = c.domain LEFT JOIN departure d ON d.object = c.id AND d.dc = s.dc
WHERE coalesce(d.shown, c.shown) = 1 AND (s.is_full OR d.object IS NOT NULL OR c.spn > 0);
