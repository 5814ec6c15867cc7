-- consensus: what do most complete DCs in scope show of each object?
-- Columns: object (id), shown (0: most do not have it; the states are then those of the most among the DCs that do), spn, account,
--          delegation (state ids; the last NULL: not known, no full replica of its domain was read).
-- A row an object of the current view. On the right of a LEFT JOIN table object itself is asked: this view would be copied there.
CREATE VIEW consensus AS
SELECT id AS object, shown, spn, account, delegation FROM object WHERE shown IS NOT NULL;
