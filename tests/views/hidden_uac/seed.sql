-- userAccountControl hidden from the reader. Hidden at dc3 only: no difference, and the type is what the others show.
-- Hidden everywhere: a list of targets, of which the type is not known. H3$: dc1 512, dc2 514, dc3 hidden: a tie of two.
.read tests/views/three_dcs.sql
INSERT INTO seed_account VALUES
    (20, 1, 'H1$', 0x1001000, '["HOST/h1"]'), (21, 1, 'H2$', NULL, '["HOST/h2"]'), (22, 1, 'H3$', 512, '["HOST/h3"]');
INSERT INTO account_state
SELECT id + 100, object, x'01', dn, sam, NULL, dns_host, upn, sid FROM account_state WHERE id IN (20, 22);
INSERT INTO account_state SELECT 222, 22, x'02', dn, sam, 514, dns_host, upn, sid FROM account_state WHERE id = 22;
INSERT INTO departure VALUES (20, 3, 1, NULL, 120, NULL), (22, 2, 1, NULL, 222, NULL), (22, 3, 1, NULL, 122, NULL);
INSERT INTO seed_delegates VALUES
    (20, '["HOST/h2"]', '[]', NULL, NULL, NULL),
    (21, '["HOST/h1","HTTP/gone"]', '[]', NULL, NULL, NULL);
INSERT INTO seed_differs VALUES
    (20, 'userAccountControl', 3, 'hidden', 'info', 1, ''), (22, 'userAccountControl', 2, 'lagging', 'warning', 1, ''),
    (22, 'userAccountControl', 3, 'hidden', 'info', 1, '');
