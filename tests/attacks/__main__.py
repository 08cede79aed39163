"""Measure every attack anew, and write what docs/attacks.md shows of it."""

import json
import re
import sys

from tests.attacks.measured import CASES, DEPENDS, KEPT, PAGE, Found, key, measure, tables


def main() -> None:
    """Measure and write."""
    found: dict[str, Found] = {}
    for case in (*CASES, *DEPENDS):
        found[key(case)] = each = measure(case)
        print(key(case), *(f"{number:.3f}" for number in each.difference()), file=sys.stderr)
    KEPT.write_text(json.dumps({name: each._asdict() for name, each in found.items()}) + "\n")
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(re.sub(r"(?ms)^\| attack \|.*\|\n(?!\|)", lambda _: tables(found), page, count=1))


main()
