-- Three full replicas of emea, one of which (dc5) departs in delegation; dc1, a GC of corp, does not have the object. That
-- dc1 lacks it does not thin out those that agree on its delegation: dc5 alone is odd, and dc1 is missing the object.
.read tests/views/seeding.sql
INSERT INTO seed_domain VALUES (1, 'corp.example'), (2, 'emea.corp.example');
INSERT INTO seed_dc VALUES
    (1, 'dc1.corp.example', 'Hub', 1, 1, 'ok'),
    (3, 'dc3.emea.corp.example', 'London', 2, 1, 'ok'),
    (4, 'dc4.emea.corp.example', 'London', 2, 0, 'ok'),
    (5, 'dc5.emea.corp.example', 'London', 2, 0, 'ok');
INSERT INTO seed_account VALUES (10, 2, 'DEL$', 0x1000, '["HOST/del"]');
INSERT INTO seed_delegates VALUES (10, '["HOST/del"]', '[]', NULL, NULL, 24);
INSERT INTO departure VALUES (10, 5, 1, NULL, NULL, 0);
INSERT INTO seed_gone_at VALUES (10, 1);
