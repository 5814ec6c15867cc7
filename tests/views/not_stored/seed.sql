-- The newest scan read nothing: report_dcs tells of it, the reports of accounts speak of the one before.
.read tests/views/three_dcs.sql
INSERT INTO seed_account VALUES (20, 1, 'FARM$', 0x1000, '["HOST/farm"]');
INSERT INTO seed_gone_at VALUES (20, 3);
INSERT INTO scan VALUES (2, '2026-11-22T14:00:00Z', '2026-11-22T14:00:10Z', 'dc1.corp.example', 'corp.example', '0.1.0', 2, 0, 0);
INSERT INTO scan_dc VALUES
    (2, 1, 'Hub', 'corp.example', 1, 0, '10.0.0.1', 'bind-failed', 'bind', 'no Kerberos ticket', 49, '', 1500, NULL, NULL, 0, 0, 0, 0, 0,
     '2026-11-22T14:00:01Z', '2026-11-22T14:00:02Z', 1.0),
    (2, 2, '', '', NULL, NULL, '', 'unresolved', 'resolve', 'dc2.corp.example has no address', 0, '', -1500, NULL, NULL, 0, 0, 0, 0, 0, NULL, NULL, 0.0);
INSERT INTO seed_differs VALUES (20, 'objectGUID', 3, 'lagging', 'warning', 1, '');
