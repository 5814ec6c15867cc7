-- Two DCs, each with its own story, and nobody can say who is right: both have a row, each against the other.
.read tests/views/seeding.sql
INSERT INTO seed_domain VALUES (1, 'corp.example');
INSERT INTO seed_dc VALUES (1, 'dc1.corp.example', 'Hub', 1, 1, 'ok'), (2, 'dc2.corp.example', 'Hub', 1, 1, 'ok');
INSERT INTO seed_account VALUES
    (10, 1, 'FARM$', 0x1000, '["HTTP/a","HTTP/b"]'),
    (11, 1, 'HERE$', 0x1000, '["HTTP/here"]'),
    (12, 1, 'DEL$', 0x1000, '["HOST/del"]');
INSERT INTO seed_spns_at VALUES (10, 2, '["HTTP/a","HTTP/c"]');
-- Shown by one DC of two.
INSERT INTO seed_gone_at VALUES (11, 2);
INSERT INTO seed_delegates VALUES (12, '["HTTP/a"]', '[]', NULL, NULL, 24);
INSERT INTO departure VALUES (12, 2, 1, NULL, NULL, 0);
INSERT INTO seed_differs VALUES
    (10, 'servicePrincipalName', 1, 'corrupt', 'critical', NULL, ''), (10, 'servicePrincipalName', 2, 'corrupt', 'critical', NULL, ''),
    (11, 'objectGUID', 2, 'unproved', 'warning', NULL, 'needs the right to list Deleted Objects'),
    (12, 'msDS-AllowedToDelegateTo', 1, 'corrupt', 'critical', NULL, ''), (12, 'msDS-AllowedToDelegateTo', 2, 'corrupt', 'critical', NULL, ''),
    (12, 'msDS-SupportedEncryptionTypes', 1, 'corrupt', 'critical', NULL, ''), (12, 'msDS-SupportedEncryptionTypes', 2, 'corrupt', 'critical', NULL, '');
