-- Who may act towards whom by msDS-AllowedToActOnBehalfOfOtherIdentity.
.read tests/views/three_dcs.sql
INSERT INTO seed_account VALUES
    (20, 1, 'R1$', 0x1000, '["HOST/r1"]'), (21, 1, 'R2$', 0x1000, '["HOST/r2"]'), (22, 1, 'R3$', 0x1000, '["HOST/r3"]'),
    (23, 1, 'R4$', 0x1000, '["HOST/r4"]'), (24, 1, 'R5$', 0x1000, '["HOST/r5"]');
INSERT INTO principal VALUES
    ('S-1-5-32-545', 'Benutzer', 'CN=Users,CN=Builtin,DC=corp,DC=example'),
    ('S-1-5-21-1-1-1-2000', 'grp-front', 'CN=grp-front,DC=corp,DC=example'),
    ('S-1-5-21-1-1-1-515', 'Domain Computers', 'CN=Domain Computers,CN=Users,DC=corp,DC=example');
INSERT INTO seed_delegates VALUES
    -- A scanned account, a group, and one that no DC could name.
    (20, '[]', '["S-1-5-21-1-1-1-1007","S-1-5-21-1-1-1-2000","S-1-5-21-1-1-1-3000"]', '01', NULL, NULL),
    -- Far too many, named and nameless. A DC names groups of BUILTIN as it has them.
    (21, '[]', '["S-1-1-0","S-1-5-11","S-1-5-15","S-1-5-32-545","S-1-5-32-554","S-1-5-21-1-1-1-513","S-1-5-21-1-1-1-515"]', '02', NULL, NULL),
    (22, '[]', '[]', '03', 'null DACL', NULL),
    (23, '[]', '[]', '04', 'malformed security descriptor', NULL),
    -- An empty DACL: nobody may act.
    (24, '[]', '[]', '05', NULL, NULL),
    -- Whoever may act towards krbtgt is sent logons.
    (5, '[]', '["S-1-5-21-1-1-1-1007"]', '06', NULL, NULL);
-- WEB$ is renamed at dc3: still one trustee, named as most DCs name it.
INSERT INTO account_state SELECT 107, 7, x'01', 'CN=WEB2,DC=corp,DC=example', 'WEB2$', uac, dns_host, upn, sid FROM account_state WHERE id = 7;
INSERT INTO departure VALUES (7, 3, 1, NULL, 107, NULL);
