-- Findings of DCs and of the forest, critical ones first; since when, also where that scan is forgotten.
.read tests/views/three_dcs.sql
INSERT INTO scan VALUES (2, '2026-11-23T13:00:00Z', '2026-11-23T13:01:00Z', 'dc1.corp.example', 'corp.example', '0.1.0', 0, 0, 0);
INSERT INTO health VALUES
    (NULL, 'uniqueness-off', 'warning', 'dSHeuristics character 21 is 2', 1),
    (2, 'vector-stalled', 'warning', 'nothing has come from dc1.corp.example', 2),
    (2, 'clock-skew', 'critical', 'its clock is 412 s ahead', 1),
    (3, 'not-answering', 'warning', 'it is in the configuration NC, and was not reached', 0), -- scan 0 is forgotten
    (1, 'usn-rollback', 'critical', 'its highestCommittedUSN is 900 and was 1000', 2);
