-- Look-alikes of which a DC was asked whether it takes them for one name: every answer there is.
.read tests/views/three_dcs.sql
INSERT INTO seed_account VALUES
    -- Taken for one: the odd name is the one to go.
    (20, 1, 'A20$', 0x1000, '["HOST/one"]'), (21, 1, 'A21$', 0x1000, '["HOST/óne"]'),
    -- Kept apart.
    (22, 1, 'A22$', 0x1000, '["HOST/two"]'), (23, 1, 'A23$', 0x1000, '["HOST/twö"]'),
    -- It could not be told, at a DC and at none.
    (24, 1, 'A24$', 0x1000, '["HOST/three"]'), (25, 1, 'A25$', 0x1000, '["HOST/thrée"]'),
    (26, 1, 'A26$', 0x1000, '["HOST/four"]'), (27, 1, 'A27$', 0x1000, '["HOST/fóur"]'),
    -- Three in a group: the plain one is taken for one with the first of the odd ones, kept apart from the second, and these two from
    -- each other. Both spellings of the plain one are spoken of alike.
    (30, 1, 'A30$', 0x1000, '["HTTP/five","http/FIVE"]'), (31, 1, 'A31$', 0x1000, '["HTTP/fíve"]'), (32, 1, 'A32$', 0x1000, '["HTTP/fıve"]'),
    -- Three in a group, of which one pair was not asked (a bound): apart from one is not apart from all.
    (33, 1, 'A33$', 0x1000, '["HTTP/six"]'), (34, 1, 'A34$', 0x1000, '["HTTP/síx"]'), (35, 1, 'A35$', 0x1000, '["HTTP/sıx"]'),
    -- Two odd ones that are one: which of them should go, nobody can say from here. One that shows nothing goes in any case.
    (36, 1, 'A36$', 0x1000, '["HTTP/sevén"]'), (37, 1, 'A37$', 0x1000, '["HTTP/sevèn"]'),
    (38, 1, 'A38$', 0x1000, '["HTTP/eight"]'), (39, 1, 'A39$', 0x1000, '["HTTP/eight​"]'),
    -- An invisible one that is kept apart: nothing to mend as a look-alike, and still invisible.
    (40, 1, 'A40$', 0x1000, '["HTTP/nine"]'), (41, 1, 'A41$', 0x1000, '["HTTP/nine​"]');
INSERT INTO odd_spn SELECT t.id, j.value, iif(instr(j.value, char(0x200B)), 'non-ascii,invisible', 'non-ascii'),
       lower(replace(replace(replace(replace(replace(replace(replace(j.value, 'ó', 'o'), 'ö', 'o'), 'é', 'e'), 'è', 'e'), 'í', 'i'), 'ı', 'i'), char(0x200B), ''))
FROM spn_state t, json_each(t.spns) j WHERE j.value GLOB '*[^ -~]*';
INSERT INTO lookalike_answer VALUES
    (20, 'host/one', 21, 'host/óne', 1, 'one', '', 1),
    (22, 'host/two', 23, 'host/twö', 2, 'apart', '', 1),
    (24, 'host/three', 25, 'host/thrée', 3, 'unknown', 'servicePrincipalName is hidden there', 1),
    (26, 'host/four', 27, 'host/fóur', NULL, 'unknown', 'no complete DC shows both', 1),
    (30, 'http/five', 31, 'http/fíve', 1, 'one', '', 1), (30, 'http/five', 32, 'http/fıve', 1, 'apart', '', 1),
    (31, 'http/fíve', 32, 'http/fıve', 2, 'apart', '', 1),
    (33, 'http/six', 34, 'http/síx', 1, 'apart', '', 1), (33, 'http/six', 35, 'http/sıx', 1, 'apart', '', 1),
    (36, 'http/sevén', 37, 'http/sevèn', 1, 'one', '', 1),
    (38, 'http/eight', 39, 'http/eight​', 1, 'one', '', 1),
    (40, 'http/nine', 41, 'http/nine​', 1, 'apart', '', 1);
