-- dc3 does not have FARM$, though it was read to its end.
.read tests/views/three_dcs.sql
INSERT INTO seed_account VALUES (20, 1, 'FARM$', 0x1000, '["HOST/farm"]');
INSERT INTO seed_gone_at VALUES (20, 3);
-- Also BACK$, which was deleted and is alive again: dc2 has not heard. Whether EITHER$ should be at dc3 cannot be told.
INSERT INTO seed_account VALUES (21, 1, 'BACK$', 0x1000, '["HOST/back"]'), (22, 1, 'EITHER$', 0x1000, '["HOST/either"]');
INSERT INTO seed_gone_at VALUES (21, 2), (22, 3);
INSERT INTO seed_differs VALUES
    (20, 'objectGUID', 3, 'lagging', 'warning', 1, ''), (21, 'isDeleted', 2, 'lagging', 'info', 1, ''),
    (22, 'objectGUID', 3, 'unproved', 'warning', NULL, 'needs the right to list Deleted Objects');
