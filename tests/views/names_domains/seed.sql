-- Two domains, as in multi_domain: dc1 is GC of corp, dc2 a plain DC of corp, dc3 GC of emea. What a DC holds no copy of, it does not show;
-- encryption types are shown by full replicas alone.
.read tests/views/seeding.sql
INSERT INTO seed_domain VALUES (1, 'corp.example'), (2, 'emea.corp.example'), (3, 'asia.corp.example');
INSERT INTO seed_dc VALUES
    (1, 'dc1.corp.example', 'Hub', 1, 1, 'ok'), (2, 'dc2.corp.example', 'Hub', 1, 0, 'ok'),
    (3, 'dc3.emea.corp.example', 'London', 2, 1, 'ok'), (4, 'dc4.asia.corp.example', 'Asia', 3, 1, 'cut-off');
INSERT INTO spn_mapping VALUES ('cifs', 'host');
INSERT INTO seed_account VALUES
    (10, 1, 'FILES$', 0x1000, '["HOST/files"]'), (11, 2, 'TAKER$', 0x1000, '["cifs/files"]'),
    (12, 2, 'svc-rc4', 0x200, '["HTTP/rc4"]'), (13, 2, 'svc-late', 0x200, '["HTTP/late"]'),
    -- Of asia no full replica was read: whether encryption types are set is not known.
    (14, 3, 'svc-asia', 0x200, '["HTTP/asia"]'),
    -- A look-alike in another domain; dc2 shows one side alone.
    (15, 1, 'PLAIN$', 0x1000, '["HOST/plain"]'), (16, 2, 'ODD$', 0x1000, '["HOST/pláin"]');
INSERT INTO seed_delegates VALUES (12, '[]', '[]', NULL, NULL, 4);
-- svc-late: RC4 alone at dc3; dc1, a partial replica that departs in its SPNs, does not speak of that.
INSERT INTO delegation_state VALUES (130, 13, x'01', '[]', '[]', NULL, NULL, 4);
UPDATE object SET delegation = 130 WHERE id = 13;
INSERT INTO seed_spns_at VALUES (13, 1, '["HTTP/late","HTTP/later"]');
INSERT INTO odd_spn VALUES (16, 'HOST/pláin', 'non-ascii', 'host/plain');
