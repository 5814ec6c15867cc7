-- The target HTTP/moved is on X1$ at dc3 and on X2$ elsewhere; HTTP/late at dc1 alone. Owners are what any DC shows.
.read tests/views/three_dcs.sql
INSERT INTO seed_account VALUES
    (20, 1, 'KCD$', 0x1000, '["HOST/kcd"]'), (21, 1, 'X1$', 0x1000, '["HOST/x1"]'), (22, 1, 'X2$', 0x1000, '["HTTP/moved"]');
INSERT INTO seed_spns_at VALUES (21, 3, '["HOST/x1","HTTP/moved"]'), (22, 3, '[]'), (20, 1, '["HOST/kcd","HTTP/late"]');
INSERT INTO seed_delegates VALUES (20, '["HTTP/late","HTTP/moved"]', '[]', NULL, NULL, NULL);
