-- What is unsound in a delegation, one thing at a time, and what only looks so.
.read tests/views/three_dcs.sql
INSERT INTO scan VALUES
    (-2, '2026-11-19T10:00:00Z', '2026-11-19T10:09:00Z', 'dc1.corp.example', 'corp.example', '0.1.0', 0, 0, 1),
    (-1, '2026-11-20T10:00:00Z', '2026-11-20T10:09:00Z', 'dc1.corp.example', 'corp.example', '0.1.0', 0, 0, 1),
    (0, '2026-11-21T10:00:00Z', '2026-11-21T10:09:00Z', 'dc1.corp.example', 'corp.example', '0.1.0', 0, 0, 1);
INSERT INTO seed_account VALUES
    -- Towards the domain itself.
    (20, 1, 'TODC$', 0x1000, '["HOST/todc"]'),
    -- Without an SPN anywhere, and with one at dc3.
    (21, 1, 'svc-none', 0x200, '["x/x"]'), (22, 1, 'svc-late', 0x200, '["x/y"]'),
    -- Encryption types: RC4 alone, AES alone, RC4 with AES session keys, AES-128 alone.
    (23, 1, 'RC4$', 0x1000, '["HOST/rc4"]'), (24, 1, 'AES$', 0x1000, '["HOST/aes"]'), (25, 1, 'RC4SK$', 0x1000, '["HOST/rc4sk"]'),
    (26, 1, 'AES128$', 0x1000, '["HOST/aes128"]'),
    -- Short and long forms. OTHER$ holds a short form of its own; of WEB$ (three_dcs.sql) there is none.
    (27, 1, 'FORM$', 0x1000, '["HOST/form","HOST/form.corp.example","HTTP/form.corp.example:8443","HTTP/form:8443","MSSQLSvc/form.corp.example"]'),
    (28, 1, 'OTHER$', 0x1000, '["HOST/other","HOST/web"]'), (29, 1, 'SHORT$', 0x1000, '["HOST/short"]'),
    -- HTTP/moved came to NEW$ while it was listed; HTTP/first came before it was listed; HTTP/again had been there before.
    (30, 1, 'NEW$', 0x1000, '["HTTP/again","HTTP/first","HTTP/moved"]'), (31, 1, 'LIST$', 0x1000, '["HOST/list"]'),
    -- Resource-based: a disabled trustee, one of another forest, one without an encryption type in common.
    (32, 1, 'RES$', 0x1000, '["HOST/res"]'), (33, 1, 'DIS$', 0x1002, '["HOST/dis"]'),
    -- Its name on two accounts: no word about encryption types then.
    (34, 1, 'TWICE1$', 0x1000, '["HTTP/twice"]'), (35, 1, 'TWICE2$', 0x1000, '["HTTP/twice"]'),
    -- DES meets nobody, by its types or by USE_DES_KEY_ONLY, with or without types beside it.
    (36, 1, 'DES$', 0x1000, '["HOST/des"]'), (37, 1, 'FLAG$', 0x201000, '["HOST/flag"]'), (38, 1, 'FLAGAES$', 0x201000, '["HOST/flagaes"]'),
    (39, 1, 'TODES$', 0x1000, '["HOST/todes"]');
UPDATE object SET spn = 0 WHERE id IN (21, 22);
DELETE FROM spn_set WHERE id = 21;
INSERT INTO departure VALUES (22, 3, 1, 22, NULL, NULL);
INSERT INTO seed_delegates VALUES
    (20, '["HOST/dc1.corp.example","HOST/rodc.corp.example","kadmin/changepw","krbtgt/CORP.EXAMPLE"]', '[]', NULL, NULL, NULL),
    (21, '["HTTP/app.corp.example"]', '[]', NULL, NULL, NULL), (22, '["HTTP/app.corp.example"]', '[]', NULL, NULL, NULL),
    (23, '["HOST/aes","HOST/web.corp.example","HTTP/twice"]', '[]', NULL, NULL, 4), (24, '["HOST/aes128","HOST/rc4","HOST/rc4sk"]', '[]', NULL, NULL, 0x10),
    (25, '[]', '[]', NULL, NULL, 0x24), (26, '[]', '[]', NULL, NULL, 8), (34, '[]', '[]', NULL, NULL, 0x18), (35, '[]', '[]', NULL, NULL, 0x18),
    (29, '["cifs/form","cifs/form.corp.example","HOST/web.corp.example","HTTP/form.corp.example","HTTP/form:8443","MSSQLSvc/form.corp.example"]', '[]', NULL, NULL, NULL),
    (31, '["HTTP/again","HTTP/first","HTTP/moved"]', '[]', NULL, NULL, NULL),
    (32, '[]', '["S-1-5-21-1-1-1-1023","S-1-5-21-1-1-1-1033","S-1-5-21-9-9-9-1100"]', '01', NULL, 0x18),
    (36, '["HOST/list"]', '[]', NULL, NULL, 3), (38, '["HOST/aes"]', '[]', NULL, NULL, 0x18), (39, '["HOST/des","HOST/flag","HOST/flagaes"]', '[]', NULL, NULL, NULL),
    (1, '[]', '["S-1-5-21-1-1-1-1007"]', '02', NULL, NULL);
INSERT INTO spn_set (id, object, hash, text) VALUES (130, 30, x'01', '["HTTP/again"]'), (131, 30, x'02', '["HTTP/again","HTTP/first"]');
INSERT INTO delegation_state VALUES (131, 31, x'01', '["HTTP/again","HTTP/moved"]', '[]', NULL, NULL, NULL);
INSERT INTO change VALUES
    (-2, 30, 1, 'spn', 130, NULL), (-1, 30, 1, 'spn', NULL, 130), (0, 30, 1, 'spn', 130, 131), (1, 30, 2, 'spn', 130, 131),
    (1, 30, 1, 'spn', 131, 30), (1, 31, 1, 'delegation', 131, 31);
