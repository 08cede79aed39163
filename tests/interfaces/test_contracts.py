"""Contracts over HTTP: two sides, judges, an operator, and who may read what."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from tests.interfaces.served import Client, Served
from tests.interfaces.test_policy import until

CREDIT = 1_000_000
HOUR_MS = 3_600_000
WINDOW_MS = 3_000
"""So long offers are taken; all tasks of this file are posted in it, so that it is waited for once."""
HAS = 2_000 * CREDIT
STAKE = 900 * CREDIT
JUDGED_BY: dict[str, dict[str, Any]] = {
    "rex": {},
    "una": {"verifier": "una"},
    "three": {"judges": ["una", "vic", "wyn"], "quorum": 2},
}


class Town(NamedTuple):
    """Rex asks, ann and bob work, three judge; each with a key of its own."""

    admin: Client
    auditor: Client
    rex: Client
    ann: Client
    bob: Client
    una: Client
    vic: Client
    wyn: Client
    contracts: dict[str, list[str]]
    """By who judges them; each of ann's at 12 credits, as bob would do it for that."""

    def contract(self, judged_by: str = "rex") -> str:
        """One that nobody has touched."""
        name = self.contracts[judged_by].pop()
        assert until(lambda: self.admin.get(f"/api/v1/contracts/{name}").status_code == 200 or None)
        return name


@pytest.fixture(scope="module")
def town(served: Served) -> Iterator[Town]:
    admin = served.client()
    eye = served.client(admin.make("keys", holder="eye", role="auditor")["key"])
    people: dict[str, Client] = {}
    for who in ("rex", "ann", "bob", "una", "vic", "wyn"):
        made = admin.make("agents", id=who, capabilities=["write"], credits_ucr=HAS)
        people[who] = served.client(made["key"])
        if who != "rex":
            people[who].make(f"agents/{who}/stake", amount_ucr=STAKE)
    contracts: dict[str, list[str]] = {}
    for judged_by, how in JUDGED_BY.items():
        for number in range(7 if judged_by == "rex" else 4):
            name = f"{judged_by}-{number}"
            people["rex"].make(
                "tasks",
                id=name,
                capability="write",
                ceiling_ucr=20 * CREDIT,
                deadline_ms=HOUR_MS,
                bidding_window_ms=WINDOW_MS,
                **how,
            )
            for provider, price in (("ann", 10), ("bob", 12)):
                people[provider].make(f"tasks/{name}/offers", price_ucr=price * CREDIT)
            contracts.setdefault(judged_by, []).append(f"{name}:1")
    yield Town(admin, eye, *people.values(), contracts)
    for client in (admin, eye, *people.values()):
        client.close()


def story(contract: dict[str, Any]) -> list[str]:
    return [step["event"] for step in contract["story"]]


def names(page: dict[str, Any]) -> list[str]:
    return [each["id"] for each in page["items"]]


def texts(contract: dict[str, Any]) -> list[str | None]:
    return [step["text"] for step in contract["story"]]


def test_work_is_delivered_judged_and_paid(town: Town) -> None:
    contract = town.contract()
    opened = town.bob.look(f"contracts/{contract}")
    assert (opened["status"], opened["provider"], opened["payment_ucr"]) == (
        "open",
        "ann",
        12 * CREDIT,
    )
    assert (opened["bond_ucr"], opened["word_bond_ucr"]) == (18 * CREDIT, 1_200_000)
    assert (opened["verdict"], opened["judged_by"], opened["judges"]) == (None, None, ["rex"])

    had = {who: town.admin.balance(who) for who in ("ann", "rex")}
    delivered = town.ann.make(f"contracts/{contract}/report", text="Here it is.")
    assert (delivered["status"], story(delivered)) == ("delivered", ["contract_opened", "delivery_reported"])
    settled = town.rex.make(
        f"contracts/{contract}/verdict", verdict="satisfactory", evidence="As it was asked for."
    )
    assert (settled["status"], settled["judged_by"], settled["paid_ucr"]) == (
        "settled",
        "requester",
        12 * CREDIT,
    )
    assert story(settled)[2:4] == ["contract_judged", "contract_settled"]
    assert (settled["waits_until"], settled["sequence"]) == (None, settled["story"][2]["sequence"])
    assert town.ann.balance("ann") == had["ann"] + 12 * CREDIT
    assert town.rex.balance("rex") == had["rex"] - 12 * CREDIT


def test_whoever_judges_may_report_its_verdict_too(town: Town) -> None:
    contract = town.contract("una")
    town.ann.make(f"contracts/{contract}/report")
    judged = town.una.make(f"contracts/{contract}/report", verdict="poor", quality=0.25, evidence="Look.")
    assert (judged["status"], judged["verdict"], judged["judged_by"]) == ("judged", "poor", "verifier")
    assert (judged["quality"], judged["independent"]) == (0.25, True)
    assert town.ann.refusal(f"contracts/{contract}/report", quality=0.5)[:2] == (400, "invalid_input")
    assert town.ann.refusal(f"contracts/{contract}/report", evidence="So.")[2] == "evidence"
    assert town.una.refusal(f"contracts/{contract}/report", verdict="poor", text="So.")[2] == "text"


def test_a_dispute_from_claim_to_decision(town: Town) -> None:
    contract, had = town.contract(), town.ann.balance("ann")
    town.ann.make(f"contracts/{contract}/report", text="Here.")
    town.rex.make(f"contracts/{contract}/verdict", verdict="poor", evidence="No.")
    claimed = town.ann.make(f"contracts/{contract}/challenge", verdict="satisfactory", evidence="Yes.")
    assert claimed["challenge"] == {
        "agent": "ann",
        "verdict": "satisfactory",
        "quality": None,
        "bond_ucr": 1_200_000,
    }
    disputed = town.rex.make(f"contracts/{contract}/defence", evidence="No!")
    assert disputed["defence"]["bond_ucr"] == 1_200_000
    assert contract in names(town.admin.look("contracts", status="disputed", agent="ann"))
    settled = town.admin.make(f"contracts/{contract}/decision", verdict="satisfactory", evidence="I looked.")
    assert (settled["verdict"], settled["judged_by"]) == ("satisfactory", "operator")
    lost = [step for step in settled["story"] if step["event"] == "dispute_bond_lost"]
    assert [(step["agent"], step["amount_ucr"]) for step in lost] == [("rex", 1_200_000)]
    assert town.ann.balance("ann") == had + 12 * CREDIT + 1_200_000
    assert contract not in names(town.admin.look("contracts", status="disputed", agent="ann"))
    assert contract in names(town.ann.look("contracts", status="settled"))


def test_texts_are_for_the_sides_the_judges_and_the_operator(town: Town) -> None:
    contract = town.contract("three")
    town.ann.make(f"contracts/{contract}/report", text="The work.")
    for client in (town.una, town.vic):
        client.make(f"contracts/{contract}/verdict", verdict="poor", evidence="It is not.")
    for reader in (town.rex, town.ann, town.una, town.wyn, town.admin):
        seen = reader.look(f"contracts/{contract}")
        assert [text for text in texts(seen) if text] == ["The work.", "It is not.", "It is not."]
    for reader in (town.bob, town.auditor):
        seen = reader.look(f"contracts/{contract}")
        assert len(story(seen)) == 5
        assert texts(seen) == [None] * 5
    for reader in (town.rex, town.auditor, town.admin):
        events = reader.look("events", subject=f"contract/{contract}")["events"]
        assert not any({"text", "evidence"} & set(event["data"]) for event in events)


def test_no_judge_sees_anothers_vote_before_the_verdict(town: Town) -> None:
    contract = town.contract("three")
    town.ann.make(f"contracts/{contract}/report")
    own = town.una.make(f"contracts/{contract}/verdict", verdict="poor", evidence="Bad.")
    assert ([vote["agent"] for vote in own["votes"]], story(own)[-1]) == (["una"], "vote_cast")
    for reader in (town.vic, town.rex, town.ann, town.bob):
        seen = reader.look(f"contracts/{contract}")
        assert (seen["votes"], story(seen)) == ([], ["contract_opened", "delivery_reported"])
        for about in (f"contract/{contract}", f"penalty/{contract}"):
            answer = reader.get(f"/api/v1/explain/{about.replace('/', '%2F')}")
            assert "vote" not in answer.text
        told = reader.look("events", subject=f"contract/{contract}")["events"]
        assert not [event for event in told if "vote_cast" in event["type"]]
    assert len(town.auditor.look(f"contracts/{contract}")["votes"]) == 1
    town.vic.make(f"contracts/{contract}/verdict", verdict="poor")
    seen = town.bob.look(f"contracts/{contract}")
    assert [vote["agent"] for vote in seen["votes"]] == ["una", "vic"]


def test_events_reach_whoever_has_a_part_in_a_contract(town: Town) -> None:
    contract = town.contract("three")
    town.ann.make(f"contracts/{contract}/report")
    for reader in (town.rex, town.ann, town.wyn):
        told = reader.look("events", subject=f"contract/{contract}")["events"]
        assert told[-1]["type"] == "econonexus.delivery_reported.v1"
    told = town.bob.look("events", subject=f"contract/{contract}")["events"]
    assert [event["type"] for event in told] == ["econonexus.contract_opened.v1"]  # That is public.


def test_agents_list_what_they_have_a_part_in(town: Town) -> None:
    by_rex, by_una = town.contract(), town.contract("una")
    assert {by_rex, by_una} <= set(names(town.rex.look("contracts")))
    assert by_una in names(town.una.look("contracts"))
    assert by_rex not in names(town.una.look("contracts"))
    assert names(town.bob.look("contracts", status="all")) == []
    assert town.bob.get("/api/v1/contracts", params={"agent": "rex"}).status_code == 403
    every, seen, cursor = names(town.admin.look("contracts", agent="rex", limit=1_000)), [], None
    while True:
        page = town.admin.look("contracts", agent="rex", limit=3, **({"cursor": cursor} if cursor else {}))
        seen += names(page)
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == every
    assert by_una not in names(town.rex.look("contracts", status="delivered"))
    town.ann.make(f"contracts/{by_una}/report")
    assert by_una in names(town.rex.look("contracts", status="delivered"))


def test_what_is_declined(town: Town) -> None:
    contract = town.contract()
    path = f"contracts/{contract}"
    assert town.ann.refusal("contracts/none:1/report")[:2] == (404, "unknown_contract")
    assert town.ann.get("/api/v1/contracts/none:1").json()["code"] == "unknown_contract"
    assert town.bob.refusal(f"{path}/report")[:2] == (403, "not_a_party")
    assert town.rex.refusal(f"{path}/verdict", verdict="poor") == (409, "not_delivered", "id")
    assert town.rex.refusal(f"{path}/verdict", verdict="late")[:2] == (400, "invalid_input")
    assert town.rex.refusal(f"{path}/verdict", verdict="poor", quality=1.5)[:2] == (400, "invalid_input")
    assert town.una.refusal(f"{path}/verdict", verdict="excellent")[:2] == (403, "not_a_judge")
    assert town.ann.refusal(f"{path}/challenge", verdict="excellent")[:2] == (409, "contract_not_judged")
    assert town.rex.refusal(f"{path}/defence")[:2] == (409, "contract_not_challenged")
    assert town.ann.refusal(f"{path}/decision", verdict="poor")[:2] == (403, "not_allowed")
    assert town.admin.refusal(f"{path}/report")[:2] == (403, "not_allowed")
    assert town.admin.refusal(f"{path}/decision", verdict="poor")[:2] == (409, "contract_not_disputed")
    town.ann.make(f"{path}/report")
    assert town.ann.refusal(f"{path}/report")[:2] == (409, "contract_not_open")
    town.rex.make(f"{path}/verdict", verdict="poor")
    assert town.ann.refusal(f"{path}/challenge", verdict="poor") == (409, "claims_nothing", "verdict")


def test_the_story_explained(town: Town) -> None:
    contract = town.contract()
    waits = town.bob.look(f"explain/contract%2F{contract}")
    assert (waits["about"], waits["answer"]) == ("contract", "open")
    assert town.bob.look(f"explain/contract/{contract}") == waits  # Its slash need not be written as %2F.
    assert waits["facts"]["then"] == "nothing delivered by then is late: unpaid, and an offence"
    town.ann.make(f"contracts/{contract}/report", text="Here.")
    town.rex.make(f"contracts/{contract}/verdict", verdict="byzantine", quality=0.1)
    judged = town.ann.look(f"explain/{contract}")
    assert judged["facts"]["verdict"] == "byzantine, quality 0.1"
    assert judged["facts"]["whose word it is"] == "the requester's own"
    assert judged["facts"]["then"] == "as one side alone speaks of bad faith, the operator decides then"
    town.ann.make(f"contracts/{contract}/challenge", verdict="satisfactory")
    town.rex.make(f"contracts/{contract}/defence")
    disputed = town.ann.look(f"explain/{contract}")["facts"]
    assert disputed["claim of ann"] == "satisfactory"
    assert disputed["claim backed with, ucr"] == 1_200_000
    assert "unless the operator decides by then" in str(disputed["then"])
    town.admin.make(f"contracts/{contract}/decision", verdict="satisfactory")
    settled = town.auditor.look(f"explain/{contract}")
    assert (settled["answer"], settled["facts"]["paid_ucr"]) == ("settled", 12 * CREDIT)
    assert (
        settled["facts"]["by somebody independent"] is True
    )  # The requester's word was not; the last one is.
    assert town.rex.look(f"contracts/{contract}")["independent"] is True
    kinds = [event["type"].split(".")[1] for event in settled["events"]]
    assert kinds[:6] == [
        "contract_opened",
        "delivery_reported",
        "contract_judged",
        "verdict_challenged",
        "verdict_defended",
        "contract_settled",
    ]
