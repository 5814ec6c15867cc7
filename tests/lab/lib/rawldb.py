#!/usr/bin/python3
"""A stopped DC's database, past the modules that keep stamps and USNs.

    rawldb.py FILE get DN ATTRIBUTE             its values, base64, a line each
    rawldb.py FILE set DN ATTRIBUTE BASE64...   replaces it
"""
import base64
import sys

import ldb


def main(path, what, dn, attribute, *values):
    db = ldb.Ldb(path)
    if what == "get":
        for value in db.search(dn, ldb.SCOPE_BASE, attrs=[attribute])[0].get(attribute, []):
            print(base64.b64encode(value).decode())
        return
    change = ldb.Message(ldb.Dn(db, dn))
    change[attribute] = ldb.MessageElement([base64.b64decode(value) for value in values], ldb.FLAG_MOD_REPLACE, attribute)
    db.modify(change)


main(*sys.argv[1:])
