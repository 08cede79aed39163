"""What buying work by second score is worth, where quality has to be learned: models of τ²-bench as sellers.

`python -m benchmarks.by_quality > docs/mechanisms/by_quality.json` runs it; the docs draw from that file.
Sellers ask what a task costs them, and the next trial succeeds as often as it did on the leaderboard. A
requester needs every task done: one that fails it does by hand, for what it calls the quality weight. Each
seller is tried on a few tasks at its own price; from then on every task is awarded by the product's rule, by
what the product's record has proven, and paid by whether it succeeded, as a verifier would see it.
"""

import csv
import itertools
import json
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from econonexus.domain.kinds import Verdict
from econonexus.domain.mechanisms.promises import awards, records
from econonexus.domain.money import MICROS_PER_CREDIT, PPM_ONE, Amount, Ppm
from econonexus.domain.promises import PromiseRules, Record
from econonexus.domain.subjects.reputations import proven_quality

DATA = Path(__file__).parent / "data" / "tau2_bench.csv"
CENT = MICROS_PER_CREDIT
"""A credit is a cent here."""
WEIGHTS = (0.1, 0.3, 1.0, 3.0, 10.0)
"""What doing a failed task by hand costs, in US$."""
SELLERS = (1, 2)
"""So many sellers of each model."""
RUNS, TASKS, TRIALS, A_DAY = 24, 1_000, 10, 100
RULES = PromiseRules(plain_value=Amount(4 * CENT), most_weight=1)
"""Every task counts once, as the cheapest costs more than four cents."""


class Model(NamedTuple):
    """What a model costs a task, in µcr, and how often it succeeds."""

    name: str
    price: int
    rate: float


class Bought(NamedTuple):
    """What a requester got for its tasks: how many succeeded, what it paid for all, and what they cost the
    sellers, in µcr."""

    succeeded: int
    paid: int
    cost: int


def models() -> dict[str, list[Model]]:
    """The models of each domain."""
    with DATA.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    by_domain: dict[str, list[Model]] = {}
    for row in rows:
        price = round(float(row["usd_per_task"]) * 100 * CENT)
        model = Model(row["model"], price, float(row["pass_1_percent"]) / 100)
        by_domain.setdefault(row["domain"], []).append(model)
    return by_domain


def always(model: Model, chances: Sequence[float]) -> Bought:
    """Every task to one model, at its cost."""
    cost = len(chances) * model.price
    return Bought(sum(chance < model.rate for chance in chances), cost, cost)


def by_second_score(
    offered: Sequence[Model], sellers: int, weight: int, chances: Sequence[float], trials: int = TRIALS
) -> Bought:
    """Every task to the least score; the first ones to each seller in turn, at its price.

    Nothing is paid above what the best model costs, which could be had for that, so who is dearer is out.
    """
    ceiling = strategies(offered)[0].price
    sold_by = [model for model in offered if model.price <= ceiling for _ in range(sellers)]
    known = [Record()] * len(sold_by)
    succeeded = paid = cost = 0
    for number, chance in enumerate(chances):
        if number < trials * len(sold_by):
            seller = number % len(sold_by)
            done = chance < sold_by[seller].rate
            payment = price = sold_by[seller].price
        else:
            offers = [
                awards.Offer(str(place), str(place), model.price, proven_quality(known[place]))
                for place, model in enumerate(sold_by)
            ]
            won = awards.award(offers, ceiling, weight)
            assert won is not None, "everybody offers"
            seller, price = int(won.offer.agent), won.payment
            done = chance < sold_by[seller].rate
            payment = awards.realised(won.second, quality_of(done), ceiling, weight)
        known[seller] = after(known[seller], done, price, number // A_DAY)
        succeeded, paid, cost = succeeded + done, paid + payment, cost + sold_by[seller].price
    return Bought(succeeded, paid, cost)


def quality_of(done: bool) -> Ppm:
    """What a verifier says of a task."""
    return Ppm(PPM_ONE if done else 0)


def after(record: Record, done: bool, price: int, day: int) -> Record:
    """What is known of a seller after a task that it tried in good faith."""
    weight = records.weight_of(price, RULES.plain_value, RULES.most_weight)
    today = records.faded_to(record, day, RULES.half_life_days)
    return records.after(today, Verdict.SATISFACTORY, quality_of(done), weight)


def strategies(offered: Sequence[Model]) -> tuple[Model, Model]:
    """The best model, the cheaper of equals, and the cheapest."""
    return max(offered, key=lambda each: (each.rate, -each.price)), min(offered, key=lambda each: each.price)


def chances_of(domain: str, run: int) -> list[float]:
    """How hard each task of a run is: whoever succeeds more often than that, does. The same for every
    strategy, so that they are compared on the same tasks."""
    dice = random.Random(f"{domain} {run}")
    return [dice.random() for _ in range(TASKS)]


def case(domain: str, usd: float, runs: int = RUNS) -> dict[str, object]:
    """All strategies in one domain with one weight."""
    offered, weight = models()[domain], round(usd * 100 * CENT)
    best, cheapest = strategies(offered)
    drawn = [chances_of(domain, run) for run in range(runs)]
    bought = {
        "best": [always(best, chances) for chances in drawn],
        "cheapest": [always(cheapest, chances) for chances in drawn],
        **{
            f"second score, {sellers}": [
                by_second_score(offered, sellers, weight, chances) for chances in drawn
            ]
            for sellers in SELLERS
        },
    }
    ideal = min(model.price + weight * (1 - model.rate) for model in offered)
    return {
        "domain": domain,
        "weight_usd": usd,
        "ideal_usd": round(ideal / (100 * CENT), 6),
        "first_run": {name: each[0] for name, each in bought.items()},
        "strategies": {name: figures(each, weight) for name, each in bought.items()},
    }


def figures(bought: Sequence[Bought], weight: int) -> dict[str, object]:
    """The success rate, successes per dollar paid, and tasks done per dollar with those done by hand, by what
    was paid and by what it cost the sellers; each with the 95 % interval of a bootstrap over the runs."""
    dollar = 100 * CENT
    succeeded = np.array([each.succeeded for each in bought], float)
    paid = np.array([each.paid for each in bought], float) / dollar
    cost = np.array([each.cost for each in bought], float) / dollar
    tasks = np.full(len(bought), float(TASKS))
    by_hand = (tasks - succeeded) * weight / dollar
    return {
        "success_rate": interval(succeeded, tasks),
        "successes_per_usd": interval(succeeded, paid),
        "done_per_usd": interval(tasks, paid + by_hand),
        "done_per_usd_of_cost": interval(tasks, cost + by_hand),
    }


def interval(above: np.ndarray, below: np.ndarray, draws: int = 2_000) -> list[float]:
    """A ratio of sums, and between what it lies in 95 of 100 resamplings of the runs."""
    chosen = np.random.default_rng(7).integers(len(above), size=(draws, len(above)))
    ratios = above[chosen].sum(axis=1) / below[chosen].sum(axis=1)
    low, high = np.quantile(ratios, (0.025, 0.975))
    return [round(float(each), 4) for each in (above.sum() / below.sum(), low, high)]


def cases() -> Iterator[dict[str, object]]:
    """Every domain with every weight."""
    for domain, usd in itertools.product(models(), WEIGHTS):
        print(domain, usd, file=sys.stderr)
        yield case(domain, usd)


if __name__ == "__main__":
    print(json.dumps(list(cases()), indent=1))
