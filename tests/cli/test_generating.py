"""`econonexus generate` as a person runs it."""

import json
import typing
from pathlib import Path

import pytest

from econonexus.benchmark.bundles.auctions import FAMILIES, auction_file, draw_auction
from econonexus.cli.generating import Family
from tests.cli.conftest import Run


def test_every_family_can_be_named() -> None:
    assert typing.get_args(Family) == tuple(FAMILIES)


@pytest.mark.parametrize("family", ["paths", "L4"])
def test_it_prints_the_auction_that_was_asked_for(econonexus: Run, family: str) -> None:
    done = econonexus(
        "generate", family, "--bids", "20", "--items", "50", "--seed", "-3", "--payment", "core"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == auction_file(draw_auction(family, 20, 50, -3), "core")


def test_it_writes_the_same_to_a_new_file_and_never_over_another(econonexus: Run, tmp_path: Path) -> None:
    size = ("generate", "matching", "--bids", "20", "--items", "48")
    assert econonexus(*size, "--out", "it.json").stdout == ""
    written = (tmp_path / "it.json").read_text()
    assert written == econonexus(*size, "--seed", "1", "--payment", "vcg").stdout
    again = econonexus(*size, "-o", "it.json")
    assert (again.returncode, again.stdout) == (2, "")
    assert again.stderr == "econonexus: --out: it.json exists already; name a new file\n"
    assert (tmp_path / "it.json").read_text() == written


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("matching --bids 5 --items 10", "--items: 10 is not as many slots at each of four airports"),
        ("L4 --bids 500 --items 3", "--bids: only "),
        ("L2 --bids 0 --items 3", "--bids: 0 is not between 1 and 100,000"),
        ("L3 --bids 5 --items 3", "FAMILY"),
        ("L2 --bids 5", "--items"),
        ("L2 --bids five --items 3", "--bids"),
        ("L2 --bids 5 --items 3 --payment free", "--payment"),
        ("L2 --bids 5 --items 3 --out nowhere/it.json", "--out: nowhere/it.json: No such file or directory"),
    ],
)
def test_bad_input_is_one_line_that_names_the_field(econonexus: Run, arguments: str, says: str) -> None:
    done = econonexus("generate", *arguments.split())
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("family", FAMILIES)
def test_clear_solves_what_was_generated(econonexus: Run, family: str) -> None:
    assert econonexus("generate", family, "--bids", "40", "--items", "48", "-o", "it.json").returncode == 0
    done = econonexus("clear", "it.json", "--json", "--check")
    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    assert (answer["status"], answer["optimal"]) == ("cleared", True)
    assert 0 <= answer["revenue"] <= answer["welfare"] == answer["bound"]
    assert answer["welfare"] > 0
