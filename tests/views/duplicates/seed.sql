-- The three classes of duplicates, and what is none (also in three_dcs.sql: kadmin/changepw, spellings on one account).
.read tests/views/three_dcs.sql
INSERT INTO seed_account VALUES
    -- Everywhere, in two spellings; one of the accounts is disabled and still counts.
    (20, 1, 'OLD$', 0x1002, '["HTTP/conv"]'), (21, 1, 'NEW$', 0x1000, '["http/CONV"]'),
    -- Together at dc3 only: an addition there that has not spread.
    (22, 1, 'V1$', 0x1000, '["HTTP/view"]'), (23, 1, 'V2$', 0x1000, '["HOST/v2"]'),
    -- Moved from X1 to X2; dc3 still has it where it was. Never two together.
    (24, 1, 'X1$', 0x1000, '["HOST/x1"]'), (25, 1, 'X2$', 0x1000, '["HOST/x2","HTTP/moved"]'),
    -- A third account at dc2 on top of a pair that is everywhere: not all DCs show all, so it is a view duplicate.
    (26, 1, 'T1$', 0x1000, '["HTTP/three"]'), (27, 1, 'T2$', 0x1000, '["HTTP/three"]'), (28, 1, 'T3$', 0x1000, '["HOST/t3"]'),
    -- One of the two is missing at dc1.
    (29, 1, 'M1$', 0x1000, '["HTTP/gone"]'), (30, 1, 'M2$', 0x1000, '["HTTP/gone"]'),
    -- Held by the second in a state that no DC shows any more: a left-over of an ended scan.
    (31, 1, 'L1$', 0x1000, '["HTTP/left"]'), (32, 1, 'L2$', 0x1000, '["HOST/l2"]');
INSERT INTO seed_spns_at VALUES
    (23, 3, '["HOST/v2","HTTP/VIEW"]'),
    (24, 3, '["HOST/x1","HTTP/moved"]'), (25, 3, '["HOST/x2"]'),
    (28, 2, '["HOST/t3","HTTP/three"]');
INSERT INTO seed_gone_at VALUES (29, 1);
INSERT INTO spn_set (id, object, hash, text) VALUES (999, 32, x'01', '["HTTP/left"]');
