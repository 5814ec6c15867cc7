-- HTTP/new came to dc1 in scan 1 and to dc2 and dc3 with it in the same; FARM2$ has it on dc1 alone so far. GONE$ was deleted everywhere.
.read tests/views/three_dcs.sql
INSERT INTO scan VALUES (-1, '2026-11-22T09:00:00Z', '2026-11-22T09:10:00Z', 'dc1.corp.example', 'corp.example', '0.1.0', 0, 0, 1);
INSERT INTO seed_account VALUES (20, 1, 'FARM$', 0x1000, '["HOST/farm","HTTP/new"]'), (21, 1, 'FARM2$', 0x1000, '["HOST/farm2"]');
INSERT INTO spn_set (id, object, hash, text) VALUES (120, 20, x'20', '["host/FARM","HTTP/old"]');
INSERT INTO change VALUES (-1, 20, 1, 'spn', 120, 20), (1, 20, 2, 'spn', 120, 20), (1, 20, 3, 'spn', 120, 20);
INSERT INTO seed_spns_at VALUES (21, 1, '["HOST/farm2","HTTP/two"]');
INSERT INTO change SELECT 1, 21, 1, 'spn', 21, id FROM spn_state WHERE object = 21 AND id <> 21;
INSERT INTO object (id, guid, domain) VALUES (30, CAST('ABCDEFGH00000030' AS BLOB), 1);
INSERT INTO change VALUES (1, 30, 1, 'object', 1, 0), (1, 30, 2, 'object', 1, 0), (1, 30, 3, 'object', 1, 0);
