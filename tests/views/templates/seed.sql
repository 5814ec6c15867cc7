-- Sets told by a template: the name as it is and in lower case; a name that is both of a template and written out.
.read tests/views/three_dcs.sql
INSERT INTO seed_account VALUES (20, 1, 'WS1$', 4096, '[]'), (21, 1, 'ws2$', 4096, '[]'), (22, 1, 'svc', 512, '["http/ws1.corp.example"]');
INSERT INTO spn_template VALUES (1, '["HOST/' || char(1) || '","http/' || char(2) || '.corp.example"]');
UPDATE spn_set SET template = 1, text = 'WS1' WHERE object = 20;
UPDATE spn_set SET template = 1, text = 'ws2' WHERE object = 21;
