-- What is wrong with accounts that hold SPNs. Each with its look-alike that is none; krbtgt and the DCs of three_dcs.sql are none.
.read tests/views/three_dcs.sql
INSERT INTO seed_account VALUES
    -- Disabled everywhere; at dc2 alone; without an SPN. A krbtgt that is none by its name, and one with an SPN more.
    (20, 1, 'OLD$', 0x1002, '["HOST/old"]'), (21, 1, 'HALF$', 0x1000, '["HOST/half"]'), (22, 1, 'NOSPN$', 0x1002, '[]'),
    (23, 1, 'krbtgt_evil', 0x202, '["kadmin/changepw"]'), (24, 1, 'krbtgt_777', 0x202, '["HTTP/x","kadmin/changepw"]'),
    -- UPNs: all of WEB's name, in other case; its own name; with the domain; of nobody.
    (30, 1, 'svc-reset', 0x200, '["HTTP/reset"]'), (31, 1, 'svc-self', 0x200, '["HTTP/self"]'), (32, 1, 'svc-full', 0x200, '["HTTP/full"]'),
    (33, 1, 'svc-nobody', 0x200, '["HTTP/nobody"]'),
    -- Conflicts: this object; one below a conflict; a comma in the name of one; a name that only says so.
    (40, 1, '$DUPLICATE-1', 0x1000, '["HOST/cnf"]'), (41, 1, 'BELOW$', 0x1000, '["HOST/below"]'), (42, 1, 'COMMA$', 0x1000, '["HOST/comma"]'),
    (43, 1, 'SAYS$', 0x1000, '["HOST/says"]'),
    -- Encryption types: RC4, DES, both, RC4 and AES, AES, none said (a computer, a user, a disabled user), DES by its flag.
    (50, 1, 'RC4$', 0x1000, '["HOST/rc4"]'), (51, 1, 'svc-des', 0x200, '["HTTP/des"]'), (52, 1, 'BOTH$', 0x1000, '["HOST/weak"]'),
    (53, 1, 'MIXED$', 0x1000, '["HOST/mixed"]'), (54, 1, 'svc-aes', 0x200, '["HTTP/aes"]'), (55, 1, 'UNSET$', 0x1000, '["HOST/unset"]'),
    (56, 1, 'svc-unset', 0x200, '["HTTP/unset"]'), (57, 1, 'svc-off', 0x202, '["HTTP/off"]'), (58, 1, 'svc-flag', 0x200200, '["HTTP/flag"]'),
    (59, 1, 'svc-rc4-off', 0x202, '["HTTP/rc4off"]'), (60, 1, 'svc-zero', 0x200, '["HTTP/zero"]'),
    -- A managed service account is no user. One whose userAccountControl is hidden may be disabled.
    (61, 1, 'gmsa$', 0x1000, '["HTTP/gmsa"]'), (62, 1, 'svc-hidden', NULL, '["HTTP/hidden"]'),
    -- A user account that is named like a computer.
    (63, 1, 'svc-dollar$', 0x200, '["HTTP/dollar"]'),
    -- Lingers at dc3; the other object is missing at dc3, and does not linger.
    (70, 1, 'LINGER$', 0x1000, '["HOST/linger"]'), (71, 1, 'BACK$', 0x1000, '["HOST/back"]'), (72, 1, 'BARE$', 0x1000, '[]');
INSERT INTO seed_delegates VALUES
    (50, '[]', '[]', NULL, NULL, 4), (51, '[]', '[]', NULL, NULL, 3), (52, '[]', '[]', NULL, NULL, 0x27), (53, '[]', '[]', NULL, NULL, 0x1c),
    (54, '[]', '[]', NULL, NULL, 0x18), (58, '[]', '[]', NULL, NULL, 0x18), (59, '[]', '[]', NULL, NULL, 4), (60, '[]', '[]', NULL, NULL, 0);
UPDATE account_state SET upn = CASE object WHEN 30 THEN 'web$' WHEN 31 THEN 'SVC-SELF' WHEN 32 THEN 'WEB$@corp.example' WHEN 33 THEN 'nobody' END
WHERE object IN (30, 31, 32, 33);
UPDATE account_state SET dn = CASE object
    WHEN 40 THEN 'CN=WEB\0ACNF:6f1c0a52-0000-0000-0000-000000000040,DC=corp,DC=example'
    WHEN 41 THEN 'CN=BELOW,OU=x\0ACNF:6f1c0a52-0000-0000-0000-000000000041,DC=corp,DC=example'
    WHEN 42 THEN 'CN=a\, b\0acnf:6f1c0a52-0000-0000-0000-000000000042,DC=corp,DC=example'
    WHEN 43 THEN 'CN=CNF: says so,DC=corp,DC=example' END
WHERE object IN (40, 41, 42, 43);
INSERT INTO account_state SELECT 210, 21, x'02', dn, sam, 0x1002, NULL, NULL, sid FROM account_state WHERE id = 21;
INSERT INTO departure VALUES (21, 2, 1, NULL, 210, NULL);
UPDATE object SET spn = 0 WHERE id IN (22, 72);
UPDATE object SET shown = 0 WHERE id IN (70, 72);
INSERT INTO departure VALUES (70, 3, 1, NULL, NULL, NULL), (72, 3, 1, NULL, NULL, NULL);
INSERT INTO seed_gone_at VALUES (71, 3);
INSERT INTO difference
SELECT 70, 3, 'objectGUID', 'lingering', 'critical', 1, NULL, NULL, NULL, NULL, NULL, NULL, '', 1
UNION ALL SELECT 72, 3, 'objectGUID', 'lingering', 'critical', 1, NULL, NULL, NULL, NULL, NULL, NULL, '', 1
UNION ALL SELECT 71, 3, 'objectGUID', 'divergent', 'critical', 1, NULL, NULL, NULL, NULL, NULL, NULL, '', 1;
