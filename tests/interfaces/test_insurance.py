"""Insurance over HTTP and from the command line; and why a stake was slashed and a claim is what it is.

A bond is four fifths of the price here, every offence costs a tenth of it, and nobody waits for challenges.
Pia does it for 5 credits, Quin would for 10, which is what she is paid, and Ron for 12.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from tests.interfaces.served import ADMIN_KEY, Client, Served

CR = 1_000_000
HOUR_MS = 3_600_000
WINDOW_MS = 3_000
"""So long offers are taken; all tasks of this file are posted in it, so that it is waited for once."""
PRICES = {"pia": 5 * CR, "quin": 10 * CR, "ron": 12 * CR}
CONTRACTS = ("insured:1", "quoted:1", "bought:1")


class Town(NamedTuple):
    """Rita asks for work, Pia does it, Vera judges it."""

    served: Served
    admin: Client
    rita: Client
    pia: Client
    vera: Client
    ron: Client


@pytest.fixture(scope="module")
def town(served: Served) -> Iterator[Town]:
    admin = served.client()
    rule = {"rate": 0.1, "severity": 1, "grace": 0}
    admin.make("promise-rules", bond=0.8, relief=0.0, challenge_window_ms=1, task_failure=rule)
    people: dict[str, Client] = {}
    for who in ("rita", "pia", "quin", "ron", "vera"):
        made = admin.make("agents", id=who, capabilities=["work"], credits_ucr=1_000 * CR)
        people[who] = served.client(made["key"])
        people[who].make(f"agents/{who}/stake", amount_ucr=200 * CR)
    for contract in CONTRACTS:
        task = contract.partition(":")[0]
        people["rita"].make(
            "tasks",
            id=task,
            capability="work",
            ceiling_ucr=30 * CR,
            deadline_ms=HOUR_MS,
            bidding_window_ms=WINDOW_MS,
            verifier="vera",
        )
        for provider, price in PRICES.items():
            people[provider].make(f"tasks/{task}/offers", price_ucr=price)
    for contract in CONTRACTS:
        until_found(admin, contract)
    yield Town(served, admin, *(people[who] for who in ("rita", "pia", "vera", "ron")))
    for client in (admin, *people.values()):
        client.close()


def until_found(client: Client, contract: str) -> None:
    """Ask until the contract is there; every look is a request, so that nothing sleeps."""
    while client.get(f"/api/v1/contracts/{contract}/insurance").status_code != 200:
        pass


def why(client: Client, name: str) -> dict[str, Any]:
    return client.look(f"explain/{name.replace('/', '%2F')}")


def test_what_insuring_would_cost(town: Town) -> None:
    cover = town.rita.look("contracts/quoted:1/insurance")
    # Nobody is trusted, so nothing is proven of Pia: 1 - 0 + 0.1 is more than all of it.
    assert (cover["most_cover_ucr"], cover["premium_for_most_ucr"]) == (8 * CR, 8 * CR)
    assert (cover["premium_share"], cover["lower_bound"], cover["cover_ucr"]) == (1.0, 0.0, 0)
    assert cover["insurable"]


def test_refusals_name_the_field(town: Town) -> None:
    path = "contracts/quoted:1/insurance"
    assert town.rita.refusal(path, cover_ucr=8 * CR + 1) == (400, "cover_too_large", "cover_ucr")
    assert town.rita.refusal(path, cover_ucr=0)[:2] == (400, "invalid_input")
    assert town.pia.refusal(path, cover_ucr=CR)[:2] == (403, "not_a_party")
    assert town.rita.refusal("contracts/none:1/insurance", cover_ucr=CR)[:2] == (404, "unknown_contract")
    assert town.admin.refusal("contracts/none:1/insurance", cover_ucr=CR)[:2] == (404, "unknown_contract")
    assert town.rita.get("/api/v1/contracts/none:1/insurance").status_code == 404


def test_from_the_premium_to_the_claim_and_why(town: Town) -> None:
    path, fund = "contracts/insured:1/insurance", town.admin.look("insurance")
    before = town.admin.balance("rita")
    bought = town.rita.make(path, cover_ucr=8 * CR)
    assert (bought["premium_ucr"], bought["cover_ucr"], bought["lower_bound"]) == (8 * CR, 8 * CR, 0.0)
    assert town.rita.refusal(path, cover_ucr=CR)[:2] == (409, "insured_already")
    now = town.admin.look("insurance")
    assert now["balance_ucr"] - fund["balance_ucr"] == 8 * CR
    assert now["covered_ucr"] - fund["covered_ucr"] == 8 * CR

    town.pia.make("contracts/insured:1/report")
    town.vera.make("contracts/insured:1/verdict", verdict="poor", evidence="It is empty.")
    while town.admin.look("contracts/insured:1")["status"] != "settled":
        pass
    # Of a loss of 2 a tenth of the bond of 8 by the penalty, 1.2 from the bond: the cover of 8 less that.
    assert town.admin.balance("rita") - before == -8 * CR + 800_000 + 1_200_000 + 6 * CR
    assert town.admin.balance("stake:pia") == 198 * CR
    assert town.admin.look("insurance")["covered_ucr"] == fund["covered_ucr"]

    slashed = why(town.pia, "penalty/insured:1")
    at_stake = why(town.pia, "stake/pia")
    assert at_stake["facts"]["lost by contract insured:1, ucr"] == 800_000 + 1_200_000
    assert next(each["type"] for each in at_stake["events"]) == "econonexus.stake_slashed.v1"
    assert slashed["answer"] == "settled"
    told = {
        "offence": "task_failure",
        "judged by": "verifier",
        "by somebody independent": True,
        "base_ucr": 8 * CR,
        "rate": "0.1",
        "severity": 1,
        "offences in the window, this one included": 1,
        "window, days": "30.0",
        "grace": 0,
        "repeat": 1,
        "reckoned": "the lesser of 184,000,000 and 8,000,000 × (0.1 × 1 × 1) µcr",
        "at stake and backing nothing else, ucr": 184 * CR,
        "lost_ucr": 800_000,
        "the requester's loss, ucr": 2 * CR,
        "of it to rita, ucr": 800_000,
        "of it to burn, ucr": 0,
        "made good from the bond besides, ucr": 1_200_000,
    }
    assert {fact: slashed["facts"][fact] for fact in told} == told
    evidence = [int(each) for each in slashed["facts"]["evidence is in the records"].split(", ")]
    kinds = {int(each["id"]): each["type"] for each in town.admin.look("events", limit=1_000)["events"]}
    assert "econonexus.contract_judged.v1" in [kinds[each] for each in evidence]

    claim = why(town.rita, "insurance/insured:1")["facts"]
    assert claim["premium_ucr"] == 8 * CR
    assert claim["made good by the bond, ucr"] == 2 * CR
    assert (claim["claim (cover less that), ucr"], claim["paid_ucr"]) == (6 * CR, 6 * CR)
    assert town.ron.get("/api/v1/explain/penalty%2Finsured:1").status_code == 403  # No side of it.


def test_a_contract_that_was_not_broken_has_no_penalty(town: Town) -> None:
    assert why(town.pia, "penalty/quoted:1")["facts"]["penalty"].startswith("None")
    assert why(town.rita, "insurance/quoted:1")["answer"] == "not insured"


def test_insurance_from_the_command_line(town: Town) -> None:
    assert told(town, "show", "bought:1")["most_cover_ucr"] == 8 * CR
    bought = told(town, "buy", "bought:1", str(2 * CR))  # The operator does it for Rita.
    assert (bought["contract"], bought["premium_ucr"]) == ("bought:1", 2 * CR)
    assert told(town, "fund")["covered_ucr"] == 2 * CR
    done = run(town, "buy", "bought:1", "1")
    assert (done.returncode, "insured_already" in done.stderr) == (1, True)


def told(town: Town, *arguments: str) -> dict[str, Any]:
    done = run(town, *arguments, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def run(town: Town, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "econonexus", "insurance", *arguments],
        env={"ECONONEXUS_URL": town.served.url, "ECONONEXUS_KEY": ADMIN_KEY},
        capture_output=True,
        text=True,
        check=False,
    )
