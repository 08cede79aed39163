"""No sequence of commands lets a bond escape: all of them, up to a length, in a tiny world.

Breadth first over everything that can be done, the economy beside a plain model (`tests/oracle/bonds.py`)
that shares no code with it. After every step both have the same at stake, reserved, on its way back and in
every wallet. As the model gives stake back only after its delay and when nothing is backed by it, and takes
it only as a penalty or for a loss, so does the economy.
"""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from econonexus.domain import commands as c
from econonexus.domain.commands import Command
from econonexus.domain.economy import Economy
from econonexus.domain.ids import Instant, Sequence
from econonexus.domain.kinds import Standing, Verdict
from econonexus.domain.promises import Penalty, PromiseRules
from econonexus.domain.refusals import Refusal
from econonexus.domain.state import State
from tests import invariants
from tests.oracle import bonds
from tests.world import START
from tests.world import World as Economic

RULES = PromiseRules(
    identity_stake=bonds.IDENTITY,
    bond=1_000_000,
    relief=0,
    unbonding=bonds.UNBONDING,
    judging=bonds.JUDGING,
    challenge_window=bonds.WINDOW,
    challenge_bond=100_000,
    deciding=bonds.DECIDING,
    task_failure=Penalty(500_000, 1, 0),
    timeout_violation=Penalty(250_000, 2, 0),
    threshold=0,
)
VERDICTS = {each.value: each for each in Verdict}


class Action(NamedTuple):
    """Something that can be done: the model's method for it, and the commands that mean it."""

    method: str
    arguments: tuple[object, ...]
    commands: tuple[Command, ...]


class Node(NamedTuple):
    """One way that the world can be, and how it came there."""

    model: bonds.World
    image: bytes
    path: tuple[str, ...]


def start() -> Node:
    world = Economic()
    world.do(
        c.SetPromiseRules(RULES),
        c.CreateAgent("rex", credits=10_000),
        c.CreateAgent("pia", capabilities=("work",), credits=1_000),
        c.CreateAgent("zoe", capabilities=("work",), credits=2_000),
        c.PostStake("pia", 1_000),
        c.PostStake("zoe", 2_000),
    )
    return Node(bonds.World(), world.economy.state.image(), ())


def actions(model: bonds.World) -> Iterator[Action]:
    """Everything that may be tried; most of it is refused most of the time, and must be."""
    yield Action("tick", (), ())
    if model.count < 2:
        task, now = f"t{model.count + 1}", START + model.now
        ask = c.PostTask(task, "rex", "work", bonds.CEILING, now + 1, now + 1 + bonds.WORK)
        offers = tuple(c.OfferWork(task, name, price) for name, price in bonds.ASKS.items())
        yield Action("post", (), (ask, *offers))
    for amount in {300, model.free("pia"), model.free("pia") + 1} - {0}:
        yield Action("unbond", (amount,), (c.UnbondStake("pia", amount),))
    yield Action("stake", (200,), (c.PostStake("pia", 200),))
    banned = not model.sides["pia"].banned
    standing = Standing.BANNED if banned else Standing.ACTIVE
    yield Action("stand", (banned,), (c.SetStanding("pia", standing),))
    for name, promise in model.promises.items():
        yield from _about(name, promise.provider)


def _about(name: str, provider: str) -> Iterator[Action]:
    for verdict in ("satisfactory", "poor", "byzantine"):
        yield Action("judge", (name, verdict), (c.JudgeContract(name, "rex", VERDICTS[verdict]),))
        if provider == "pia":
            yield Action("decide", (name, verdict), (c.DecideDispute(name, VERDICTS[verdict]),))
    if provider == "pia":
        yield Action("deliver", (name,), (c.ReportDelivery(name, "pia"),))
        claim = c.ChallengeVerdict(name, "pia", Verdict.SATISFACTORY)
        yield Action("challenge", (name,), (claim,))
        yield Action("defend", (name,), (c.DefendVerdict(name, "rex"),))


def taken(node: Node, action: Action) -> Node | None:
    """The world after an action, where economy and model agree; None where it is refused by both."""
    model, economy = node.model.copy(), Economy(State.from_image(node.image))
    path = (*node.path, f"{action.method}{action.arguments}")
    allowed = getattr(model, action.method)(*action.arguments)
    now = START + model.now
    refused = [_carried_out(economy, command, now) for command in action.commands]
    if action.method == "post":  # Who is not able to offer, does not; that is no failure.
        refused = refused[:1]
    assert (not any(refused)) == allowed, path
    if not allowed:
        return None
    _wait(economy, now)
    compare(model, economy.state, path)
    return Node(model, economy.state.image(), path)


def compare(model: bonds.World, state: State, path: tuple[str, ...]) -> None:
    """All that the two keep of stakes, bonds and money is the same."""
    accounts = state.ledger.accounts
    for name, side in model.sides.items():
        stake, wallet = accounts[f"stake:{name}"], accounts[name]  # type: ignore[index]
        assert (stake.balance, stake.held) == (side.stake, model.backing(name)), path
        assert model.backing(name) <= side.stake, path
        assert (wallet.balance, wallet.available) == (side.wallet, model.at_hand(name)), path
        back = [(each.ready_at - START, each.amount) for each in state.stakes.by_agent[name].unbonding]  # type: ignore[index]
        assert back == side.withdrawals, path
    rex = accounts["rex"]  # type: ignore[index]
    assert (rex.balance, rex.held) == (model.rex, model.held_by_rex()), path
    assert accounts["burn"].balance == model.lost, path  # type: ignore[index]
    assert {
        name: (each.status.value, (each.due or 0) - START) for name, each in state.contracts.by_id.items()
    } == {name: (each.status, each.due) for name, each in model.promises.items()}, path
    assert set(state.tasks.by_id) == set(model.jobs), path
    invariants.check(state)


def led_to(*steps: tuple[object, ...]) -> Node:
    """The world after some actions, none of which may be refused."""
    node = start()
    for method, *arguments in steps:
        (action,) = (each for each in actions(node.model) if each[:2] == (method, tuple(arguments)))
        after = taken(node, action)
        assert after is not None, (node.path, action)
        node = after
    return node


def explore(depth: int, beginning: Node) -> int:
    """Every world that so many actions lead to; how many there are."""
    frontier, seen = [beginning], {_key(beginning.model)}
    for _ in range(depth):
        following: list[Node] = []
        for node in frontier:
            for action in actions(node.model):
                after = taken(node, action)
                if after is not None and _key(after.model) not in seen:
                    seen.add(_key(after.model))
                    following.append(after)
        frontier = following
    return len(seen)


def _key(model: bonds.World) -> str:
    return repr((model.now, model.rex, model.lost, model.sides, model.jobs, model.promises, model.count))


def _carried_out(economy: Economy, command: Command, now: int) -> bool:
    """Carry out a command; whether it is refused."""
    _wait(economy, now)
    decision = economy.decide(command, Instant(now))
    _apply(economy, decision, now)
    return isinstance(decision, Refusal)


def _wait(economy: Economy, now: int) -> None:
    while (due := economy.due(Instant(now))) is not None:
        _apply(economy, economy.decide(due, Instant(now)), now)


def _apply(economy: Economy, decision: tuple[object, ...] | Refusal, now: int) -> None:
    for happened in (decision,) if isinstance(decision, Refusal) else decision:
        economy.apply(happened, Sequence(economy.state.sequence + 1), Instant(now))  # type: ignore[arg-type]


BUSY: tuple[tuple[object, ...], ...] = (("post",), ("post",), ("tick",), ("deliver", "t1:1"))
"""pia has two contracts, and has delivered the first."""
BEGINNINGS = {
    "nothing": (),
    "two contracts": BUSY,
    "all withdrawn": (*BUSY, ("unbond", 400)),
    "judged poor": (*BUSY, ("judge", "t1:1", "poor")),
    "accused of bad faith": (*BUSY, ("judge", "t1:1", "byzantine")),
    "a claim": (*BUSY, ("judge", "t1:1", "byzantine"), ("challenge", "t1:1")),
    "a dispute": (*BUSY, ("judge", "t1:1", "poor"), ("challenge", "t1:1"), ("defend", "t1:1")),
    "a dispute about the last": (
        *(("post",), ("tick",), ("deliver", "t1:1"), ("unbond", 700), ("judge", "t1:1", "byzantine")),
        *(("tick",), ("post",), ("tick",)),
    ),
}


@pytest.mark.parametrize("steps", BEGINNINGS.values(), ids=list(BEGINNINGS))
def test_no_bond_escapes_in_few_steps(steps: tuple[tuple[object, ...], ...]) -> None:
    assert explore(3, led_to(*steps)) > 20


@pytest.mark.soak
@pytest.mark.parametrize("steps", BEGINNINGS.values(), ids=list(BEGINNINGS))
def test_no_bond_escapes_in_many_steps(steps: tuple[tuple[object, ...], ...]) -> None:
    assert explore(6, led_to(*steps)) > 500
