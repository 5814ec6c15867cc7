-- Only dc3 still has GHOST$ (most do not: the consensus is not shown), so it is missing at the others. Of SPLIT$, dc1
-- does not have it, and the two that do differ: neither of them is the odd one out.
.read tests/views/three_dcs.sql
INSERT INTO seed_account VALUES (20, 1, 'GHOST$', 0x1000, '["HOST/ghost"]'), (21, 1, 'SPLIT$', 0x1000, '["HOST/split"]');
UPDATE object SET shown = 0 WHERE id = 20;
INSERT INTO departure VALUES (20, 3, 1, NULL, NULL, NULL);
INSERT INTO seed_gone_at VALUES (21, 1);
INSERT INTO seed_spns_at VALUES (21, 2, '["HOST/split","HTTP/split"]');
INSERT INTO seed_differs VALUES
    (20, 'objectGUID', 3, 'lingering', 'critical', 1, 'certain: its newest write is older than a tombstone is kept'),
    (21, 'isDeleted', 2, 'deletion-lagging', 'warning', 1, ''), (21, 'isDeleted', 3, 'deletion-lagging', 'info', 1, ''),
    (21, 'servicePrincipalName', 2, 'unproved', 'info', NULL, 'needs Read replPropertyMetaData on the object'),
    (21, 'servicePrincipalName', 3, 'unproved', 'info', NULL, 'needs Read replPropertyMetaData on the object');
