-- Objects made at two DCs with one name: one of the two is renamed. CLASH$ everywhere, RENAMED$ so far at dc3 alone, and UNDER$ lies
-- in a container of that kind (its own RDN holds a comma). NAMED$ only says CNF: in its name, and MAYBE$ is missing at dc1.
.read tests/views/three_dcs.sql
INSERT INTO seed_account VALUES
    (20, 1, 'CLASH$', 0x1000, '["HOST/clash"]'), (21, 1, 'RENAMED$', 0x1000, '["HOST/renamed"]'), (22, 1, 'UNDER$', 0x1000, '["HOST/under"]'),
    (23, 1, 'NAMED$', 0x1000, '["HOST/named"]'), (24, 1, 'MAYBE$', 0x1000, '["HOST/maybe"]');
UPDATE account_state SET dn = 'CN=CLASH\0ACNF:44434241-4645-4847-3030-303030303230,DC=corp,DC=example' WHERE id = 20;
UPDATE account_state SET dn = 'CN=A\, B,OU=Web\0ACNF:44434241-4645-4847-3030-303030303939,DC=corp,DC=example' WHERE id = 22;
UPDATE account_state SET dn = 'CN=CNF:44434241-4645-4847-3030-303030303230,DC=corp,DC=example' WHERE id = 23;
UPDATE account_state SET dn = 'CN=A\, B\0aCNF:44434241-4645-4847-3030-303030303234,DC=corp,DC=example' WHERE id = 24;
INSERT INTO account_state
SELECT 121, object, x'01', 'CN=RENAMED\0ACNF:44434241-4645-4847-3030-303030303231,DC=corp,DC=example', sam, uac, dns_host, upn, sid
FROM account_state WHERE id = 21;
INSERT INTO departure VALUES (21, 3, 1, NULL, 121, NULL);
INSERT INTO seed_gone_at VALUES (24, 1);
INSERT INTO seed_differs VALUES (21, 'distinguishedName', 1, 'lagging', 'info', 3, ''), (21, 'distinguishedName', 2, 'lagging', 'info', 3, '');
