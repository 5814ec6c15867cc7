-- duplicate: which SPNs are held by more than one account, where, since when, and what will become of it?
-- Columns: key (the SPN in lower case), spn (as written on that account), class, severity (see report_duplicates), object, account,
--          account_dn (as most DCs name it), account_guid, seen_by (the complete DCs that show the SPN on that account),
--          together (those that show two holders of it at once, NULL none; both sorted, ';' between), since, written_at, written_on,
--          fix (see report_duplicates). A row an account that holds the SPN at one complete DC at least.
CREATE VIEW duplicate AS
SELECT key, spn, class,
       CASE WHEN class IN ('view-duplicate', 'converged-duplicate') THEN 'critical'
            WHEN class = 'pending-duplicate' THEN 'warning' ELSE 'info' END AS severity,
       object, account, account_dn, account_guid, seen_by, together, since, written_at, written_on,
       CASE WHEN lingers THEN removal
            WHEN class IN ('in-flight', 'cross-view') OR NOT stays OR stay < 2 OR by_design THEN NULL
            WHEN stay - go = 1 AND NOT goes THEN NULL
            ELSE removal END AS fix
FROM name_holder
WHERE holders > 1 AND NOT all_by_design
ORDER BY key, account, account_guid;
