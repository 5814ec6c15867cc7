-- The one full replica (dc1) shows KCD$ with protocol transition and its new list; the two GCs of the other domain still
-- show the bits of before. Bits and list are read together, off one DC: no row says constrained.
.read tests/views/seeding.sql
INSERT INTO seed_domain VALUES (1, 'corp.example'), (2, 'emea.corp.example');
INSERT INTO seed_dc VALUES
    (1, 'dc1.corp.example', 'Hub', 1, 1, 'ok'),
    (2, 'dc2.emea.corp.example', 'London', 2, 1, 'ok'),
    (3, 'dc3.emea.corp.example', 'London', 2, 1, 'ok');
INSERT INTO seed_account VALUES (10, 1, 'KCD$', 0x1000, '["HOST/kcd"]');
INSERT INTO account_state SELECT 110, 10, x'01', dn, sam, 0x1001000, dns_host, upn, sid FROM account_state WHERE id = 10;
INSERT INTO departure VALUES (10, 1, 1, NULL, 110, NULL);
INSERT INTO seed_delegates VALUES (10, '["HOST/kcd"]', '[]', NULL, NULL, NULL);
