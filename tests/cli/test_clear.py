"""`econonexus clear` as a person or a program runs it: the contract of the file format."""

import json
import subprocess
import sys
from pathlib import Path

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
    return subprocess.run(
        [sys.executable, "-m", "econonexus", "clear", *arguments],
        input=stdin,
        capture_output=True,
        check=False,
    )


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
