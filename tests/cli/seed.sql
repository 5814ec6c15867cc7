-- Two DCs that agree about five accounts; one name looks like a formula, one is held twice.
INSERT INTO meta VALUES ('hash_seed', 1);
INSERT INTO domain VALUES (1, 'DC=corp,DC=example', 'corp.example', 'CORP');
INSERT INTO scan VALUES (1, '2026-11-01T00:00:00Z', '2026-11-01T00:00:09Z', 'dc1', 'corp.example', '0.1.0', 2, 2, 1);
INSERT INTO dc VALUES (1, 'dc1.corp.example'), (2, 'dc2.corp.example');
INSERT INTO scan_dc
SELECT 1, id, 'Here', 'corp.example', 1, 0, '10.0.0.' || id, 'ok', 'done', '', 0, 'gssapi ssf=256', -1400, 1000 + id,
       '00000000-0000-0000-0000-00000000000' || id, 3, 1, 900, 0, 1, '2026-11-01T00:00:00Z', '2026-11-01T00:00:08Z', 8.0 FROM dc;
INSERT INTO replica SELECT 1, id, 1, 1 FROM dc;
INSERT INTO object VALUES (1, x'01000000000000000000000000000000', 1, 1, 1, 1, 0), (2, x'02000000000000000000000000000000', 1, 1, 2, 2, 0),
                          (3, x'03000000000000000000000000000000', 1, 1, 3, 3, 0), (4, x'04000000000000000000000000000000', 1, 1, 4, 4, 0),
                          (5, x'05000000000000000000000000000000', 1, 1, 5, 5, 0);
INSERT INTO spn_set (id, object, hash, text) VALUES
                             (1, 1, zeroblob(16), '["HTTP/web.corp.example"]'), (2, 2, zeroblob(16), '["=cmd|''x''!A1"]'),
                             (3, 3, zeroblob(16), '["HOST/host1.corp.example"]'),
                             (4, 4, zeroblob(16), '["HTTP/twice"]'), (5, 5, zeroblob(16), '["http/TWICE"]');
INSERT INTO account_fact VALUES (1, 1, zeroblob(16), 'CN=web,DC=corp,DC=example', 'web', 512, NULL, '[null,"web@corp.example","S-1-5-21-1-2-3-1101"]'),
                                (2, 2, zeroblob(16), 'CN=evil,DC=corp,DC=example', 'evil', 512, NULL, '[null,null,"S-1-5-21-1-2-3-1102"]'),
                                (3, 3, zeroblob(16), 'CN=host1,DC=corp,DC=example', 'HOST1$', 4096, NULL, '["host1.corp.example",null,"S-1-5-21-1-2-3-1103"]'),
                                (4, 4, zeroblob(16), 'CN=one,DC=corp,DC=example', 'one', 512, NULL, '[null,null,"S-1-5-21-1-2-3-1104"]'),
                                (5, 5, zeroblob(16), 'CN=two,DC=corp,DC=example', 'two', 512, NULL, '[null,null,"S-1-5-21-1-2-3-1105"]');
INSERT INTO shared_spn VALUES ('http/twice', 4), ('http/twice', 5);
