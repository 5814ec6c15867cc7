-- account_check: what is looked at in each account that holds SPNs, how bad is it, and what is said of it?
-- Columns: bit (its place in account_fault.checks), kind, severity, subject, detail (as report_hygiene says them), full_only (1: an
--          attribute that full replicas alone have).
CREATE VIEW account_check AS
SELECT column1 AS bit, column2 AS kind, column3 AS severity, column4 AS subject, column5 AS detail, column6 AS full_only
FROM (VALUES
    (0, 'disabled-spn', 'info', 'userAccountControl', 'disabled: its names cannot be used, and stay taken', 0),
    (1, 'conflict-spn', 'warning', 'distinguishedName', 'renamed by a replication conflict; its names count', 0),
    (2, 'weak-encryption', 'warning', 'userAccountControl', 'USE_DES_KEY_ONLY is set', 0),
    (3, 'weak-encryption', 'warning', 'msDS-SupportedEncryptionTypes', 'allows only DES', 1),
    (4, 'weak-encryption', 'warning', 'msDS-SupportedEncryptionTypes', 'allows only DES and RC4', 1),
    (5, 'weak-encryption', 'warning', 'msDS-SupportedEncryptionTypes', 'allows only RC4', 1),
    (6, 'unset-encryption', 'info', 'msDS-SupportedEncryptionTypes', 'not set: AES alone since the updates of April 2026', 1),
    (7, 'roastable', 'info', 'servicePrincipalName', 'a user account: its password can be guessed from tickets', 0),
    (8, 'roastable', 'info', 'servicePrincipalName',
     'a user account: its password can be guessed from tickets; userAccountControl hidden, whether it is disabled is not known', 0));
