-- spn_state: what servicePrincipalName is in each state: table spn_set, its names written out.
-- Columns: id, object, hash (as in spn_set), spns (JSON array of strings as written in the directory, sorted without case).
-- Nothing of spn_set is hidden by it: a query that needs no names reads them there, and pays for none.
CREATE VIEW spn_state AS
SELECT s.id, s.object, s.hash,
       CASE WHEN s.template IS NULL THEN s.text
            ELSE (SELECT replace(replace(t.text, char(1), s.text), char(2), lower(s.text)) FROM template t WHERE t.id = s.template)
       END AS spns
FROM spn_set s;
