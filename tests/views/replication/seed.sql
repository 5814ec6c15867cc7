-- Five DCs of two domains: what they pull from whom, directly or not, and what is still to come.
.read tests/views/seeding.sql
INSERT INTO seed_domain VALUES (1, 'corp.example'), (2, 'emea.example');
INSERT INTO seed_dc VALUES
    (1, 'dc1.corp.example', 'Hub', 1, 1, 'ok'),
    (2, 'dc2.corp.example', 'Hub', 1, 1, 'ok'),
    (3, 'dc3.corp.example', 'Branch', 1, 1, 'ok'),
    (4, 'dc4.emea.example', 'Hub', 2, 1, 'ok'),
    (5, 'dc5.corp.example', 'Branch', 1, 0, 'unreachable');
UPDATE scan_dc SET highest_usn = NULL WHERE dc = 5;
UPDATE scan_dc SET clock_skew_ms = 60400 WHERE dc = 3; -- ahead, so that what it heard a minute ago bears a later time
INSERT INTO seed_account VALUES
    (7, 1, 'WEB$', 0x1000, '["HOST/web.corp.example"]'),
    (8, 1, 'SQL$', 0x1000, '["HOST/sql.corp.example"]'),
    (9, 1, 'svc-app', 0x200, '["HTTP/app.corp.example"]');
INSERT INTO origin VALUES ('00000000-0000-0000-0000-000000000d10', 'dc1.corp.example'); -- before it was restored

-- dc1 pulls from dc2; it hears of dc3 by way of dc2, of dc5 no more, of a demoted DC never again. Its own row is no source.
INSERT INTO cursor VALUES
    (1, 1, '00000000-0000-0000-0000-0000000000d1', 1001, NULL),
    (1, 1, '00000000-0000-0000-0000-0000000000d2', 1005, '2026-11-22T13:08:00Z'), -- dc2 wrote on after it was read
    (1, 1, '00000000-0000-0000-0000-0000000000d3', 990, '2026-11-22T13:07:50Z'),
    (1, 1, '00000000-0000-0000-0000-0000000000d5', 500, '2026-11-01T00:00:00Z'),
    (1, 1, '00000000-0000-0000-0000-000000000d10', 400, '2024-01-01T00:00:00Z'),
    (1, 1, 'aaaaaaaa-0000-0000-0000-000000000000', 77, '2020-01-01T00:00:00Z'),
    (1, 2, '00000000-0000-0000-0000-0000000000d4', 1004, '2026-11-22T13:09:00Z'),
    (1, 2, '00000000-0000-0000-0000-0000000000d2', 30, '2026-11-22T13:09:00Z'); -- no DC of emea: wrote nothing there
INSERT INTO neighbour VALUES
    (1, 1, 'dc2.corp.example', 1002, '2026-11-22T13:08:50Z', '2026-11-22T13:08:50Z', 0, 0),
    (1, 2, 'dc4.emea.example', 1004, '2026-11-22T13:09:00Z', '2026-11-22T13:09:00Z', 0, 0);

-- dc2 shows its neighbours, but no vector; one of them never got through, one is no DC of the forest any more.
INSERT INTO neighbour VALUES
    (2, 1, 'dc1.corp.example', 980, '2026-11-22T13:05:00Z', '2026-11-22T13:05:00Z', 0, 0),
    (2, 1, 'dc5.corp.example', NULL, NULL, '2026-11-22T13:06:00Z', 12, 1722),
    (2, 1, 'b3c1d2e0-0000-4000-8000-000000000001._msdcs.corp.example', 9, '2026-10-01T00:00:00Z', '2026-11-22T13:06:00Z', 5000, 8524);

-- dc3 is behind. It tells no times in its vector (Samba).
INSERT INTO cursor VALUES
    (3, 1, '00000000-0000-0000-0000-0000000000d1', 900, NULL),
    (3, 1, '00000000-0000-0000-0000-0000000000d2', 901, NULL);
INSERT INTO neighbour VALUES (3, 1, 'dc2.corp.example', 901, '2026-11-22T12:10:50Z', '2026-11-22T13:10:00Z', 4, 1256);
INSERT INTO difference VALUES
    (7, 3, 'servicePrincipalName', 'lagging', 'warning', 1, 3, '2026-11-22T12:30:00Z', '00000000-0000-0000-0000-0000000000d1', 950, 50, NULL, '', 1),
    (7, 3, 'dNSHostName', 'lagging', 'warning', 1, 2, '2026-11-22T12:30:00Z', '00000000-0000-0000-0000-0000000000d1', 951, 51, NULL, '', 1),
    (8, 3, 'isDeleted', 'deletion-lagging', 'warning', 1, 1, '2026-11-22T12:30:00Z', '00000000-0000-0000-0000-000000000d10', 390, 5, NULL, '', 1),
    (9, 3, 'servicePrincipalName', 'divergent', 'critical', 1, 4, '2026-11-21T12:30:00Z', '00000000-0000-0000-0000-0000000000d1', 800, NULL, NULL, '', 1),
-- And dc4 has not heard of dc3 at all.
    (9, 4, 'servicePrincipalName', 'lagging', 'info', 3, 5, '2026-11-22T13:00:00Z', '00000000-0000-0000-0000-0000000000d3', 1002, 1002, NULL, '', 1);
