"""Sealed means sealed, for offers of work too: no answer, event, log or export tells one before the award.

As in `test_sealed`, the prices are such that their digits are found nowhere else by chance. Offers hold no
money, so no balance could tell them.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from econonexus.interfaces.http.roles import MAY
from tests.interfaces.served import Client, Served

HOUR_MS = 3_600_000
FUNDS = 900_000_000_000
CEILING = 99_000_000_000
OFFERS = {"ana": 73_190_468_251, "bea": 51_827_360_943, "cy": 38_645_170_297}
FIRST = 79_318_206_457
"""What ana offers first."""
WITHDRAWN = 62_904_813_575
"""What dan offers, and takes back."""
CANCELLED = 41_736_580_921
"""What ana offers for a task that is taken back."""
TOO_MUCH = 99_000_000_777
"""What bea offers in vain."""
SECRETS = (*OFFERS.values(), FIRST, WITHDRAWN, CANCELLED, TOO_MUCH)
KNOWN = {"ana": {OFFERS["ana"], FIRST, CANCELLED}, "bea": {OFFERS["bea"], TOO_MUCH}, "cy": {OFFERS["cy"]}}
"""What somebody may read of it: its own."""
EVERYBODY = ["kim", "eve", "ana", "bea", "cy", "dan", "operator", "auditor", "admin"]
IDS = (*EVERYBODY, "escrow", "t", "off", "t:1", "task/t", "task/off", "ana-1", "bea-1", "bea-2", "cy-1")
ABOUT = tuple(f"offer%2F{task}%2F{agent}" for task in ("t", "off") for agent in (*OFFERS, "dan", "eve"))


class Sale(NamedTuple):
    """A server with sealed offers for the tasks t and off; the second is taken back."""

    served: Served
    keys: dict[str, str]

    def client(self, who: str) -> Client:
        return self.served.client(self.keys[who])


@pytest.fixture(scope="module")
def sale(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sale]:
    data = tmp_path_factory.mktemp("sealed") / "data"
    with Served(data) as served, served.client() as admin:
        keys = {"admin": admin.headers["authorization"].split()[1]}
        for name in ("kim", "eve", "ana", "bea", "cy", "dan"):
            made = admin.make("agents", id=name, credits_ucr=FUNDS, capabilities=["ocr"])
            keys[name] = made["key"]
            admin.make(f"agents/{name}/stake", amount_ucr=2 * CEILING)
        for role in ("auditor", "operator"):
            keys[role] = admin.make("keys", holder=f"the-{role}", role=role)["key"]
        sale = Sale(served, keys)
        _offer(sale)
        yield sale


def _offer(sale: Sale) -> None:
    with sale.client("kim") as kim:
        for task in ("t", "off"):
            kim.make(
                "tasks",
                id=task,
                capability="ocr",
                ceiling_ucr=CEILING,
                deadline_ms=10 * HOUR_MS,
                bidding_window_ms=HOUR_MS,
            )
        with sale.client("ana") as ana, sale.client("bea") as bea, sale.client("cy") as cy:
            ana.make("tasks/t/offers", "ana-0", price_ucr=FIRST)
            ana.make("tasks/off/offers", price_ucr=CANCELLED)
            for name, client in (("ana", ana), ("bea", bea), ("cy", cy)):
                made = client.make("tasks/t/offers", f"{name}-1", price_ucr=OFFERS[name])
                assert client.make("tasks/t/offers", f"{name}-1", price_ucr=OFFERS[name]) == made
            again = {"headers": {"Idempotency-Key": "bea-1"}, "json": {"price_ucr": 5}}
            reused = bea.post("/api/v1/tasks/t/offers", **again)
            assert (reused.status_code, _told(reused.text)) == (409, [])
            vain = {"headers": {"Idempotency-Key": "bea-2"}, "json": {"price_ucr": TOO_MUCH}}
            refused = bea.post("/api/v1/tasks/t/offers", **vain)
            assert (refused.json()["code"], _told(refused.text)) == ("over_ceiling", [])
        with sale.client("dan") as dan:
            dan.make("tasks/t/offers", price_ucr=WITHDRAWN)
            dan.make("tasks/t/offers/withdraw")
        kim.make("tasks/off/cancel")


def _told(text: str) -> list[int]:
    """The secrets that a text tells, also where thousands are set apart."""
    plain = text.replace(",", "").replace("_", "")
    return [secret for secret in SECRETS if str(secret) in plain or str(secret) in text]


def _paths(last: int) -> Iterator[str]:
    """Every GET there is, of everything that is there; and what became of every record."""
    for method, path in MAY:
        if method != "GET" or path.endswith("/stream") or not path.startswith(("/api/v1", "/metrics")):
            continue
        if "{id}" in path:
            yield from (path.replace("{id}", name.replace("/", "%2F")) for name in IDS)
        else:
            yield f"{path}?limit=1000" if path == "/api/v1/events" else path
    yield from (f"/api/v1/explain/{record}" for record in range(1, last + 1))
    yield from (f"/api/v1/explain/{name}-1?caller=agent:{name}" for name in OFFERS)
    yield from (f"/api/v1/explain/{about}" for about in ABOUT)
    yield from (f"/api/v1/tasks?status={status}" for status in ("posted", "cancelled"))


@pytest.mark.parametrize("who", EVERYBODY)
def test_no_answer_tells_a_sealed_offer(sale: Sale, who: str) -> None:
    asked = 0
    with sale.client(who) as client:
        last = int(client.look("events", limit=1_000)["next"])
        for path in _paths(last):
            answer = client.get(path)
            asked += 1
            assert answer.status_code < 500, path
            assert set(_told(answer.text)) <= KNOWN.get(who, set()), path
    assert asked > 100


def test_whoever_offers_sees_its_own_offer_and_nobody_elses(sale: Sale) -> None:
    with sale.client("bea") as bea, sale.client("kim") as kim, sale.client("auditor") as auditor:
        assert [each["price_ucr"] for each in bea.look("tasks/t/offers")["items"]] == [OFFERS["bea"]]
        assert kim.look("tasks/t/offers")["items"] == []
        every = auditor.look("tasks/t/offers")["items"]
        assert [(each["agent"], each["price_ucr"]) for each in every] == [(name, None) for name in OFFERS]
        assert kim.look("tasks/t")["offers"] == 3


def test_the_stream_tells_that_work_was_offered_but_not_for_what(sale: Sale) -> None:
    seen = []
    with (
        sale.client("operator") as client,
        client.stream("GET", "/api/v1/events/stream?after=0", timeout=None) as answer,
    ):
        for line in answer.iter_lines():
            seen.append(line)
            if "task_cancelled" in line and line.startswith("data"):
                break
    assert sum(line == "event: econonexus.work_offered.v1" for line in seen) == 6
    assert [line for line in seen if _told(line)] == []


@pytest.mark.parametrize(
    "command", ["export", "export --private", "export --format csv", "verify --json", "statement ana"]
)
def test_no_export_or_statement_tells_a_sealed_offer(sale: Sale, command: str) -> None:
    assert _told(_ledger(sale, *command.split())) == []


def test_an_export_with_sealed_offers_in_it_can_be_verified(sale: Sale, tmp_path: Path) -> None:
    file = str(tmp_path / "export.jsonl")
    _ledger(sale, "export", "--out", file)
    assert json.loads(_ledger(sale, "verify", "--export", file, "--json"))["verified"] is True


def test_what_people_read_on_disk_tells_nothing(sale: Sale) -> None:
    views = b"".join(path.read_bytes() for path in sale.served.data.glob("views*"))
    assert b"ana" in views
    assert _told(views.decode("latin-1")) == []


def test_an_awarded_task_is_open_in_every_export_and_a_cancelled_one_is_not(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A task whose offers end after a moment: cy's price wins, and bea's is paid."""
    data = tmp_path_factory.mktemp("opened") / "data"
    with Served(data) as served, served.client() as admin:
        keys = {
            name: admin.make("agents", id=name, credits_ucr=FUNDS, capabilities=["ocr"])["key"]
            for name in ("kim", "bea", "cy")
        }
        sale = Sale(served, keys)
        with sale.client("kim") as kim, sale.client("bea") as bea, sale.client("cy") as cy:
            for name in ("bea", "cy"):
                admin.make(f"agents/{name}/stake", amount_ucr=2 * CEILING)
            for task, window in (("off", HOUR_MS), ("t", 2_000)):
                kim.make(
                    "tasks",
                    id=task,
                    capability="ocr",
                    ceiling_ucr=CEILING,
                    deadline_ms=10 * HOUR_MS,
                    bidding_window_ms=window,
                )
            bea.make("tasks/off/offers", price_ucr=CANCELLED)
            bea.make("tasks/t/offers", price_ucr=OFFERS["bea"])
            cy.make("tasks/t/offers", price_ucr=OFFERS["cy"])
            kim.make("tasks/off/cancel")
            while (seen := kim.look("tasks/t"))["status"] == "posted":
                pass
            assert seen["award"]["payment_ucr"] == OFFERS["bea"]
            prices = [each["price_ucr"] for each in kim.look("tasks/t/offers")["items"]]
            assert prices == [OFFERS["bea"], OFFERS["cy"]]
        file = tmp_path / "export.jsonl"
        _ledger(sale, "export", "--out", str(file))
        assert _told(file.read_text()) == [OFFERS["bea"], OFFERS["cy"]]
        assert json.loads(_ledger(sale, "verify", "--export", str(file), "--json"))["verified"] is True


def _ledger(sale: Sale, *arguments: str) -> str:
    """What `econonexus ledger` prints beside the running server."""
    done = subprocess.run(
        [sys.executable, "-m", "econonexus", "ledger", *arguments, "--data", str(sale.served.data)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert _told(done.stderr) == []
    return done.stdout
