-- three_dcs.sql: a healthy forest of one domain, three DCs in two sites, all read to their end. Most cases begin here
-- and break one thing. It has what must never be a finding: DC accounts trusted for delegation, an RODC's own account,
-- two krbtgt accounts with kadmin/changepw, one account with ports, classes and spellings of one name.
.read tests/views/seeding.sql
INSERT INTO seed_domain VALUES (1, 'corp.example');
INSERT INTO seed_dc VALUES
    (1, 'dc1.corp.example', 'Hub', 1, 1, 'ok'),
    (2, 'dc2.corp.example', 'Hub', 1, 1, 'ok'),
    (3, 'dc3.corp.example', 'Branch', 1, 1, 'ok');
INSERT INTO spn_mapping VALUES ('http', 'host'), ('cifs', 'host'), ('www', 'host');
INSERT INTO seed_account VALUES
    (1, 1, 'DC1$', 0x82000, '["HOST/dc1.corp.example","ldap/dc1.corp.example/corp.example"]'),
    (2, 1, 'DC2$', 0x82000, '["HOST/dc2.corp.example"]'),
    (3, 1, 'DC3$', 0x82000, '["HOST/dc3.corp.example"]'),
    (4, 1, 'RODC$', 0x5001000, '["HOST/rodc.corp.example"]'),
    (5, 1, 'krbtgt', 0x202, '["kadmin/changepw"]'),
    (6, 1, 'krbtgt_12345', 0x202, '["kadmin/changepw"]'),
    (7, 1, 'WEB$', 0x1000, '["HOST/web.corp.example","HTTP/web.corp.example","http/WEB.corp.example","HTTP/web.corp.example:8443"]'),
    (8, 1, 'SQL$', 0x1000, '["HOST/sql.corp.example","MSSQLSvc/sql.corp.example:1433"]'),
    (9, 1, 'svc-app', 0x200, '["HTTP/app.corp.example"]');
