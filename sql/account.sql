-- account: who is this object? One row an object of the current view, named as most DCs name it.
-- Columns: object, guid (text), domain, account (sAMAccountName, or the DN where that is hidden), account_dn, uac (NULL hidden),
--          shown, spn, delegation (state ids of the consensus).
CREATE VIEW account AS
SELECT g.object, g.guid, g.domain, coalesce(a.sam, a.dn) AS account, a.dn AS account_dn, a.uac, g.shown, g.spn, g.delegation
FROM object_guid g JOIN account_fact a ON a.id = g.account;
