-- current_scan: which scan do consensus, departure and all reports of accounts speak of?
-- Columns: id, started, ended, forest. No row before the first scan that read at least one DC whole.
CREATE VIEW current_scan AS
SELECT id, started, ended, forest FROM scan WHERE stored = 1 ORDER BY id DESC LIMIT 1;
