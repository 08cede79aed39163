"""`econonexus clear` for bundles, as a person or a program runs it."""

import json
from pathlib import Path

import pytest

from econonexus import cli
from econonexus.adapters import process_solver
from tests.cli.test_clear import Cleared
from tests.conformance.solver import crowded

LOCALS = {
    "mechanism": "combinatorial",
    "bids": [
        {"id": "b1", "agent": "ann", "items": {"a": 1}, "price": 5},
        {"id": "b2", "agent": "bob", "items": {"b": 1}, "price": 6},
        {"id": "b3", "agent": "gil", "items": {"a": 1, "b": 1}, "price": 8},
    ],
}
"""Vickrey: ann pays 8 - 6 = 2 and bob 8 - 5 = 3; gil would rather pay up to 3 more than both."""


@pytest.fixture
def clear(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> "Clear":
    return Clear(tmp_path / "auction.json", capsys)


class Clear:
    """Writes a file and clears it."""

    def __init__(self, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.file, self.capsys = file, capsys

    def __call__(self, auction: object, *options: str) -> Cleared:
        self.file.write_text(json.dumps(auction))
        with pytest.raises(SystemExit) as left:
            cli.main(["clear", str(self.file), *options])
        assert isinstance(left.value.code, int)
        return Cleared(left.value.code, *self.capsys.readouterr())


def test_vickrey_payments_by_default(clear: Clear) -> None:
    assert clear(LOCALS, "--json").answer == {
        "mechanism": "combinatorial",
        "status": "cleared",
        "allocation": [
            {"bid": "b1", "agent": "ann", "items": {"a": 1}, "payment": 2},
            {"bid": "b2", "agent": "bob", "items": {"b": 1}, "payment": 3},
        ],
        "welfare": 11,
        "revenue": 5,
        "prices": {},
        "optimal": True,
        "gap": 0.0,
        "bound": 11,
        "properties": {},
    }


@pytest.mark.parametrize(("payment", "revenue"), [("pay_as_bid", 11), ("core", 8), ("core_zero_nearest", 8)])
def test_other_payments(clear: Clear, payment: str, revenue: int) -> None:
    assert clear(LOCALS | {"payment": payment}, "--json").answer["revenue"] == revenue


def test_one_bid_an_agent_unless_bidding_is_or(clear: Clear) -> None:
    bids = [{"id": f"b{item}", "agent": "ann", "items": {item: 1}, "price": 4} for item in "xy"]
    for bidding, winners in (("xor", ["bx"]), ("or", ["bx", "by"])):
        answer = clear({"mechanism": "combinatorial", "bidding": bidding, "bids": bids}, "--json").answer
        allocation = answer["allocation"]
        assert isinstance(allocation, list)
        assert [award["bid"] for award in allocation] == winners


def test_units_reserves_budgets_and_owners(clear: Clear) -> None:
    auction = {
        "mechanism": "combinatorial",
        "bidding": "or",
        "supply": {"gpu": 4},
        "reserve": {"gpu": 3},
        "budgets": {"ann": 25},
        "bids": [
            {"id": "b1", "agent": "ann", "items": {"gpu": 2}, "price": 20},
            {"id": "b2", "agent": "ann", "items": {"gpu": 1}, "price": 9},
            {"id": "b3", "agent": "bob", "owner": "house", "items": {"gpu": 2}, "price": 16},
            {"id": "b4", "agent": "cat", "owner": "house", "items": {"gpu": 2}, "price": 14},
            {"id": "b5", "agent": "dan", "items": {"gpu": 1}, "price": 2},
        ],
    }
    # b1 and b2 are too much for ann's 25. Without ann the house would have 30, so she pays 30 - 16 = 14; the
    # house pays what ann would have alone beyond her 20, which is nothing, but no less than the reserve.
    answer = clear(auction, "--json").answer
    assert answer["allocation"] == [
        {"bid": "b1", "agent": "ann", "items": {"gpu": 2}, "payment": 14},
        {"bid": "b3", "agent": "bob", "items": {"gpu": 2}, "payment": 6},
    ]


def test_equally_good_packings(clear: Clear) -> None:
    rows = [("b1", {"a": 1, "b": 1}, 4), ("b2", {"a": 1}, 2), ("b3", {"b": 1}, 2)]
    for order, winners in (((0, 1, 2), ["b1"]), ((1, 0, 2), ["b2", "b3"]), ((1, 2, 0), ["b2", "b3"])):
        bids = [
            {"id": name, "agent": name, "items": items, "price": price}
            for name, items, price in (rows[place] for place in order)
        ]
        answer = clear({"mechanism": "combinatorial", "bids": bids}, "--json").answer
        allocation = answer["allocation"]
        assert isinstance(allocation, list)
        assert [award["bid"] for award in allocation] == winners


@pytest.mark.parametrize(
    "bids",
    [
        [],
        [{"id": "b", "agent": "ann", "items": {"a": 2}, "price": 9}],
        [{"id": "b", "agent": "ann", "items": {"a": 0}, "price": 9}],
    ],
)
def test_no_sale(clear: Clear, bids: list[object]) -> None:
    answer = clear({"mechanism": "combinatorial", "bids": bids}, "--json").answer
    assert answer["status"] == "no_sale"
    assert (answer["allocation"], answer["welfare"], answer["revenue"]) == ([], 0, 0)
    assert (answer["optimal"], answer["bound"]) == (True, 0)


def hard(**more: object) -> dict[str, object]:
    """More than can be proven in no time."""
    bids = [
        {"id": bid.id, "agent": bid.agent, "items": dict(bid.items), "price": bid.price}
        for bid in crowded(300).bids
    ]
    return {"mechanism": "combinatorial", "time_limit_s": 1e-9, "bids": bids, **more}


@pytest.mark.parametrize("payment", ["vcg", "core"])
def test_without_a_proof_there_are_no_fair_payments(clear: Clear, payment: str) -> None:
    done = clear(hard(payment=payment), "--json")
    answer = json.loads(done.out)
    assert done.code == 1
    assert (answer["status"], answer["optimal"], answer["revenue"]) == ("refused", False, 0)
    assert answer["bound"] > answer["welfare"] > 0
    assert 0 < answer["gap"] < 1
    assert all("payment" not in award for award in answer["allocation"])


def test_who_pays_as_bid_needs_no_proof(clear: Clear) -> None:
    answer = clear(hard(payment="pay_as_bid"), "--json").answer
    assert (answer["status"], answer["optimal"], answer["revenue"]) == ("cleared", False, answer["welfare"])


def test_the_certificate_names_the_worst_coalition(clear: Clear) -> None:
    properties = clear(LOCALS, "--json", "--check").answer["properties"]
    assert properties == {
        "feasible": True,
        "efficient": True,
        "individually_rational": True,
        "budget_balanced": True,
        "envy_free": True,
        "in_core": False,
        "worst_coalition": {"bids": ["b3"], "gain": 3, "most": 3},
    }


def test_core_payments_are_certified(clear: Clear) -> None:
    done = clear(LOCALS | {"payment": "core"}, "--json", "--check")
    assert done.answer["properties"]["in_core"] is True  # type: ignore[index]


def test_tables_say_who_won_and_why_the_others_lost(clear: Clear) -> None:
    done = clear(LOCALS, "--check")
    assert done.code == 0
    assert "no packing is worth more: proven" in done.out
    assert "a: 0 of 1 left by the winners" in done.out
    assert "with the seller it would gain 3" in " ".join(done.out.split())


def test_tables_say_why_there_are_no_payments(clear: Clear) -> None:
    done = clear(hard())
    assert done.code == 1
    assert "a better packing may exist" in done.out


def change(**fields: object) -> dict[str, object]:
    """The example with its first bid changed."""
    return LOCALS | {"bids": [LOCALS["bids"][0] | fields, *LOCALS["bids"][1:]]}  # type: ignore[index,operator]


@pytest.mark.parametrize(
    ("auction", "field"),
    [
        (change(items={}), "bids[0].items"),
        (change(items=["a"]), "bids[0].items"),
        (change(items={"a": 0.5}), "bids[0].items.a"),
        (change(items={"a": True}), "bids[0].items.a"),
        (change(items={"a": 2**63}), "bids[0].items.a"),
        (change(price=-1), "bids[0].price"),
        (change(price=2**63), "bids[0].price"),
        (change(price="5"), "bids[0].price"),
        (change(id="b2"), "bids[1].id"),
        (change(agent=""), "bids[0].agent"),
        (change(owner=7), "bids[0].owner"),
        (change(side="sell"), "bids[0].side"),
        (LOCALS | {"supply": {"a": 1}}, "bids[1].items.b"),
        (LOCALS | {"supply": {"a": 1, "b": 1}, "reserve": {"c": 1}}, "reserve.c"),
        (LOCALS | {"reserve": {"a": -1}}, "reserve.a"),
        (LOCALS | {"payment": "second_price"}, "payment"),
        (LOCALS | {"bidding": "and"}, "bidding"),
        (LOCALS | {"budgets": {"ann": 1.5}}, "budgets.ann"),
        (LOCALS | {"budgets": 7}, "budgets"),
        (LOCALS | {"time_limit_s": 0}, "time_limit_s"),
        (LOCALS | {"time_limit_s": "1"}, "time_limit_s"),
        (LOCALS | {"time_limit_s": -1}, "time_limit_s"),
    ],
)
def test_bad_input_names_the_field(clear: Clear, auction: object, field: str) -> None:
    done = clear(auction, "--json")
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert f"auction.json: {field}: " in done.err


def test_a_missing_price_is_named(clear: Clear) -> None:
    bid = {name: value for name, value in LOCALS["bids"][0].items() if name != "price"}  # type: ignore[index,attr-defined]
    assert "bids[0].price: is missing" in clear(LOCALS | {"bids": [bid]}).err


def test_there_is_no_probe(clear: Clear) -> None:
    done = clear(LOCALS, "--probe")
    assert (done.code, done.out) == (2, "")
    assert "--probe" in done.err


def test_a_solver_that_is_missing_is_a_fault(clear: Clear, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_solver.ProcessSolver.__init__, "__defaults__", (2**34, 1.0, ("/nowhere",)))
    done = clear(LOCALS, "--json")
    assert (done.code, done.out, done.err.count("\n")) == (3, "", 1)
    assert "no solver process could be started" in done.err


def test_what_a_file_says_beside_the_point_is_ignored(clear: Clear) -> None:
    done = clear(LOCALS | {"seed": 7, "increment": 2}, "--json")
    assert done.code == 0
    assert done.err.endswith("ignored: seed\n")
