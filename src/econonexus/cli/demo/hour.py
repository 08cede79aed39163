"""The second story: an hour of calls for tokens that are scarce, under three mechanisms, in virtual time.

It is the economy itself that plays, without a server: resources, markets, requests, bids and grants as they
are anywhere, and no clock but the hour's own, so that an hour takes seconds and gives the same every time.
"""

import heapq
import math
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from econonexus.cli.demo.cast import RUNAWAY, RUNAWAY_TEAM, TEAM_OF, TEAMS
from econonexus.cli.demo.workload import RUNAWAY_CONTEXT, dealt_out
from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.economy import Economy
from econonexus.domain.events import Event
from econonexus.domain.ids import (
    CREDIT,
    SECOND,
    AgentId,
    AuctionId,
    BidId,
    Duration,
    GrantId,
    Instant,
    MarketId,
    RequestId,
    ResourceId,
    TeamId,
)
from econonexus.domain.ids import (
    Sequence as Place,
)
from econonexus.domain.kinds import Mechanism
from econonexus.domain.money import Amount
from econonexus.domain.refusals import Refusal
from econonexus.domain.terms import Terms

MODES = (Mechanism.FIRST_COME, Mechanism.WEIGHTED_FAIR, Mechanism.UNIFORM_PRICE)
MOST_CALLS = 5_000
"""More calls than these are thinned; there are fewer tokens then, too."""
PERIOD_S = 5
SPARE = 1.1
"""There are a tenth more tokens than the work needs, the loop aside; in a burst there are too few."""
PATIENCE_S = 30.0
"""So long a call waits; then its agent does without."""
RETRY_S = 1.0
"""So long after a refusal a client tries again, where nothing keeps its place."""
PRICE_UCR = 3
"""The least that a token costs, under any mechanism."""
WORTH_UCR = {"support": 40, "coding": 20, "research": 8}
"""What a token of a call is worth to its team, in the middle; a third of the calls differ by half or more."""
SPREAD = 0.5
LOOP_BEGINS = 0.2
LOOP_AT_ONCE = 24
LOOP_GENERATED = 100
RICH = Amount(10**12)

MARKET, TOKENS = MarketId("llm"), ResourceId("llm.tokens")


class Wish(msgspec.Struct, frozen=True):
    """One call that wants to be made."""

    name: str
    agent: str
    at: Instant
    bound: int
    """The tokens it may come to, which it asks for."""
    used: int
    worth_ucr: int
    """What each of its tokens is worth to its team."""


class Hour(NamedTuple):
    """All calls of the hour, and how many tokens there are for them."""

    wishes: tuple[Wish, ...]
    capacity: int
    """Tokens in a period."""
    seconds: float
    loop: Wish
    """What the runaway asks for again and again."""


class HourLine(msgspec.Struct, frozen=True):
    """What came of a team's calls, or of the runaway's, under one mechanism."""

    name: str
    asked: int
    served: int
    waited_p50_ms: float | None
    waited_p95_ms: float | None
    spent_ucr: int
    value_ucr: int
    """What the calls that were served are worth; the runaway's are worth nothing."""


class HourOutcome(msgspec.Struct, frozen=True):
    """The hour under one mechanism."""

    mechanism: str
    lines: list[HourLine]
    records: int
    """How many events it took."""


def plan_hour(traces: list[Path], seed: int) -> Hour:
    """The hour that is played: the traces' first, or the built-in one. Raises: CommandFailed."""
    chance = random.Random(f"hour {seed}")
    calls, seconds = dealt_out(traces, seed, MOST_CALLS, chance)
    wishes = []
    for number, (at_s, agent, context, generated) in enumerate(calls):
        middle = WORTH_UCR[TEAM_OF[agent]]
        worth = max(PRICE_UCR, round(middle * chance.lognormvariate(0, SPREAD)))
        bound = context + (1 << (generated - 1).bit_length())
        wishes.append(Wish(f"call-{number}", agent, _instant(at_s), bound, context + generated, worth))
    needed = sum(wish.bound for wish in wishes)
    largest = max(wish.bound for wish in wishes)
    loop_tokens = RUNAWAY_CONTEXT + LOOP_GENERATED
    capacity = max(math.ceil(SPARE * needed * PERIOD_S / seconds), largest, loop_tokens)
    loop = Wish("loop", RUNAWAY, Instant(0), loop_tokens, loop_tokens, WORTH_UCR[RUNAWAY_TEAM])
    return Hour(tuple(wishes), capacity, seconds, loop)


def play(hour: Hour, mechanism: Mechanism, watch: Callable[[float], None]) -> HourOutcome:
    """The hour under one mechanism; `watch` is told how far it has come, in seconds."""
    world = _World(hour, mechanism)
    world.run(watch)
    return world.outcome()


class _Waiting(NamedTuple):
    """A call under way, and until when it waits."""

    wish: Wish
    until: Instant


class _World:
    """One economy, its agents, and the calls that wait in it."""

    def __init__(self, hour: Hour, mechanism: Mechanism) -> None:
        self._hour = hour
        self._mechanism = mechanism
        self._economy = Economy()
        self._records = 0
        self._now = Instant(0)
        self._ahead: list[tuple[Instant, int, Callable[[], None]]] = []
        self._order = 0
        self._waiting: dict[str, _Waiting] = {}
        self._served: list[tuple[Wish, int]] = []
        """Calls that were made, and how long each had waited."""
        self._asked = dict.fromkeys(TEAM_OF, 0)
        self._paid = dict.fromkeys(TEAM_OF, 0)
        self._loops = 0
        self._round: AuctionId | None = None
        self._rounds = 0
        self._furnish()

    def run(self, watch: Callable[[float], None]) -> None:
        """Play it to its end, and until nobody waits any more."""
        for wish in self._hour.wishes:
            self._at(wish.at, lambda wish=wish: self._ask(wish))  # type: ignore[misc]
        for _ in range(LOOP_AT_ONCE):
            self._at(self._loop_begins, self._ask_again)
        if self._mechanism is Mechanism.UNIFORM_PRICE:
            self._at(Instant(0), self._announce)
        told = 0.0
        while self._ahead or self._waiting:
            self._step()
            if self._now / SECOND - told >= self._hour.seconds / 100:
                told = self._now / SECOND
                watch(min(told, self._hour.seconds))

    def outcome(self) -> HourOutcome:
        """What came of it, by team."""
        names = [(team, [a for a in TEAM_OF if TEAM_OF[a] == team and a != RUNAWAY]) for team in TEAMS]
        lines = [self._line(team, agents) for team, agents in names]
        lines += [self._line(RUNAWAY, [RUNAWAY]), self._line("all", list(TEAM_OF))]
        return HourOutcome(self._mechanism.value, lines, self._records)

    # The world as it begins.

    def _furnish(self) -> None:
        self._do(c.DeclareAsset(CREDIT))
        for team in TEAMS:
            self._do(c.CreateTeam(TeamId(team)))
        for agent, team in TEAM_OF.items():
            self._do(c.CreateAgent(AgentId(agent), TeamId(team), credits=RICH))
        period = Duration(PERIOD_S * SECOND)
        self._do(c.DeclareResource(TOKENS, "tokens", self._hour.capacity, period))
        self._do(c.CreateMarket(MARKET, (TOKENS,), self._mechanism, Terms(reserve=Amount(PRICE_UCR))))

    # What agents do.

    def _ask(self, wish: Wish) -> None:
        """A call comes."""
        self._asked[wish.agent] += 1
        until = Instant(wish.at + int(PATIENCE_S * SECOND))
        self._waiting[wish.name] = _Waiting(wish, until)
        if self._mechanism is Mechanism.FIRST_COME:
            self._try(wish, until)
        elif self._mechanism is Mechanism.WEIGHTED_FAIR:
            name, agent = RequestId(wish.name), AgentId(wish.agent)
            self._do(c.RequestUnits(name, MARKET, agent, wish.bound, expires_at=until))
        elif self._round is not None:
            self._bid(wish)

    def _ask_again(self) -> None:
        """The runaway's next call; it has lost sight of what it was to do."""
        if self._now < _instant(self._hour.seconds):
            self._loops += 1
            self._ask(msgspec.structs.replace(self._hour.loop, name=f"loop-{self._loops}", at=self._now))

    def _try(self, wish: Wish, until: Instant) -> None:
        """Ask at once, and again after a while: nobody keeps its place."""
        self._do(c.RequestUnits(RequestId(wish.name), MARKET, AgentId(wish.agent), wish.bound))
        if wish.name not in self._waiting:
            return
        later = Instant(self._now + int(RETRY_S * SECOND))
        if later >= until:
            self._leave(wish)
        else:
            self._at(later, lambda: self._try(wish, until))

    def _announce(self) -> None:
        """The tokens of the period after the next are sold in this one; everybody who waits bids."""
        closes = Instant(self._now + PERIOD_S * SECOND)
        for waiting in [each for each in self._waiting.values() if each.until < closes]:
            self._leave(waiting.wish)
        if self._now >= _instant(self._hour.seconds) and not self._waiting:
            return
        self._rounds += 1
        name = self._round = AuctionId(f"round-{self._rounds}")
        supply, ends = {str(TOKENS): self._hour.capacity}, Instant(closes + PERIOD_S * SECOND)
        self._do(c.AnnounceAuction(name, MARKET, supply, closes, starts_at=closes, ends_at=ends))
        for waiting in list(self._waiting.values()):
            self._bid(waiting.wish)
        self._at(closes, self._announce)

    def _bid(self, wish: Wish) -> None:
        assert self._round is not None, "there is a round"
        name, agent = BidId(wish.name), AgentId(wish.agent)
        self._do(c.PlaceBid(name, self._round, agent, {TOKENS: wish.bound}, Amount(wish.worth_ucr)))

    def _leave(self, wish: Wish) -> None:
        """A call waits no more."""
        self._waiting.pop(wish.name, None)
        if wish.agent == RUNAWAY:
            self._at(self._now, self._ask_again)

    # What the economy does.

    def _do(self, command: c.Command) -> None:
        """Carry out a command, and see what came of it."""
        decision = self._economy.decide(command, self._now)
        assert not isinstance(decision, Refusal), f"{command}: {decision}"
        for event in decision:
            self._records += 1
            self._economy.apply(event, Place(self._records), self._now)
        for event in decision:
            self._see(event)

    def _see(self, event: Event) -> None:
        if isinstance(event, e.RequestServed):
            self._paid[event.agent] += event.paid
            self._made(event.request, GrantId(f"{event.request}:1"))
        elif isinstance(event, e.RequestEnded):
            self._leave(self._waiting[event.request].wish)
        elif isinstance(event, e.AuctionCleared):
            self._round = None  # Whoever comes in this very instant bids in the next.
            for number, win in enumerate(event.wins, 1):
                self._paid[win.agent] += win.payment
                if sum(win.items.values()) == self._waiting[win.bid].wish.bound:
                    self._made(win.bid, GrantId(f"{event.auction}:{number}"))

    def _made(self, name: str, grant: GrantId) -> None:
        """A call has its tokens: it is made, and what it left of them goes back."""
        wish, _ = self._waiting[name]
        self._served.append((wish, self._now - wish.at))
        self._leave(wish)
        self._do(c.UseGrant(grant, wish.used))
        if wish.used < wish.bound:
            self._do(c.ReleaseGrant(grant))

    # Time.

    @property
    def _loop_begins(self) -> Instant:
        return _instant(LOOP_BEGINS * self._hour.seconds)

    def _at(self, at: Instant, act: Callable[[], None]) -> None:
        self._order += 1
        heapq.heappush(self._ahead, (at, self._order, act))

    def _step(self) -> None:
        """Let the next thing happen: what falls due in the economy, or else what somebody does then."""
        due, next_up = self._economy.next_deadline(), self._ahead[0][0] if self._ahead else None
        if due is not None and (next_up is None or due <= next_up):
            self._now = max(self._now, due)
            command = self._economy.due(self._now)
            assert command is not None, "it is due"
            self._do(command)
            return
        self._now, _, act = heapq.heappop(self._ahead)
        act()

    # What came of it.

    def _line(self, name: str, agents: Sequence[str]) -> HourLine:
        served = [(wish, waited) for wish, waited in self._served if wish.agent in agents]
        waits = sorted(waited / 1e6 for _, waited in served)
        return HourLine(
            name,
            sum(self._asked[agent] for agent in agents),
            len(served),
            _percentile(waits, 50),
            _percentile(waits, 95),
            sum(self._paid[agent] for agent in agents),
            sum(wish.worth_ucr * wish.used for wish, _ in served if wish.agent != RUNAWAY),
        )


def _percentile(values: Sequence[float], percent: int) -> float | None:
    """By nearest rank; None of nothing."""
    return values[math.ceil(len(values) * percent / 100) - 1] if values else None


def _instant(seconds: float) -> Instant:
    return Instant(round(seconds * SECOND))
