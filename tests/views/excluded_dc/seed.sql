-- dc4 was left out on request: it stands in report_dcs as excluded, and nothing is in doubt because of it.
.read tests/views/three_dcs.sql
INSERT INTO seed_dc VALUES (4, 'dc4.corp.example', 'Branch', 1, 1, 'excluded');
INSERT INTO seed_account VALUES
    (20, 1, 'ONE$', 0x1000, '["HTTP/twice"]'),
    (21, 1, 'TWO$', 0x1000, '["HTTP/twice"]');
