"""as_view.py DB REPORT CSV: is the file what the view report_REPORT says, row by row and in its order? Prints where it is not."""
import csv
import sqlite3
import sys

database, report, path = sys.argv[1:]
rows = sqlite3.connect(database).execute("SELECT * FROM report_" + report)
with open(path, newline="", encoding="utf-8") as file:
    cells = csv.reader(file)
    # An apostrophe in front keeps a cell from being a formula.
    got = [[cell.lstrip("'") for cell in row] for row in cells]
want = [[column[0] for column in rows.description]]
want += [["" if cell is None else str(cell).lstrip("'") for cell in row] for row in rows]
if len(got) != len(want):
    print(f"{report}: {len(got)} rows, the view has {len(want)}")
for i, (a, b) in enumerate(zip(got, want)):
    if a != b:
        sys.exit(f"{report}: row {i} is {a}, of the view {b}")
