"""The numbers on the page about broken promises are those that come out, and its defaults are the rules'."""

import re
from pathlib import Path

import pytest

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.ids import AccountId, AgentId, Sequence
from econonexus.domain.kinds import Verdict
from econonexus.domain.money import PPM_ONE, Amount
from econonexus.domain.promises import DAY, Penalty, PromiseRules
from econonexus.interfaces.http.penalties_explained import slashed
from econonexus.node.records import Record
from tests.domain.workshop import CR, Workshop, of_kind

PAGE = (Path(__file__).parents[2] / "docs" / "penalties.md").read_text(encoding="utf-8")
OFFERS = {"pia": 5 * CR, "quin": 10 * CR, "ron": 20 * CR}
RULES = PromiseRules()


def table(first: str) -> list[list[str]]:
    """The rows of the tables whose first column bears this name, without their heads."""
    _, _, rest = PAGE.partition(f"\n| {first} |")
    assert rest, f"no table begins with {first}"
    rows = rest.partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("| ").split("|")] for row in rows]


def ucr(credits_: str) -> int:
    return round(float(credits_) * CR)


def test_the_offences_are_those_of_the_rules() -> None:
    rows = {row[1].strip("`"): row[2:] for row in table("verdict")}
    assert len(rows) == 4
    for offence, (rate, severity, grace) in rows.items():
        said = Penalty(
            round(float(rate.removesuffix("%")) * PPM_ONE / 100),  # type: ignore[arg-type]
            int(severity.split()[-1]),
            int(grace),
        )
        assert getattr(RULES, offence) == said
    assert RULES.window == 30 * DAY
    assert RULES.threshold == 300_000


@pytest.mark.parametrize("verdict", [Verdict.LATE, Verdict.POOR])
@pytest.mark.parametrize("compound", [False, True])
def test_what_offences_cost(verdict: Verdict, compound: bool) -> None:
    for row in table(f"{verdict.value} | penalty | with `compound`"):
        shop = Workshop(PromiseRules(compound=compound))
        (slash,) = shop.offend(verdict, times=int(row[0][0]))
        assert slash.amount == ucr(row[2 if compound else 1]), row


def test_who_gets_it() -> None:
    rows = [
        row for row in re.findall(r"^\| (\d)\w\w \|(.*)\|$", PAGE, re.MULTILINE) if row[1].count("|") == 4
    ]
    assert len(rows) == 4
    for number, cells in rows:
        shop = late(int(number))
        happened = [event for _, time, event in shop.log if time == shop.now]
        (slash,) = of_kind(e.StakeSlashed, happened)  # type: ignore[arg-type]
        made_good = sum(each.amount for each in of_kind(e.LossCompensated, happened))  # type: ignore[arg-type]
        burned = slash.amount - slash.to_injured
        found = [slash.amount, slash.to_injured, burned, made_good, slash.amount + made_good]
        assert found == [ucr(cell) for cell in cells.split("|")]


def late(times: int) -> Workshop:
    """Pia is late for so many times, the last time with Quin to take over."""
    shop = Workshop()
    for _ in range(times):
        shop.late(shop.award(30 * CR, OFFERS))
        shop.wait(0)
        for runner_up in ("quin", "ron"):  # Who follow is none of this story.
            for name in list(shop.economy.state.contracts.by_id):
                contract = shop.contract(name)
                if contract.provider == runner_up:
                    shop.do(c.ReportDelivery(name, contract.provider))
                    shop.do(c.JudgeContract(name, AgentId("vera"), Verdict.SATISFACTORY))
    return shop


def test_the_explanation_is_what_is_said() -> None:
    block = re.search(r"```text\n(.*?)```", PAGE, re.DOTALL)
    assert block is not None
    shop = late(2)
    records = [
        Record(Sequence(sequence), time, "op", str(sequence), event)  # type: ignore[arg-type]
        for sequence, time, event in shop.log
        if getattr(event, "contract", "") == "task-2:1"
    ]
    told = {name: str(value) for name, value in slashed(records).items()}
    evidence = told.pop("evidence is in the records")
    assert dict(line.split(": ", 1) for line in block[1].splitlines()) == told
    assert [type(shop.log[int(each) - 1][2]) for each in evidence.split(", ")] == [e.ContractOpened]


def test_premiums() -> None:
    rows = table("contracts of 10 credits kept before")
    assert len(rows) == 4
    for kept, bound, premium in rows:
        shop = Workshop(PromiseRules(trusted=(AccountId("vera"),)))
        for _ in range(int(kept)):
            shop.judged(shop.award(10 * CR, {"pia": 10 * CR}), Verdict.SATISFACTORY)
        contract = shop.award(10 * CR, {"pia": 10 * CR})
        happened = shop.do(c.InsureContract(contract.id, contract.requester, Amount(10 * CR)))
        (insured,) = of_kind(e.ContractInsured, happened)
        assert insured.lower_bound == pytest.approx(float(bound) * PPM_ONE, abs=60)
        assert insured.premium == pytest.approx(ucr(premium), abs=1_000)
    assert (RULES.loading, RULES.insurable) == (100_000, 100_000)
