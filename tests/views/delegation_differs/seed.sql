-- dc3 departs in each delegation attribute. SAME$: the same trustees, another descriptor (an owner, say): shown in hex.
.read tests/views/three_dcs.sql
INSERT INTO seed_account VALUES (20, 1, 'FRONT$', 0x1000, '["HOST/front"]'), (21, 1, 'SAME$', 0x1000, '["HOST/same"]');
INSERT INTO seed_delegates VALUES
    (20, '["HTTP/web.corp.example","MSSQLSvc/sql.corp.example:1433"]', '["S-1-5-21-1-1-1-1008"]', '0100', NULL, 24),
    (21, '[]', '["S-1-5-21-1-1-1-1008"]', '0a0b', NULL, NULL);
INSERT INTO delegation_state VALUES
    (120, 20, x'01', '["http/WEB.corp.example"]', '["S-1-5-21-1-1-1-1007","S-1-5-21-1-1-1-1008"]', '0200', NULL, NULL),
    (121, 21, x'01', '[]', '["S-1-5-21-1-1-1-1008"]', '0a0c', NULL, NULL);
INSERT INTO departure VALUES (20, 3, 1, NULL, NULL, 120), (21, 3, 1, NULL, NULL, 121);
INSERT INTO seed_differs VALUES
    (20, 'msDS-AllowedToDelegateTo', 3, 'divergent', 'critical', 1, ''),
    (20, 'msDS-AllowedToActOnBehalfOfOtherIdentity', 3, 'lagging', 'info', 2, ''),
    (20, 'msDS-SupportedEncryptionTypes', 3, 'unproved', 'info', NULL, 'needs Read replPropertyMetaData on the object'),
    (21, 'msDS-AllowedToActOnBehalfOfOtherIdentity', 3, 'divergent', 'critical', 1, '');
