"""Many callers at once on little money: it is spent to the last µcr and no further, whatever goes wrong."""

import asyncio
import json
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx2
import openai
import pytest

from econonexus.bootstrap import open_reader
from tests.interfaces.calling import (
    GPT,
    HELLO,
    READ,
    all_at_once,
    client,
    configured,
    refusal,
    settled,
    stands,
)
from tests.interfaces.served import Client, Served
from tests.upstream import Reply, Upstream, chat, chunk, error

CALLERS = 64
CAN_PAY = 10
WRITTEN = 5
BOUND = READ + 2 * WRITTEN
"""What a call of the upstream's model reserves."""


@pytest.fixture(scope="module")
def far() -> Iterator[Upstream]:
    with Upstream() as upstream:
        yield upstream


@pytest.fixture(scope="module")
def served(far: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("storm")
    with configured(folder, GPT, url=far.url) as server:
        yield server
    verify(folder / "data")


@pytest.fixture(autouse=True)
def fresh(far: Upstream) -> None:
    far.asked.clear()
    far.script.clear()


@pytest.fixture
def poor(served: Served, admin: Client, name: str) -> str:
    """The key of an agent that can pay for exactly ten calls."""
    return str(admin.make("agents", id=name, credits_ucr=CAN_PAY * BOUND)["key"])


def verify(data: Path) -> None:
    """The second bookkeeper agrees with every record."""
    command = [sys.executable, "-m", "econonexus", "ledger", "verify", "--data", str(data)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def codes(outcomes: list[object]) -> Counter[object]:
    """How often each came: the code of an error, or else what the call gave."""
    return Counter(getattr(each, "code", each) for each in outcomes)


def test_clients_that_go_away_in_the_middle_pay_for_what_was_written(
    served: Served, admin: Client, far: Upstream, poor: str, name: str
) -> None:
    """Each keeps its stream open until all have been answered, so that none can be paid from another's."""
    far.otherwise = Reply(events=[chunk("one"), threading.Event()])
    answered = threading.Barrier(CALLERS)

    def call(_: int) -> str:
        with client(served, poor) as ai:
            try:
                stream = ai.chat.completions.create(
                    model="gpt", messages=HELLO, max_tokens=WRITTEN, stream=True
                )
                assert next(iter(stream)).choices[0].delta.content == "one"
            finally:
                answered.wait(60)
            stream.close()
            return "served"

    outcomes = all_at_once(CALLERS, call)
    assert codes(outcomes) == {"served": CAN_PAY, "insufficient_funds": CALLERS - CAN_PAY}
    assert len(far.asked) == CAN_PAY
    assert settled(admin, name) == CAN_PAY * (BOUND - READ - 2)


@pytest.mark.parametrize("streamed", [False, True])
def test_an_upstream_that_declines_everybody_costs_nobody_anything(
    served: Served, admin: Client, far: Upstream, poor: str, name: str, streamed: bool
) -> None:
    far.otherwise = error(503, retry_after="60")

    def call(_: int) -> None:
        with client(served, poor) as ai:
            ai.chat.completions.create(model="gpt", messages=HELLO, max_tokens=WRITTEN, stream=streamed)

    outcomes = codes(all_at_once(CALLERS, call))
    assert set(outcomes) <= {"model_unavailable", "insufficient_funds"}
    assert outcomes["model_unavailable"] == len(far.asked) >= CAN_PAY
    assert stands(admin, name) == (CAN_PAY * BOUND, 0)


@pytest.mark.parametrize("streamed", [False, True])
def test_an_upstream_that_breaks_off_is_paid_at_most_what_there_is(
    served: Served, admin: Client, far: Upstream, poor: str, name: str, streamed: bool
) -> None:
    far.otherwise = Reply(cut=True)

    def call(_: int) -> None:
        with client(served, poor) as ai:
            ai.chat.completions.create(model="gpt", messages=HELLO, max_tokens=WRITTEN, stream=streamed)

    outcomes = codes(all_at_once(CALLERS, call))
    assert outcomes == {"model_broke": CAN_PAY, "insufficient_funds": CALLERS - CAN_PAY}
    assert stands(admin, name) == (0, 0)


def test_all_that_is_served_is_paid_for_and_no_more_is(
    served: Served, admin: Client, far: Upstream, poor: str, name: str
) -> None:
    """Answers, streams, refusals and breaks in turn. Whoever gets an answer pays 7 µcr for it, whoever's
    answer breaks off its whole bound, and nobody else anything."""
    kinds = [chat(read=5, written=1), error(500, retry_after="60"), error(400), Reply(cut=True)]
    far.script += kinds * (CALLERS // len(kinds))

    def call(place: int) -> str:
        with client(served, poor) as ai:
            ai.chat.completions.create(model="gpt", messages=HELLO, max_tokens=WRITTEN)
            return "served"

    outcomes = codes(all_at_once(CALLERS, call))
    assert set(outcomes) <= {"served", "model_unavailable", None, "model_broke", "insufficient_funds"}
    assert outcomes.total() == CALLERS
    paid = 7 * outcomes["served"] + BOUND * outcomes["model_broke"]
    assert 0 < paid <= CAN_PAY * BOUND
    assert stands(admin, name) == (CAN_PAY * BOUND - paid, 0)


@pytest.mark.parametrize("streamed", [False, True])
def test_a_node_that_is_killed_in_the_middle_pays_in_full_what_it_had_begun(
    tmp_path: Path, far: Upstream, streamed: bool
) -> None:
    never = threading.Event()
    far.otherwise = Reply(hold=never)
    with configured(tmp_path, GPT, url=far.url) as server, server.client() as admin:
        key = admin.make("agents", id="ann", credits_ucr=CAN_PAY * BOUND + 1)["key"]
        refused = threading.Semaphore(0)

        def call(_: int) -> None:
            with client(server, key) as ai:
                try:
                    ai.chat.completions.create(
                        model="gpt", messages=HELLO, max_tokens=WRITTEN, stream=streamed
                    )
                except openai.APIStatusError:
                    refused.release()
                    raise

        def kill() -> None:
            for _ in range(CALLERS - CAN_PAY):
                assert refused.acquire(timeout=60)
            server.process.kill()

        killer = threading.Thread(target=kill)
        killer.start()
        outcomes = all_at_once(CALLERS, call)
        killer.join()
        server.process.wait()
    never.set()
    cut = [each for each in outcomes if not isinstance(each, openai.APIStatusError)]
    assert len(cut) == CAN_PAY
    assert len(far.asked) == CAN_PAY
    with configured(tmp_path, GPT, url=far.url) as server, server.client() as admin:
        assert stands(admin, "ann") == (1, 0)
        with client(server, key) as ai:
            again = refusal(lambda: ai.chat.completions.create(model="gpt", messages=HELLO, max_tokens=1))
            assert again == (402, "insufficient_funds")
        unreported = admin.look("reservations", status="unreported")["items"]
        assert [each["amount_ucr"] for each in unreported] == [BOUND] * CAN_PAY
        for each in unreported:
            admin.make(f"reservations/{each['id']}/reconcile", amount_ucr=1)
        assert stands(admin, "ann") == (CAN_PAY * (BOUND - 1) + 1, 0)
    verify(tmp_path / "data")


def test_a_node_that_is_told_to_stop_ends_the_calls_under_way_itself(tmp_path: Path, far: Upstream) -> None:
    """It waits a second for the upstream's answer, and then nobody knows what that has done."""
    never = threading.Event()
    far.otherwise = Reply(hold=never)
    with configured(tmp_path, "stop_grace_s = 1\n" + GPT, url=far.url) as server:
        with server.client() as admin:
            key = admin.make("agents", id="ann", credits_ucr=CAN_PAY * BOUND)["key"]
        while far.arrived.acquire(blocking=False):
            pass

        def stop() -> None:
            assert far.arrived.acquire(timeout=60)
            server.process.terminate()

        stopper = threading.Thread(target=stop)
        stopper.start()
        with client(server, key) as ai, pytest.raises(openai.APIError):
            ai.chat.completions.create(model="gpt", messages=HELLO, max_tokens=WRITTEN)
        stopper.join()
        assert server.process.wait(60) == 0
    never.set()
    verify(tmp_path / "data")
    with configured(tmp_path, GPT, url=far.url) as server:
        with server.client() as admin:
            assert stands(admin, "ann") == ((CAN_PAY - 1) * BOUND, 0)
        _, errors = server.stop()
        assert "crash" not in errors  # The node that stopped had left nothing open.


LIMITS = {"org": 60_000, "crew": 30_000, "run": 10_000}
COST = 175
"""A call of the mock: six tokens read at 2.5 µcr, sixteen written at 10. It reserves what it costs."""


async def test_no_level_of_a_hierarchy_is_ever_exceeded_by_a_thousand_calls(tmp_path: Path) -> None:
    """Of 500 callers in the crew half are in the run, and 500 others share the organisation's budget."""
    with configured(tmp_path, "") as server:
        with server.client() as admin:
            for level, parent in (("org", None), ("crew", "org"), ("run", "crew")):
                admin.make("budgets", id=level, parent=parent, limit_ucr=LIMITS[level])
            admin.make("teams", id="crew")
            admin.make("teams", id="rest", budget="org")
            made = [
                admin.make("agents", id=f"a{place}", team=("rest", "crew")[place % 2], credits_ucr=10**6)
                for place in range(20)
            ]
        answers = await _thousand(server.url, [str(each["key"]) for each in made])
    # Nothing but the whole organisation's limit holds the others back, so that it is spent to the last call.
    assert answers == {200: LIMITS["org"] // COST, 402: 1_000 - LIMITS["org"] // COST}
    most = await _most_taken(tmp_path / "data")
    assert set(most) == set(LIMITS)
    assert [level for level, taken in most.items() if taken > LIMITS[level]] == []
    assert most["org"] == LIMITS["org"] // COST * COST


async def _thousand(url: str, keys: list[str]) -> Counter[int]:
    """The statuses of a thousand calls that are all made at once."""
    limits = httpx2.Limits(max_connections=1_000)
    async with httpx2.AsyncClient(base_url=url, timeout=120, limits=limits) as http:

        async def call(place: int) -> int:
            headers = {"Authorization": f"Bearer {keys[place % len(keys)]}"}
            if place % 4 == 1:
                headers["X-EconoNexus-Run"] = "run"
            body = {"model": "mock", "messages": HELLO}
            return (await http.post("/v1/chat/completions", json=body, headers=headers)).status_code

        return Counter(await asyncio.gather(*map(call, range(1_000))))


async def _most_taken(data: Path) -> Counter[str]:
    """The most that was ever spent and held together at each level, from raw records."""
    taken: Counter[str] = Counter()
    most: Counter[str] = Counter()
    async with open_reader(data) as reader:
        records = await reader.journal.read(0, 100_000)
    for record in records:
        event = json.loads(record.body)["event"]
        change = {"hold_placed": event.get("amount"), "hold_posted": -event.get("released", 0)}
        kind = event["type"].partition("/")[0]
        assert kind not in ("hold_topped_up", "hold_voided", "hold_expired")
        for level in event.get("budgets", ()) if kind in change else ():
            taken[level] += change[kind]
            most[level] = max(most[level], taken[level])
    return most
