"""`econonexus ledger …` on a real data directory, as a program of its own."""

import asyncio
import csv
import hashlib
import io
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import TextIO

import pytest

from econonexus.bootstrap import open_node
from econonexus.domain import commands as c
from econonexus.domain.money import Amount
from econonexus.node.replies import Accepted
from tests.cli.conftest import ANN, BOB, OPERATOR, Run, history


def test_verify_says_what_adds_up(econonexus: Run, data: Path) -> None:
    done = econonexus("ledger", "verify", "--data", data, "--json")

    found = json.loads(done.stdout)
    assert done.returncode == 0
    assert found["verified"] is True
    assert found["records"] == 11
    assert found["open_holds"] == 1
    assert found["refusals"] == 1
    assert found["minted"] == {"credit": 1_000}
    assert found["burned"] == {"credit": 160}  # 150 by the call, 10 by the fee
    assert found["circulating"] == {"credit": 840}
    assert found["checkpoints"] == 1


def test_verify_shows_people_a_table(econonexus: Run, data: Path) -> None:
    done = econonexus("ledger", "verify", "--data", data)

    assert done.returncode == 0
    assert "records, one unbroken hash chain" in done.stdout
    assert "1,000 µcr" in done.stdout


def test_verify_names_the_first_discrepancy(econonexus: Run, data: Path) -> None:
    _rewrite(data, 6, b'"amount":100', b'"amount":999')

    done = econonexus("ledger", "verify", "--data", data)

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == "econonexus: not verified: record 6: does not match the hash chain\n"


def test_verify_finds_a_journal_rewritten_with_its_hashes(econonexus: Run, data: Path) -> None:
    """Whoever makes new hashes for all that follows is given away by the signed checkpoint."""
    _rewrite(data, 6, b'"amount":100', b'"amount":101')
    _chain_again(data)
    (data / "journal.head").unlink()

    done = econonexus("ledger", "verify", "--data", data, "--json")

    assert done.returncode == 1
    assert json.loads(done.stdout)["discrepancy"] == {
        "sequence": 11,
        "problem": "was signed with another hash: the journal was rewritten",
    }


def test_verify_notices_that_an_acknowledged_record_is_another(econonexus: Run, data: Path) -> None:
    _rewrite(data, 6, b'"amount":100', b'"amount":101')
    _chain_again(data)

    done = econonexus("ledger", "verify", "--data", data)

    assert done.returncode == 3
    assert "is not the one that had been acknowledged" in done.stderr


def test_verify_can_insist_on_a_key(econonexus: Run, data: Path) -> None:
    key = json.loads(econonexus("ledger", "verify", "--data", data, "--json").stdout)["signed_by"][0]

    assert econonexus("ledger", "verify", "--data", data, "--signed-by", key).returncode == 0
    other = econonexus("ledger", "verify", "--data", data, "--signed-by", "00" * 32)
    assert other.returncode == 1
    assert "not verified: record 11: was signed with the key" in other.stderr


def test_statement_as_of_now(econonexus: Run, data: Path) -> None:
    done = econonexus("ledger", "statement", "ann", "--data", data, "--json")

    found = json.loads(done.stdout)
    assert (found["balance"], found["held"], found["available"]) == (750, 300, 450)
    assert [(line["kind"], line["amount"], line["held"]) for line in found["entries"]] == [
        ("minted", 1_000, 0),
        ("transferred", -100, 0),
        ("hold_placed", 0, 200),
        ("hold_posted", -150, -200),
        ("hold_placed", 0, 300),
    ]


@pytest.mark.parametrize(
    ("at", "balance", "held"),
    [("4", 0, 0), ("5", 1_000, 0), ("6", 900, 0), ("7", 900, 200), ("8", 750, 0), ("9", 750, 300)],
)
def test_statement_as_of_a_record(econonexus: Run, data: Path, at: str, balance: int, held: int) -> None:
    found = json.loads(econonexus("ledger", "statement", "ann", "--at", at, "--data", data, "--json").stdout)

    assert (found["balance"], found["held"]) == (balance, held)


def test_statement_as_of_a_time(econonexus: Run, data: Path) -> None:
    after = econonexus(
        "ledger", "statement", "ann", "--at", "2199-01-01T12:00+02:00", "--data", data, "--json"
    )

    assert json.loads(after.stdout)["balance"] == 750


def test_statement_does_not_need_the_views(econonexus: Run, data: Path) -> None:
    with_views = econonexus("ledger", "statement", "ann", "--data", data, "--json").stdout
    for file in data.glob("views.sqlite*"):
        file.unlink()

    assert econonexus("ledger", "statement", "ann", "--data", data, "--json").stdout == with_views


def test_statement_shows_the_last_lines_first_of_all(econonexus: Run, data: Path) -> None:
    done = econonexus("ledger", "statement", "ann", "--limit", "1", "--data", data)

    assert "hold placed" in done.stdout
    assert "minted" not in done.stdout
    assert "balance 750 µcr, on hold 300 µcr, available 450 µcr" in done.stdout


def test_export_can_be_checked_with_nothing_of_ours(econonexus: Run, data: Path) -> None:
    done = econonexus("ledger", "export", "--data", data)

    link = bytes(32)
    for line in done.stdout.splitlines():
        record = json.loads(line)
        body = json.dumps(record["record"], separators=(",", ":"), ensure_ascii=False).encode()
        link = hashlib.sha256(link + body).digest()
        assert record["hash"] == link.hex()
    assert len(done.stdout.splitlines()) == 11


def test_export_withholds_private_texts_unless_asked(econonexus: Run, data: Path) -> None:
    withheld = econonexus("ledger", "export", "--data", data).stdout
    private = econonexus("ledger", "export", "--data", data, "--private").stdout

    assert "thank you, Bob" not in withheld
    assert "Ann Smith" not in withheld
    beside = json.loads(private.splitlines()[5])["private"]
    digest = json.loads(withheld.splitlines()[5])["record"]["event"]["note"]["digest"]
    assert beside[1] == {"note": "thank you, Bob"}
    assert hashlib.sha256(json.dumps(beside, separators=(",", ":")).encode()).hexdigest() == digest


def test_an_export_verifies_by_itself(econonexus: Run, data: Path, tmp_path: Path) -> None:
    file = tmp_path / "export.jsonl"
    assert econonexus("ledger", "export", "--data", data, "--out", file).returncode == 0

    assert econonexus("ledger", "verify", "--export", file).returncode == 0
    file.write_text(file.read_text().replace('"amount":100,', '"amount":101,'))
    forged = econonexus("ledger", "verify", "--export", file)
    assert forged.returncode == 1
    assert "record 6: does not match the hash chain" in forged.stderr


def test_export_csv_has_a_row_per_posting(econonexus: Run, data: Path) -> None:
    rows = list(
        csv.DictReader(io.StringIO(econonexus("ledger", "export", "--format", "csv", "--data", data).stdout))
    )

    assert sum(int(row["amount"]) for row in rows) == 0
    assert {
        (row["command"], row["account"], row["amount"]) for row in rows if row["kind"] == "transferred"
    } == {
        ("tip", "ann", "-100"),
        ("tip", "bob", "100"),
    }


@pytest.mark.parametrize(
    ("arguments", "exit_code", "word"),
    [
        (["ledger", "verify", "--data", "nowhere"], 3, "there is no journal in nowhere"),
        (["ledger", "verify", "--export", "e", "--signed-by", "00"], 2, "--signed-by goes with --data"),
        (["ledger", "verify", "--export", "nothing"], 2, "--export: nothing: No such file"),
        (["ledger", "statement", "zoe", "--data", "data"], 1, "there is no account zoe in data"),
        (
            ["ledger", "statement", "ann", "--at", "12", "--data", "data"],
            2,
            "--at: the journal ends at record 11",
        ),
        (["ledger", "statement", "ann", "--at", "noon", "--data", "data"], 2, "--at: noon is neither"),
        (["ledger", "statement", "ann", "--at", "2", "--data", "data"], 1, "not open yet at record 2"),
        (["ledger", "statement", "ann", "--at", "2001-01-01", "--data", "data"], 1, "not open yet"),
        (["ledger", "statement", "ann", "--at", "9" * 5_000, "--data", "data"], 2, "ends at record 11"),
        (["ledger", "statement", "ann", "--limit", "9" * 23, "--data", "data"], 2, "--limit must be"),
        (["ledger", "statement", "ann", "--limit", "9" * 5_000, "--data", "data"], 2, "--limit"),
        (["ledger", "verify", "--data", "d" * 300], 3, "File name too long"),
        (["ledger", "statement", "ann", "--limit", "-1", "--data", "data"], 2, "--limit must be 0 or more"),
        (["ledger", "export", "--out", "data", "--data", "data"], 2, "--out: data exists already"),
        (["ledger", "export", "--out", "no/file", "--data", "data"], 2, "--out: no/file: No such file"),
        (["ledger", "export", "--format", "csv", "--private", "--data", "data"], 2, "--private goes with"),
        (["ledger", "export", "--format", "xml"], 2, "--format"),
        (["ledger", "statement"], 2, "ACCOUNT requires"),
        (["nonsense"], 2, "nonsense"),
    ],
)
def test_what_goes_wrong_is_one_line(
    econonexus: Run, data: Path, arguments: list[str], exit_code: int, word: str
) -> None:
    done = econonexus(*arguments)

    assert done.returncode == exit_code
    assert done.stdout == ""
    assert done.stderr.startswith("econonexus: ")
    assert done.stderr.count("\n") == 1
    assert word in done.stderr


OUTPUTS = [
    ["ledger", "export"],
    ["ledger", "export", "--format", "csv"],
    ["ledger", "verify"],
    ["ledger", "verify", "--json"],
    ["ledger", "statement", "ann"],
    ["ledger", "statement", "ann", "--json"],
]


@pytest.mark.parametrize("arguments", OUTPUTS, ids=" ".join)
def test_a_full_standard_output_is_a_fault(data: Path, arguments: list[str]) -> None:
    with open("/dev/full", "w") as full:
        done = run_into(full, [*arguments, "--data", str(data)])

    assert done.returncode == 3
    assert done.stderr.startswith("econonexus: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", OUTPUTS, ids=" ".join)
def test_a_reader_that_went_away_is_no_fault(data: Path, arguments: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "w") as nobody:
        done = run_into(nobody, [*arguments, "--data", str(data)])

    assert (done.returncode, done.stderr) == (0, "")


def run_into(output: TextIO, arguments: list[str]) -> "subprocess.CompletedProcess[str]":
    program = [sys.executable, "-m", "econonexus", *arguments]
    return subprocess.run(program, stdout=output, stderr=subprocess.PIPE, text=True, timeout=60, check=False)


def test_an_export_that_fails_leaves_no_file(econonexus: Run, data: Path, tmp_path: Path) -> None:
    missing = econonexus("ledger", "export", "--data", "missing", "--out", "a")
    _rewrite(data, 6, b'"sequence":6', b'"sequence":"')
    damaged = econonexus("ledger", "export", "--format", "csv", "--data", data, "--out", "b")

    assert (missing.returncode, damaged.returncode) == (3, 3)
    assert not (tmp_path / "a").exists()
    assert not (tmp_path / "b").exists()


def test_an_export_is_for_its_owner_only(econonexus: Run, data: Path, tmp_path: Path) -> None:
    econonexus("ledger", "export", "--private", "--data", data, "--out", "export.jsonl")

    assert (tmp_path / "export.jsonl").stat().st_mode & 0o777 == 0o600


def test_texts_are_shown_and_not_obeyed(econonexus: Run, tmp_path: Path) -> None:
    asyncio.run(_references(tmp_path / "data", "[/nope]", "[bold]hid[/bold]", ":bug: \x1b[2J"))

    done = econonexus("ledger", "statement", "ann", "--data", "data")

    assert done.returncode == 0, done.stderr
    assert "[/nope]" in done.stdout
    assert "[bold]hid[/bold]" in done.stdout
    assert r":bug: \x1b[2J" in done.stdout
    assert "\x1b" not in done.stdout


async def _references(folder: Path, *references: str) -> None:
    async with open_node(folder) as node:
        await history(node)
        for reference in references:
            reply = await node.submit(c.Transfer(ANN, BOB, Amount(1), reference=reference), OPERATOR)
            assert isinstance(reply, Accepted)


def test_what_is_available_counts_the_credit_line(econonexus: Run, tmp_path: Path) -> None:
    """A line of 100, of which 30 are drawn; then the line is lowered to 60."""

    async def owe() -> None:
        async with open_node(tmp_path / "data") as node:
            await history(node)
            await node.submit(c.SetCreditLine(ANN, Amount(100)), OPERATOR)  # Record 12.
            await node.submit(c.DrawCredit(ANN, Amount(30)), OPERATOR)
            await node.submit(c.SetCreditLine(ANN, Amount(60)), OPERATOR)

    asyncio.run(owe())

    def available(*at: str) -> int:
        done = econonexus("ledger", "statement", "debt:ann", *at, "--data", "data", "--json")
        return json.loads(done.stdout)["available"]

    assert available("--at", "12") == 100
    assert available("--at", "13") == 70
    assert available() == 30
    assert "available 30 µcr" in econonexus("ledger", "statement", "debt:ann", "--data", "data").stdout


def test_the_data_directory_may_come_from_the_environment(econonexus: Run, data: Path) -> None:
    assert econonexus("ledger", "verify", ECONONEXUS_DATA=str(data)).returncode == 0


def _rewrite(data: Path, sequence: int, old: bytes, new: bytes) -> None:
    with sqlite3.connect(data / "journal.sqlite") as db:
        (body,) = db.execute("SELECT body FROM journal WHERE sequence = ?", (sequence,)).fetchone()
        assert old in body
        db.execute("UPDATE journal SET body = ? WHERE sequence = ?", (body.replace(old, new), sequence))
    db.close()


def _chain_again(data: Path) -> None:
    link = bytes(32)
    with sqlite3.connect(data / "journal.sqlite") as db:
        for sequence, body in db.execute("SELECT sequence, body FROM journal ORDER BY sequence").fetchall():
            link = hashlib.sha256(link + body).digest()
            db.execute("UPDATE journal SET hash = ? WHERE sequence = ?", (link, sequence))
    db.close()


def test_verify_notices_that_acknowledged_records_were_cut_off(econonexus: Run, data: Path) -> None:
    with sqlite3.connect(data / "journal.sqlite") as db:
        db.execute("DELETE FROM journal WHERE sequence > 8")
        db.execute("DELETE FROM checkpoint")
    db.close()

    done = econonexus("ledger", "verify", "--data", data)

    assert done.returncode == 3
    assert "records 9 to 11 are lost" in done.stderr


def test_verify_says_how_far_the_signatures_reach(econonexus: Run, data: Path) -> None:
    assert "signed up to record" in econonexus("ledger", "verify", "--data", data).stdout
    assert json.loads(econonexus("ledger", "verify", "--data", data, "--json").stdout)["signed_to"] == 11


def test_verify_that_insists_on_a_key_does_not_do_without_checkpoints(econonexus: Run, data: Path) -> None:
    with sqlite3.connect(data / "journal.sqlite") as db:
        db.execute("DELETE FROM checkpoint")
    db.close()

    done = econonexus("ledger", "verify", "--data", data, "--signed-by", "00" * 32)

    assert done.returncode == 1
    assert "record 11: is the last, and neither it nor one before it was signed" in done.stderr


def test_private_texts_in_an_export_are_checked(econonexus: Run, data: Path, tmp_path: Path) -> None:
    file = tmp_path / "export.jsonl"
    econonexus("ledger", "export", "--private", "--data", data, "--out", file)
    assert econonexus("ledger", "verify", "--export", file).returncode == 0

    file.write_text(file.read_text().replace("thank you, Bob", "thank you, Bab"))
    forged = econonexus("ledger", "verify", "--export", file)

    assert forged.returncode == 1
    assert "record 6: the private field note does not match its digest" in forged.stderr


CRAFTED = [
    {"type": "budget_alert_raised/1", "budget": "nope", "threshold": 1, "spent": 1, "limit": 1},
    {"type": "budget_changed/1", "budget": "nope", "limit": 1, "carry_over": 0, "mode": "hard", "alerts": []},
    {
        "type": "budget_created/1",
        "budget": "b",
        "parent": "nope",
        "asset": "credit",
        "limit": 1,
        "window": 0,
        "carry_over": 0,
        "mode": "hard",
        "alerts": [],
    },
    {
        "type": "account_opened/1",
        "account": "a",
        "owner": "a",
        "kind": "wallet",
        "asset": "x",
        "budget": "nope",
    },
    {"type": "account_frozen/1", "account": "nope"},
    {"type": "minted/1", "source": "mint", "destination": "nope", "amount": 1},
    {"type": "budget_assigned/1", "account": "nope", "budget": None},
]


@pytest.mark.parametrize("event", CRAFTED, ids=lambda event: event["type"])
def test_a_crafted_export_is_a_discrepancy(econonexus: Run, tmp_path: Path, event: dict[str, object]) -> None:
    file = tmp_path / "crafted.jsonl"
    record = {"sequence": 1, "time": 1, "caller": "op", "command": "c", "event": event}
    body = json.dumps(record, separators=(",", ":"))
    link = hashlib.sha256(bytes(32) + body.encode()).hexdigest()
    file.write_text(f'{{"sequence":1,"hash":"{link}","record":{body}}}\n')

    done = econonexus("ledger", "verify", "--export", file)

    assert done.returncode == 1
    assert done.stderr.startswith("econonexus: not verified: record 1: ")
    assert done.stderr.count("\n") == 1


def test_an_export_nested_without_end_is_a_discrepancy(econonexus: Run, tmp_path: Path) -> None:
    file = tmp_path / "deep.jsonl"
    file.write_text(f'{{"sequence":1,"hash":"00","record":{"[" * 100_000}{"]" * 100_000}}}\n')

    done = econonexus("ledger", "verify", "--export", file)

    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "record 1: " in done.stderr
