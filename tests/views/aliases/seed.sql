-- Alias shadows, and what is none: HTTP/web and HOST/web on one account (WEB$, in three_dcs.sql), a class that is mapped to nothing
-- here (MSSQLSvc), another port (a name of its own), host/ on two accounts (a duplicate, not a shadow).
.read tests/views/three_dcs.sql
INSERT INTO spn_mapping VALUES ('rpcss', 'host'), ('host', 'host');
INSERT INTO seed_account VALUES
    -- The ordinary case: a web application under its own account, in another spelling.
    (20, 1, 'svc-sql', 0x200, '["http/SQL.corp.example","HTTP/sql.corp.example:1433","MSSQLSvc/sql.corp.example"]'),
    -- The attack: files of DC1 and of WEB, as of every DC; rpcss of WEB at dc3 alone.
    (21, 1, 'EVIL$', 0x1000, '["CIFS/dc1.corp.example","cifs/web.corp.example"]'),
    (22, 1, 'LATE$', 0x1000, '["HOST/late"]'),
    -- Together on no DC: where dc2 shows cifs/moved, it does not show host/moved.
    (23, 1, 'MOVED$', 0x1000, '["HOST/moved"]'), (24, 1, 'TAKER$', 0x1000, '["HOST/taker"]'),
    -- Two holders of host/both, one shadow: a row for each.
    (25, 1, 'B1$', 0x1000, '["HOST/both"]'), (26, 1, 'B2$', 0x1000, '["host/both"]'), (27, 1, 'svc-both', 0x200, '["www/both"]'),
    -- The shadowed account is missing at dc1: nothing is shadowed there.
    (28, 1, 'GONE$', 0x1000, '["HOST/gone"]'), (29, 1, 'svc-gone', 0x200, '["HTTP/gone"]');
INSERT INTO seed_spns_at VALUES
    (22, 3, '["HOST/late","RPCSS/web.corp.example"]'),
    (23, 2, '["HOST/moved2"]'), (24, 2, '["cifs/moved","HOST/taker"]');
INSERT INTO seed_gone_at VALUES (28, 1);
