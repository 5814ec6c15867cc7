-- live_state: which states does at least one complete DC show?
-- Columns: object, spn, account, delegation (state ids; NULL where the row says nothing of that facet).
-- One row for the consensus of an object that some DC shows, one more for each departure that shows it; a state may stand more than once.
-- A consensus that every DC departs from cannot be: it is the state of the most.
CREATE VIEW live_state AS
SELECT object, spn, account, delegation FROM consensus
UNION ALL
SELECT object, spn, account, delegation FROM departure WHERE shown = 1;
