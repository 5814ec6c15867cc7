-- One of each report. The unconstrained delegation is accepted and out of the counts; that of the duplicate is over. dc3's lag is
-- information; its lost update on the same attribute makes one finding of the two. HTTP/old was met two scans ago.
.read tests/views/three_dcs.sql
INSERT INTO scan VALUES (-1, '2026-11-20T10:00:00Z', '2026-11-20T10:09:00Z', 'dc1.corp.example', 'corp.example', '0.1.0', 0, 0, 1);
INSERT INTO seed_account VALUES
    (20, 1, 'NEW$', 0x1000, '["HTTP/Old"]'), (21, 1, 'OLD$', 0x1002, '["HTTP/old"]'),
    (22, 1, 'P1$', 0x1000, '["HOST/p1","HTTP/move"]'), (23, 1, 'P2$', 0x1000, '["HOST/p2"]'),
    (24, 1, 'UNC$', 0x81000, '["HOST/unc"]'), (25, 1, 'KCD$', 0x1001000, '["HOST/kcd"]'), (26, 1, 'RES$', 0x1000, '["HOST/res"]'),
    (27, 1, 'EMPTY$', 0x1001000, '["HOST/empty"]');
INSERT INTO seed_spns_at VALUES (22, 3, '["HOST/p1"]'), (23, 3, '["HOST/p2","HTTP/MOVE"]');
INSERT INTO seed_delegates VALUES
    (25, '["HOST/sql.corp.example","HTTP/Nobody:80"]', '[]', NULL, NULL, NULL), (26, '[]', '["S-1-1-0","S-1-5-21-1-1-1-1007"]', '01', NULL, NULL),
    (1, '[]', '[]', '02', 'null DACL', NULL);
INSERT INTO seed_differs VALUES
    (22, 'servicePrincipalName', 3, 'lagging', 'info', 1, ''), (22, 'servicePrincipalName', 3, 'lost-update', 'warning', 1, 'HTTP/x'),
    (23, 'servicePrincipalName', 3, 'lagging', 'info', 2, '');
UPDATE account_state SET dn = 'CN=RES\0ACNF:44434241-4645-4847-3030-303030303236,DC=corp,DC=example' WHERE id = 26;
INSERT INTO finding_seen VALUES ('duplicate:http/old', 'duplicates', -1, 1, NULL), ('duplicate:http/gone', 'duplicates', -1, -1, NULL),
    ('delegation:unconstrained:44434241-4645-4847-3030-303030303234', 'delegation', -9, 1, NULL);
INSERT INTO accepted VALUES
    ('delegation:unconstrained:44434241-4645-4847-3030-303030303234', '9999-12-31', 'print server, goes next year', '2026-11-20T10:00:00Z'),
    ('duplicate:http/old', '2026-01-31', 'until the move', '2025-11-20T10:00:00Z'),
    ('duplicate:http/other', '9999-12-31', 'of another day', '2025-11-20T10:00:00Z');
-- The UPN of one account is the name of two others: two rows of hygiene, one finding.
INSERT INTO seed_account VALUES (40, 1, 'who', 0x200, '["HTTP/who"]'), (41, 1, 'SRV', 0x200, '["HTTP/srv"]'), (42, 1, 'srv', 0x200, '["HTTP/srv2"]');
UPDATE account_state SET upn = 'Srv' WHERE id = 40;
