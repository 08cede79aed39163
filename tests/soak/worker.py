"""A node that lives until it is told to stop, or killed: `python -m tests.soak.worker DIRECTORY POOL SEED`.

It is told on standard input how many commands to live through until the next look: a number, or `stop`. Then
it says what became of them, and how its state looks after which record: one line of JSON. While it lives it
says, batch by batch, which record was acknowledged last, so that whoever kills it knows what must be there.
"""

import asyncio
import pickle
import random
import sys
from collections import Counter
from pathlib import Path

import msgspec

from econonexus.adapters.sqlite_journal import SqliteJournal
from econonexus.adapters.system_clock import SystemClock
from econonexus.domain import commands as c
from econonexus.domain.commands import Command
from econonexus.domain.ids import CallerId, CommandId
from econonexus.domain.state import State
from econonexus.node.engine import Engine
from econonexus.node.intake import InvalidCommand
from econonexus.node.replies import Accepted
from tests.soak.crowd import Crowd, settling_in
from tests.soak.pool import UNIT, meant
from tests.strategies import opening

AT_ONCE = 20
POOR = 300
LASTS = 50 * UNIT
AUCTIONED = ["first", "second", "uniform", "lowest", "pay", "vcg"]
BIDDERS = frozenset({"ann", "bob", "pat", "kim", "lee", "crew"})
PER_EPOCH = 400
"""So many commands use the same names for what comes and goes."""
CALLERS = [CallerId("op"), CallerId("ann"), CallerId("bob")]


class Look(msgspec.Struct):
    """What a look finds: the state's digest after a record, and how commands fared since the last."""

    sequence: int
    digest: str
    fared: dict[str, int]


class Life:
    """One life of the node."""

    def __init__(self, engine: Engine, pool: list[Command], seed: int) -> None:
        self.engine = engine
        self.pool = pool
        self.rng = random.Random(seed)
        self.seed = seed
        self.crowd = Crowd(self.rng, UNIT, lambda word: f"{word}-{seed}-{len(self.asked)}")
        self.asked: list[tuple[Command, CallerId, CommandId]] = []
        self.fared: Counter[str] = Counter()
        self.clock = SystemClock()
        self.set_right_in = -1

    @property
    def epoch(self) -> int:
        """Tells the names of now from those of other times and other lives."""
        return self.seed * 10_000 + len(self.asked) // PER_EPOCH

    async def live(self, commands: int) -> Look:
        """Ask for so many commands, several at once, some of them a second time."""
        self.fared.clear()
        while self.fared.total() < commands:
            if self.epoch != self.set_right_in:
                await self._set_right()
            replies = await asyncio.gather(*(self._ask() for _ in range(AT_ONCE)))
            print("done", max(replies), flush=True)
        sequence, digest = await self.engine.read(lambda state: (state.sequence, state.digest()))
        return Look(sequence, digest, dict(self.fared))

    async def _set_right(self) -> None:
        """What an operator does now and then, so that life goes on: thaw what is frozen, hold auctions."""
        self.set_right_in = self.epoch
        commands = await self.engine.read(setting_right)
        closes_at = self.clock.wall_ns() + LASTS
        for number, market in enumerate(self.rng.sample(AUCTIONED, 4), 1):
            supply = {"gpu": self.rng.randint(1, 3)}
            commands.append(c.AnnounceAuction(f"a{number}-{self.epoch}", market, supply, closes_at))
        await asyncio.gather(*(self.engine.submit(command, CallerId("op")) for command in commands))

    async def _ask(self) -> int:
        repeated = self.asked and self.rng.random() < 0.03
        asked = self.rng.choice(self.asked[-2_000:]) if repeated else self._another()
        try:
            reply = await self.engine.submit(*asked)
        except InvalidCommand:
            self.fared["not of its types"] += 1
            return 0
        if repeated:
            self.fared["asked again"] += 1
        elif isinstance(reply, Accepted):
            self.fared["accepted"] += 1
        else:
            self.fared[f"refused: {reply.refusal.code.value}"] += 1
        return reply.sequence or 0

    def _another(self) -> tuple[Command, CallerId, CommandId]:
        """By turns at random: what anybody might ask, and what fits how things stand."""
        number, now = len(self.asked), self.clock.wall_ns()
        if self.rng.random() < 0.5:
            command = self.engine.peek(lambda state: self.crowd.act(state, now))
        else:
            command = meant(self.rng.choice(self.pool), now, self.epoch)
        asked = (command, self.rng.choice(CALLERS), CommandId(f"{self.seed}-{number}"))
        self.asked.append(asked)
        return asked


def setting_right(state: State) -> list[Command]:
    """What thaws all that is frozen or halted, clears the order books, and gives money to who has little."""
    accounts = state.ledger.accounts
    return [
        *(c.UnfreezeAccount(name) for name, account in accounts.items() if account.frozen),
        *(c.UnfreezeAgent(name) for name, agent in state.agents.by_id.items() if agent.frozen),
        *(c.UnfreezeTeam(name) for name, team in state.agents.teams.items() if team.frozen),
        *(c.UnfreezeMarket(name) for name, market in state.markets.by_id.items() if market.halted),
        *(c.CancelOrder(name) for name in state.orders.by_id),
        *(c.Mint(name, POOR) for name in accounts if name in BIDDERS and accounts[name].available < POOR),
    ]


async def main(directory: Path, pool: list[Command], seed: int) -> None:
    journal = SqliteJournal.open(directory)
    engine = await Engine.start(journal, SystemClock())
    if seed == 0:
        for command in [*opening(UNIT), *settling_in(UNIT)]:
            await engine.submit(command, CallerId("op"))
    life = Life(engine, pool, seed)
    print("ready", flush=True)
    for line in sys.stdin:
        if line == "stop\n":
            break
        look = await life.live(int(line))
        print("look", msgspec.json.encode(look).decode(), flush=True)
    await engine.stop()
    await journal.close()
    print("stopped", flush=True)


if __name__ == "__main__":
    with open(sys.argv[2], "rb") as file:
        drawn = pickle.load(file)
    asyncio.run(main(Path(sys.argv[1]), drawn, int(sys.argv[3])))
