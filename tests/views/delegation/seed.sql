-- Unconstrained, constrained and protocol transition, and who owns the targets.
.read tests/views/three_dcs.sql
INSERT INTO seed_account VALUES
    (20, 1, 'UNC$', 0x81000, '["HOST/unc"]'),
    (21, 1, 'KCD$', 0x1000, '["HOST/kcd"]'),
    (22, 1, 'svc-pt', 0x1000200, '["HTTP/pt"]'),
    (23, 1, 'EMPTY$', 0x1001000, '["HOST/empty"]'),
    -- HTTP/shadow on the service account goes before HOST/shadow on the machine.
    (24, 1, 'svc-shadow', 0x200, '["HTTP/shadow"]'), (25, 1, 'SHADOW$', 0x1000, '["HOST/shadow"]'),
    (26, 1, 'A$', 0x1000, '["HTTP/two"]'), (27, 1, 'B$', 0x1000, '["http/TWO"]');
INSERT INTO seed_delegates VALUES
    (21, '["cifs/web.corp.example","cifs/web.corp.example:445","HTTP/gone","HTTP/two","MSSQLSvc/sql.corp.example:1433"]', '[]', NULL, NULL, NULL),
    (22, '["http/SHADOW","nonsense","www/shadow"]', '[]', NULL, NULL, NULL);
-- dc3 shows one target more for KCD$, and svc-app with unconstrained delegation. What one DC shows, counts.
INSERT INTO delegation_state VALUES (121, 21, x'01', '["HOST/web.corp.example","HTTP/gone"]', '[]', NULL, NULL, NULL);
INSERT INTO account_state SELECT 109, 9, x'01', dn, sam, 0x80200, dns_host, upn, sid FROM account_state WHERE id = 9;
INSERT INTO departure VALUES (21, 3, 1, NULL, NULL, 121), (9, 3, 1, NULL, 109, NULL);
