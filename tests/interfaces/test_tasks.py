"""Tasks over HTTP: asked for, offered for, awarded; and why somebody is not eligible."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.interfaces.served import Client, Served

HOUR_MS = 3_600_000
WINDOW_MS = 2_500
"""Long enough to offer in, on a busy machine; waited for once in this file."""
STAKE = 1_000


@pytest.fixture(scope="module", autouse=True)
def rules(served: Served) -> None:
    """Whoever works has 100 µcr at stake at least."""
    with served.client() as admin:
        admin.make("promise-rules", identity_stake_ucr=100)


class Town:
    """A requester and those who can read for it, each under the test's name."""

    def __init__(self, served: Served, admin: Client, name: str) -> None:
        self._served, self._admin, self.name = served, admin, name
        self.clients: dict[str, Client] = {}
        self.can = f"{name}-ocr"

    def agent(self, who: str, stake: int = 0, **more: Any) -> Client:
        """An agent with 5,000 µcr, of which some are at stake."""
        named = f"{self.name}-{who}"
        made = self._admin.make("agents", id=named, credits_ucr=5_000, **more)
        client = self._served.client(made["key"])
        if stake:
            client.make(f"agents/{named}/stake", amount_ucr=stake)
        self.clients[who] = client
        return client

    def provider(self, who: str, stake: int = STAKE, **more: Any) -> Client:
        return self.agent(who, stake, capabilities=[self.can], **more)

    def task(self, by: Client, name: str, **more: Any) -> dict[str, Any]:
        body = {"capability": self.can, "ceiling_ucr": 80, "deadline_ms": HOUR_MS, **more}
        return by.make("tasks", id=f"{self.name}-{name}", **body)


@pytest.fixture
def town(served: Served, admin: Client, name: str) -> Iterator[Town]:
    town = Town(served, admin, name)
    yield town
    for client in town.clients.values():
        client.close()


def awarded(client: Client, task: str) -> dict[str, Any]:
    """The task once its offers have ended."""
    while True:
        seen = client.look(f"tasks/{task}")
        if seen["status"] != "posted":
            return seen


def test_from_asking_to_the_award(town: Town, admin: Client, name: str) -> None:
    kim, ana, bea, cy = town.agent("kim"), town.provider("ana"), town.provider("bea"), town.provider("cy")
    posted = town.task(
        kim, "t", bonus_ucr=20, bidding_window_ms=WINDOW_MS, description="Read page 7.", fallback=False
    )
    assert (posted["status"], posted["hold_ucr"], posted["offers"]) == ("posted", 100, 0)
    assert kim.look(f"accounts/{name}-kim")["held_ucr"] == 100
    assert ana.look("tasks", capability=town.can)["items"][0]["description"] == "Read page 7."

    made = ana.make(f"tasks/{name}-t/offers", price_ucr=30)
    assert (made["agent"], made["price_ucr"], made["bond_ucr"]) == (f"{name}-ana", 30, 120)
    bea.make(f"tasks/{name}-t/offers", price_ucr=77)
    bea.make(f"tasks/{name}-t/offers", price_ucr=50)
    cy.make(f"tasks/{name}-t/offers", price_ucr=40)
    cy.make(f"tasks/{name}-t/offers/withdraw")

    sealed = [{"task": f"{name}-t", "agent": f"{name}-bea", "status": "open", "price_ucr": 50}]
    assert bea.look(f"tasks/{name}-t/offers")["items"] == sealed
    assert [each["price_ucr"] for each in admin.look(f"tasks/{name}-t/offers")["items"]] == [None, None]

    seen = awarded(kim, f"{name}-t")
    assert (seen["status"], seen["tried"]) == ("awarded", [f"{name}-ana"])
    award = seen["award"]
    assert (award["contract"], award["provider"]) == (f"{name}-t:1", f"{name}-ana")
    assert (award["payment_ucr"], award["second"]) == (50, f"{name}-bea")
    offers = {each["agent"]: each for each in cy.look(f"tasks/{name}-t/offers")["items"]}
    assert [(each["status"], each["price_ucr"]) for each in offers.values()] == [
        ("awarded", 30),
        ("next", 50),
    ]
    assert kim.refusal(f"tasks/{name}-t/cancel") == (409, "task_not_open", "id")

    mine = ana.look(f"explain/offer%2F{name}-t%2F{name}-ana")
    assert (mine["answer"], mine["facts"].get("eligible")) == ("awarded", None)
    why = bea.look(f"explain/offer%2F{name}-t%2F{name}-bea")
    assert (why["answer"], why["about"]) == ("next", "offer")
    assert why["facts"][f"offer of {name}-bea"] == f"50 µcr; lost to {name}-ana"
    assert why["facts"]["payment set by"] == f"the offer of {name}-bea, 50 µcr"


def test_a_task_taken_back_costs_nothing_and_opens_nothing(town: Town, admin: Client, name: str) -> None:
    kim, ana = town.agent("kim"), town.provider("ana")
    town.task(kim, "t")
    ana.make(f"tasks/{name}-t/offers", price_ucr=30)

    gone = kim.make(f"tasks/{name}-t/cancel")

    assert (gone["status"], gone["released_ucr"]) == ("cancelled", 80)
    assert kim.look(f"accounts/{name}-kim")["held_ucr"] == 0
    assert [each["price_ucr"] for each in admin.look(f"tasks/{name}-t/offers")["items"]] == [None]
    assert [each["id"] for each in kim.look("tasks", status="cancelled", capability=town.can)["items"]] == [
        f"{name}-t"
    ]
    assert kim.look("tasks", capability=town.can)["items"] == []


def test_offers_end_after_half_of_the_time_or_half_a_minute(town: Town) -> None:
    kim = town.agent("kim")
    long, short = town.task(kim, "long"), town.task(kim, "short", deadline_ms=50_000)
    minute = {long["id"]: 30, short["id"]: 25}

    for task in (long, short):
        posted = kim.look(f"explain/task%2F{task['id']}")["events"][0]["time"]
        taken = _seconds(task["offers_until"]) - _seconds(posted)
        assert minute[task["id"]] - 2 < taken <= minute[task["id"]]


def _seconds(moment: str) -> float:
    hours, minutes, seconds = moment.partition("T")[2].rstrip("Z").split(":")
    return int(hours) * 3_600 + int(minutes) * 60 + float(seconds)


@pytest.mark.parametrize(
    ("judging", "judges", "quorum"),
    [
        ({}, [], 1),
        ({"verifier": "requester"}, [], 1),
        ({"verifier": "{name}-kim"}, [], 1),
        ({"verifier": "{name}-vera"}, ["{name}-vera"], 1),
        ({"judges": ["{name}-vera", "{name}-vito"]}, ["{name}-vera", "{name}-vito"], 2),
        ({"judges": ["{name}-vera", "{name}-vito"], "quorum": 2}, ["{name}-vera", "{name}-vito"], 2),
    ],
)
def test_who_judges(town: Town, name: str, judging: Any, judges: list[str], quorum: int) -> None:
    kim, _, _ = town.agent("kim"), town.agent("vera"), town.agent("vito")

    def named(value: Any) -> Any:
        return [named(each) for each in value] if isinstance(value, list) else str(value).format(name=name)

    posted = town.task(
        kim, "t", **{field: value if field == "quorum" else named(value) for field, value in judging.items()}
    )

    assert (posted["judges"], posted["quorum"]) == (named(judges), quorum)


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({"capability": ""}, 400, "invalid_input", "capability"),
        ({"ceiling_ucr": 0}, 400, "invalid_input", "ceiling_ucr"),
        ({"deadline_ms": 1}, 400, "invalid_input", "bidding_window_ms"),
        ({"bidding_window_ms": HOUR_MS}, 400, "invalid_input", "deadline_ms"),
        ({"least_reputation": 1.1}, 400, "invalid_input", "least_reputation"),
        ({"verifier": "nobody"}, 404, "unknown_judge", "verifier"),
        ({"judges": ["nobody"]}, 404, "unknown_judge", "judges"),
        ({"judges": ["a", "b"], "quorum": 1}, 400, "invalid_input", "quorum"),
        ({"judges": ["a", "b", "c"], "quorum": 4}, 400, "invalid_input", "quorum"),
        ({"judges": ["a", "a"]}, 400, "invalid_input", "judges"),
        ({"quorum": 1}, 400, "invalid_input", "quorum"),
        ({"verifier": "a", "judges": ["b"]}, 400, "invalid_input", "judges"),
        ({"ceiling_ucr": 5_001}, 402, "insufficient_funds", "amount_ucr"),
        ({"requester": "somebody-else"}, 403, "not_allowed", ""),
        ({"colour": "red"}, 400, "invalid_input", "colour"),
    ],
)
def test_what_is_wrong_with_a_task(town: Town, body: Any, status: int, code: str, field: str) -> None:
    kim = town.agent("kim")
    task = {"capability": town.can, "ceiling_ucr": 80, "deadline_ms": HOUR_MS}
    assert kim.refusal("tasks", **task | body) == (status, code, field)


def test_a_quorum_out_of_range_is_told_what_it_may_be(town: Town) -> None:
    task = {"capability": town.can, "ceiling_ucr": 80, "deadline_ms": HOUR_MS, "judges": ["a", "b", "c"]}
    answer = town.agent("kim").post("/api/v1/tasks", json=task | {"quorum": 1})
    assert answer.json()["detail"].endswith("2 to 3.")


def test_an_operator_asks_for_an_agent(town: Town, admin: Client, name: str) -> None:
    town.agent("kim")
    assert town.task(admin, "t", requester=f"{name}-kim")["requester"] == f"{name}-kim"
    assert admin.refusal("tasks", capability="x", ceiling_ucr=1, deadline_ms=9)[1:] == (
        "invalid_input",
        "requester",
    )
    assert admin.make(f"tasks/{name}-t/cancel")["status"] == "cancelled"


def test_a_task_of_somebody_else_is_not_taken_back(town: Town, name: str) -> None:
    kim, ana = town.agent("kim"), town.provider("ana")
    town.task(kim, "t")
    assert ana.refusal(f"tasks/{name}-t/cancel") == (404, "unknown_task", "id")


def test_the_same_task_asked_for_twice_is_one(town: Town, name: str) -> None:
    kim = town.agent("kim")
    body = {"id": f"{name}-t", "capability": town.can, "ceiling_ucr": 80, "deadline_ms": HOUR_MS}
    assert kim.make("tasks", **body)["sequence"] == kim.make("tasks", **body)["sequence"]
    assert kim.look(f"accounts/{name}-kim")["held_ucr"] == 80
    assert kim.refusal("tasks", **body | {"ceiling_ucr": 81})[:2] == (409, "id_reused")


def test_a_description_is_for_those_whom_it_concerns(
    served: Served, town: Town, admin: Client, name: str
) -> None:
    kim, ana, vera, eve = town.agent("kim"), town.provider("ana"), town.agent("vera"), town.agent("eve")
    town.task(kim, "t", description="Read it.", verifier=f"{name}-vera")
    with served.client(admin.make("keys", holder=f"{name}-eye", role="auditor")["key"]) as auditor:
        told = [who.look(f"tasks/{name}-t")["description"] for who in (kim, ana, vera, admin, eve, auditor)]
    assert told == ["Read it."] * 4 + [None] * 2
    assert "Read it." not in eve.get("/api/v1/events?limit=1000").text


# Why was I not eligible?


def test_whoever_is_not_eligible_is_told_by_which_numbers(town: Town, name: str) -> None:
    kim, kit = town.agent("kim"), town.provider("kit", 119)
    town.task(kim, "t", least_reputation=0.06)

    assert kit.refusal(f"tasks/{name}-t/offers", price_ucr=10) == (403, "stake_too_small", "agent")
    refused = kit.post(f"/api/v1/tasks/{name}-t/offers", json={"price_ucr": 11}).json()
    assert (refused["requested"], refused["available"]) == (120, 119)

    why = kit.look(f"explain/task%2F{name}-t")
    facts = why["facts"]
    assert (why["answer"], facts["eligible"], facts["capable"]) == ("posted", False, True)
    assert (facts["at_stake_ucr"], facts["free_stake_ucr"]) == (119, 119)
    assert (facts["identity_stake_ucr"], facts["bond_at_the_ceiling_ucr"]) == (100, 120)
    assert (facts["record"], facts["least_record"]) == ("5.0%", "6.0%")
    assert "It takes 120 µcr; there are 119." in facts["not eligible: stake_too_small"]
    assert "It takes 6.0%, and 5.0% is proven." in facts["not eligible: reputation_too_low"]

    kit.make(f"agents/{name}-kit/stake", amount_ucr=1)
    assert kit.refusal(f"tasks/{name}-t/offers", price_ucr=10)[1] == "reputation_too_low"


def test_whose_it_is_and_who_judges_it_cannot_do_it(town: Town, name: str) -> None:
    kim, vera, eve = town.provider("kim"), town.provider("vera"), town.agent("eve", STAKE)
    town.task(kim, "t", verifier=f"{name}-vera")
    for who, code in ((kim, "own_task"), (vera, "judges_task"), (eve, "not_capable")):
        assert who.refusal(f"tasks/{name}-t/offers", price_ucr=10)[:2] == (403, code)
    assert eve.look(f"explain/task%2F{name}-t")["facts"]["eligible"] is False


def test_what_an_agent_lacks_is_told_to_nobody_else(town: Town, admin: Client, name: str) -> None:
    kim, ana, bea = town.agent("kim"), town.provider("ana"), town.provider("bea")
    town.task(kim, "t")
    ana.make(f"tasks/{name}-t/offers", price_ucr=30)

    for who in (kim, bea):
        assert who.get(f"/api/v1/explain/offer%2F{name}-t%2F{name}-ana").status_code == 403
    mine = ana.look(f"explain/offer%2F{name}-t%2F{name}-ana")["facts"]
    assert (mine["price_ucr"], mine["eligible"]) == (30, True)
    operators = admin.look(f"explain/offer%2F{name}-t%2F{name}-ana")["facts"]
    assert (operators.get("price_ucr"), operators["free_stake_ucr"]) == (None, STAKE)
    none = bea.look(f"explain/offer%2F{name}-t%2F{name}-bea")
    assert (none["answer"], none["facts"]["eligible"]) == ("no offer", True)
