"""Measure every attack anew, and write what docs/attacks.md shows of it."""

import json
import sys

from tests.attacks.measured import CASES, DEPENDS, KEPT, PAGE, Found, key, measure, written


def main() -> None:
    """Measure and write."""
    found: dict[str, Found] = {}
    for case in (*CASES, *DEPENDS):
        found[key(case)] = each = measure(case)
        print(key(case), *(f"{number:.3f}" for number in each.difference()), file=sys.stderr)
    kept = ",\n".join(f"{json.dumps(name)}: {json.dumps(each._asdict())}" for name, each in found.items())
    KEPT.write_text(f"{{\n{kept}\n}}\n", encoding="utf-8")
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), found), encoding="utf-8")


main()
