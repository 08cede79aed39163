"""What the study of buying by quality reckons is what the economy does, and what its page shows."""

import runpy
from pathlib import Path
from typing import Any

import pytest

from benchmarks import by_quality as study
from econonexus.domain import commands as c
from econonexus.domain.ids import AgentId, ContractId, Instant, TaskId
from econonexus.domain.kinds import Verdict
from econonexus.domain.money import Amount, Ppm
from econonexus.domain.promises import DAY, Judging
from tests.domain.workshop import CR, Workshop

NAMES = ("best", "cheapest", "second score, 1")
DOCS = Path(__file__).parents[2] / "docs" / "mechanisms"
USD = 100 * study.CENT
FEW, TRIALS, OFFERS, STAKE = 20, 2, 1_000_000_000, 5_000 * CR
"""Twenty tasks, of an hour each, are over within the day from which on records fade."""


def picture() -> dict[str, Any]:
    return runpy.run_path(str(DOCS / "by_quality_picture.py"))


@pytest.fixture(scope="module")
def measured() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = picture()["measured"]()
    return found


class Agency(Workshop):
    """Rita buys every task from one of the models, and Vera tells how it went."""

    def __init__(self, models: list[study.Model], weight: int, ceiling: int) -> None:
        super().__init__(study.RULES, STAKE)
        self.models, self.weight, self.ceiling = models, weight, ceiling
        for place in range(len(models)):
            self.worker(f"m{place}", f"m{place}", STAKE)

    def buy(self, number: int, offers: dict[str, int], ceiling: int, chance: float) -> tuple[bool, int]:
        """One task, and what it brought and cost."""
        before, until = self.balance("rita"), Instant(self.now + OFFERS)
        task = TaskId(f"task-{number}")
        due = Instant(until + OFFERS)
        asked = c.PostTask(
            task, AgentId("rita"), "work", Amount(ceiling), until, due, Judging(("vera",)),
            quality_weight=Amount(self.weight),
        )  # fmt: skip
        self.do(asked, *(self.offer(task, name, price) for name, price in offers.items()))
        self.wait(OFFERS)
        contract = self.contract(ContractId(f"{task}:1"))
        done = chance < self.models[int(contract.provider[1:])].rate
        self.deliver(contract)
        quality = Ppm(1_000_000 if done else 0)
        self.do(c.JudgeContract(contract.id, AgentId("vera"), Verdict.SATISFACTORY, quality))
        self.wait(contract.rules.challenge_window)
        return done, before - self.balance("rita")


@pytest.mark.parametrize("usd", [0.1, 3.0])
def test_the_economy_awards_and_pays_the_same(usd: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(study, "A_DAY", FEW)
    offered = study.models()["telecom"]
    weight, ceiling = round(usd * USD), study.strategies(offered)[0].price
    chances = study.chances_of("telecom", 0)[:FEW]
    sold_by = [model for model in offered if model.price <= ceiling]
    agency = Agency(sold_by, weight, ceiling)
    prices = {f"m{place}": model.price for place, model in enumerate(sold_by)}

    bought = []
    for number, chance in enumerate(chances):
        if number < TRIALS * len(sold_by):
            name = f"m{number % len(sold_by)}"
            bought.append(agency.buy(number, {name: prices[name]}, prices[name], chance))
        else:
            bought.append(agency.buy(number, prices, ceiling, chance))

    assert agency.now < DAY
    reckoned = study.by_second_score(offered, 1, weight, chances, TRIALS)
    assert (sum(done for done, _ in bought), sum(paid for _, paid in bought)) == reckoned[:2]


@pytest.mark.parametrize(("domain", "usd"), [("retail", 1.0), ("airline", 0.3)])
def test_the_first_run_is_what_was_kept(domain: str, usd: float, measured: list[dict[str, Any]]) -> None:
    offered, chances = study.models()[domain], study.chances_of(domain, 0)
    best, cheapest = study.strategies(offered)
    (kept,) = (case for case in measured if (case["domain"], case["weight_usd"]) == (domain, usd))

    found = {
        "best": study.always(best, chances),
        "cheapest": study.always(cheapest, chances),
        "second score, 1": study.by_second_score(offered, 1, round(usd * USD), chances),
    }

    assert {name: kept["first_run"][name] for name in found} == {
        name: list(each) for name, each in found.items()
    }


def test_picture_and_table_are_what_was_measured() -> None:
    drawn = picture()

    assert (DOCS / "by-quality.svg").read_text(encoding="utf-8") == drawn["draw"](), "run the script"
    assert (DOCS / "by-quality.md").read_text(encoding="utf-8") == drawn["page"](), "run the script"


def test_what_the_page_reads_from_it(measured: list[dict[str, Any]]) -> None:
    cost, paid = "done_per_usd_of_cost", "done_per_usd"

    assert _better(measured, cost, surely=True) == {("airline", 1.0), ("telecom", 0.3)}
    assert _better(measured, cost) == {
        *(("airline", usd) for usd in (0.3, 1.0, 3.0)),
        *(("telecom", usd) for usd in (0.3, 1.0)),
    }
    assert _better(measured, paid, surely=True) == set()
    assert _better(measured, paid) == {("airline", 1.0), ("retail", 0.3)}
    far = set()
    for case in measured:
        best, cheapest, ours = (case["strategies"][name] for name in NAMES)
        if ours[cost][0] < (best[cost][0] + cheapest[cost][0]) / 2:
            far.add((case["domain"], case["weight_usd"]))
        assert cheapest["successes_per_usd"][0] > ours["successes_per_usd"][0]
    assert far == {("retail", 1.0), ("banking_knowledge", 10.0)}


def test_one_model_for_all_is_wrong_at_one_end(measured: list[dict[str, Any]]) -> None:
    shares: dict[str, list[float]] = {"best": [], "cheapest": []}
    for case in measured:
        for name, seen in shares.items():
            seen.append(case["strategies"][name]["done_per_usd"][0] * case["ideal_usd"])

    assert min(shares["best"]) < 1 / 5
    assert min(shares["cheapest"]) < 1 / 7


def _better(measured: list[dict[str, Any]], figure: str, surely: bool = False) -> set[tuple[str, float]]:
    """Where one seller of each model does better than both: in its whole interval, beyond theirs, or so."""
    found = set()
    for case in measured:
        best, cheapest, ours = (case["strategies"][name][figure] for name in NAMES)
        if ours[1] > max(best[2], cheapest[2]) if surely else ours[0] > max(best[0], cheapest[0]):
            found.add((case["domain"], case["weight_usd"]))
    return found
