"""Every attack against our rules and against naive ones, over many seeds; docs/attacks.md shows it.

`python -m tests.attacks` measures anew and writes docs/attacks.json and the tables of docs/attacks.md.
"""

import json
import re
from collections.abc import Iterator
from math import sqrt
from pathlib import Path
from statistics import mean, stdev
from typing import NamedTuple

from econonexus.domain.promises import PromiseRules
from tests.attacks import schemes
from tests.attacks.arena import CR, NO_STAKES, OURS, Arena, Setting

DOCS = Path(__file__).parents[2] / "docs"
KEPT, PAGE = DOCS / "attacks.json", DOCS / "attacks.md"
SEEDS = 40
STUDENT = 2.02
"""The two-sided 95 % quantile of Student's t with 39 degrees of freedom."""

UNTRUSTED = OURS._replace(rules=PromiseRules())
"""Our rules as they are before an operator says whom it trusts."""
BY_MEAN = Setting(NO_STAKES, "mean", on_delivery=True)
BLIND = Setting(NO_STAKES, "blind", on_delivery=True)
OWN_WORD = Setting(PromiseRules(), collects=True, appeals=False)
NO_APPEAL = Setting(PromiseRules(), appeals=False, flat_premium=True)


class Case(NamedTuple):
    """One attack in one market."""

    name: str
    scheme: schemes.Scheme
    setting: Setting
    naive: bool = False


CASES = (
    Case("whitewashing", schemes.whitewashing, OURS),
    Case("whitewashing", schemes.whitewashing, BY_MEAN, naive=True),
    Case("shirking under cheap stakes", schemes.shirking, OURS),
    Case("shirking under cheap stakes", schemes.shirking, BLIND, naive=True),
    Case("cashing in on a good record", schemes.cashing_in, OURS),
    Case("cashing in on a good record", schemes.cashing_in, BY_MEAN, naive=True),
    Case("a ring of mutual praise", schemes.praising, OURS),
    Case("a ring of mutual praise", schemes.praising, BY_MEAN, naive=True),
    Case("two names, and insurance", schemes.two_names, OURS),
    Case("two names, and insurance", schemes.two_names, Setting(NO_STAKES, flat_premium=True), naive=True),
    Case("a lie, given up when challenged", schemes.lying, OURS),
    Case("a lie, given up when challenged", schemes.lying, OWN_WORD, naive=True),
    Case("a lie, defended", schemes.lying_on, OURS),
    Case("a lie, defended", schemes.lying_on, OWN_WORD, naive=True),
    Case("a lie told by one's own verifier", schemes.lying_together, OURS),
    Case("a lie told by one's own verifier", schemes.lying_together, NO_APPEAL, naive=True),
    Case("the same, insured", schemes.lying_insured, OURS),
    Case("the same, insured", schemes.lying_insured, NO_APPEAL, naive=True),
    Case("griefing by challenges", schemes.griefing, OURS),
    Case("griefing by challenges", schemes.griefing, Setting(NO_STAKES), naive=True),
)
DEPENDS = (
    Case("a ring of mutual praise, nobody trusted beforehand", schemes.praising, UNTRUSTED),
    Case("two names, and insurance, nobody trusted beforehand", schemes.two_names, UNTRUSTED),
    Case("whitewashing, half of bad work is seen", schemes.whitewashing, OURS._replace(seen=0.5)),
    Case("shirking, half of bad work is seen", schemes.shirking, OURS._replace(seen=0.5)),
    Case("cashing in, half of bad work is seen", schemes.cashing_in, OURS._replace(seen=0.5)),
    Case("a lie, given up, one in twenty asleep", schemes.lying, OURS._replace(attentive=0.95)),
    Case("a lie, defended, one in twenty asleep", schemes.lying_on, OURS._replace(attentive=0.95)),
    Case("a lie, defended, one in ten decisions wrong", schemes.lying_on, OURS._replace(just=0.9)),
    Case("griefing, one in twenty asleep", schemes.griefing, OURS._replace(attentive=0.95)),
)


class Found(NamedTuple):
    """What a case gave: the gain of each seed for each task of the market, in credits."""

    attack: list[float]
    honest: list[float]

    def difference(self) -> tuple[float, float]:
        """What attacking brings more than honesty in the same place, and half of its 95 % interval."""
        apart = [a - h for a, h in zip(self.attack, self.honest, strict=True)]
        return mean(apart), STUDENT * stdev(apart) / sqrt(len(apart))


def gained(case: Case, seed: int) -> tuple[float, float]:
    """What the attacker gains in one economy, and an honest agent in another of the same seed."""
    gains = []
    for honest in (False, True):
        arena = Arena(case.setting, f"{case.name} {seed}")
        gains.append(round(case.scheme(arena, honest) / schemes.ROUNDS / CR, 6))
        arena.check()
    return gains[0], gains[1]


def measure(case: Case, seeds: int = SEEDS) -> Found:
    """A case over so many seeds."""
    pairs = [gained(case, seed) for seed in range(seeds)]
    return Found([attack for attack, _ in pairs], [honest for _, honest in pairs])


def key(case: Case) -> str:
    """Under what a case is kept."""
    return f"{case.name}{', naive' if case.naive else ''}"


def kept() -> dict[str, Found]:
    """What was measured when the page was written."""
    found = json.loads(KEPT.read_text(encoding="utf-8"))
    return {name: Found(each["attack"], each["honest"]) for name, each in found.items()}


def written(page: str, found: dict[str, Found]) -> str:
    """The page with both its tables, each beneath the comment that names it."""
    for name, rows in (("against naive rules", _against_naive(found)), ("depends", _depends(found))):
        table = f"<!-- {name} -->\n\n" + "\n".join(rows) + "\n"
        page = re.sub(rf"<!-- {name} -->\n(?:\n(?:\|.*\n)+)?", lambda _, table=table: table, page)
    return page


def _against_naive(found: dict[str, Found]) -> Iterator[str]:
    yield "| attack | attacker | honest | difference | attacker, naive | honest, naive | difference, naive |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    for case in CASES:
        if not case.naive:
            both = (found[case.name], found[f"{case.name}, naive"])
            yield f"| {case.name} | " + " | ".join(cell for each in both for cell in _cells(each)) + " |"


def _depends(found: dict[str, Found]) -> Iterator[str]:
    yield "| our rules, where | attacker | honest | difference |"
    yield "| --- | ---: | ---: | ---: |"
    for case in DEPENDS:
        yield f"| {case.name} | " + " | ".join(_cells(found[case.name])) + " |"


def _cells(found: Found) -> tuple[str, str, str]:
    apart, half = found.difference()
    return _number(mean(found.attack)), _number(mean(found.honest)), f"{_number(apart)} ± {half:.2f}"


def _number(value: float) -> str:
    """With a minus sign that is one; nothing is neither more nor less."""
    shown = f"{value:.2f}"
    return shown.replace("-", "−") if float(shown) else "0.00"
