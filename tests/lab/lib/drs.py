#!/usr/bin/python3
"""samba-tool drs ... --json on standard input, as lines that can be compared; of the domain alone.

    drs.py showrepl DEST           DEST SOURCE FAILURES RESULT LAST_SUCCESS, a line an inbound neighbour
    drs.py uptodateness            DEST SOURCE GAP, a line a pair
"""
import json
import re
import sys
from datetime import datetime

DOMAIN = "DC=corp,DC=example"


def host(name):
    """Of SITE\\NAME, or of a server's DN."""
    return re.sub(r"^(?:CN=([^,]+),.*|.*\\(.*))$", r"\1\2", name).lower() + ".corp.example"


def main(question, dest=None):
    told = json.load(sys.stdin)
    lines = []
    if question == "showrepl":
        for one in told["repsFrom"]:
            if one["NC dn"] == DOMAIN:
                result = re.search(r"result (\d+)", one["last attempt message"])
                when = datetime.strptime(one["last success"], "%a %b %d %H:%M:%S %Y UTC")
                lines.append((dest, host(one["DSA"]), one["consecutive failures"], result[1] if result else 0,
                              when.isoformat() + "Z"))
    elif question == "uptodateness":
        for source, known in told["DOMAIN"].items():
            lines += [(host(dn), host(source), gap) for dn, gap in known.items() if dn != source]
    for line in sorted(lines):
        print(*line)


main(*sys.argv[1:])
