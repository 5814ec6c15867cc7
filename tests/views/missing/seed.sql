-- dc3 does not have FARM$, though it was read to its end.
.read tests/views/three_dcs.sql
INSERT INTO seed_account VALUES (20, 1, 'FARM$', 0x1000, '["HOST/farm"]');
INSERT INTO seed_gone_at VALUES (20, 3);
