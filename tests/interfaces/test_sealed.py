"""Sealed means sealed: no answer, event, line of a stream or a log, metric or export tells a sealed bid.

The prices are such that their digits are found nowhere else by chance, and so are all sums and differences
that would tell them: what is held, what is left of wallets and budgets, alone and together.
"""

import csv
import io
import itertools
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import pytest

from econonexus.interfaces.http.roles import MAY
from econonexus.node.records import digest_of
from tests.interfaces.served import Client, Served

HOUR_MS = 3_600_000
FUNDS = 900_000_000_000
PRICES = {"ann": 73_190_468_251, "bob": 51_827_360_943, "kim": 38_645_170_297, "sam": 62_904_813_575}
RAISED = 79_318_206_457
"""What ann raises her bid to."""
CAP = 88_412_975_063
"""What bob has held beyond his price."""
LOST = 41_736_580_921
"""What kim bids in an auction that is cancelled."""
REFUSED = 950_000_000_777
"""What bob bids in vain: he has not so much."""
LIMIT = 700_000_000_000
SECRETS = (*PRICES.values(), RAISED, CAP, LOST)


def tellers() -> set[str]:
    """All numbers that would tell a price: prices, and what sums of them leave of wallets and limits."""
    numbers = set()
    for many in range(1, 4):
        for some in itertools.combinations(SECRETS, many):
            held = sum(some)
            numbers |= {held, FUNDS - held, LIMIT - held, RAISED - held, held - PRICES["ann"]}
    return {str(abs(number)) for number in numbers if abs(number) > 10**9}


TELLERS = re.compile("|".join(sorted(tellers(), key=len, reverse=True)))


def told(text: str) -> str | None:
    """The first number in a text that tells something sealed; thousands may be set apart."""
    found = TELLERS.search(re.sub(r"(?<=\d)[,_ ](?=\d{3})", "", text))
    return None if found is None else found.group()


class Sale(NamedTuple):
    """A server with sealed bids: ann and bob pay from their own wallets, kim and sam from their team's."""

    served: Served
    keys: dict[str, str]
    stream: list[str]
    """Every line of the operator's event stream."""

    def client(self, who: str) -> Client:
        return self.served.client(self.keys[who])


@pytest.fixture(scope="module")
def sale(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sale]:
    data = tmp_path_factory.mktemp("sealed") / "data"
    with Served(data) as served, served.client() as admin:
        keys = {"admin": admin.headers["authorization"].split()[1]} | _people(admin)
        sale = Sale(served, keys, [])
        follower = threading.Thread(target=_follow, args=(sale,))
        follower.start()
        while "econonexus_event_subscribers 1" not in admin.get("/metrics").text:
            pass
        _bid(sale, admin)
        yield sale
        served.stop()
        follower.join()


def _people(admin: Client) -> dict[str, str]:
    admin.make("teams", id="crew")
    admin.make("mint", to="crew", amount_ucr=FUNDS)
    keys = {}
    for name in ("ann", "bob"):
        admin.make("budgets", id=name, limit_ucr=LIMIT, mode="soft" if name == "ann" else "hard")
        keys[name] = admin.make("agents", id=name, credits_ucr=FUNDS)["key"]
    for name in ("kim", "sam", "eve"):
        keys[name] = admin.make("agents", id=name, team="crew", wallet=False)["key"]
    admin.make("budgets", id="crew", limit_ucr=LIMIT)
    for role in ("auditor", "operator"):
        keys[role] = admin.make("keys", holder=f"the-{role}", role=role)["key"]
    return keys


def _follow(sale: Sale) -> None:
    headers = {"Authorization": f"Bearer {sale.keys['operator']}"}
    with httpx2.stream(
        "GET", f"{sale.served.url}/api/v1/events/stream?after=0", headers=headers, timeout=None
    ) as answer:
        sale.stream.extend(answer.iter_lines())


def _bid(sale: Sale, admin: Client) -> None:
    """A sale with four bids, of which one is raised, one has a cap, one is repeated and one refused."""
    admin.make("resources", id="gpu", unit="GPU hours", capacity=9, period_ms=HOUR_MS)
    admin.make("markets", id="hours", resource="gpu", mechanism="uniform_price")
    for auction in ("noon", "off"):
        admin.make("auctions", id=auction, market="hours", units=3, closes_in_ms=10 * HOUR_MS)
    for name, price in PRICES.items():
        body: dict[str, Any] = {"id": f"{name}s", "price_ucr": price}
        if name == "bob":
            body["cap_ucr"] = CAP
        with sale.client(name) as agent:
            made = agent.make("auctions/noon/bids", f"{name}-1", **body)
            assert made["hold_ucr"] == body.get("cap_ucr", price)
            assert agent.make("auctions/noon/bids", f"{name}-1", **body) == made
            again = {"Idempotency-Key": f"{name}-1"}
            other = agent.post("/api/v1/auctions/noon/bids", json=body | {"price_ucr": 5}, headers=again)
            assert (other.status_code, told(other.text)) == (409, None)
            if name == "ann":
                agent.make("auctions/noon/bids/anns/raise", "ann-2", price_ucr=RAISED)
            if name == "kim":
                agent.make("auctions/off/bids", "kim-off", id="kims", price_ucr=LOST)
            if name == "bob":
                vain = {"json": {"id": "x", "price_ucr": REFUSED}, "headers": {"Idempotency-Key": "vain"}}
                poor = agent.post("/api/v1/auctions/noon/bids", **vain)
                assert (poor.status_code, told(poor.text)) == (402, None)
                assert (
                    agent.refusal("transfers", **{"from": "bob", "to": "ann", "amount_ucr": FUNDS})[0] == 402
                )
                agent.refusal("reservations", amount_ucr=FUNDS, id="bobs-all")
    with sale.client("eve") as eve:
        assert eve.refusal("reservations", amount_ucr=FUNDS)[0] == 402
    with sale.client(
        "ann"
    ) as ann:  # Her limit is soft, and what is sealed does not count in what she is told.
        ann.make("reservations", amount_ucr=LIMIT - RAISED + 1, expires_in_ms=HOUR_MS)
    admin.make("auctions/off/cancel", reason="not today")


EVERYBODY = ["eve", "ann", "bob", "kim", "sam", "operator", "auditor", "admin"]
IDS = (
    *(
        "ann",
        "bob",
        "kim",
        "sam",
        "eve",
        "crew",
        "anns",
        "bobs",
        "kims",
        "sams",
        "noon",
        "off",
        "hours",
        "gpu",
    ),
    *("burn", "mint", "treasury", "ann-1", "ann-2", "bob-1", "kim-1", "sam-1", "kim-off", "noon:1"),
)


def _paths(last: int) -> Iterator[str]:
    """Every GET there is, of everything that is there; and what became of every record."""
    for method, path in MAY:
        if method != "GET" or path.endswith("/stream") or not path.startswith(("/api/v1", "/metrics")):
            continue
        if "{id}" not in path:
            yield f"{path}?limit=1000" if path == "/api/v1/events" else path
            continue
        yield from (path.replace("{id}", name) for name in IDS)
    yield from (f"/api/v1/explain/{record}" for record in range(1, last + 1))
    yield from (f"/api/v1/explain/{name}-1?caller=agent:{name}" for name in PRICES)
    yield "/api/v1/spend?by=team,agent,account,model,run,hour&format=csv"


def _known_to(who: str) -> set[int]:
    """What somebody may read of what is sealed: its own bids, and what they leave of a wallet of its own."""
    match who:
        case "ann":
            return {PRICES["ann"], RAISED, LIMIT - RAISED + 1}
        case "bob":
            return {PRICES["bob"], CAP, FUNDS - CAP}
        case "kim":
            return {PRICES["kim"], LOST}
    return {PRICES[who]} if who in PRICES else set()


def _without(text: str, known: set[int]) -> str:
    return re.sub("|".join(map(str, sorted(known, reverse=True))), "", text) if known else text


@pytest.mark.parametrize("who", EVERYBODY)
def test_no_answer_tells_a_sealed_bid(sale: Sale, who: str) -> None:
    asked = 0
    with sale.client(who) as client:
        last = int(client.look("events", limit=1_000)["next"])
        for path in _paths(last):
            answer = client.get(path)
            asked += 1
            assert answer.status_code < 500, path
            assert told(answer.text) is None or told(_without(answer.text, _known_to(who))) is None, path
            assert not any(told(value) for value in answer.headers.values()), path
    assert asked > 100


def test_whoever_bids_sees_its_own_bid_and_nobody_elses(sale: Sale) -> None:
    with sale.client("bob") as bob, sale.client("auditor") as auditor, sale.client("kim") as kim:
        (mine,) = bob.look("auctions/noon/bids")["items"]
        assert (mine["price_ucr"], mine["hold_ucr"]) == (PRICES["bob"], CAP)
        all_of_them = auditor.look("auctions/noon/bids")["items"]
        assert [(bid["agent"], bid["price_ucr"], bid["hold_ucr"]) for bid in all_of_them] == [
            (name, None, None) for name in PRICES
        ]
        assert bob.look("accounts/bob")["held_ucr"] == CAP
        assert auditor.look("accounts/bob")["held_ucr"] == 0
        assert auditor.look("accounts/bob")["available_ucr"] == FUNDS
        # kim and sam pay from one wallet, so neither sees what the other's bid holds of it.
        assert kim.look("accounts/crew")["available_ucr"] == FUNDS
        assert auditor.look("budgets/bob")["available_ucr"] == LIMIT


def test_the_stream_told_of_the_bids_but_nothing_of_what_they_offer(sale: Sale) -> None:
    lines = list(sale.stream)
    assert sum("bid_placed" in line for line in lines if line.startswith("event")) == len(PRICES) + 1
    assert not any("budget_overrun" in line for line in lines), (
        "it would tell that a bid is more than a limit"
    )
    assert [line for line in lines if told(line)] == []


@pytest.mark.parametrize(
    "command",
    [
        "export",
        "export --private",
        "export --format csv",
        "verify --json",
        *(f"statement {name} --json" for name in ("ann", "bob", "crew", "burn")),
        *(f"statement {name}" for name in ("ann", "bob", "crew", "burn")),
    ],
)
def test_no_export_or_statement_tells_a_sealed_bid(sale: Sale, command: str) -> None:
    done = _ledger(sale, *command.split())
    assert told(done) is None
    digests = re.findall(r'"digest":"([0-9a-f]{32})"', done)
    bodies = {f'POST /api/v1/auctions/noon/bids\n{{"id":"x","price_ucr":{REFUSED}}}'.encode()}
    assert not {digest_of(body) for body in bodies} & set(digests), "a refused bid could be guessed"


def test_an_export_with_sealed_bids_in_it_can_be_verified(sale: Sale, tmp_path: Path) -> None:
    _ledger(sale, "export", "--out", str(tmp_path / "export.jsonl"))
    done = _ledger(sale, "verify", "--export", str(tmp_path / "export.jsonl"), "--json")
    assert json.loads(done)["verified"] is True


def test_what_people_read_on_disk_tells_nothing(sale: Sale) -> None:
    views = b"".join(path.read_bytes() for path in sale.served.data.glob("views*"))
    assert b"ann" in views
    assert told(views.decode("latin-1")) is None


def test_after_the_clearing_everything_is_open(sale: Sale, tmp_path: Path) -> None:
    """Three units at the highest losing bid, kim's: ann raised to the most, then come sam and bob."""
    with sale.client("admin") as admin, sale.client("eve") as eve:
        outcome = admin.make("auctions/noon/close")["outcome"]
        price = PRICES["kim"]
        assert [(won["agent"], won["payment"]) for won in outcome["allocation"]] == [
            ("ann", price),
            ("sam", price),
            ("bob", price),
        ]
        bids = {bid["agent"]: bid for bid in eve.look("auctions/noon/bids")["items"]}
        assert [bids[name]["price_ucr"] for name in PRICES] == [RAISED, *list(PRICES.values())[1:]]
        assert (bids["bob"]["hold_ucr"], bids["bob"]["payment_ucr"]) == (CAP, price)
        cleared = [event for event in eve.look("events", limit=1_000)["events"] if "cleared" in event["type"]]
        assert {bid["price"] for bid in cleared[0]["data"]["bids"]} == {RAISED, *list(PRICES.values())[1:]}
        # What was cancelled stays sealed.
        assert str(LOST) not in eve.get("/api/v1/auctions/off/bids").text
        spent = {
            (row["agent"], row["model"]): row["amount_ucr"]
            for row in admin.look("spend", by="agent,model")["rows"]
        }
        assert spent["sam", "market:hours"] == price
        focus = list(csv.DictReader(io.StringIO(admin.get("/api/v1/spend/focus").text)))
        assert {row["x_Account"]: row["BilledCost"] for row in focus}["ann"] == f"{price / 10**6:.6f}".rstrip(
            "0"
        )
    statement = json.loads(_ledger(sale, "statement", "crew", "--json"))
    assert [(line["kind"], line["amount"], line["held"]) for line in statement["entries"]][1:] == [
        ("auction_cleared", -price, 0)
    ]
    for options in ((), ("--private",)):
        file = tmp_path / f"export{len(options)}.jsonl"
        _ledger(sale, "export", "--out", str(file), *options)
        assert str(RAISED) in file.read_text()
        assert str(LOST) not in file.read_text()
        assert json.loads(_ledger(sale, "verify", "--export", str(file), "--json"))["verified"] is True
    code, logged = sale.served.stop()
    assert (code, told(logged)) == (0, None)


def _ledger(sale: Sale, *arguments: str) -> str:
    """What `econonexus ledger` prints beside the running server."""
    done = subprocess.run(
        [sys.executable, "-m", "econonexus", "ledger", *arguments, "--data", str(sale.served.data)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert told(done.stderr) is None
    return done.stdout


def test_the_gateway_tells_nobody_what_another_bids_from_the_wallet_they_share(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with Served(tmp_path_factory.mktemp("gateway") / "data") as served, served.client() as admin:
        admin.make("teams", id="crew")
        admin.make("mint", to="crew", amount_ucr=10_000_000)
        keys = [admin.make("agents", team="crew", wallet=False)["key"] for _ in range(2)]
        admin.make("resources", id="gpu", unit="h", capacity=1, period_ms=HOUR_MS)
        admin.make("markets", id="hours", resource="gpu", mechanism="first_price")
        admin.make("auctions", id="noon", market="hours", units=1, closes_in_ms=HOUR_MS)
        with served.client(keys[0]) as bidder, served.client(keys[1]) as caller:
            bidder.make("auctions/noon/bids", price_ucr=6_000_000)
            body = {"model": "mock", "messages": [{"role": "user", "content": "hello"}]}
            answer = caller.post("/v1/chat/completions", json=body)
            assert answer.status_code == 200
            left = int(answer.headers["X-EconoNexus-Available-Ucr"])
            assert 9_900_000 < left == admin.look("accounts/crew")["available_ucr"]
