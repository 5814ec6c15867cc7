-- What becomes of a name on two accounts, by the winning values; since when; and the line that would mend it.
.read tests/views/three_dcs.sql
INSERT INTO scan VALUES
    (-1, '2026-11-20T10:00:00Z', '2026-11-20T10:09:00Z', 'dc1.corp.example', 'corp.example', '0.1.0', 0, 0, 1),
    (0, '2026-11-21T10:00:00Z', '2026-11-21T10:09:00Z', 'dc1.corp.example', 'corp.example', '0.1.0', 0, 0, 1);
INSERT INTO seed_account VALUES
    -- Added to P1$ at dc1 and to P2$ at dc2, within one window of replication: dc3 has neither yet.
    (20, 1, 'P1$', 0x1000, '["HOST/p1"]'), (21, 1, 'P2$', 0x1000, '["HOST/p2"]'),
    -- Moved from F1$ to F2$, and dc3 has not heard of either write.
    (22, 1, 'F1$', 0x1000, '["HOST/f1"]'), (23, 1, 'F2$', 0x1000, '["HOST/f2","HTTP/moves"]'),
    -- The same, and nobody can tell which of the values wins.
    (24, 1, 'U1$', 0x1000, '["HOST/u1"]'), (25, 1, 'U2$', 0x1000, '["HOST/u2","HTTP/dark"]'),
    -- The same, and of H1$ it is known that it will not hold the name: so there are not two, whatever H2$ will hold.
    (26, 1, 'H1$', 0x1000, '["HOST/h1"]'), (27, 1, 'H2$', 0x1000, '["HOST/h2","HTTP/half"]'),
    -- L1$ lingers at dc3, where L2$ is too.
    (28, 1, 'L1$', 0x1000, '["HTTP/ghost"]'), (29, 1, 'L2$', 0x1000, '["HTTP/ghost"]'),
    -- D1$ was deleted at dc1, and its name given to D2$; it takes care of itself.
    (30, 1, 'D1$', 0x1000, '["HTTP/heir"]'), (31, 1, 'D2$', 0x1000, '["HTTP/heir"]'),
    -- One of three is disabled: without it there are two.
    (32, 1, 'T1$', 0x1000, '["HTTP/three"]'), (33, 1, 'T2$', 0x1000, '["HTTP/three"]'), (34, 1, 'T3$', 0x1002, '["HTTP/three"]'),
    -- Both are disabled.
    (35, 1, 'O1$', 0x1002, '["HTTP/old"]'), (36, 1, 'O2$', 0x1002, '["HTTP/old"]'),
    (37, 1, 'TWIN$', 0x1000, '["HTTP/twin"]'), (38, 1, 'TWIN2$', 0x1000, '["HTTP/twin"]'),
    -- Arrived: at S1$ at dc1 in scan 0, at the others in scan 1; at S2$ at dc3 nobody knows when; at S3$ it went and came back.
    (39, 1, 'S1$', 0x1000, '["HTTP/since"]'), (40, 1, 'S2$', 0x1000, '["HTTP/since"]'), (41, 1, 'S3$', 0x1000, '["HTTP/since"]'),
    -- Names that a shell must not be given, and names with spaces.
    (42, 1, 'svc web', 0x200, '["Microsoft Virtual Console Service/HOST"]'), (43, 1, 'svc_x', 0x200, '["Microsoft Virtual Console Service/HOST"]'),
    (44, 1, 'SH1$', 0x1000, '["HTTP/a&calc"]'), (45, 1, 'SH2$', 0x1000, '["HTTP/a&calc"]'),
    (46, 1, '$x', 0x200, '["HTTP/b"]'), (47, 1, '-A', 0x200, '["HTTP/b"]'), (48, 1, 'a$b', 0x200, '["HTTP/b"]'), (49, 1, 'a%b', 0x200, '["HTTP/b"]'),
    -- Added to W1$ at dc2 while W1$ was written at dc1: lost there, and so never a duplicate for long, though dc2 shows both.
    (50, 1, 'W1$', 0x1000, '["HOST/w1"]'), (51, 1, 'W2$', 0x1000, '["HTTP/lost"]');
INSERT INTO seed_spns_at VALUES
    (20, 1, '["HOST/p1","HTTP/pend"]'), (21, 2, '["HOST/p2","http/PEND"]'),
    (22, 3, '["HOST/f1","HTTP/moves"]'), (23, 3, '["HOST/f2"]'), (24, 3, '["HOST/u1","HTTP/dark"]'), (25, 3, '["HOST/u2"]'),
    (26, 3, '["HOST/h1","HTTP/half"]'), (27, 3, '["HOST/h2"]'), (50, 2, '["HOST/w1","HTTP/lost"]');
UPDATE object SET shown = 0 WHERE id = 28;
INSERT INTO departure VALUES (28, 3, 1, NULL, NULL, NULL);
INSERT INTO seed_gone_at VALUES (30, 1);
UPDATE account_state SET dn = 'CN=TWIN\0ACNF:44434241-4645-4847-3030-303030303337,DC=corp,DC=example' WHERE id = 37;
INSERT INTO seed_differs VALUES
    (20, 'servicePrincipalName', 2, 'lagging', 'info', 1, ''), (20, 'servicePrincipalName', 3, 'lagging', 'info', 1, ''),
    (21, 'servicePrincipalName', 1, 'lagging', 'info', 2, ''), (21, 'servicePrincipalName', 3, 'lagging', 'info', 2, ''),
    (22, 'servicePrincipalName', 3, 'lagging', 'info', 1, ''), (23, 'servicePrincipalName', 3, 'lagging', 'info', 2, ''),
    (24, 'servicePrincipalName', 3, 'unproved', 'warning', NULL, ''), (25, 'servicePrincipalName', 3, 'corrupt', 'critical', 1, ''),
    (26, 'servicePrincipalName', 3, 'divergent', 'critical', 1, ''),
    (28, 'objectGUID', 3, 'lingering', 'critical', 1, ''),
    (30, 'isDeleted', 2, 'deletion-lagging', 'info', 1, ''), (30, 'isDeleted', 3, 'deletion-lagging', 'info', 1, ''),
    (50, 'servicePrincipalName', 2, 'lost-update', 'warning', 1, '');
INSERT INTO spn_set (id, object, hash, text) VALUES (139, 39, x'01', '["HTTP/other"]');
INSERT INTO change VALUES
    (0, 39, 1, 'spn', NULL, 39), (1, 39, 2, 'spn', 139, 39), (1, 39, 3, 'spn', 139, 39),
    (0, 40, 1, 'spn', NULL, 40), (0, 40, 2, 'spn', NULL, 40),
    (-1, 41, 1, 'spn', NULL, 41), (0, 41, 1, 'spn', 41, NULL), (1, 41, 1, 'spn', NULL, 41), (1, 41, 2, 'spn', NULL, 41), (1, 41, 3, 'spn', NULL, 41);
INSERT INTO seed_stamp VALUES (39, '2026-11-21T09:00:00Z', 2), (40, '2026-11-22T12:00:00Z', 9);
