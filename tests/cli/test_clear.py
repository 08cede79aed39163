"""`econonexus clear` as a person or a program runs it: the contract of the file format, row by row."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from econonexus import cli
from econonexus.domain.mechanisms.rules import RULES

MOST = 2**63 - 1

VICKREY = {
    "mechanism": "second_price",
    "supply": {"gpu": 1},
    "reserve": {"gpu": 0},
    "bids": [
        {"id": "b1", "agent": "ann", "items": {"gpu": 1}, "price": 900},
        {"id": "b2", "agent": "bob", "items": {"gpu": 1}, "price": 700},
    ],
}


def run(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """In a process of its own, as from a shell."""
    return subprocess.run(
        [sys.executable, "-m", "econonexus", "clear", *arguments],
        input=stdin,
        capture_output=True,
        check=False,
    )


class Cleared:
    """One call in this process: exit code, standard output, standard error."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def answer(self) -> dict[str, object]:
        assert (self.code, self.err) == (0, "")
        answer: dict[str, object] = json.loads(self.out)
        return answer


class Clear:
    """Writes a file and clears it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys

    def file(self, auction: object, name: str = "auction.json") -> str:
        file = self.folder / name
        if isinstance(auction, bytes):
            file.write_bytes(auction)
        else:
            file.write_text(auction if isinstance(auction, str) else json.dumps(auction))
        return str(file)

    def __call__(self, *arguments: str) -> Cleared:
        with pytest.raises(SystemExit) as left:
            cli.main(["clear", *arguments])
        assert isinstance(left.value.code, int)
        out, err = self.capsys.readouterr()
        return Cleared(left.value.code, out, err)

    def json(self, auction: object) -> dict[str, object]:
        return self(self.file(auction), "--json").answer


@pytest.fixture
def clear(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Clear:
    return Clear(tmp_path, capsys)


def bids(*rows: tuple[object, ...], price: str = "price", **more: object) -> list[dict[str, object]]:
    """(agent, units, price[, side]) of one item each."""
    return [
        {
            "id": f"b{n}",
            "agent": row[0],
            "items": {"gpu": row[1]},
            price: row[2],
            **({"side": row[3]} if row[3:] else {}),
            **more,
        }
        for n, row in enumerate(rows, 1)
    ]


def test_the_example_of_the_contract(tmp_path: Path) -> None:
    file = tmp_path / "auction.json"
    file.write_text(json.dumps(VICKREY))
    done = run(str(file), "--json")
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout) == {
        "mechanism": "second_price",
        "status": "cleared",
        "allocation": [{"bid": "b1", "agent": "ann", "items": {"gpu": 1}, "payment": 700}],
        "welfare": 900,
        "revenue": 700,
        "prices": {"gpu": 700},
        "optimal": True,
        "gap": 0.0,
        "properties": {},
    }


def test_standard_input() -> None:
    done = run("-", "--json", stdin=json.dumps(VICKREY).encode())
    assert json.loads(done.stdout)["revenue"] == 700


@pytest.mark.parametrize(
    ("parameters", "payment"),
    [
        ({"mechanism": "first_price"}, 900),
        ({"mechanism": "second_price"}, 700),
        ({"mechanism": "english"}, 701),
        ({"mechanism": "english", "increment": 50}, 750),
        ({"mechanism": "english", "increment": 500}, 900),
        ({"mechanism": "dutch", "start": 1_000, "step": 150, "floor": 100}, 850),
    ],
)
def test_single_unit_rules(clear: Clear, parameters: dict[str, object], payment: int) -> None:
    answer = clear.json(VICKREY | parameters)
    assert answer["allocation"] == [{"bid": "b1", "agent": "ann", "items": {"gpu": 1}, "payment": payment}]


def test_each_winner_on_the_clock_pays_its_own_tick(clear: Clear) -> None:
    auction = {"mechanism": "dutch", "start": 100, "step": 30, "floor": 25, "supply": {"gpu": 2}}
    answer = clear.json(auction | {"bids": bids(("ann", 1, 30), ("bob", 1, 80), ("cat", 1, 29))})
    paid = {entry["agent"]: entry["payment"] for entry in answer["allocation"]}  # type: ignore[attr-defined]
    assert paid == {"bob": 70, "ann": 25}


@pytest.mark.parametrize(
    ("parameters", "payments"),
    [
        # The bids are 2 at 10, 3 at 8 and 2 at 5; of four units ann gets 2, bob 2 of his 3.
        ({"mechanism": "uniform_price"}, {"ann": 16, "bob": 16}),
        ({"mechanism": "uniform_price", "uniform": "lowest_winning"}, {"ann": 16, "bob": 16}),
        ({"mechanism": "discriminatory"}, {"ann": 20, "bob": 16}),
        # Ann displaces bob's third at 8 and one of cat's at 5; bob displaces both of cat's.
        ({"mechanism": "multi_unit_vickrey"}, {"ann": 13, "bob": 10}),
    ],
)
def test_multi_unit_rules(clear: Clear, parameters: dict[str, object], payments: dict[str, int]) -> None:
    rows = bids(("ann", 2, 10), ("bob", 3, 8), ("cat", 2, 5), price="unit_price")
    answer = clear.json(parameters | {"supply": {"gpu": 4}, "bids": rows})
    assert {entry["agent"]: entry["payment"] for entry in answer["allocation"]} == payments  # type: ignore[attr-defined]
    assert answer["welfare"] == 36
    assert answer["revenue"] == sum(payments.values())


@pytest.mark.parametrize(
    ("parameters", "received"),
    [
        ({}, 70),
        ({"ceiling": 65}, 65),
        # Scores: ann 60 - 40 x 0.5 = 40, bob 70 - 40 x 1 = 30: bob gets 40 + 40.
        ({"quality_weight": 40}, 80),
        ({"quality_weight": 40, "ceiling": 75}, 75),
    ],
)
def test_procurement(clear: Clear, parameters: dict[str, object], received: int) -> None:
    offers = [
        {"id": "b1", "agent": "ann", "items": {"task": 1}, "price": 60, "quality": 0.5},
        {"id": "b2", "agent": "bob", "items": {"task": 1}, "price": 70, "quality": 1},
    ]
    answer = clear.json({"mechanism": "procurement", "bids": offers} | parameters)
    assert [entry["received"] for entry in answer["allocation"]] == [received]  # type: ignore[attr-defined]


@pytest.mark.parametrize(("parameters", "received"), [({"ceiling": 99}, 99), ({}, 60)])
def test_procurement_alone(clear: Clear, parameters: dict[str, object], received: int) -> None:
    offer = [{"id": "b1", "agent": "ann", "items": {"task": 1}, "price": 60}]
    answer = clear.json({"mechanism": "procurement", "bids": offer} | parameters)
    assert answer["allocation"] == [{"bid": "b1", "agent": "ann", "items": {"task": 1}, "received": received}]


CALL = bids(
    ("ann", 1, 9, "buy"),
    ("bob", 1, 6, "buy"),
    ("sue", 1, 2, "sell"),
    ("tom", 1, 5, "sell"),
    price="unit_price",
)


@pytest.mark.parametrize(
    ("parameters", "prices", "units", "surplus"),
    [
        # Both pairs cross; the interval is [5, 6].
        ({"mechanism": "k_double_auction"}, 5, 2, 0),
        ({"mechanism": "k_double_auction", "k": 1}, 6, 2, 0),
        ({"mechanism": "mcafee"}, {"buy": 6, "sell": 5}, 1, 1),
        ({"mechanism": "trade_reduction"}, {"buy": 6, "sell": 5}, 1, 1),
        ({"mechanism": "walrasian"}, [5, 6], 2, 0),
    ],
)
def test_two_sided_rules(
    clear: Clear, parameters: dict[str, object], prices: object, units: int, surplus: int
) -> None:
    answer = clear.json(parameters | {"bids": CALL})
    assert answer["prices"] == {"gpu": prices}
    assert answer["surplus"] == surplus
    entries = answer["allocation"]
    assert isinstance(entries, list)
    assert sum("paid" in entry for entry in entries) == sum("received" in entry for entry in entries) == units
    assert sum(entry.get("paid", -entry.get("received", 0)) for entry in entries) == surplus
    if parameters["mechanism"] == "walrasian":
        assert answer["traded"] == {"gpu": 2}


def test_walrasian_of_several_items_and_an_open_end(clear: Clear) -> None:
    more = {"id": "x", "agent": "ann", "items": {"cpu": 3}, "unit_price": 4, "side": "buy"}
    answer = clear.json({"mechanism": "walrasian", "bids": [*CALL, more]})
    assert answer["prices"] == {"gpu": [5, 6], "cpu": [4, None]}
    assert answer["traded"] == {"gpu": 2, "cpu": 0}


def test_fisher(clear: Clear) -> None:
    """By hand: 30 is spent on one of each, so both cost 15, and each buyer takes what it likes better."""
    buyers = [
        {"agent": "ann", "budget": 15, "utility": {"gpu": 2, "cpu": 1}},
        {"agent": "bob", "budget": 15, "utility": {"gpu": 1, "cpu": 2}},
    ]
    answer = clear.json({"mechanism": "fisher", "buyers": buyers, "supply": {"gpu": 1, "cpu": 1, "fax": 1}})
    assert answer["prices"] == pytest.approx({"gpu": 15, "cpu": 15, "fax": 0})
    shares = answer["shares"]
    assert isinstance(shares, dict)
    assert shares["ann"]["gpu"] == pytest.approx(1)
    assert shares["bob"]["cpu"] == pytest.approx(1)


@pytest.mark.parametrize("name", RULES)
def test_no_bids_is_no_sale(clear: Clear, name: str) -> None:
    clock = {"start": 9, "step": 1} if name == "dutch" else {}
    answer = clear.json({"mechanism": name, "bids": []} | clock)
    assert answer["status"] in ("no_sale", "no_trade")
    assert (answer["allocation"], answer["welfare"], answer["revenue"]) == ([], 0, 0)


def test_a_bid_for_more_than_the_supply_cannot_win(clear: Clear) -> None:
    answer = clear.json(VICKREY | {"bids": bids(("ann", 2, 900), ("bob", 1, 700))})
    assert answer["allocation"] == [{"bid": "b2", "agent": "bob", "items": {"gpu": 1}, "payment": 0}]


def test_agents_of_one_owner(clear: Clear) -> None:
    rows = [*bids(("ann", 1, 900), ("bob", 1, 700), owner="acme"), *VICKREY["bids"]]  # type: ignore[misc]
    rows[2:] = [{"id": "c", "agent": "cat", "items": {"gpu": 1}, "price": 100}]
    assert clear.json(VICKREY | {"bids": rows})["revenue"] == 100


def test_the_greatest_numbers_are_exact(clear: Clear) -> None:
    rows = bids(("ann", MOST, MOST), ("bob", MOST, MOST - 1), price="unit_price")
    answer = clear.json({"mechanism": "uniform_price", "supply": {"gpu": MOST}, "bids": rows})
    assert (answer["welfare"], answer["revenue"]) == (MOST * MOST, MOST * (MOST - 1))


def test_several_files_are_several_lines(clear: Clear) -> None:
    one, two = clear.file(VICKREY, "1.json"), clear.file(VICKREY | {"mechanism": "first_price"}, "2.json")
    done = clear(one, two, "--json")
    assert [json.loads(line)["revenue"] for line in done.out.splitlines()] == [700, 900]


def test_one_bad_file_leaves_standard_output_empty(clear: Clear) -> None:
    done = clear(clear.file(VICKREY, "good.json"), clear.file("{}", "bad.json"), "--json")
    assert (done.code, done.out) == (2, "")
    assert "bad.json: mechanism: is missing" in done.err


def test_check_and_probe_in_json(clear: Clear) -> None:
    answer = clear(clear.file(VICKREY), "--json", "--check", "--probe").answer
    assert answer["properties"] == {
        "feasible": True,
        "individually_rational": True,
        "budget_balanced": True,
        "efficient": True,
        "envy_free": True,
        "lies_tried": 2_000,
        "profitable_lie": None,
    }


def test_the_tables_say_who_won_and_why_the_others_lost(clear: Clear) -> None:
    done = clear(clear.file(VICKREY | {"mechanism": "first_price"}), "--check", "--probe")
    assert done.code == 0
    said = " ".join(done.out.split())
    for words in (
        "first_price, cleared, welfare 900",
        "Who won",
        "Why the others lost",
        "the last to win said 900",
        "individually rational",
        "the best brings ann 200 more: b1 says 700 instead of 900",
    ):
        assert words in said


@pytest.mark.parametrize(
    ("auction", "why"),
    [
        (
            {"mechanism": "uniform_price", "bids": bids(("ann", 3, 9), ("bob", 3, 8), price="unit_price")},
            "only 1 of its 3",
        ),
        (
            {"mechanism": "uniform_price", "bids": bids(("ann", 4, 9), ("bob", 3, 9), price="unit_price")},
            "left at 9",
        ),
        ({"mechanism": "uniform_price", "bids": bids(("ann", 9, 9), price="unit_price")}, "asks for 9 of 4"),
        (
            {"mechanism": "uniform_price", "bids": bids(("ann", 0, 9), price="unit_price")},
            "asks for no units",
        ),
        (
            {
                "mechanism": "discriminatory",
                "reserve": {"gpu": 5},
                "bids": bids(("ann", 1, 4), price="unit_price"),
            },
            "least price, 5",
        ),
        (
            {
                "mechanism": "dutch",
                "start": 9,
                "step": 9,
                "supply": {"gpu": 1},
                "bids": bids(("ann", 1, 4), ("bob", 1, 5)),
            },
            "same call",
        ),
        ({"mechanism": "procurement", "ceiling": 3, "bids": bids(("ann", 1, 4))}, "ceiling, 3"),
        ({"mechanism": "procurement", "bids": bids(("ann", 1, 4), ("bob", 1, 5))}, "another score"),
        (
            {
                "mechanism": "mcafee",
                "supply": None,
                "bids": bids(("ann", 1, 4, "buy"), ("bob", 1, 3, "sell"), price="unit_price"),
            },
            "given up",
        ),
        (
            {"mechanism": "mcafee", "supply": None, "bids": bids(("ann", 1, 4, "buy"), price="unit_price")},
            "no ask is that low",
        ),
        (
            {"mechanism": "mcafee", "supply": None, "bids": bids(("ann", 1, 4, "sell"), price="unit_price")},
            "no bid is that high",
        ),
    ],
)
def test_why_a_bid_lost(clear: Clear, auction: dict[str, object], why: str) -> None:
    given = {key: value for key, value in ({"supply": {"gpu": 4}} | auction).items() if value is not None}
    if auction["mechanism"] == "procurement":
        given["supply"] = {"gpu": 1}
    done = clear(clear.file(given))
    assert done.code == 0
    assert why in " ".join(done.out.replace("│", " ").split())


def test_names_are_shown_as_they_are(clear: Clear) -> None:
    done = clear(clear.file(VICKREY | {"bids": bids(("[red]ann", 1, 900))}))
    assert "[red]ann" in done.out


def change(**changes: object) -> dict[str, object]:
    """The example with its first bid changed."""
    return VICKREY | {"bids": [VICKREY["bids"][0] | changes, VICKREY["bids"][1]]}  # type: ignore[operator,index]


NOTHING: dict[str, object] = {"bids": []}

BAD: list[tuple[object, str]] = [
    (change(items={"gpu": -1}), "bids[0].items.gpu"),
    (change(items={"gpu": 1.5}), "bids[0].items.gpu"),
    (change(items={"gpu": True}), "bids[0].items.gpu"),
    (change(items={"gpu": 2**63}), "bids[0].items.gpu"),
    (change(items={"gpu": "1"}), "bids[0].items.gpu"),
    (change(items={"cpu": 1}), "bids[0].items.cpu"),
    (change(items={"gpu": 1, "cpu": 1}), "bids[0].items"),
    (change(items={}), "bids[0].items"),
    (change(items=[1]), "bids[0].items"),
    (change(price=-1), "bids[0].price"),
    (change(price=0.5), "bids[0].price"),
    (change(price=2**63), "bids[0].price"),
    (change(price=None), "bids[0].price"),
    (change(price=float("nan")), "bids[0].price"),
    (change(price=float("inf")), "bids[0].price"),
    (change(price="9" * 5_000), "bids[0].price"),
    (change(id="b2"), "bids[1].id"),
    (change(id=""), "bids[0].id"),
    (change(id=7), "bids[0].id"),
    (change(agent="a\nb"), "bids[0].agent"),
    (change(agent="\ud800"), "bids[0].agent"),
    (change(owner=None), "bids[0].owner"),
    (change(prise=1), "bids[0].prise"),
    (change(side="buy"), "bids[0].side"),
    (VICKREY | {"supply": {"gpu": 2}, "bids": bids(("ann", 2, 5))}, "bids[0].items.gpu"),
    (VICKREY | {"bids": {}}, "bids"),
    (VICKREY | {"bids": [7]}, "bids[0]"),
    (VICKREY | {"supply": {"gpu": -1}}, "supply.gpu"),
    (VICKREY | {"supply": 1}, "supply"),
    (VICKREY | {"supply": None}, "supply"),
    (VICKREY | {"reserve": {"cpu": 1}}, "reserve.cpu"),
    (VICKREY | {"reserve": {"gpu": 0.5}}, "reserve.gpu"),
    (VICKREY | {"increment": 1}, "increment"),
    (VICKREY | {"mechanism": "third_price"}, "mechanism"),
    (VICKREY | {"mechanism": ["english"]}, "mechanism"),
    (VICKREY | {"mechanism": "combinatorial"}, "combinatorial is not there yet"),
    (VICKREY | {"mechanism": "english", "increment": -1}, "increment"),
    (VICKREY | {"mechanism": "dutch", "step": 1}, "start"),
    (VICKREY | {"mechanism": "dutch", "start": 1}, "step"),
    (VICKREY | {"mechanism": "dutch", "start": 9, "step": 0}, "step"),
    (VICKREY | {"mechanism": "dutch", "start": 9, "step": 1, "floor": 10}, "start"),
    (VICKREY | {"mechanism": "dutch", "start": 9, "step": 1, "reserve": {"gpu": 10}}, "start"),
    (NOTHING | {"mechanism": "uniform_price", "uniform": "middle"}, "uniform"),
    (NOTHING | {"mechanism": "k_double_auction", "k": 1.5}, "k"),
    (NOTHING | {"mechanism": "k_double_auction", "k": -0.5}, "k"),
    (NOTHING | {"mechanism": "k_double_auction", "k": float("nan")}, "k"),
    (NOTHING | {"mechanism": "k_double_auction", "k": 10**400}, "k"),
    (NOTHING | {"mechanism": "k_double_auction", "supply": {}}, "supply"),
    ({"mechanism": "walrasian", "bids": bids(("ann", 1, 5), price="unit_price")}, "bids[0].side"),
    ({"mechanism": "walrasian", "bids": bids(("ann", 1, 5, "both"), price="unit_price")}, "bids[0].side"),
    ({"mechanism": "procurement", "bids": bids(("ann", 1, 5), quality=1.1)}, "bids[0].quality"),
    (NOTHING | {"mechanism": "procurement", "ceiling": -1}, "ceiling"),
    (NOTHING | {"mechanism": "procurement", "quality_weight": -1}, "quality_weight"),
    ({"mechanism": "fisher"}, "buyers"),
    ({"mechanism": "fisher", "buyers": [{"agent": "a", "budget": -1, "utility": {}}]}, "buyers[0].budget"),
    (
        {"mechanism": "fisher", "buyers": [{"agent": "a", "budget": 1, "utility": {"g": -1}}]},
        "buyers[0].utility.g",
    ),
    (
        {"mechanism": "fisher", "buyers": [{"agent": "a", "budget": 1, "utility": {"g": 1e200}}]},
        "buyers[0].utility.g",
    ),
    (
        {"mechanism": "fisher", "buyers": [{"agent": "a", "budget": 1, "utility": {"g": 1}}], "supply": {}},
        "buyers[0].utility.g",
    ),
    ({"mechanism": "fisher", "buyers": [{"agent": "a", "budget": 1, "utility": {}}] * 2}, "buyers[1].agent"),
    ({"mechanism": "fisher", "buyers": [], "tolerance": 0}, "tolerance"),
    ("", "not JSON"),
    ("not json", "not JSON"),
    ('{"mechanism": "second_price"', "not JSON"),
    (b"\xff\xfe\x00", "not JSON"),
    ("[]", "must be a JSON object"),
    ("null", "must be a JSON object"),
    ('{"mechanism": "english", "mechanism": "dutch"}', "mechanism: is there twice"),
    ("[" * 100_000, "nested too deeply"),
    ('{"mechanism": ' + '{"a":' * 100_000, "nested too deeply"),
    ('{"price": ' + "9" * 10_000 + "}", "not JSON"),
]


@pytest.mark.parametrize(("auction", "field"), BAD, ids=[field for _, field in BAD])
def test_bad_input_is_one_line_that_names_the_field(clear: Clear, auction: object, field: str) -> None:
    done = clear(clear.file(auction), "--json")
    assert (done.code, done.out) == (2, "")
    assert done.err.count("\n") == 1
    assert done.err.isprintable() or done.err[:-1].isprintable()
    assert f"auction.json: {field}" in done.err or field in done.err.split("auction.json: ")[1]


def test_missing_fields_are_named(clear: Clear) -> None:
    for name in ("mechanism", "bids"):
        done = clear(clear.file({key: value for key, value in VICKREY.items() if key != name}))
        assert (done.code, f"{name}: is missing" in done.err) == (2, True)
    for name in ("id", "agent", "items", "price"):
        row = {key: value for key, value in VICKREY["bids"][0].items() if key != name}  # type: ignore[attr-defined,index]
        done = clear(clear.file(VICKREY | {"bids": [row]}))
        assert done.code == 2
        assert f"bids[0].{name}:" in done.err


def test_unreadable_files(clear: Clear, tmp_path: Path) -> None:
    for name in (str(tmp_path / "nowhere.json"), str(tmp_path), "a\0b"):
        done = clear(name)
        assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert clear().code == 2
    assert clear("--jsn").code == 2


def test_a_hundred_megabytes_of_nesting() -> None:
    done = run("-", stdin=b"[" * 100 * 2**20)
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1)
    assert b"nested too deeply" in done.stderr


def test_help_is_quick_and_names_the_command() -> None:
    """Naming the commands imports none of them, nor numpy."""
    code = (
        "import sys; from econonexus.cli import app; app(['--help'], exit_on_error=False); "
        "assert not [m for m in sys.modules if m.startswith(('numpy', 'econonexus.domain.mechanisms'))]"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"clear" in done.stdout
