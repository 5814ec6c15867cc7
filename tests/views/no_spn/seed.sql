-- Accounts without any SPN, which no GC stream shows: of them the global catalog of another domain, dc1, tells nothing.
-- LONE$: of the three full replicas dc4 alone has it: missing at dc3 and dc5, not at dc1.
-- SPLIT$: dc3 and dc4 show another userAccountControl each, dc5 does not have it: a tie of two, in which dc1 has no say.
.read tests/views/seeding.sql
INSERT INTO seed_domain VALUES (1, 'corp.example'), (2, 'emea.corp.example');
INSERT INTO seed_dc VALUES
    (1, 'dc1.corp.example', 'Hub', 1, 1, 'ok'),
    (3, 'dc3.emea.corp.example', 'London', 2, 1, 'ok'),
    (4, 'dc4.emea.corp.example', 'London', 2, 1, 'ok'),
    (5, 'dc5.emea.corp.example', 'London', 2, 1, 'ok');
INSERT INTO seed_account VALUES (10, 2, 'LONE$', 0x1000, '["HOST/x"]'), (11, 2, 'SPLIT$', 0x1000, '["HOST/y"]');
UPDATE consensus SET spn = 0;
DELETE FROM spn_state WHERE id > 0;
INSERT INTO seed_delegates VALUES (10, '[]', '[]', NULL, NULL, 28), (11, '[]', '[]', NULL, NULL, 28);
UPDATE consensus SET shown = 0 WHERE object = 10;
INSERT INTO departure VALUES (10, 4, 1, NULL, NULL, NULL);
INSERT INTO account_state SELECT 111, object, x'01', dn, sam, 0x1002, dns_host, upn, sid FROM account_state WHERE id = 11;
INSERT INTO departure VALUES (11, 4, 1, NULL, 111, NULL);
INSERT INTO seed_gone_at VALUES (11, 5);
