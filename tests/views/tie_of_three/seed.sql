-- Three DCs, three states of one account. Each attribute is judged by itself: dc1 and dc3 agree on the DN, so that dc2
-- alone is odd; of the dNSHostName all three differ, so that all three have a row.
.read tests/views/three_dcs.sql
INSERT INTO seed_account VALUES (20, 1, 'FARM$', 0x1000, '["HOST/farm"]');
UPDATE account_state SET dns_host = 'farm.corp.example' WHERE id = 20;
INSERT INTO account_state VALUES
    (120, 20, x'01', 'CN=FARM,OU=New,DC=corp,DC=example', 'farm$', 0x1000, 'a.corp.example', NULL, 'S-1-5-21-1-1-1-1020'),
    (121, 20, x'02', 'cn=farm,DC=corp,DC=example', 'FARM$', 0x1000, NULL, NULL, 'S-1-5-21-1-1-1-1020');
INSERT INTO departure VALUES (20, 2, 1, NULL, 120, NULL), (20, 3, 1, NULL, 121, NULL);
