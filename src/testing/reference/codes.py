"""Checks a table of codes (name -> [value, scheme, meaning], as JSON on standard input) against pydicom's dictionaries of PS3.16; prints those not found."""
import json
import sys

sys.path.insert(0, "/usr/lib/python3/dist-packages")
from pydicom.sr._concepts_dict import concepts

table = json.load(sys.stdin)


def known(value, scheme, meaning):
    return any(value in entry and entry[value][0].lower() == meaning.lower() for entry in concepts.get(scheme, {}).values())


print(json.dumps({
    "checked": len(table),
    "unknown": sorted(f"{scheme} {value}" for value, scheme, meaning in table.values() if not known(value, scheme, meaning)),
}))
