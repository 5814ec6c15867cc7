-- dc_spns: which SPNs does each complete DC show on each account?
-- Columns: dc, account (as that DC names it), spn. A row a fact; large, as dc_object is.
CREATE VIEW dc_spns AS
SELECT x.dc_name AS dc, coalesce(a.sam, a.dn) AS account, j.value AS spn
FROM dc_object x JOIN account_fact a ON a.id = x.account
     JOIN spn_state s ON s.id = x.spn, json_each(s.spns) j;
