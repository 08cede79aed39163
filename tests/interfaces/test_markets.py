"""Resources, markets, auctions, bids and grants through HTTP, with figures worked out by hand."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.interfaces.served import Client, Served

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


class Fair:
    """A resource of four units and a market for it, both of a test's name, and two bidders of 1,000 µcr."""

    def __init__(self, served: Served, admin: Client, name: str) -> None:
        self.served, self.admin, self.name = served, admin, name
        self._clients: list[Client] = []
        admin.make("resources", id=name, unit="GPU hours", capacity=4, period_ms=HOUR_MS)
        self.ann, self.bob = self.bidder("ann"), self.bidder("bob")

    def bidder(self, called: str, **body: Any) -> Client:
        made = self.admin.make("agents", id=f"{self.name}-{called}", **{"credits_ucr": 1_000} | body)
        client = self.served.client(made["key"])
        self._clients.append(client)
        return client

    def close(self) -> None:
        for client in self._clients:
            client.close()

    def market(self, mechanism: str, **rules: Any) -> dict[str, Any]:
        return self.admin.make("markets", id=self.name, resource=self.name, mechanism=mechanism, **rules)

    def auction(self, **body: Any) -> str:
        fields = {"market": self.name, "units": 1, "closes_in_ms": DAY_MS} | body
        return str(self.admin.make("auctions", **fields)["id"])

    def agent(self, called: str) -> str:
        return f"{self.name}-{called}"


@pytest.fixture
def fair(served: Served, admin: Client, name: str) -> Iterator[Fair]:
    fair = Fair(served, admin, name)
    yield fair
    fair.close()


def test_a_second_price_auction_from_announcement_to_use(fair: Fair) -> None:
    name, admin = fair.name, fair.admin
    fair.market("second_price", reserve_ucr=100)
    announced = admin.make("auctions", id=f"{name}-a", market=name, units=1, closes_in_ms=DAY_MS)
    assert (announced["status"], announced["outcome"], announced["supply"]) == ("open", None, {name: 1})
    assert admin.look(f"resources/{name}")["free"] == 3

    bid = fair.ann.make(f"auctions/{name}-a/bids", id="b1", units=1, price_ucr=900)
    assert (bid["id"], bid["hold_ucr"], bid["items"]) == ("b1", 900, {name: 1})
    # bob says a cap, and so much is held of his money.
    capped = fair.bob.make(f"auctions/{name}-a/bids", id="b2", price_ucr=700, cap_ucr=950)
    assert capped["hold_ucr"] == 950
    mine = fair.ann.look(f"accounts/{name}-ann")
    assert (mine["held_ucr"], mine["available_ucr"]) == (900, 100)

    closed = admin.make(f"auctions/{name}-a/close")
    assert closed["status"] == "settled"
    properties = closed["outcome"].pop("properties")
    assert all(properties[name] for name in ("feasible", "individually_rational", "efficient"))
    assert closed["outcome"] == {
        "mechanism": "second_price",
        "status": "cleared",
        "allocation": [{"bid": "b1", "agent": f"{name}-ann", "items": {name: 1}, "payment": 700}],
        "welfare": 900,
        "revenue": 700,
        "prices": {name: 700},
        "optimal": True,
        "gap": 0.0,
    }
    assert admin.balance(f"{name}-ann") == 300
    assert admin.look(f"accounts/{name}-bob")["available_ucr"] == 1_000

    (grant,) = fair.ann.look("grants", agent=f"{name}-ann")["items"]
    assert (grant["units"], grant["left"], grant["paid_ucr"], grant["status"]) == (1, 1, 700, "running")
    used = fair.ann.make(f"grants/{grant['id']}/usage", units=1, fence=grant["fence"])
    assert used["left"] == 0
    assert fair.ann.refusal(f"grants/{grant['id']}/usage", units=1) == (409, "units_over_grant", "units")
    assert fair.bob.look("grants")["items"] == []
    assert fair.bob.get(f"/api/v1/grants/{grant['id']}").status_code == 404


def test_many_units_at_one_price(fair: Fair) -> None:
    """Four units: ann 3 at 200 each, bob 2 at 150, so bob is filled partly and sets the price himself."""
    fair.market("uniform_price")
    auction = fair.auction(supply={fair.name: 4}, units=None)
    three = fair.ann.make(f"auctions/{auction}/bids", id="b1", units=3, unit_price_ucr=200, cap_ucr=900)
    assert (three["price_ucr"], three["hold_ucr"]) == (600, 900)
    two = fair.bob.make(f"auctions/{auction}/bids", id="b2", items={fair.name: 2}, price_ucr=300)
    assert (two["price_ucr"], two["hold_ucr"]) == (300, 300)
    outcome = fair.admin.make(f"auctions/{auction}/close")["outcome"]
    assert outcome["prices"] == {fair.name: 150}
    assert [(won["bid"], won["payment"]) for won in outcome["allocation"]] == [("b1", 450), ("b2", 150)]
    bids = fair.bob.look(f"auctions/{auction}/bids")["items"]
    assert [(bid["id"], bid["status"], bid["price_ucr"], bid["payment_ucr"]) for bid in bids] == [
        ("b1", "won", 600, 450),
        ("b2", "won", 300, 150),
    ]


def test_a_market_shows_every_rule_it_has(fair: Fair) -> None:
    by_default = {
        "reserve_ucr": 0,
        "increment_ucr": 1,
        "stake_ucr": 0,
        "least_reputation": 0.0,
        "reputation_weight": 0.0,
        "credit": "none",
        "proceeds": "burn",
        "seller": None,
        "bidding_window_ms": 30_000,
        "soft_close_ms": 30_000,
        "revisions": "raise",
        "clock": None,
        "uniform": "highest_losing",
        "payment": "core",
        "bidding": "xor",
        "reserves_ucr": {},
        "time_limit_ms": 10_000,
        "clearing_ms": 120_000,
        "unproven": "fail",
        "schedule": None,
        "together": "",
        "pricing": None,
        "sharing": "counter",
        "reserved_share": 0.0,
        "computed_reserve": None,
        "book": None,
        "halt": None,
    }
    made = fair.market("second_price")
    identity = {
        "id": fair.name,
        "resource": fair.name,
        "resources": [fair.name],
        "mechanism": "second_price",
        "halted": False,
        "reason": "",
        "halted_at": None,
        "resumes_at": None,
    }
    assert made.items() >= (by_default | identity).items()
    changes = {"reserve": 5, "least_reputation": 0.25, "seller": fair.agent("ann"), "revisions": "withdraw"}
    changed = fair.admin.make(f"markets/{fair.name}/change", **changes)
    expected = {"reserve_ucr": 5, "proceeds": "seller", "seller": fair.agent("ann"), "revisions": "withdraw"}
    assert changed == made | expected | {"least_reputation": 0.25}
    assert fair.bob.look(f"markets/{fair.name}") == changed
    burnt = fair.admin.make(f"markets/{fair.name}/change", proceeds="treasury")
    assert (burnt["proceeds"], burnt["seller"], burnt["reserve_ucr"]) == ("treasury", None, 5)


def test_a_clock_is_said_in_milliseconds(fair: Fair) -> None:
    clock = {"start_ucr": 900, "step_ucr": 50, "tick_ms": 1_000, "floor_ucr": 100}
    assert fair.market("dutch", clock=clock)["clock"] == clock


def test_a_halted_market_takes_no_bids(fair: Fair) -> None:
    fair.market("first_price")
    auction = fair.auction()
    halted = fair.admin.make(f"markets/{fair.name}/freeze", reason="odd prices")
    assert (halted["halted"], halted["reason"]) == (True, "odd prices")
    assert fair.ann.refusal(f"auctions/{auction}/bids", price_ucr=5) == (409, "market_halted", "market")
    assert fair.admin.make(f"markets/{fair.name}/unfreeze")["halted"] is False
    fair.ann.make(f"auctions/{auction}/bids", price_ucr=5)


def test_what_is_promised_of_a_resource_is_not_free(fair: Fair) -> None:
    fair.market("first_price")
    fair.auction(units=3)
    later = {"starts_in_ms": 2 * DAY_MS, "ends_in_ms": 3 * DAY_MS}
    fair.auction(units=1, window=later)
    resource = fair.bob.look(f"resources/{fair.name}")
    assert [resource[field] for field in ("capacity", "promised", "on_sale", "free")] == [4, 0, 3, 1]
    over = {"market": fair.name, "units": 2, "closes_in_ms": DAY_MS, "window": later}
    assert fair.admin.refusal("auctions", **over) == (409, "over_capacity", "supply")
    changed = fair.admin.refusal(f"resources/{fair.name}/change", capacity=3)
    assert changed == (409, "capacity_promised", "capacity")
    assert fair.admin.make(f"resources/{fair.name}/change", capacity=5)["free"] == 2


def test_bids_are_raised_and_withdrawn_by_the_markets_rules(fair: Fair) -> None:
    fair.market("first_price", revisions="withdraw")
    auction = fair.auction()
    fair.ann.make(f"auctions/{auction}/bids", id="b1", price_ucr=300)
    raised = fair.ann.make(f"auctions/{auction}/bids/b1/raise", price_ucr=400)
    assert (raised["price_ucr"], raised["hold_ucr"]) == (400, 400)
    assert fair.bob.refusal(f"auctions/{auction}/bids/b1/raise", price_ucr=500)[:2] == (404, "unknown_bid")
    assert fair.bob.refusal(f"auctions/{auction}/bids/b1/withdraw")[:2] == (404, "unknown_bid")
    (bid,) = fair.ann.look(f"auctions/{auction}/bids")["items"]
    assert (bid["price_ucr"], bid["status"]) == (400, "open")
    fair.ann.make(f"auctions/{auction}/bids/b1/withdraw")
    assert fair.ann.look(f"accounts/{fair.agent('ann')}")["held_ucr"] == 0
    assert fair.admin.make(f"auctions/{auction}/close")["outcome"]["status"] == "no_sale"


def test_a_cancelled_auction_releases_and_opens_nothing(fair: Fair) -> None:
    fair.market("first_price")
    auction = fair.auction()
    fair.ann.make(f"auctions/{auction}/bids", price_ucr=300)
    cancelled = fair.admin.make(f"auctions/{auction}/cancel", reason="a mistake")
    assert [cancelled[field] for field in ("status", "reason", "outcome")] == ["cancelled", "a mistake", None]
    (bid,) = fair.admin.look(f"auctions/{auction}/bids")["items"]
    assert (bid["status"], bid["price_ucr"], bid["hold_ucr"]) == ("released", None, None)
    assert fair.admin.look(f"accounts/{fair.agent('ann')}")["available_ucr"] == 1_000
    assert fair.ann.refusal(f"auctions/{auction}/bids", price_ucr=5)[:2] == (409, "auction_not_open")


def test_a_released_grant_can_be_sold_again(fair: Fair) -> None:
    fair.market("first_price")
    auction = fair.auction(units=1)
    fair.ann.make(f"auctions/{auction}/bids", price_ucr=300)
    fair.admin.make(f"auctions/{auction}/close")
    assert fair.admin.look(f"resources/{fair.name}")["promised"] == 1
    (grant,) = fair.ann.look("grants")["items"]
    assert fair.bob.refusal(f"grants/{grant['id']}/release")[:2] == (404, "unknown_grant")
    stale = fair.ann.refusal(f"grants/{grant['id']}/usage", units=1, fence=grant["fence"] + 1)
    assert stale == (409, "stale_fence", "fence")
    assert fair.ann.make(f"grants/{grant['id']}/release")["returned"] == 1
    assert fair.ann.look(f"grants/{grant['id']}")["status"] == "released"
    assert fair.admin.look(f"resources/{fair.name}")["free"] == 4
    assert fair.ann.refusal(f"grants/{grant['id']}/usage", units=1)[:2] == (409, "grant_ended")


def test_lists_tell_what_there_is(fair: Fair) -> None:
    fair.market("first_price")
    first, second = fair.auction(id=f"{fair.name}-1"), fair.auction(id=f"{fair.name}-2")
    fair.admin.make(f"auctions/{second}/close")
    everything = fair.bob.look("auctions", market=fair.name)["items"]
    assert [(each["id"], each["status"]) for each in everything] == [(second, "settled"), (first, "open")]
    (running,) = fair.bob.look("auctions", market=fair.name, status="open")["items"]
    assert running["id"] == first
    assert fair.name in {each["id"] for each in fair.bob.look("markets", limit=1_000)["items"]}
    assert fair.name in {each["id"] for each in fair.bob.look("resources", limit=1_000)["items"]}


def test_a_bid_needs_the_money_or_the_budget_and_is_told_which(fair: Fair) -> None:
    fair.market("first_price", reserve=100)
    auction = fair.auction()
    bids = f"auctions/{auction}/bids"
    assert fair.ann.refusal(bids, price_ucr=1_001) == (402, "insufficient_funds", "price_ucr")
    fair.admin.make("budgets", id=fair.agent("bob"), limit_ucr=250)
    assert fair.bob.refusal(bids, price_ucr=251) == (402, "budget_exhausted", "price_ucr")
    assert fair.ann.refusal(bids, price_ucr=99) == (409, "below_reserve", "price_ucr")
    poor = fair.admin.make(f"markets/{fair.name}/change", stake_ucr=5)
    assert poor["stake_ucr"] == 5
    staked = fair.auction(id=f"{fair.name}-staked")
    assert fair.ann.refusal(f"auctions/{staked}/bids", price_ucr=100)[:2] == (403, "stake_too_small")


def test_the_same_request_twice_acts_once(fair: Fair) -> None:
    fair.market("first_price")
    auction = fair.auction()
    body = {"id": "b1", "price_ucr": 10}
    once = fair.ann.make(f"auctions/{auction}/bids", "bid-1", **body)
    assert fair.ann.make(f"auctions/{auction}/bids", "bid-1", **body) == once
    assert fair.ann.refusal(f"auctions/{auction}/bids", **body) == (409, "bid_exists", "bid")
    other = fair.ann.post(
        f"/api/v1/auctions/{auction}/bids",
        json=body | {"price_ucr": 11},
        headers={"Idempotency-Key": "bid-1"},
    )
    assert (other.status_code, other.json()["code"]) == (409, "id_reused")


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("resources", {"unit": "h", "capacity": 0, "period_ms": 1}, "capacity"),
        ("resources", {"unit": "", "capacity": 1, "period_ms": 1}, "unit"),
        ("resources", {"unit": "h", "capacity": 1}, "period_ms"),
        ("markets", {"mechanism": "first_price"}, "resource"),
        ("markets", {"mechanism": "first_price", "resource": "a", "resources": ["b"]}, "resource"),
        ("markets", {"mechanism": "lottery", "resource": "{name}"}, "mechanism"),
        ("markets", {"mechanism": "dutch", "resource": "{name}"}, "clock"),
        ("markets", {"mechanism": "first_price", "resource": "{name}", "proceeds": "seller"}, "seller"),
        (
            "markets",
            {"mechanism": "first_price", "resource": "{name}", "reserve": 1, "reserve_ucr": 2},
            "reserve",
        ),
        ("markets", {"mechanism": "first_price", "resource": "{name}", "resrve": 1}, "resrve"),
        ("auctions", {"market": "{name}"}, "units"),
        ("auctions", {"market": "{name}", "units": 1, "supply": {"{name}": 1}}, "units"),
        ("auctions", {"market": "{name}", "units": 1, "window": {"starts_in_ms": 5}}, "window.ends_at"),
        (
            "auctions",
            {"market": "{name}", "units": 1, "window": {"starts_at": "noon", "ends_in_ms": 5}},
            "window.starts_at",
        ),
        ("markets/{name}/change", {}, ""),
    ],
)
def test_bad_input_is_told_by_its_field(fair: Fair, path: str, body: dict[str, Any], field: str) -> None:
    fair.market("second_price")

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {filled(key): filled(each) for key, each in value.items()}
        return value.replace("{name}", fair.name) if isinstance(value, str) else value

    status, code, told = fair.admin.refusal(filled(path), **filled(body))
    assert (status, told) == (400, field)
    assert code in ("invalid_input", "invalid_terms")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "price_ucr"),
        ({"price_ucr": 5, "unit_price_ucr": 5}, "price_ucr"),
        ({"price_ucr": 0}, "price_ucr"),
        ({"price_ucr": "5"}, "price_ucr"),
        ({"price_ucr": 5, "units": 2, "items": {"x": 1}}, "units"),
        ({"price_ucr": 5, "units": 2}, "price_ucr"),
        ({"price_ucr": 6, "cap_ucr": 4, "units": 2}, "cap_ucr"),
        ({"price_ucr": 6, "items": {}}, "items"),
    ],
)
def test_a_bad_bid_is_told_by_its_field(fair: Fair, body: dict[str, Any], field: str) -> None:
    fair.market("uniform_price")
    auction = fair.auction(units=4)
    status, code, told = fair.ann.refusal(f"auctions/{auction}/bids", **body)
    assert (status, told) == (400, field)
    assert code in ("invalid_input", "invalid_bid")
