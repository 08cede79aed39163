"""A node under load, to be killed: `python -m tests.kill_worker DIRECTORY SEED ACKNOWLEDGED...`.

Fifty callers pay, reserve and settle under ids of their own and say each id on standard output as soon
as it is acknowledged. What an earlier life sent and did not hear of, it sends again first.
"""

import asyncio
import os
import random
import sys
from pathlib import Path

from econonexus.adapters.sqlite_journal import SqliteJournal
from econonexus.adapters.system_clock import SystemClock
from econonexus.domain.commands import Command, Mint, OpenAccount, PlaceHold, PostHold, Transfer
from econonexus.domain.ids import CallerId, CommandId
from econonexus.node.engine import Engine
from econonexus.node.replies import Accepted

CALLERS = 50
FUNDS = 10**12
FAR = 2**62


def command_of(life: int, caller: int, step: int) -> Command:
    """What a caller asks at a step is a matter of the numbers alone, so that anybody can tell what it was."""
    amount = 1 + random.Random(f"{life}/{caller}/{step}").randrange(9)
    match step % 3:
        case 0:
            return Transfer("bank", f"shop{caller}", amount)
        case 1:
            return PlaceHold(f"h{life}-{caller}-{step}", "bank", 10, FAR, f"shop{caller}")
        case _:
            return PostHold(f"h{life}-{caller}-{step - 1}", amount)


def paid_by(command: Command) -> int:
    """What a command moves to the caller's shop."""
    return 0 if isinstance(command, PlaceHold) else command.amount


def name_of(life: int, caller: int, step: int) -> CommandId:
    return CommandId(f"{life}-{caller}-{step}")


async def main(directory: Path, life: int, again: list[str]) -> None:
    journal = SqliteJournal.open(directory)
    engine = await Engine.start(journal, SystemClock())
    operator = CallerId("operator")
    shops = [f"shop{caller}" for caller in range(CALLERS)]
    for account in ("bank", *shops):
        await engine.submit(OpenAccount(account, account), operator, CommandId(f"open-{account}"))
    await engine.submit(Mint("bank", FUNDS), operator, CommandId("funds"))

    async def ask(life: int, caller: int, step: int) -> None:
        name = name_of(life, caller, step)
        os.write(1, f"sent {name}\n".encode())
        reply = await engine.submit(command_of(life, caller, step), CallerId(f"c{caller}"), name)
        assert isinstance(reply, Accepted), reply
        os.write(1, f"done {name} {reply.sequence}\n".encode())

    for name in again:
        await ask(*map(int, name.split("-")))
    os.write(1, b"ready\n")

    async def call(caller: int) -> None:
        for step in range(10**9):
            await ask(life, caller, step)

    await asyncio.gather(*(call(caller) for caller in range(CALLERS)))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
