-- Names that an account holder may choose: separators, quotes, formulas, LIKE and GLOB characters, JSON escapes, other scripts.
-- The views give them as they are; the writers of the reports defuse them.
.read tests/views/three_dcs.sql
INSERT INTO seed_account VALUES
    (20, 1, '=cmd|''/c calc''!A1', 0x1000, '["HTTP/a,b;c","HTTP/\"quoted\"","=HYPERLINK(\"http://x\")","HTTP/%_*?[x]"]'),
    (21, 1, '-2+3"', 0x1000, '["HTTP/\u00dcber","http/\u00fcber","HTTP/back\\slash","HTTP/\\00","日本/ホスト","HTTP/A,B;C"]');
INSERT INTO seed_spns_at VALUES (20, 3, '["HTTP/a,b;c","=HYPERLINK(\"http://x\")"]');
UPDATE spn_set SET text = (SELECT json_group_array(value) FROM (SELECT value FROM json_each(text) ORDER BY lower(value))) WHERE object IN (20, 21);
INSERT INTO seed_differs VALUES (20, 'servicePrincipalName', 3, 'lagging', 'info', 1, '');
