"""Calls that a market admits, by OpenAI's own client: from grants, at a price, first come, by auction."""

import itertools
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import openai
import pytest

from tests.interfaces.calling import GPT, HELLO, READ, client, configured, refusal, settled
from tests.interfaces.served import PATIENCE_S, Client, Served
from tests.upstream import Reply, Upstream, chat

HOUR_MS = 3_600_000
ROUND_MS = 200
MODELS = ("posted", "first", "urgent", "fair", "uniform", "vickrey")
MODEL = """
[models.{name}]
upstream = "far"
max_output_tokens = 100
market = "{name}"
[models.{name}.prices.credit]
input_ucr = 1_000_000
output_ucr = 2_000_000
"""
WRITTEN = 5
TOKENS = READ + WRITTEN
"""What a call may come to: 25 tokens read at most, and five to write."""
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def far() -> Iterator[Upstream]:
    with Upstream() as upstream:
        yield upstream


@pytest.fixture(scope="module")
def served(far: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("markets")
    settings = GPT + "".join(MODEL.replace("{name}", name) for name in MODELS)
    settings += f"[gateway]\nmarket_round_ms = {ROUND_MS}\nmax_wait_ms = 2_000\n"
    with configured(folder, settings, url=far.url) as server:
        yield server
    # Whatever the tests did, the second bookkeeper agrees with every record of it.
    command = [sys.executable, "-m", "econonexus", "ledger", "verify", "--data", str(folder / "data")]
    verified = subprocess.run(command, capture_output=True, text=True, check=False)
    assert verified.returncode == 0, verified.stderr


@pytest.fixture(autouse=True)
def fresh(far: Upstream) -> None:
    far.asked.clear()
    far.script.clear()


class Town:
    """A market of the model's name and the tokens it sells, both new, and who calls."""

    def __init__(self, served: Served, admin: Client, far: Upstream) -> None:
        self.served, self.admin, self.far = served, admin, far
        self.number = next(_numbers)
        self.agents: list[Agent] = []

    def market(
        self, model: str, mechanism: str, capacity: int, period_ms: int = HOUR_MS, **rules: Any
    ) -> str:
        """There is one market for a model, so its capacity is what a test makes of it."""
        resource = f"{model}-tokens"
        if model in [each["id"] for each in self.admin.look("markets")["items"]]:
            raise AssertionError("a test has made this market already")
        self.admin.make("resources", id=resource, unit="tokens", capacity=capacity, period_ms=period_ms)
        self.admin.make("markets", id=model, resource=resource, mechanism=mechanism, **rules)
        return resource

    def agent(self, called: str, credits_ucr: int = 100_000, **body: Any) -> "Agent":
        name = f"{called}-{self.number}"
        made = self.admin.make("agents", id=name, credits_ucr=credits_ucr, **body)
        self.agents.append(Agent(self.served, name, made["key"]))
        return self.agents[-1]


class Agent:
    """An agent that calls."""

    def __init__(self, served: Served, name: str, key: str) -> None:
        self.name = name
        self.ai = client(served, key)
        self.api = served.client(key)

    def call(self, model: str, written: int = WRITTEN, **headers: str) -> dict[str, str]:
        """Make a call; the answer's headers."""
        raw = self.ai.chat.completions.with_raw_response.create(
            model=model, messages=HELLO, max_tokens=written, extra_headers=headers
        )
        return dict(raw.headers)

    def no(self, model: str, **headers: str) -> openai.APIStatusError:
        with pytest.raises(openai.APIStatusError) as caught:
            self.call(model, **headers)
        return caught.value

    def grants(self) -> list[dict[str, Any]]:
        return list(self.api.look("grants", agent=self.name)["items"])


@pytest.fixture
def town(served: Served, admin: Client, far: Upstream) -> Iterator[Town]:
    town = Town(served, admin, far)
    yield town
    for agent in town.agents:
        agent.ai.close()
        agent.api.close()


def events(admin: Client, kind: str, **match: str) -> list[dict[str, Any]]:
    found, after, more = [], 0, True
    while more:
        page = admin.look("events", after=after, limit=1_000)
        found += [each["data"] for each in page["events"] if each["type"] == f"econonexus.{kind}.v1"]
        after, more = page["next"], page["more"]
    return [each for each in found if all(each[field] == value for field, value in match.items())]


def test_calls_are_bought_at_the_posted_price_and_served_from_grants_their_agents_hold(
    town: Town, admin: Client
) -> None:
    town.market("posted", "posted_price", 100, pricing={"rule": "fixed", "price_ucr": 3}, proceeds="treasury")
    ann = town.agent("ann")
    town.far.script.append(chat(read=20, written=4))
    ann.call("posted")
    # 30 tokens were bought at 3 µcr, 24 of them used: 20 µcr for reading, 8 for writing.
    assert settled(ann.api, ann.name) == 100_000 - 90 - 28
    (used,) = events(admin, "grant_used", agent=ann.name)
    assert used["units"] == 24
    (met,) = events(admin, "request_served", agent=ann.name)
    told = ann.api.look(f"explain/request%2F{met['request']}")
    facts = {name: told["facts"][name] for name in ("market", "units", "unit_price_ucr", "paid_ucr", "used")}
    assert (told["answer"], *facts.values()) == ("granted", "posted", 30, 3, 90, 24)
    (released,) = events(admin, "grant_released", agent=ann.name)
    assert released["returned"] == TOKENS - 24
    assert ann.grants() == []

    # An agent that holds a grant pays the market nothing more, and keeps what its call leaves.
    bob = town.agent("bob")
    bought = bob.api.make("markets/posted/requests", units=50)
    town.far.script.append(chat(read=20, written=4))
    bob.call("posted")
    assert settled(bob.api, bob.name) == 100_000 - 150 - 28
    (grant,) = bob.grants()
    assert (grant["id"], grant["used"], grant["left"]) == (bought["grant"], 24, 26)

    # What its grant lacks is bought: 30 − 26; of 24 used, the grant has 24 and what was bought goes back.
    town.far.script.append(chat(read=20, written=4))
    bob.call("posted")
    assert settled(bob.api, bob.name) == 100_000 - 150 - 28 - 12 - 28
    (grant,) = bob.grants()
    assert (grant["used"], grant["left"]) == (48, 2)

    # The market has 100 − 24 − 50 = 26 left, and the next call wants 30.
    cat = town.agent("cat")
    no = cat.no("posted")
    assert (no.status_code, no.code) == (429, "no_capacity")
    assert int(no.response.headers["Retry-After"]) >= 1
    assert settled(cat.api, cat.name) == 100_000
    (declined,) = events(admin, "request_declined", agent=cat.name)
    told = cat.api.look(f"explain/request%2F{declined['request']}")
    assert (told["answer"], told["facts"]["units_free_then"]) == ("declined", 26)
    assert town.admin.look("markets/posted/price")["demand"] == 30 + 50 + 4 + 30


def test_where_no_market_is_configured_none_decides(town: Town, admin: Client) -> None:
    ann = town.agent("ann")
    town.far.script.append(chat(read=READ, written=WRITTEN))
    ann.call("gpt")
    assert events(admin, "grant_used", agent=ann.name) == []


def test_first_come_is_served_or_told_when_to_come_again(town: Town) -> None:
    town.market("first", "first_come", 2 * TOKENS)
    ann, poor = town.agent("ann"), town.agent("poor", credits_ucr=1)
    hold = threading.Event()
    town.far.script.append(Reply(chat(read=READ, written=WRITTEN).body, hold=hold))
    town.far.script.append(chat(read=READ, written=WRITTEN))
    under_way = threading.Thread(target=ann.call, args=("first",))
    under_way.start()
    while not town.far.asked:
        under_way.join(0.01)
    ann.call("first")
    no = ann.no("first")
    assert (no.status_code, no.code) == (429, "no_capacity")
    hold.set()
    under_way.join(PATIENCE_S)
    assert refusal(lambda: poor.call("first")) == (402, "insufficient_funds")


def test_calls_bid_in_rounds_and_the_dearer_ones_are_made(town: Town, admin: Client) -> None:
    town.market("uniform", "uniform_price", 2 * TOKENS, proceeds="treasury")
    agents = [town.agent(called) for called in ("ann", "bob", "cat")]
    bids = {"ann": 900, "bob": 600, "cat": 300}  # 30, 20 and 10 µcr a token.
    town.far.script.extend(chat(read=READ, written=WRITTEN) for _ in range(2))
    outcomes: dict[str, Any] = {}
    barrier = threading.Barrier(3)

    def run(agent: Agent) -> None:
        called = agent.name.split("-")[0]
        barrier.wait()
        try:
            outcomes[called] = agent.call("uniform", **{"X-EconoNexus-Bid-Ucr": str(bids[called])})
        except openai.APIStatusError as error:
            outcomes[called] = error

    threads = [threading.Thread(target=run, args=(agent,)) for agent in agents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    served = {called for called, outcome in outcomes.items() if isinstance(outcome, dict)}
    cleared = events(admin, "auction_cleared", market="uniform")
    # Whoever came after the first round had begun may find the others served: then nobody priced them.
    if len(cleared[0]["bids"]) == 3:
        assert served == {"ann", "bob"}
        assert {win["payment"] for win in cleared[0]["wins"]} == {TOKENS * 10}
        assert (outcomes["cat"].status_code, outcomes["cat"].code) == (429, "no_capacity")
    assert len(served) == 2
    used = [event for agent in agents for event in events(admin, "grant_used", agent=agent.name)]
    assert [event["units"] for event in used] == [TOKENS, TOKENS]


def test_the_bid_must_be_a_number(town: Town) -> None:
    ann = town.agent("ann")
    assert refusal(lambda: ann.call("gpt", **{"X-EconoNexus-Bid-Ucr": "much"}))[0] == 400


def test_a_market_that_is_not_there_yet_admits_nobody(town: Town) -> None:
    no = town.agent("ann").no("vickrey")
    assert (no.status_code, no.code) == (503, "unknown_market")


def test_requests_wait_for_the_period_and_the_most_urgent_goes_first(town: Town, admin: Client) -> None:
    town.market("urgent", "priority", TOKENS, period_ms=500)
    ann, vip = town.agent("ann"), town.agent("vip", priority=9)
    town.far.script.extend(chat(read=READ, written=WRITTEN) for _ in range(2))
    waited: dict[str, int] = {}

    def run(agent: Agent) -> None:
        waited[agent.name] = int(agent.call("urgent")["x-econonexus-waited-ms"])

    threads = [threading.Thread(target=run, args=(agent,)) for agent in (ann, vip)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    order = [each["agent"] for each in events(admin, "request_served", market="urgent")]
    assert sorted(order) == sorted([ann.name, vip.name])
    assert set(waited) == {ann.name, vip.name}


def test_a_request_is_withdrawn_when_its_call_cannot_wait(town: Town, admin: Client) -> None:
    town.market("fair", "weighted_fair", TOKENS, period_ms=HOUR_MS)
    ann = town.agent("ann")
    no = ann.no("fair", **{"X-EconoNexus-Deadline-Ms": "50"})
    assert (no.status_code, no.code) == (429, "no_capacity")
    (ended,) = events(admin, "request_ended", agent=ann.name)
    assert ended["reason"] == "withdrawn"
    assert settled(ann.api, ann.name) == 100_000
