-- Each account attribute, odd at dc3 alone. Of OLD$ the SPNs differ at dc2 as well: two facets, two DCs.
.read tests/views/three_dcs.sql
INSERT INTO seed_account VALUES (20, 1, 'NEW$', 0x1000, '["HOST/new"]');
UPDATE account_state SET dns_host = 'new.corp.example' WHERE id = 20;
INSERT INTO account_state VALUES
    (120, 20, x'01', 'CN=OLD,DC=corp,DC=example', 'OLD$', 0x1002, 'old.corp.example', 'new@corp.example', 'S-1-5-21-9-9-9-1020');
INSERT INTO departure VALUES (20, 3, 1, NULL, 120, NULL);
INSERT INTO seed_spns_at VALUES (20, 2, '["HOST/new","HOST/old"]');
