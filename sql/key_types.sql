-- key_types: in which encryption types can an account meet another?
-- Columns: object (id), types (bits of MS-KILE 2.2.7, as far as 0x1f; NULL: not known, no full replica of its domain was read).
-- As most DCs show it. Without any, the KDC takes 0x27: DES, RC4 and AES session keys (0x20; KB5021131). A row an object.
CREATE VIEW key_types AS
SELECT c.object, CASE WHEN c.delegation IS NULL THEN NULL WHEN coalesce(t.enctypes, 0) & 0x3f = 0 THEN 0x1f
                      ELSE (t.enctypes & 0x1f) | CASE WHEN t.enctypes & 0x20 THEN 0x18 ELSE 0 END END AS types
FROM consensus c LEFT JOIN delegation_state t ON t.id = c.delegation;
