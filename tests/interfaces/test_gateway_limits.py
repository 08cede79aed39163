"""What providers may be paid in a window, whoever calls: a limit above all wallets and budgets."""

import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from tests.interfaces.calling import GPT, HELLO, READ, SECRET, all_at_once, client, configured, stands
from tests.interfaces.served import ADMIN_KEY, Client, Served, start
from tests.upstream import Reply, Upstream, chat

DAY = 24 * 3_600
BOUND = 3 * READ + 5 * 4
"""What a call can take of the limit: 3 µusd a token read, 5 a token written, of which it may have four."""
PAID = 3 * 10 + 5 * 2
DOLLARS = GPT + "\n[models.gpt.prices.usd]\ninput_ucr = 3_000_000\noutput_ucr = 5_000_000\n{more}"
LIMITED = "spend_limit_ucr = {limit}\nspend_asset = 'usd'"


@pytest.fixture
def far() -> Iterator[Upstream]:
    with Upstream() as upstream:
        upstream.otherwise = chat(read=10, written=2)
        yield upstream


def serving(folder: Path, far: Upstream, limit: int, more: str = "") -> Served:
    return configured(folder, DOLLARS, url=far.url, upstream=LIMITED.format(limit=limit), more=more)


def agents(admin: Client, number: int) -> list[str]:
    return [str(admin.make("agents", id=f"a{place}", credits_ucr=1_000)["key"]) for place in range(number)]


def ask(server: Served, key: str) -> Any:
    with client(server, key) as ai:
        return ai.chat.completions.create(model="gpt", messages=HELLO, max_tokens=4)


def budget(admin: Client, name: str) -> dict[str, Any]:
    return admin.look(f"budgets/{name}")


def test_all_agents_together_spend_what_the_provider_may_be_paid(tmp_path: Path, far: Upstream) -> None:
    """Room for the bounds of three calls at once, though each of the forty agents has money for many."""
    go = threading.Event()
    far.otherwise = chat(read=10, written=2)._replace(hold=go)
    with serving(tmp_path, far, 3 * BOUND) as server, server.client() as admin:
        keys = agents(admin, 40)
        refused = threading.Semaphore(0)

        def call(place: int) -> str:
            try:
                ask(server, keys[place])
            except openai.RateLimitError as error:
                refused.release()
                in_time = 1 <= int(error.response.headers["Retry-After"]) <= DAY
                return f"{error.code} {in_time}"
            return "served"

        def let_go() -> None:
            for _ in range(37):
                assert refused.acquire(timeout=60)
            go.set()

        opener = threading.Thread(target=let_go)
        opener.start()
        outcomes = Counter(all_at_once(40, call))
        opener.join()
        assert outcomes == {"served": 3, "provider_limit True": 37}
        limit = budget(admin, "provider:far")
        assert (limit["spent_ucr"], limit["held_ucr"]) == (3 * PAID, 0)
        balances = sorted(stands(admin, f"a{place}") for place in range(40))
        assert balances == [(1_000 - 10 - 2 * 2, 0)] * 3 + [(1_000, 0)] * 37
    command = [sys.executable, "-m", "econonexus", "ledger", "verify", "--data", str(tmp_path / "data")]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_what_the_provider_did_not_do_it_is_not_paid_for(tmp_path: Path, far: Upstream) -> None:
    far.script += [Reply(status=500), Reply(cut=True)]
    with serving(tmp_path, far, 10 * BOUND) as server, server.client() as admin:
        (key,) = agents(admin, 1)
        for spent in (0, BOUND):
            with pytest.raises(openai.APIStatusError):
                ask(server, key)
            assert budget(admin, "provider:far")["spent_ucr"] == spent
        (open_,) = admin.look("reservations")["items"]
        done = admin.make(f"reservations/{open_['id']}/reconcile", amount_ucr=0)
        assert done["status"] == "reconciled"
        assert stands(admin, "a0") == (1_000, 0)


def test_what_an_agent_cannot_pay_counts_in_what_its_provider_is_paid(tmp_path: Path, far: Upstream) -> None:
    """The agent has what was reserved, and ninety tokens more were read."""
    far.otherwise = chat(read=READ + 90, written=4)
    with serving(tmp_path, far, 10 * BOUND) as server, server.client() as admin:
        key = str(admin.make("agents", id="a0", credits_ucr=READ + 2 * 4)["key"])
        ask(server, key)
        assert stands(admin, "a0") == (0, 0)
        assert budget(admin, "provider:far")["spent_ucr"] == BOUND + 3 * 90


def test_all_upstreams_together_are_limited_above_each(tmp_path: Path, far: Upstream) -> None:
    more = f"[gateway]\nspend_limit_ucr = {2 * BOUND}\nspend_asset = 'usd'\n"
    with serving(tmp_path, far, 10 * BOUND, more) as server, server.client() as admin:
        (key,) = agents(admin, 1)
        ask(server, key)
        assert budget(admin, "provider:far")["parent"] == "provider"
        for name in ("provider", "provider:far"):
            assert budget(admin, name)["spent_ucr"] == PAID
        admin.make("budgets/provider/change", limit_ucr=PAID + BOUND - 1)
        with pytest.raises(openai.RateLimitError):
            ask(server, key)


def test_the_mock_is_paid_for_by_nobody(tmp_path: Path, far: Upstream) -> None:
    with serving(tmp_path, far, 1) as server, server.client() as admin:
        (key,) = agents(admin, 1)
        with client(server, key) as ai:
            ai.chat.completions.create(model="mock", messages=HELLO)
        with pytest.raises(openai.RateLimitError):
            ask(server, key)


def test_the_limits_follow_the_settings_from_start_to_start(tmp_path: Path, far: Upstream) -> None:
    with serving(tmp_path, far, 100) as server, server.client() as admin:
        first = budget(admin, "provider:far")
        assert (first["limit_ucr"], first["window_ms"]) == (100, DAY * 1_000)
    with serving(tmp_path, far, 200) as server, server.client() as admin:
        assert budget(admin, "provider:far")["limit_ucr"] == 200
    hour = "spend_limit_ucr = 300\nspend_asset = 'usd'\nspend_window_ms = 3_600_000"
    with configured(tmp_path, DOLLARS, url=far.url, upstream=hour) as server, server.client() as admin:
        anew = budget(admin, "provider:far")
        assert (anew["limit_ucr"], anew["window_ms"]) == (300, 3_600_000)
    with configured(tmp_path, DOLLARS, url=far.url) as server, server.client() as admin:
        assert admin.get("/api/v1/budgets/provider:far").status_code == 404


def test_what_providers_may_be_paid_is_a_resource_and_no_more_of_it_is_sold(
    tmp_path: Path, far: Upstream
) -> None:
    spend = "llm.spend:far"
    with serving(tmp_path, far, 800) as server, server.client() as admin:
        declared = admin.look(f"resources/{spend}")
        assert (declared["unit"], declared["capacity"], declared["period_ms"]) == ("µusd", 800, DAY * 1_000)
    with serving(tmp_path, far, 1_000) as server, server.client() as admin:
        assert admin.look(f"resources/{spend}")["capacity"] == 1_000
        admin.make("markets", id="spend", resource=spend, mechanism="uniform_price")
        admin.make("auctions", id="a", market="spend", units=600)
        with server.client(agents(admin, 1)[0]) as agent:
            agent.make("auctions/a/bids", units=600, unit_price_ucr=1)
        admin.make("auctions/a/close")
        assert admin.refusal("auctions", market="spend", units=401)[1] == "over_capacity"
        assert admin.look(f"resources/{spend}")["free"] == 400
    # What was sold cannot be taken back by a lower limit, and nothing has changed then.
    server = serving(tmp_path, far, 599)
    process = start(server.data, environment={"ECONONEXUS_ADMIN_KEY": ADMIN_KEY, "FAR_KEY": SECRET})
    _, said = process.communicate(timeout=60)
    assert process.returncode == 2, said
    assert "the spend limit provider:far cannot be set as configured: capacity_promised" in said
    with serving(tmp_path, far, 600) as server, server.client() as admin:
        assert budget(admin, "provider:far")["limit_ucr"] == 600
