-- dc_account: which accounts are domain controllers?
-- Columns: object (id), domain (id), sids (the SIDs of its domain all begin with it; NULL: not readable).
-- By userAccountControl, as one DC at least shows it. A row an object, or more if DCs show different SIDs.
CREATE VIEW dc_account AS
SELECT DISTINCT f.object, o.domain, rtrim(f.sid, '0123456789') AS sids
FROM account_state f JOIN object o ON o.id = f.object
WHERE f.uac & 0x5082000 AND f.uac & 0x4002000 AND -- the first for index account_flagged
      (f.id = (SELECT c.account FROM consensus c WHERE c.object = f.object) OR
       EXISTS (SELECT 1 FROM departure d WHERE d.object = f.object AND d.account = f.id AND d.shown = 1));
