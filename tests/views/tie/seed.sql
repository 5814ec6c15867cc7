-- Two DCs, each with its own story: nobody is the odd one out, so both have a row.
.read tests/views/seeding.sql
INSERT INTO seed_domain VALUES (1, 'corp.example');
INSERT INTO seed_dc VALUES (1, 'dc1.corp.example', 'Hub', 1, 1, 'ok'), (2, 'dc2.corp.example', 'Hub', 1, 1, 'ok');
INSERT INTO seed_account VALUES
    (10, 1, 'FARM$', 0x1000, '["HTTP/a","HTTP/b"]'),
    (11, 1, 'HERE$', 0x1000, '["HTTP/here"]'),
    (12, 1, 'DEL$', 0x1000, '["HOST/del"]');
INSERT INTO seed_spns_at VALUES (10, 2, '["HTTP/a","HTTP/c"]');
-- Shown by one DC of two: the row stands at the one without it, whatever the consensus calls most.
INSERT INTO seed_gone_at VALUES (11, 2);
INSERT INTO seed_delegates VALUES (12, '["HTTP/a"]', '[]', NULL, NULL, 24);
INSERT INTO departure VALUES (12, 2, 1, NULL, NULL, 0);
