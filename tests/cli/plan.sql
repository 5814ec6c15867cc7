-- A forest of two domains and four DCs for plans: dc1, dc2 of corp.example, dc3 of emea.corp.example are global catalogs. Each state of a
-- planned name is here once.
.read tests/views/seeding.sql
INSERT INTO seed_domain VALUES (1, 'corp.example'), (2, 'emea.corp.example');
INSERT INTO seed_dc VALUES
    (1, 'dc1.corp.example', 'Hub', 1, 1, 'ok'),
    (2, 'dc2.corp.example', 'Hub', 1, 1, 'ok'),
    (3, 'dc3.emea.corp.example', 'Branch', 2, 1, 'ok');
INSERT INTO seed_account VALUES
    (1, 1, 'DC1$', 0x82000, '["GC/dc1.corp.example/corp.example","HOST/dc1","HOST/dc1.corp.example","HTTP/dc1.corp.example","ldap/dc1.corp.example"]'),
    (2, 1, 'WS1$', 0x1000, '["HOST/ws1","HOST/ws1.corp.example","RestrictedKrbHost/ws1","TERMSRV/ws1.corp.example"]'),
    (3, 1, 'svc-crm', 0x200, '["HTTP/crm","HTTP/crm.corp.example","HTTP/www.shop.example"]'),
    (4, 1, 'SQL1$', 0x1000, '["HOST/sql1","MSSQLSvc/sql1.corp.example:1433","MSSQLSvc/sql1.corp.example:INST"]'),
    (5, 1, 'krbtgt', 0x202, '["kadmin/changepw"]'),
    (6, 2, 'svc-crm', 0x200, '["HTTP/crm.emea.corp.example"]'),
    (7, 1, 'old', 0x200, '["HTTP/moved","HTTP/moved.corp.example"]'),
    (8, 1, 'twin', 0x200, '["HTTP/both.corp.example"]'),
    (9, 1, 'svc-two', 0x200, '["HTTP/both","HTTP/both.corp.example"]'),
    (10, 1, 'x&calc', 0x200, '["HTTP/evil.corp.example"]'),
    (11, 1, '#odd', 0x200, '["HTTP/odd.corp.example","a/b/c"]'),
    (12, 2, 'far', 0x200, '["HTTP/far.emea.corp.example"]'),
    (13, 1, 'HV1$', 0x1000, '["HOST/hv1"]'),
    (14, 1, 'late', 0x200, '["HTTP/late.corp.example"]');
INSERT INTO seed_delegates VALUES
    (3, '["HTTP/far.emea.corp.example","MSSQLSvc/sql1.corp.example:1433"]', '[]', NULL, NULL, NULL),
    (13, '["cifs/fs1.corp.example","Microsoft Virtual System Migration Service/hv2"]', '[]', NULL, NULL, NULL);
INSERT INTO seed_spns_at VALUES (14, 2, '[]');
