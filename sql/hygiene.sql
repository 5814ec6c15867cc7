-- hygiene: report_hygiene in no order.
-- Columns: those of report_hygiene.
CREATE VIEW hygiene AS
SELECT * FROM hygiene_alike UNION ALL SELECT * FROM hygiene_rest;
