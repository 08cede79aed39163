"""Orders, books and price histories through HTTP, with figures worked out by hand."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.interfaces.served import Client, Served

HOUR_MS = 3_600_000


class Exchange:
    """A resource of ten units and a book for it, both of a test's name; ann, bob and cyd have 1,000 µcr."""

    def __init__(self, served: Served, admin: Client, name: str, **rules: Any) -> None:
        self.admin, self.name, self._served = admin, name, served
        self._clients: list[Client] = []
        admin.make("resources", id=name, unit="GPU hours", capacity=10, period_ms=HOUR_MS)
        self.ann, self.bob, self.cyd = (self._trader(called) for called in ("ann", "bob", "cyd"))

    def opened(self, **rules: Any) -> dict[str, Any]:
        fields = {"id": self.name, "resource": self.name, "mechanism": "order_book"} | rules
        return self.admin.make("markets", **fields)

    def order(
        self, who: Client, side: str, units: int, price: int | None = None, **more: Any
    ) -> dict[str, Any]:
        return who.make("orders", **self.body(side, units, price, **more))

    def body(self, side: str, units: int, price: int | None = None, **more: Any) -> dict[str, Any]:
        fields = {"market": self.name, "side": side, "units": units} | more
        return fields if price is None else fields | {"unit_price_ucr": price}

    def account(self, who: str) -> dict[str, Any]:
        return self.admin.look(f"accounts/{self.name}-{who}")

    def close(self) -> None:
        for client in self._clients:
            client.close()

    def _trader(self, called: str) -> Client:
        made = self.admin.make("agents", id=f"{self.name}-{called}", credits_ucr=1_000)
        self._clients.append(self._served.client(made["key"]))
        return self._clients[-1]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("served") / "data") as server:
        yield server


@pytest.fixture
def exchange(served: Served, admin: Client, name: str) -> Iterator[Exchange]:
    exchange = Exchange(served, admin, name)
    yield exchange
    exchange.close()


def test_orders_rest_trade_and_leave(exchange: Exchange) -> None:
    name, ann, bob, cyd = exchange.name, exchange.ann, exchange.bob, exchange.cyd
    exchange.opened()
    offered = exchange.order(bob, "sell", 4, 20, id=f"{name}-s")
    assert (offered["status"], offered["resting"], offered["hold_ucr"], offered["trades"]) == (
        "resting",
        4,
        0,
        [],
    )
    exchange.order(cyd, "sell", 3, 25)
    exchange.order(cyd, "sell", 2, 25)
    exchange.order(ann, "buy", 1, 10)

    book = ann.look(f"markets/{name}/book")
    assert book["bids"] == [{"unit_price_ucr": 10, "units": 1, "orders": 1}]
    assert book["asks"] == [
        {"unit_price_ucr": 20, "units": 4, "orders": 1},
        {"unit_price_ucr": 25, "units": 5, "orders": 2},
    ]
    assert (book["orders"], book["trades"], book["last_price_ucr"]) == (4, 0, None)

    # 4 x 20 and 2 x 25, and nothing is left to wait.
    bought = exchange.order(ann, "buy", 6, 25, id=f"{name}-b")
    assert (bought["status"], bought["traded"], bought["amount_ucr"], bought["hold_ucr"]) == (
        "traded",
        6,
        130,
        0,
    )
    assert [(trade["units"], trade["unit_price_ucr"]) for trade in bought["trades"]] == [(4, 20), (2, 25)]
    assert exchange.account("ann")["balance_ucr"] == 870
    assert exchange.account("bob")["balance_ucr"] == 1_080
    grants = ann.look("grants")["items"]
    assert [(grant["id"], grant["units"], grant["paid_ucr"]) for grant in grants] == [
        (bought["trades"][0]["id"], 4, 80),
        (bought["trades"][1]["id"], 2, 50),
    ]
    assert ann.look(f"markets/{name}/book", levels=1)["asks"] == [
        {"unit_price_ucr": 25, "units": 3, "orders": 2}
    ]
    assert bob.look(f"orders/{name}-s")["status"] == "traded"


def test_whose_orders_are_whose(exchange: Exchange) -> None:
    name, ann, bob = exchange.name, exchange.ann, exchange.bob
    exchange.opened()
    exchange.order(ann, "buy", 5, 30, id=f"{name}-a")
    exchange.order(bob, "buy", 2, 30, id=f"{name}-b")
    shown = bob.look(f"orders/{name}-b")
    assert (shown["status"], shown["open_units"], shown["hold_ucr"], shown["ahead"]) == ("resting", 2, 60, 5)
    assert bob.get(f"/api/v1/orders/{name}-a").status_code == 404
    assert bob.delete(f"/api/v1/orders/{name}-a").json()["code"] == "unknown_order"
    assert bob.refusal(f"orders/{name}-a/replace", units=1, unit_price_ucr=1) == (
        404,
        "unknown_order",
        "order",
    )
    assert [order["id"] for order in bob.look("orders", market=name)["items"]] == [f"{name}-b"]
    assert len(exchange.admin.look("orders", market=name)["items"]) == 2

    gone = ann.delete(f"/api/v1/orders/{name}-a")
    assert gone.status_code == 200
    assert (gone.json()["units"], gone.json()["released_ucr"]) == (5, 150)
    assert exchange.account("ann")["available_ucr"] == 1_000
    again = ann.delete(f"/api/v1/orders/{name}-a")
    assert (again.status_code, again.json()["code"]) == (409, "order_closed")
    assert exchange.admin.delete(f"/api/v1/orders/{name}-b").status_code == 200
    assert bob.look(f"orders/{name}-b")["status"] == "operator"


def test_an_order_can_be_replaced(exchange: Exchange) -> None:
    exchange.opened()
    name = f"{exchange.name}-o"
    exchange.order(exchange.ann, "buy", 5, 30, id=name)
    exchange.order(exchange.bob, "sell", 2, 40)
    replaced = exchange.ann.make(f"orders/{name}/replace", units=3, unit_price_ucr=45)
    assert (replaced["side"], replaced["traded"], replaced["amount_ucr"]) == ("buy", 2, 80)
    assert (replaced["resting"], replaced["hold_ucr"]) == (1, 45)


def test_buying_at_any_price_needs_a_cap(exchange: Exchange) -> None:
    exchange.opened()
    exchange.order(exchange.bob, "sell", 4, 20)
    body = exchange.body("buy", 4)
    assert exchange.ann.refusal("orders", **body) == (400, "invalid_order", "cap_ucr")
    bought = exchange.order(exchange.ann, "buy", 4, cap_ucr=50, time_in_force="ioc")
    assert (bought["status"], bought["traded"], bought["lapsed"], bought["amount_ucr"]) == (
        "lapsed",
        2,
        2,
        40,
    )


def test_what_an_order_is_refused_for(exchange: Exchange) -> None:
    admin, ann, name = exchange.admin, exchange.ann, exchange.name
    exchange.opened(reserve_ucr=5, book={"sellers": [f"{name}-bob"]})
    body = exchange.body
    assert ann.refusal("orders", **body("buy", 1, 4)) == (409, "below_reserve", "unit_price_ucr")
    assert ann.refusal("orders", **body("sell", 1, 9)) == (403, "not_a_seller", "agent")
    assert exchange.bob.refusal("orders", **body("sell", 11, 9)) == (409, "over_capacity", "units")
    assert ann.refusal("orders", **body("buy", 101, 10)) == (402, "insufficient_funds", "unit_price_ucr")
    assert ann.refusal("orders", **body("buy", 1, 9, cap_ucr=9)) == (400, "invalid_order", "cap_ucr")
    assert admin.refusal("orders", **body("buy", 1, 9))[0] == 403
    admin.make("markets", id=f"{name}-a", resource=name, mechanism="first_price")
    assert ann.refusal("orders", **body("buy", 1, 9) | {"market": f"{name}-a"}) == (
        409,
        "not_a_book",
        "market",
    )
    assert ann.get(f"/api/v1/markets/{name}-a/book").json()["code"] == "not_a_book"
    admin.make(f"markets/{name}/freeze", reason="look into it")
    assert ann.refusal("orders", **body("buy", 1, 9)) == (409, "market_halted", "market")


def test_the_rules_of_books_and_halts_are_shown_as_they_were_set(exchange: Exchange) -> None:
    book = {
        "sellers": "holders",
        "starts_at": "2200-01-01T00:00:00Z",
        "ends_at": "2200-01-02T00:00:00Z",
        "self_trade": "cancel_incoming",
        "max_orders": 5,
    }
    market = exchange.opened(book=book, halt={})
    assert market["book"] == book
    assert market["halt"] == {
        "move": 0.1,
        "window_ms": 300_000,
        "failures": 0.5,
        "of": 10,
        "pause_ms": 300_000,
    }


def test_a_market_that_halts_by_itself_says_until_when(exchange: Exchange) -> None:
    name = exchange.name
    exchange.opened(halt={"move": 0.5, "pause_ms": 24 * HOUR_MS})
    exchange.order(exchange.bob, "sell", 1, 100)
    exchange.order(exchange.bob, "sell", 1, 151)
    stopped = exchange.order(exchange.ann, "buy", 2, 200)
    assert (stopped["traded"], stopped["resting"]) == (2, 0)  # A first price has nothing to be held against.
    exchange.order(exchange.bob, "sell", 1, 227)  # 1.5 x 151 is 226.5.
    stopped = exchange.order(exchange.ann, "buy", 1, 300)
    assert (stopped["status"], stopped["traded"]) == ("lapsed", 0)
    market = exchange.admin.look(f"markets/{name}")
    assert (market["halted"], market["reason"]) == (True, "price_move")
    assert market["resumes_at"] > market["halted_at"]
    exchange.admin.make(f"markets/{name}/change", halt="none")
    exchange.admin.make(f"markets/{name}/unfreeze")
    assert exchange.admin.look(f"markets/{name}")["halt"] is None
    assert exchange.admin.look(f"markets/{name}")["resumes_at"] is None


def test_the_history_of_a_books_prices(exchange: Exchange) -> None:
    name = exchange.name
    exchange.opened()
    exchange.order(exchange.bob, "sell", 4, 20)
    exchange.order(exchange.ann, "buy", 3, 25)
    exchange.order(exchange.cyd, "buy", 5, 15)
    rows = exchange.cyd.look(f"markets/{name}/prices")["items"]
    # By the second; these orders may have come in several.
    assert {(row["resource"], row["kind"]) for row in rows} == {(name, "book")}
    assert sum(row["sold"] for row in rows) == 3
    assert sum(row["wanted"] for row in rows) == 8
    assert sum(row["supply"] for row in rows) == 4
    assert {row["unit_price_ucr"] for row in rows} <= {None, 20}
    text = exchange.cyd.get(f"/api/v1/markets/{name}/prices", params={"format": "csv"}).text
    assert text.splitlines()[0] == "time,resource,kind,unit_price_ucr,low_ucr,high_ucr,sold,wanted,supply"
    assert len(text.splitlines()) == 1 + len(rows)
    assert exchange.cyd.get("/api/v1/markets/nowhere/prices").status_code == 404


def test_the_history_of_auctions_comes_in_pages(exchange: Exchange) -> None:
    name, admin = exchange.name, exchange.admin
    exchange.opened(mechanism="second_price", reserve_ucr=7)
    for number, price in enumerate((50, 60, 70)):
        auction = f"{name}-{number}"
        admin.make("auctions", id=auction, market=name, units=1)
        exchange.ann.make(f"auctions/{auction}/bids", price_ucr=price)
        if number == 2:
            exchange.bob.make(f"auctions/{auction}/bids", price_ucr=40)
        before = exchange.ann.look(f"markets/{name}/prices")["items"]
        assert len(before) == number  # Nothing of an auction that is not cleared.
        admin.make(f"auctions/{auction}/close")
    first = exchange.ann.look(f"markets/{name}/prices", limit=2)
    assert [row["unit_price_ucr"] for row in first["items"]] == [7, 7]
    rest = exchange.ann.look(f"markets/{name}/prices", limit=2, cursor=first["next"])
    assert [(row["unit_price_ucr"], row["wanted"], row["sold"], row["supply"]) for row in rest["items"]] == [
        (40, 2, 1, 1)
    ]
    assert rest["next"] is None
    (last,) = exchange.ann.look(f"markets/{name}/prices", limit=1, latest=True)["items"]
    assert last == rest["items"][0]
    since = exchange.ann.look(f"markets/{name}/prices", **{"from": last["time"]})["items"]
    assert last in since
    until = exchange.ann.look(f"markets/{name}/prices", to="2001-01-01T00:00:00Z")["items"]
    assert until == []
    assert exchange.ann.get(f"/api/v1/markets/{name}/prices", params={"cursor": "odd"}).status_code == 400


def test_an_order_is_explained(exchange: Exchange) -> None:
    name, ann, bob = exchange.name, exchange.ann, exchange.bob
    exchange.opened()
    order = f"{name}-e"
    exchange.order(exchange.cyd, "buy", 2, 30)
    exchange.order(ann, "buy", 5, 30, id=order)
    waits = ann.look(f"explain/{order}")
    assert (waits["about"], waits["answer"]) == ("order", "waits, as nobody sells")
    assert (waits["facts"]["units_ahead"], waits["facts"]["hold_ucr"]) == (2, 150)
    assert ann.look(f"explain/order%2F{order}")["facts"] == waits["facts"]
    assert bob.get(f"/api/v1/explain/{order}").status_code in (403, 404)

    exchange.order(bob, "sell", 3, 20)  # 2 for cyd, who was there before, and 1 for ann.
    exchange.order(bob, "sell", 1, 40)
    waits = ann.look(f"explain/{order}")
    assert waits["answer"] == "waits, as nobody sells for 30 µcr or less; the best is 40"
    placed, trade = waits["events"]
    assert (placed["type"], placed["subject"]) == ("econonexus.order_placed.v1", f"order/{order}")
    assert (trade["subject"], trade["data"]["units"]) == (f"trade/{name}@2", 1)
    ann.delete(f"/api/v1/orders/{order}")
    over = ann.look(f"explain/{order}")
    assert over["answer"] == "cancelled"
    assert len(over["events"]) == 3
    told = over["facts"]
    assert (told["side"], told["units"], told["unit_price_ucr"], told["time_in_force"]) == (
        "buy",
        5,
        30,
        "gtc",
    )
    assert (told["traded_units"], told["traded_for_ucr"]) == (1, 30)
    assert (told["units_over_untraded"], told["released_ucr"]) == (4, 120)


def test_an_order_that_was_replaced_is_explained_as_it_stood_last(exchange: Exchange) -> None:
    """1 of 5 trades at 30; what is left is asked again, 2 at 20; 2 lapse of a purchase that finds nothing."""
    name, ann, bob = exchange.name, exchange.ann, exchange.bob
    exchange.opened()
    order = f"{name}-r"
    exchange.order(ann, "buy", 5, 30, id=order)
    exchange.order(bob, "sell", 1, 20)
    ann.make(f"orders/{order}/replace", units=2, unit_price_ucr=20)
    told = ann.look(f"explain/{order}")["facts"]
    assert (told["units"], told["unit_price_ucr"], told["open_units"]) == (3, 20, 2)
    assert (told["traded_units"], told["traded_for_ucr"], told["units_over_untraded"]) == (1, 30, 0)

    lapses = f"{name}-i"
    ann.make("orders", market=name, side="buy", units=2, cap_ucr=9, time_in_force="ioc", id=lapses)
    over = ann.look(f"explain/{lapses}")
    assert (over["answer"], over["facts"]["traded_units"], over["facts"]["units_over_untraded"]) == (
        "lapsed",
        0,
        2,
    )
