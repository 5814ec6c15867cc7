-- Each account attribute, odd at dc3 alone. Of OLD$ the SPNs differ at dc2 as well: two facets, two DCs.
.read tests/views/three_dcs.sql
INSERT INTO seed_account VALUES (20, 1, 'NEW$', 0x1000, '["HOST/new"]');
UPDATE account_state SET dns_host = 'new.corp.example' WHERE id = 20;
INSERT INTO account_state VALUES
    (120, 20, x'01', 'CN=OLD,DC=corp,DC=example', 'OLD$', 0x1002, 'old.corp.example', 'new@corp.example', 'S-1-5-21-9-9-9-1020');
INSERT INTO departure VALUES (20, 3, 1, NULL, 120, NULL);
INSERT INTO seed_spns_at VALUES (20, 2, '["HOST/new","HOST/old"]');
-- dc3 is behind in all of it but the DN, which is corrupt there; dc2 has an SPN that was overwritten at dc1 meanwhile.
INSERT INTO seed_differs
SELECT 20, j.value, 3, 'lagging', 'warning', 1, '' FROM json_each('["sAMAccountName","userAccountControl","dNSHostName","userPrincipalName","objectSid"]') j;
INSERT INTO seed_differs VALUES
    (20, 'distinguishedName', 3, 'corrupt', 'critical', 1, ''),
    (20, 'servicePrincipalName', 2, 'lagging', 'warning', 1, ''), (20, 'servicePrincipalName', 2, 'lost-update', 'warning', 1, '');
