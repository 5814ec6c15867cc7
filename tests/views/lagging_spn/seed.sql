-- HTTP/new has come to dc1 and dc2 and not yet to dc3, where an old one stands. The spelling of HTTP/a differs at dc3
-- too, which is no difference. BARE$ has no SPN at all at dc2 (state 0).
.read tests/views/three_dcs.sql
INSERT INTO seed_account VALUES
    (20, 1, 'FARM$', 0x1000, '["HOST/farm","HTTP/a","HTTP/new"]'),
    (21, 1, 'BARE$', 0x1000, '["HOST/bare"]');
INSERT INTO seed_spns_at VALUES
    (20, 3, '["HOST/farm","http/A","HTTP/old"]'),
    (21, 2, '[]');
-- What dc3 still has of FARM$ is the newer, odd as it is: the row stands at those that lack it. The scan that first saw BARE$ is
-- no longer kept, and of the DC that wrote it only the invocationId is known.
INSERT INTO seed_differs VALUES
    (20, 'servicePrincipalName', 1, 'lagging', 'info', 3, ''), (20, 'servicePrincipalName', 2, 'lagging', 'warning', 3, ''),
    (21, 'servicePrincipalName', 2, 'divergent', 'critical', 1, '');
UPDATE difference SET first_scan = -7, origin = '00000000-0000-0000-0000-0000000000ff' WHERE object = 21;
