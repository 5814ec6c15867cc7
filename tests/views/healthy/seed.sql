-- Nothing is wrong: the findings are empty, and stay so with what three_dcs.sql has of the harmless kind.
.read tests/views/three_dcs.sql
