#!/usr/bin/python3
"""What a DC tells of replication, as Samba's own library reads it; the base64 of the value on standard input.

    replmeta.py stamp ATTRIBUTE       replPropertyMetaData: VERSION TIME INVOCATION_ID USN of its last write
    replmeta.py cursors               replUpToDateVector: INVOCATION_ID USN, a line each
    replmeta.py neighbour             repsFrom: SOURCE_DSA_GUID INVOCATION_ID FAILURES RESULT LAST_SUCCESS
"""
import base64
import datetime
import sys

from samba.dcerpc import drsblobs, drsuapi
from samba.ndr import ndr_unpack

# Of attributes that Samba's library has no name for, with the prefix map that every new forest has.
ATTID = {"msDS-AllowedToDelegateTo": 0x906FB}


def utc(nt_time):
    when = datetime.datetime(1601, 1, 1) + datetime.timedelta(microseconds=nt_time // 10)
    return when.isoformat(timespec="seconds") + "Z"


def main(question, *args):
    blob = base64.b64decode(sys.stdin.read().split()[-1])
    if question == "stamp":
        attid = ATTID.get(args[0]) or getattr(drsuapi, "DRSUAPI_ATTID_" + args[0])
        for one in ndr_unpack(drsblobs.replPropertyMetaDataBlob, blob).ctr.array:
            if one.attid == attid:
                print(one.version, utc(one.originating_change_time), one.originating_invocation_id, one.originating_usn)
    elif question == "cursors":
        for one in ndr_unpack(drsblobs.replUpToDateVectorBlob, blob).ctr.cursors:
            print(one.source_dsa_invocation_id, one.highest_usn)
    elif question == "neighbour":
        one = ndr_unpack(drsblobs.repsFromToBlob, blob).ctr
        print(one.source_dsa_obj_guid, one.source_dsa_invocation_id, one.consecutive_sync_failures,
              one.result_last_attempt[0], utc(one.last_success))
    else:
        sys.exit("replmeta: no such question: " + question)


main(*sys.argv[1:])
