-- HTTP/new has come to dc1 and dc2 and not yet to dc3, where an old one stands. The spelling of HTTP/a differs at dc3
-- too, which is no difference. BARE$ has no SPN at all at dc2 (state 0).
.read tests/views/three_dcs.sql
INSERT INTO seed_account VALUES
    (20, 1, 'FARM$', 0x1000, '["HOST/farm","HTTP/a","HTTP/new"]'),
    (21, 1, 'BARE$', 0x1000, '["HOST/bare"]');
INSERT INTO seed_spns_at VALUES
    (20, 3, '["HOST/farm","http/A","HTTP/old"]'),
    (21, 2, '[]');
