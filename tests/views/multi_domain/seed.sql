-- Two domains. dc1 is GC of corp, dc2 a plain DC of corp, dc3 and dc4 GCs of emea.
-- EMEA$ (emea): in scope of dc1 (partial), dc3, dc4 (full). dc2 holds no copy: never missing there.
-- DEL$ (emea): dc4 departs in delegation from dc3. A tie among the full replicas, in which dc1 has no say.
-- LOST$ (emea): only dc4 has it. LOCAL$ (corp): missing at dc2.
-- HTTP/both is held in both domains; dc2 alone sees but one of the two, and that is all it can see: converged.
.read tests/views/seeding.sql
INSERT INTO seed_domain VALUES (1, 'corp.example'), (2, 'emea.corp.example');
INSERT INTO seed_dc VALUES
    (1, 'dc1.corp.example', 'Hub', 1, 1, 'ok'),
    (2, 'dc2.corp.example', 'Hub', 1, 0, 'ok'),
    (3, 'dc3.emea.corp.example', 'London', 2, 1, 'ok'),
    (4, 'dc4.emea.corp.example', 'London', 2, 1, 'ok');
INSERT INTO seed_account VALUES
    (10, 2, 'EMEA$', 0x1000, '["HOST/emea","HTTP/both"]'),
    (11, 2, 'DEL$', 0x1000, '["HOST/del"]'),
    (12, 2, 'LOST$', 0x1000, '["HOST/lost"]'),
    (13, 1, 'LOCAL$', 0x1000, '["HOST/local"]'),
    (14, 1, 'CORP$', 0x1000, '["http/BOTH"]');
INSERT INTO seed_delegates VALUES (11, '["HOST/emea","HOST/local"]', '[]', NULL, NULL, NULL);
INSERT INTO delegation_state VALUES (111, 11, x'01', '["HOST/local"]', '[]', NULL, NULL, 28);
INSERT INTO departure VALUES (11, 4, 1, NULL, NULL, 111);
UPDATE object SET shown = 0 WHERE id = 12;
INSERT INTO departure VALUES (12, 4, 1, NULL, NULL, NULL);
INSERT INTO seed_gone_at VALUES (13, 2);
INSERT INTO seed_differs VALUES
    (11, 'msDS-AllowedToDelegateTo', 4, 'lagging', 'info', 3, ''), (11, 'msDS-SupportedEncryptionTypes', 3, 'lagging', 'info', 4, ''),
    (12, 'objectGUID', 4, 'lingering', 'critical', 3, ''), (13, 'objectGUID', 2, 'lagging', 'info', 1, '');
