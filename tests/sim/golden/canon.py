#!/usr/bin/python3
"""A report as expected.txt has it: canon.py REPORT [without-dcs] <CSV

A line a row, sorted, without what is another each time: GUIDs, times, USNs, ages, SIDs of this forest, addresses. DCs by their short
names; rows that differ in their DC alone are one line.
"""
import csv
import re
import sys
import unicodedata

DC = re.compile(r"\b(dc[0-9]+)(?:\.d2)?\.sim\.example\b")
EACH_TIME = (
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "GUID"),
    (re.compile(r" \([0-9]+ s behind\)"), ""),
    (re.compile(r"\b(USN|highestCommittedUSN is|was|up to) [0-9]+\b"), r"\1 N"),
    (re.compile(r"\b[0-9]+ (minutes ago|are given out)\b"), r"N \1"),
    (re.compile(r"\bclock is [0-9]+ s\b"), "clock is N s"),
    (re.compile(r"\bS-1-5-21(-[0-9]{6,}){3}-[0-9]{4,}\b"), "S-1-5-21-SIM-N"),
    (re.compile(r"\bS-1-5-21(-[0-9]{6,}){3}-(5[0-9]{2})\b"), r"S-1-5-21-SIM-\2"),
    (re.compile(r"\b127(\.[0-9]+){3}\b"), "ADDRESS"),
)
# The column with the DCs, and those that stand before and after it.
REPORTS = {
    "findings": ("dcs", ("kind", "severity", "subject"), ("detail", "fix")),
    "duplicates": ("seen_by", ("class", "spn", "account"), ("fix",)),
    "divergence": ("dc", ("verdict", "account", "attribute"), ("value_here", "value_elsewhere", "winning_dc")),
    "delegation": ("dcs", ("type", "account", "target"), ("target_owner", "finding")),
}


def plain(text):
    for pattern, word in EACH_TIME:
        text = pattern.sub(word, text)
    # What shows nothing is shown.
    return "".join("<U+%04X>" % ord(c) if unicodedata.category(c) == "Cf" else c for c in text)


def short(text):
    return DC.sub(r"\1", text)


def cells(row, columns):
    return tuple(plain(row[name]) or "-" for name in columns)


def main(report, *options):
    column, before, after = REPORTS[report]
    lines = {}
    for row in csv.DictReader(sys.stdin, strict=True):
        if row.get("subject") == row[column]:  # about the DC itself
            row["subject"] = short(row["subject"])
        if "winning_dc" in row:
            row["winning_dc"] = short(row["winning_dc"])
        key = cells(row, before), cells(row, after)
        lines.setdefault(key, set()).update(name for name in short(row[column]).split(";") if name)
    for (first, last), dcs in sorted(lines.items()):
        middle = () if "without-dcs" in options else (" ".join(sorted(dcs)) or "no DC",)
        print(" | ".join(first + middle + last))


if __name__ == "__main__":
    main(*sys.argv[1:])
