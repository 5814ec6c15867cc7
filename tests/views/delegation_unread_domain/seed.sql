-- No DC of emea and no GC was read to its end: that nobody owns the target cannot be said.
.read tests/views/seeding.sql
INSERT INTO seed_domain VALUES (1, 'corp.example'), (2, 'emea.corp.example');
INSERT INTO seed_dc VALUES (1, 'dc1.corp.example', 'Hub', 1, 0, 'ok'), (2, 'dc2.emea.corp.example', 'London', 2, 1, 'unreachable');
INSERT INTO seed_account VALUES (10, 1, 'KCD$', 0x1000, '["HOST/kcd"]');
INSERT INTO seed_delegates VALUES (10, '["HTTP/web.emea.corp.example"]', '[]', NULL, NULL, NULL);
