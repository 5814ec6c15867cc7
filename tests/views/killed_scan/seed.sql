-- A scan was killed after the one that the reports speak of: its row has no end, and nothing hangs on it.
.read tests/views/three_dcs.sql
INSERT INTO scan VALUES (2, '2026-11-02T00:00:00Z', NULL, 'dc1', '', '0.1.0', 0, 0, 0);
