-- Odd names. Each with its look-alike that is none.
.read tests/views/three_dcs.sql
INSERT INTO seed_account VALUES
    -- The victim's name is plain and in capitals; the attacker's has U+E0154 in it.
    (20, 1, 'SRV$', 0x1000, '["HOST/Srv","HOST/srv.corp.example"]'),
    (21, 1, 'ATT$', 0x1000, '["HOST/a","HOST/S󠅔RV"]'),
    -- An accent on one, none on the other; and an accent that nobody lacks. One account with both forms.
    (22, 1, 'svc-cafe', 0x200, '["HTTP/cafe"]'), (23, 1, 'svc-accent', 0x200, '["HTTP/café"]'),
    (24, 1, 'svc-alone', 0x200, '["HTTP/zoë"]'), (25, 1, 'svc-own', 0x200, '["HTTP/own","HTTP/öwn"]'),
    -- The same odd name twice: a duplicate (report_duplicates), not a look-alike.
    (26, 1, 'D1$', 0x1000, '["HTTP/dup​"]'), (27, 1, 'D2$', 0x1000, '["http/DUP​"]'),
    -- Beside both of them one with the plain form: three in one group, but the two are no look-alikes of each other.
    (28, 1, 'D3$', 0x1000, '["HTTP/dup"]'),
    -- Junk of each kind; what a shell would obey gets no fix; Hyper-V's own names are none, unless the host has a space.
    (30, 1, 'svc-junk', 0x200, '["a//b","a/b/c/d","HTTP/web ","https://test","justahost","svc@corp.example"]'),
    (31, 1, 'svc-shell', 0x200, '["HTTP/a b$(calc)","HTTP/c \" & calc","HTTP/d e“"]'),
    (32, 1, 'HV$', 0x1000, '["Hyper-V Replica Service/HV","Microsoft Virtual Console Service/HV","Microsoft Virtual System Migration Service/hv x"]'),
    -- Bytes that are shown as backslash and hex: no fix, since that is not the value.
    (33, 1, 'BIDI$', 0x1000, '["HTTP/\\e2\\80\\aeweb"]'),
    -- A backslash of its own is nothing.
    (34, 1, 'INST$', 0x1000, '["MSSQLSvc/h\\a0"]'),
    -- Only dc2 shows it, on an account that departs; a state of a scan before, that nobody shows, says nothing.
    (35, 1, 'ONE$', 0x1000, '["HOST/one"]');
INSERT INTO seed_spns_at VALUES (35, 2, '["HOST/one","HOST/one​"]');
INSERT INTO spn_set (id, object, hash, text) VALUES (999, 35, x'01', '["HOST/öld"]');
INSERT INTO odd_spn VALUES
    (21, 'HOST/S󠅔RV', 'non-ascii,invisible', 'host/srv'), (23, 'HTTP/café', 'non-ascii', 'http/cafe'), (24, 'HTTP/zoë', 'non-ascii', 'http/zoe'),
    (25, 'HTTP/öwn', 'non-ascii', 'http/own'), (26, 'HTTP/dup​', 'non-ascii,invisible', 'http/dup'), (27, 'http/DUP​', 'non-ascii,invisible', 'http/dup'),
    (30, 'a/b/c/d', 'malformed', 'a/b/c/d'), (30, 'a//b', 'malformed', 'a//b'), (30, 'https://test', 'url,malformed', 'https://test'),
    (30, 'HTTP/web ', 'spaces', 'http/web '), (30, 'justahost', 'malformed', 'justahost'), (30, 'svc@corp.example', 'upn-like,malformed', 'svc@corp.example'),
    (31, 'HTTP/a b$(calc)', 'spaces', 'http/a b$(calc)'), (31, 'HTTP/c " & calc', 'spaces', 'http/c " & calc'), (31, 'HTTP/d e“', 'non-ascii,spaces', 'http/d e“'),
    (32, 'Hyper-V Replica Service/HV', 'spaces', 'hyper-v replica service/hv'),
    (32, 'Microsoft Virtual Console Service/HV', 'spaces', 'microsoft virtual console service/hv'),
    (32, 'Microsoft Virtual System Migration Service/hv x', 'spaces', 'microsoft virtual system migration service/hv x'),
    (33, 'HTTP/\e2\80\aeweb', 'non-ascii,invisible', 'http/web'),
    (999, 'HOST/öld', 'non-ascii', 'host/old');
INSERT INTO odd_spn SELECT id, 'HOST/one​', 'non-ascii,invisible', 'host/one' FROM spn_state WHERE object = 35 AND spns LIKE '%one​"]';
