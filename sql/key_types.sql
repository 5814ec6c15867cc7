-- key_types: in which encryption types can an account meet another?
-- Columns: object, guid, domain, account, account_dn, uac, spn, delegation (as in view account), types (bits of MS-KILE 2.2.7: RC4 and AES;
--          NULL: not known, no full replica of its domain was read).
-- DES protects no ticket any more (3.3.5.7), and with USE_DES_KEY_ONLY (0x200000) there is nothing else, whatever the types say. Without any
-- the KDC takes 0x27, RC4 and AES session keys (0x20; KB5021131). As most DCs show it. A row an object.
-- What account has stands beside, so that who needs both looks an object up once.
CREATE VIEW key_types AS
SELECT a.object, a.guid, a.domain, a.account, a.account_dn, a.uac, a.spn, a.delegation,
       CASE WHEN a.uac & 0x200000 THEN 0 WHEN a.delegation IS NULL THEN NULL WHEN coalesce(t.enctypes, 0) & 0x3f = 0 THEN 0x1c
            ELSE (t.enctypes & 0x1c) | iif(t.enctypes & 0x20 AND t.enctypes & 0x1c, 0x18, 0) END AS types
FROM account a LEFT JOIN delegation_state t ON t.id = a.delegation;
