-- dc3 was cut off in the middle: nothing is said of it, and nothing of "all DCs" (seen_by_all unknown; the duplicate, which
-- dc1 and dc2 both show, is not called converged). What dc2 does not show, it still does not show.
.read tests/views/seeding.sql
INSERT INTO seed_domain VALUES (1, 'corp.example');
INSERT INTO seed_dc VALUES
    (1, 'dc1.corp.example', 'Hub', 1, 1, 'ok'),
    (2, 'dc2.corp.example', 'Hub', 1, 1, 'ok'),
    (3, 'dc3.corp.example', 'Branch', 1, 1, 'cut-off'),
    (4, 'dc4.corp.example', 'Branch', 1, NULL, 'unreachable');
UPDATE scan_dc SET is_rodc = NULL, phase = 'connect', error = 'connect to 10.0.0.4:3268: timed out', address = '', bind = '',
                   clock_skew_ms = NULL, highest_usn = NULL, invocation_id = NULL WHERE dc = 4;
UPDATE scan_dc SET error = 'the connection was lost after 3 pages', objects = 3000 WHERE dc = 3;
INSERT INTO seed_account VALUES
    (10, 1, 'FARM$', 0x1000, '["HOST/farm","HTTP/twice"]'),
    (11, 1, 'OTHER$', 0x1000, '["HTTP/twice"]'),
    (12, 1, 'LATE$', 0x1000, '["HOST/late"]');
INSERT INTO seed_spns_at VALUES (10, 2, '["HOST/farm","HTTP/here","HTTP/twice"]');
INSERT INTO seed_gone_at VALUES (12, 2);
INSERT INTO seed_differs VALUES
    (10, 'servicePrincipalName', 1, 'lagging', 'warning', 2, ''), (12, 'objectGUID', 2, 'lagging', 'warning', 1, '');
