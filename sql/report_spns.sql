-- report_spns: every SPN of the forest, who holds it, and do all DCs agree on that?
-- Columns: spn (as written where most DCs show it), account, account_dn (as most DCs name it),
--          seen_by_all (yes, no, unknown: see spn_holding). A row an SPN and account, ordered by folded SPN, then account.
-- The union over all complete DCs: an SPN that one DC alone shows stands here too, with seen_by_all = no.
-- The order is that of spn_holding, which SQLite keeps (tests/views holds it); a second sort would cost half as much again.
CREATE VIEW report_spns AS
SELECT spn, account, account_dn, seen_by_all FROM spn_holding;
