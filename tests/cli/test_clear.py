"""`econonexus clear` as a person or a program runs it: the contract of the file format, row by row."""

import contextlib
import io
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rich.console import Console

from econonexus import cli
from econonexus.cli import clear_auction, clear_fisher, output
from econonexus.domain.mechanisms.fisher.market import Equilibrium
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


def test_a_reserve_without_bids_is_no_sale(clear: Clear) -> None:
    """Only what a stated supply leaves out is bad input."""
    for name in ("first_price", "second_price", "english", "uniform_price", "multi_unit_vickrey"):
        answer = clear.json({"mechanism": name, "reserve": {"gpu": 5}, "bids": []})
        assert (answer["status"], answer["allocation"], answer["prices"]) == ("no_sale", [], {})


def test_a_reserve_of_what_nobody_bids_for(clear: Clear) -> None:
    auction = {"mechanism": "second_price", "reserve": {"gpu": 5, "cpu": 1}, "bids": bids(("ann", 1, 9))}
    assert clear.json(auction)["prices"] == {"gpu": 5}


def test_a_clock_that_starts_below_a_reserve_sells_the_other_items(clear: Clear) -> None:
    rows = [*bids(("ann", 1, 12)), {"id": "c", "agent": "bob", "items": {"cpu": 1}, "price": 8}]
    auction = {"mechanism": "dutch", "start": 9, "step": 1, "reserve": {"gpu": 10}, "bids": rows}
    answer = clear.json(auction)
    assert answer["allocation"] == [{"bid": "c", "agent": "bob", "items": {"cpu": 1}, "payment": 8}]
    alone = clear.json(auction | {"bids": rows[:1]})
    assert (alone["status"], alone["revenue"]) == ("no_sale", 0)


EVERYTHING = {
    "supply": {"gpu": 1},
    "reserve": {"gpu": 0},
    "increment": 1,
    "start": 9,
    "step": 1,
    "floor": 0,
    "uniform": "highest_losing",
    "payment": "vcg",
    "bidding": "xor",
    "time_limit_s": 10,
    "ceiling": 9,
    "quality_weight": 0,
    "k": 0.5,
    "buyers": [{"agent": "ann", "budget": 1, "utility": {"gpu": 1}}],
    "tolerance": 1e-6,
}
"""Every parameter of every rule."""


@pytest.mark.parametrize("name", [*RULES, "fisher"])
def test_one_file_can_be_cleared_by_every_rule(clear: Clear, name: str) -> None:
    side = "sell" if name == "procurement" else "buy"
    rows = bids(("ann", 1, 9, side), unit_price=9, owner="acme", quality=0.5)
    answer = clear.json(EVERYTHING | {"mechanism": name, "bids": rows})
    assert answer["mechanism"] == name


def test_what_nobody_knows_is_ignored_with_one_warning(clear: Clear) -> None:
    strange = VICKREY | {"seed": 1, "bids": [VICKREY["bids"][0] | {"note": "x", "a b": 2}]}  # type: ignore[index,operator]
    done = clear(clear.file(strange), "--json")
    plain = clear(clear.file(VICKREY | {"bids": VICKREY["bids"][:1]}), "--json")  # type: ignore[index]
    assert (done.code, done.out) == (0, plain.out)
    head, _, names = done.err.partition(": ignored: ")
    assert head.startswith("econonexus: warning: ")
    assert head.endswith("auction.json")
    assert names == "seed, bids[0].note, bids[0].'a b'\n"


def test_what_nobody_knows_of_a_buyer_is_ignored_too(clear: Clear) -> None:
    buyers = [{"agent": "ann", "budget": 1, "utility": {"gpu": 1}, "price": 3}]
    done = clear(clear.file({"mechanism": "fisher", "buyers": buyers}), "--json")
    assert (done.code, done.err.endswith("ignored: buyers[0].price\n")) == (0, True)


def test_bad_input_is_one_line_also_where_something_is_ignored(clear: Clear) -> None:
    done = clear(clear.file(VICKREY | {"seed": 1}, "good.json"), clear.file(change(price=-1) | {"seed": 1}))
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
@pytest.mark.parametrize("options", [("--json",), ()])
def test_a_full_disk_is_a_fault(tmp_path: Path, options: tuple[str, ...]) -> None:
    file = tmp_path / "auction.json"
    file.write_text(json.dumps(VICKREY))
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "econonexus", "clear", str(file), *options],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 3
    assert done.stderr.count(b"\n") == 1
    assert b"No space left on device" in done.stderr


@pytest.mark.parametrize("options", ["--json", ""])
def test_no_standard_output_at_all_is_no_fault(tmp_path: Path, options: str) -> None:
    file = tmp_path / "auction.json"
    file.write_text(json.dumps(VICKREY))
    command = f"{shlex.quote(sys.executable)} -m econonexus clear {shlex.quote(str(file))} {options} >&-"
    done = subprocess.run(command, shell=True, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("options", [("--json",), ()])
def test_a_reader_that_goes_away_is_no_fault(tmp_path: Path, options: tuple[str, ...]) -> None:
    file = tmp_path / "auction.json"
    file.write_text(json.dumps(VICKREY))
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "wb") as gone:
        done = subprocess.run(
            [sys.executable, "-m", "econonexus", "clear", str(file), *options],
            stdout=gone,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, b"")


def test_tables_cut_nothing_off(clear: Clear) -> None:
    """Ids of 60 characters and money of 19 digits, where no terminal says how wide it is."""
    rows = [
        {"id": f"b{n}" + "x" * 58, "agent": f"a{n}" + "y" * 58, "items": {"gpu": 1}, "price": MOST - n}
        for n in range(2)
    ]
    done = clear(clear.file({"mechanism": "second_price", "bids": rows}), "--check")
    for words in (rows[0]["id"], rows[0]["agent"], f"{MOST:,}", f"{MOST - 1:,}"):
        assert str(words) in done.out
    assert "…" not in done.out


def test_numbers_stay_whole_on_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    table = output.table_of("Who won", ("bid", "pays>"), [("b" * 100, f"{MOST:,}")])
    page = io.StringIO()
    monkeypatch.setattr(output, "console", Console(force_terminal=True))
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr("sys.stdout", page)
    output.show(table)
    assert f"{MOST:,}" in page.getvalue()
    assert page.getvalue().count("b") == 100 + len("b")


def test_the_probe_shows_how_far_it_is(clear: Clear, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, int]] = []

    @contextlib.contextmanager
    def progress(label: str, unit: str) -> Iterator[Callable[[int, int], None]]:
        yield lambda done, total: seen.append((done, total))

    monkeypatch.setattr(clear_auction, "progress", progress)
    assert clear(clear.file(VICKREY), "--probe", "--json").err == ""
    assert seen == [(done, 2_001) for done in range(2_001)]


FISHER = {"mechanism": "fisher", "supply": {"gpu": 1, "cpu": 4}}


def test_fisher_answers_with_the_same_keys_whatever_comes_of_it(clear: Clear) -> None:
    """By hand: ann alone buys everything; it is worth 3 x 1 + 1 x 4 to her."""
    ann = {"agent": "ann", "budget": 14, "utility": {"gpu": 3, "cpu": 1}}
    sold = clear.json(FISHER | {"buyers": [ann]})
    [entry] = sold["allocation"]  # type: ignore[misc]
    assert entry["agent"] == "ann"
    assert entry["items"] == pytest.approx({"gpu": 1, "cpu": 4})
    assert entry["payment"] == pytest.approx(14)
    assert (sold["status"], sold["welfare"]) == ("cleared", pytest.approx(7))
    assert sold["revenue"] == pytest.approx(14)
    unsold = clear.json(FISHER | {"buyers": []})
    assert (unsold["status"], unsold["allocation"]) == ("no_sale", [])
    assert (unsold["welfare"], unsold["revenue"]) == (0, 0)
    assert (
        sold.keys() == unsold.keys() == clear.json(VICKREY).keys() | {"shares", "excess_demand", "unserved"}
    )


def test_no_bound_on_the_gap_is_null(clear: Clear, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = Equilibrium({"gpu": 0.0}, {"ann": {}}, {"gpu": 0.0}, gap=float("inf"), converged=False)
    monkeypatch.setattr(clear_fisher, "clear", lambda *_: nowhere)
    buyers = [{"agent": "ann", "budget": 1, "utility": {"gpu": 1}}]
    assert clear.json({"mechanism": "fisher", "buyers": buyers})["gap"] is None
    assert "no bound" in clear(clear.file({"mechanism": "fisher", "buyers": buyers})).out


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
        "consistent": True,
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
            {
                "mechanism": "mcafee",
                "supply": None,
                "bids": bids(
                    ("ann", 1, 10, "buy"), ("bob", 1, 9, "buy"), ("sue", 1, 1, "sell"), price="unit_price"
                ),
            },
            "the only asks it could trade with have better offers",
        ),
        (
            {
                "mechanism": "dutch",
                "start": 9,
                "step": 1,
                "supply": {"gpu": 1},
                "reserve": {"gpu": 10},
                "bids": bids(("ann", 1, 12)),
            },
            "the clock starts at 9, below the least price, 10",
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
    (change(side="sell"), "bids[0].side"),
    (VICKREY | {"supply": {"gpu": 2}, "bids": bids(("ann", 2, 5))}, "bids[0].items.gpu"),
    (VICKREY | {"bids": {}}, "bids"),
    (VICKREY | {"bids": [7]}, "bids[0]"),
    (VICKREY | {"supply": {"gpu": -1}}, "supply.gpu"),
    (VICKREY | {"supply": 1}, "supply"),
    (VICKREY | {"supply": None}, "supply"),
    (VICKREY | {"reserve": {"cpu": 1}}, "reserve.cpu"),
    (VICKREY | {"reserve": {"gpu": 0.5}}, "reserve.gpu"),
    (VICKREY | {"mechanism": "third_price"}, "mechanism"),
    (VICKREY | {"mechanism": ["english"]}, "mechanism"),
    (VICKREY | {"mechanism": "english", "increment": -1}, "increment"),
    (VICKREY | {"mechanism": "dutch", "step": 1}, "start"),
    (VICKREY | {"mechanism": "dutch", "start": 1}, "step"),
    (VICKREY | {"mechanism": "dutch", "start": 9, "step": 0}, "step"),
    (VICKREY | {"mechanism": "dutch", "start": 9, "step": 1, "floor": 10}, "start"),
    (NOTHING | {"mechanism": "uniform_price", "uniform": "middle"}, "uniform"),
    (NOTHING | {"mechanism": "k_double_auction", "k": 1.5}, "k"),
    (NOTHING | {"mechanism": "k_double_auction", "k": -0.5}, "k"),
    (NOTHING | {"mechanism": "k_double_auction", "k": float("nan")}, "k"),
    (NOTHING | {"mechanism": "k_double_auction", "k": 10**400}, "k"),
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
    (json.dumps(change(price="?")).replace('"?"', "9" * 5_000), "bids[0].price"),
    (json.dumps(change(price="?")).replace('"?"', "-" + "9" * 5_000), "bids[0].price"),
    (json.dumps(change(items={"gpu": "?"})).replace('"?"', "1" + "0" * 5_000), "bids[0].items.gpu"),
    ('{"mechanism": "k_double_auction", "bids": [], "k": ' + "9" * 5_000 + "}", "k: must be"),
    ('{"mechanism": "fisher", "buyers": [], "tolerance": 1e999999}', "tolerance"),
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
