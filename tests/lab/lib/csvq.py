#!/usr/bin/python3
"""Questions about a CSV report: csvq.py FILE count|get|cells|header|without [COLUMN] [CONDITION...]

cells: COLUMN may be several, with commas between; a line a row, sorted. without: all but that column.

A condition is column=value, column!=value, column~regex (anywhere in the cell) or
column%=a;b (the cell's parts between semicolons, in any order).
"""
import csv
import re
import sys

CONDITION = re.compile(r"([a-z_]+)(%=|!=|=|~)(.*)", re.S)


def parse(text, header):
    match = CONDITION.fullmatch(text)
    if not match or match[1] not in header:
        sys.exit("csvq: no such condition or column: %s (columns: %s)" % (text, ",".join(header)))
    column, kind, value = match.groups()
    tests = {
        "=": lambda cell: cell == value,
        "!=": lambda cell: cell != value,
        "~": lambda cell: re.search(value, cell) is not None,
        "%=": lambda cell: sorted(cell.split(";")) == sorted(value.split(";")),
    }
    return column, tests[kind]


def main(path, question, *args):
    with open(path, encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file, strict=True))
    if not lines:
        sys.exit("csvq: no header line")
    header, body = lines[0], lines[1:]
    if question == "header":
        print(",".join(header))
        return
    for number, line in enumerate(body, 2):
        if len(line) != len(header):
            sys.exit("csvq: line %d has %d cells, the header %d" % (number, len(line), len(header)))
    if question == "without":
        for line in sorted([cell for name, cell in zip(header, line) if name != args[0]] for line in body):
            print(line)
        return
    wanted = None
    if question in ("get", "cells"):
        wanted, args = args[0], args[1:]
    conditions = [parse(text, header) for text in args]
    found = [row for row in (dict(zip(header, line)) for line in body)
             if all(test(row[column]) for column, test in conditions)]
    if question == "count":
        print(len(found))
    elif question == "cells":
        for line in sorted([row[column] for column in wanted.split(",")] for row in found):
            print(*line)
    elif len(found) == 1 and wanted in header:
        print(found[0][wanted])
    else:
        sys.exit("csvq: %d rows meet: %s" % (len(found), " ".join(args)))


main(*sys.argv[1:])
