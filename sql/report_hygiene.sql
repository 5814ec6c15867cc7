-- report_hygiene: what is wrong with single names and with the accounts that hold them?
-- Columns: kind, severity, account, account_dn (as most DCs name it), account_guid, subject (the SPN, the userPrincipalName, or the
--          attribute that it is about), detail, dcs (the complete DCs that show it; sorted, ';' between), fix (a command that mends it, to be
--          read before it is run; '' where there is none, or where the name has characters that mean something to a shell).
--          A row a kind, account and subject; ordered by kind, account, account_guid, subject. kind, severity:
--   invisible-spn    critical  an SPN with a character that shows nothing: no service needs one, and CVE-2026-25177 works by them
--   lookalike-spn    critical  SPNs of two accounts that AD may take for one name though they are not equal in ASCII; a row each.
--                              Where a DC was asked (scan --ask-dc), detail tells its answer: it takes them for one; or what was in
--                              the way of one. info: it keeps the name apart from each that it could be taken for
--   non-ascii-spn    info      an SPN with other characters beyond ASCII, which AD compares by rules of its own (docs/unicode.md)
--   junk-spn         info      an SPN that no client asks for: spaces, a URL, an @, not of the form class/host[:port][/service name].
--                              The three classes with spaces that Hyper-V registers are none
--   upn-equals-sam   warning   a userPrincipalName that is all of another account's sAMAccountName (CVE-2026-27912)
--   disabled-spn     info      a disabled account with SPNs: nobody can use the names, and nobody else can have them. krbtgt is none
--   conflict-spn     warning   an object that a replication conflict renamed (CNF:), with SPNs
--   lingering-spn    critical  an object that is deleted elsewhere and lingers on some DCs, with SPNs (table difference)
--   weak-encryption  warning   an account with SPNs that allows only DES or RC4; disabled ones are none
--   unset-encryption info      a user account with SPNs that does not say: AES alone since the updates of April 2026
--   roastable        info      a user account with SPNs: whoever may ask for a ticket can guess at its password. Computers and
--                              managed service accounts, whose passwords are long and change, are none; a user account whose name ends
--                              like theirs is one
-- Cannot know: whether AD takes look-alikes for one, which only the DC can say, and each only for its own version of Windows; accounts
-- without SPN or delegation, so that a userPrincipalName or sAMAccountName of one is not seen; UPNs with an @ are not compared. Where userAccountControl is hidden: whether the
-- account is disabled, and whether absent encryption types are absent or hidden (no unset-encryption then). Encryption types where no full
-- replica of the domain was read. dcs of the kinds about encryption types names full replicas alone.
CREATE VIEW report_hygiene AS
SELECT * FROM hygiene_alike
UNION ALL
SELECT * FROM hygiene_rest
ORDER BY kind, account, account_guid, subject, detail;
