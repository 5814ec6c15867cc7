-- Sets and accounts told by a template: the name as it is and in lower case; a name that is both of a template and written out; an account
-- without SID, and one of which all is absent.
.read tests/views/three_dcs.sql
INSERT INTO seed_account VALUES (20, 1, 'WS1$', 4096, '[]'), (21, 1, 'ws2$', 4096, '[]'), (22, 1, 'svc', 512, '["http/ws1.corp.example"]');
INSERT INTO template VALUES (1, '["HOST/' || char(1) || '","http/' || char(2) || '.corp.example"]');
UPDATE spn_set SET template = 1, text = 'WS1' WHERE object = 20;
UPDATE spn_set SET template = 1, text = 'ws2' WHERE object = 21;
INSERT INTO template VALUES (2, '["' || char(2) || '.corp.example",null,"S-1-5-21-1-1-1-"]'), (3, '[null,"' || char(1) || '@corp.example",null]');
UPDATE account_fact SET template = 2, rest = 1020 WHERE id = 20;
UPDATE account_fact SET template = 3, rest = NULL WHERE id = 22;
UPDATE account_fact SET rest = NULL WHERE id = 21;
