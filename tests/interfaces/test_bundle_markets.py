"""Bundles, schedules and linked bids through HTTP and the real solver, with figures worked out by hand."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.interfaces.served import Client, Served

HOUR_MS = 3_600_000
PATIENCE_S = 30.0


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("served") / "data") as server:
        yield server


class Office:
    """A GPU and a reviewer of a test's name, and three bidders of 1,000 µcr."""

    def __init__(self, served: Served, admin: Client, name: str) -> None:
        self.served, self.admin, self.name = served, admin, name
        self.items = (f"{name}-gpu", f"{name}-reviewer")
        for item in self.items:
            admin.make("resources", id=item, unit="hours", capacity=1, period_ms=HOUR_MS)
        self.clients = {called: self._bidder(called) for called in ("ann", "bob", "gil")}

    def _bidder(self, called: str) -> Client:
        made = self.admin.make("agents", id=f"{self.name}-{called}", credits_ucr=1_000)
        return self.served.client(made["key"])

    def close(self) -> None:
        for client in self.clients.values():
            client.close()

    def market(self, **rules: Any) -> dict[str, Any]:
        sold = {"resources": list(self.items), "mechanism": "combinatorial"} | rules
        return self.admin.make("markets", id=self.name, **sold)

    def bid(self, auction: str, called: str, wants: str, price: int, **body: Any) -> dict[str, Any]:
        items = {f"{self.name}-{item}": 1 for item in wants.split()}
        return self.clients[called].make(f"auctions/{auction}/bids", items=items, price_ucr=price, **body)

    def sealed_bids(self, auction: str) -> None:
        """Local, local, global."""
        self.bid(auction, "ann", "gpu", 500, id="b1")
        self.bid(auction, "bob", "reviewer", 600, id="b2")
        self.bid(auction, "gil", "gpu reviewer", 800, id="b3")

    def ended(self, auction: str) -> dict[str, Any]:
        """The auction, once it waits for its outcome no more."""
        until = time.monotonic() + PATIENCE_S
        while (found := self.admin.look(f"auctions/{auction}"))["status"] == "clearing":
            assert time.monotonic() < until
        return found


@pytest.fixture
def office(served: Served, admin: Client, name: str) -> Iterator[Office]:
    office = Office(served, admin, name)
    yield office
    office.close()


def test_bundles_are_cleared_by_core_payments(office: Office) -> None:
    name = office.name
    made = office.market(reserves_ucr={office.items[0]: 50}, time_limit_ms=5_000)
    assert (made["payment"], made["reserves_ucr"], made["unproven"]) == (
        "core",
        {office.items[0]: 50},
        "fail",
    )
    auction = office.admin.make("auctions", market=name, supply=dict.fromkeys(office.items, 1))["id"]
    office.sealed_bids(auction)
    closed = office.admin.make(f"auctions/{auction}/close")
    assert closed["status"] in ("clearing", "settled")
    found = office.ended(auction)
    assert found["status"] == "settled"
    properties = found["outcome"].pop("properties")
    assert properties.pop("worst_coalition") == {"bids": [], "gain": 0, "most": 0}
    assert all(properties[each] for each in ("feasible", "efficient", "individually_rational", "in_core"))
    # Ann and Bob pay 800 between them, which Gil offers: each 150 more than by VCG.
    assert found["outcome"] == {
        "mechanism": "combinatorial",
        "status": "cleared",
        "allocation": [
            {"bid": "b1", "agent": f"{name}-ann", "items": {office.items[0]: 1}, "payment": 350},
            {"bid": "b2", "agent": f"{name}-bob", "items": {office.items[1]: 1}, "payment": 450},
        ],
        "welfare": 1_100,
        "revenue": 800,
        "prices": {},
        "optimal": True,
        "gap": 0.0,
        "bound": 1_100,
        "payment": "core",
    }
    assert [office.admin.balance(f"{name}-{called}") for called in office.clients] == [650, 550, 1_000]
    (grant,) = office.clients["ann"].look("grants", agent=f"{name}-ann")["items"]
    assert (grant["resource"], grant["units"], grant["paid_ucr"]) == (office.items[0], 1, 350)


def test_while_bundles_are_cleared_nothing_of_the_bids_is_told(office: Office) -> None:
    office.market()
    auction = office.admin.make("auctions", market=office.name, supply=dict.fromkeys(office.items, 1))["id"]
    office.sealed_bids(auction)
    office.admin.make(f"auctions/{auction}/close")
    office.ended(auction)
    events = office.admin.look("events", subject=f"auction/{auction}")["events"]
    (closed,) = (each for each in events if "auction_closed" in each["type"])
    assert "digest" not in closed["data"]


def explained(client: Client, name: str) -> tuple[str, dict[str, Any]]:
    told = client.look(f"explain/{name.replace('/', '%2F')}")
    return told["answer"], told["facts"]


def test_why_a_bundle_lost_is_told(office: Office) -> None:
    name = office.name
    office.market()
    auction = office.admin.make("auctions", market=name, supply=dict.fromkeys(office.items, 1))["id"]
    office.sealed_bids(auction)
    office.bid(auction, "ann", "reviewer", 100, id="b4")
    office.admin.make(f"auctions/{auction}/close")
    office.ended(auction)
    answer, told = explained(office.clients["gil"], f"bid/{auction}/b3")
    assert answer == "lost"
    assert "left too little of what it wants" in told["why"]
    assert (told[f"{office.items[0]}, wanted"], told[f"{office.items[0]}, left"]) == (1, 0)
    assert (told["welfare_ucr"], told["best_possible_welfare_ucr"]) == (1_100, 1_100)
    answer, told = explained(office.clients["ann"], f"bid/{auction}/b4")
    assert (answer, told["its_other_bid"]) == ("lost", "b1")


def test_linked_bids_are_both_won_or_neither(office: Office) -> None:
    name, auctions = office.name, []
    for item in office.items:
        made = office.admin.make(
            "markets", id=item, resource=item, mechanism="second_price", together=f"{name}-fair"
        )
        assert made["together"] == f"{name}-fair"
        auctions.append(
            office.admin.make("auctions", market=item, units=1, closes_at="2100-01-01T00:00:00Z")["id"]
        )
    gpu, reviewer = auctions
    office.clients["ann"].make(f"auctions/{gpu}/bids", id="a1", price_ucr=9, link="both")
    office.clients["ann"].make(f"auctions/{reviewer}/bids", id="a2", price_ucr=6, link="both")
    office.clients["bob"].make(f"auctions/{reviewer}/bids", id="b1", price_ucr=7)
    office.clients["gil"].make(f"auctions/{gpu}/bids", id="g1", price_ucr=5)
    assert explained(office.admin, f"auction/{gpu}")[1]["cleared_together_with"] == reviewer
    closed = office.admin.make(f"auctions/{gpu}/close")
    also = office.admin.look(f"auctions/{reviewer}")
    # bob has the reviewer, so ann does not have the GPU either, and nobody's price is hers.
    assert [won["bid"] for won in closed["outcome"]["allocation"]] == ["g1"]
    assert [(won["bid"], won["payment"]) for won in also["outcome"]["allocation"]] == [("b1", 0)]
    assert closed["outcome"]["properties"]["feasible"] is True
    answer, told = explained(office.clients["ann"], f"bid/{gpu}/a1")
    assert (answer, told["why"]) == (
        "lost",
        f"a2 in {reviewer}, with which it was linked, was not won in full",
    )
    assert explained(office.clients["gil"], f"bid/{gpu}/g1")[1]["payment_ucr"] == 0
    assert office.admin.balance(f"{name}-ann") == 1_000


def test_a_link_needs_auctions_that_are_cleared_together(office: Office) -> None:
    (gpu, _) = office.items
    office.admin.make("markets", id=gpu, resource=gpu, mechanism="second_price")
    auction = office.admin.make("auctions", market=gpu, units=1)["id"]
    refused = office.clients["ann"].refusal(f"auctions/{auction}/bids", price_ucr=9, link="both")
    assert refused == (400, "invalid_bid", "link")


def test_a_market_announces_its_auctions_by_itself(office: Office) -> None:
    (gpu, _) = office.items
    schedule = {"every_ms": HOUR_MS, "supply": {gpu: 1}, "ahead": 3}
    made = office.admin.make(
        "markets", id=gpu, resource=gpu, mechanism="second_price", schedule=schedule, bidding_window_ms=60_000
    )
    assert made["schedule"] == {**schedule, "lead_ms": None, "starts_at": None}
    # What is due happens before the next command is decided.
    office.admin.make("teams", id=f"{office.name}-crew")
    found = office.admin.look("auctions", market=gpu)["items"]
    assert [each["id"] for each in found] == [f"{gpu}:1", f"{gpu}:2", f"{gpu}:3"]
    assert len({each["closes_at"] for each in found}) == 1
    assert [each["ends_at"] for each in found[:2]] == [each["starts_at"] for each in found[1:]]
    told = explained(office.admin, f"market/{gpu}")[1]
    assert told["next_window_at"] == found[2]["ends_at"]
    assert told["announces_again_at"] > found[0]["opens_at"]
    assert office.admin.make(f"markets/{gpu}/change", schedule="none")["schedule"] is None
    assert "announces_again_at" not in explained(office.admin, f"market/{gpu}")[1]


def test_what_cannot_be_is_refused_by_its_field(office: Office) -> None:
    (gpu, _) = office.items
    sold = {"resource": gpu, "mechanism": "second_price"}
    said = office.admin.refusal
    assert said("markets", **sold, schedule={"every_ms": 0, "supply": {gpu: 1}})[1] == "invalid_input"
    odd = {"every_ms": 1, "supply": {"disk": 1}}
    assert said("markets", **sold, schedule=odd) == (400, "invalid_terms", "schedule.supply")
    assert said("markets", **sold, reserves_ucr={gpu: 1}) == (400, "invalid_terms", "reserves_ucr")
    office.market()
    both = {"closes_at": "2100-01-01T00:00:00Z", "closes_in_ms": 5}
    assert said("auctions", market=office.name, supply={gpu: 1}, **both)[2] == "closes_at"
