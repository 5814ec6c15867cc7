-- report_delegation: which accounts may act for their users, towards what, and is that sound?
-- Columns: account, account_dn (who may delegate, as most DCs name it), type:
--            unconstrained        to any service (userAccountControl 0x80000); target is ''. DCs are not listed, AD sets it there
--            constrained          to the SPN in target, with a Kerberos ticket of the user (msDS-AllowedToDelegateTo)
--            protocol-transition  to the SPN in target, however the user came (also userAccountControl 0x1000000)
--            resource-based       to the account in target, which says so itself; account is the trustee
--                                 (its SID where that has no name, NULL where the descriptor is malformed), account_dn its DN, NULL unknown
--          target, target_owner (who holds the target: the exact SPN, else the class that stands for it, as http is served by
--          host; several with ';' between; resource-based: the target itself),
--          finding (NULL none; several with '; ' between; delegation_check has them all), severity (of the worst; info without one),
--          reason (why it matters, a sentence a finding; '' without one), dcs (the complete full replicas that show the fact; NULL: partial
--          ones alone do), account_guid (NULL: the trustee is no account of the scan).
-- What at least one complete DC shows counts, each fact once; ordered by account, type, target.
-- Resource-based: DCs and krbtgt as the resource, and trustees as good as everybody, are critical like targets.
-- False positives: a target served by an account that no scan sees (without an SPN, or outside the forest);
-- 'trustee unknown' of a deleted account or of another forest; 'target owner changed' where a service was moved on purpose, as long as
-- its move is in the history. Cannot know: delegation of domains of which no full replica was read; owners in domains that were not
-- read at all, so 'nobody' is not said while there is one, nor 'another forest' while the SIDs of one domain are not known; encryption types
-- that are hidden from the reader, which pass for unset.
CREATE VIEW report_delegation AS
SELECT account, account_dn, type, target, target_owner, finding, severity, reason, dcs, account_guid FROM delegation
ORDER BY account, type, lower(target), account_dn, target;
