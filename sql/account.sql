-- account: who is this object? One row an object of the current view, named as most DCs name it.
-- Columns: object, guid (text), domain, account (sAMAccountName, or the DN where that is hidden), account_dn, sid, uac (NULL hidden),
--          shown, spn, delegation (state ids of the consensus).
CREATE VIEW account AS
SELECT c.object,
       lower(substr(hex(o.guid), 7, 2) || substr(hex(o.guid), 5, 2) || substr(hex(o.guid), 3, 2) || substr(hex(o.guid), 1, 2) || '-' ||
             substr(hex(o.guid), 11, 2) || substr(hex(o.guid), 9, 2) || '-' || substr(hex(o.guid), 15, 2) || substr(hex(o.guid), 13, 2) || '-' ||
             substr(hex(o.guid), 17, 4) || '-' || substr(hex(o.guid), 21, 12)) AS guid,
       o.domain, coalesce(a.sam, a.dn) AS account, a.dn AS account_dn, a.sid, a.uac, c.shown, c.spn, c.delegation
FROM consensus c JOIN object o ON o.id = c.object JOIN account_state a ON a.id = c.account;
