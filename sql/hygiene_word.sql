-- hygiene_word: what is said of an account in which account_check found something, and which DCs can show it?
-- Columns: bit, kind, severity, subject, detail, full_only (see account_check), domain (id), names (of the DCs that can speak of it there; sorted,
--          ';' between); for findings: head, tail (what stands before and behind the account's GUID in the id), told (its detail).
CREATE VIEW hygiene_word AS
WITH scope AS MATERIALIZED (SELECT domain, name, is_full FROM dc_scope)
SELECT c.bit, c.kind, c.severity, c.subject, c.detail, c.full_only, x.domain, x.names,
       c.kind || ':' AS head, ':' || lower(c.subject) AS tail, c.subject || ': ' || c.detail AS told
FROM account_check c
     JOIN (SELECT domain, full_only, group_concat(name, ';') AS names
           FROM (SELECT domain, 0 AS full_only, name FROM scope UNION ALL SELECT domain, 1, name FROM scope WHERE is_full ORDER BY 1, 2, 3)
           GROUP BY domain, full_only) x ON x.full_only = c.full_only;
