"""Every life that a contract can have, gone through one by one: whatever anybody says, or nobody does.

Each life is a path of commands that are accepted, time among them, until the contract is settled. What holds
of all of them is asserted of each; and of those in which somebody is honest, that it does not suffer for it,
whatever all others do, if the operator decides disputes as things are.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.commands import Command
from econonexus.domain.contract_life import TRANSITIONS
from econonexus.domain.economy import Economy
from econonexus.domain.kinds import ContractStatus, JudgedBy, Verdict
from econonexus.domain.promises import Judging
from econonexus.domain.refusals import Refusal
from econonexus.domain.state import State
from tests.domain.contracts.town import (
    BYZANTINE,
    CONTRACT,
    CREDIT,
    EXCELLENT,
    PAYMENT,
    POOR,
    SATISFACTORY,
    WORD,
    claims,
    contract,
    decides,
    says,
    town,
)
from tests.world import World

GIVEN = (EXCELLENT, SATISFACTORY, POOR, BYZANTINE)
KEPT = (EXCELLENT, SATISFACTORY)
JUDGINGS = (Judging(), Judging(("una",)), Judging(("una", "vic"), 2))
TIME = "time"
Move = Command | str
Allowed = Callable[[World, Move], bool]


class Life(NamedTuple):
    """A world in which the contract is over, and how that came about."""

    world: World
    moves: tuple[Move, ...]
    happened: tuple[e.Event, ...]

    @property
    def verdict(self) -> Verdict:
        verdict = contract(self.world).verdict
        assert verdict is not None
        return verdict


def moves(judging: Judging) -> list[Move]:
    """Whatever anybody could say of the contract, and that nobody says anything."""
    judges = judging.judges or ("rex",)
    return [
        TIME,
        c.ReportDelivery(CONTRACT, "ann"),
        *(says(judge, verdict) for judge in judges for verdict in GIVEN),
        *(claims(side, verdict) for side in ("ann", "rex") for verdict in GIVEN),
        *(c.DefendVerdict(CONTRACT, side) for side in ("ann", "rex")),
        *(decides(verdict) for verdict in GIVEN),
    ]


def in_turn(world: World, move: Move) -> bool:
    """Of two judges the first votes first: the other way round is the same with other names."""
    is_second = isinstance(move, c.JudgeContract) and move.agent == "vic"
    return not is_second or "una" in contract(world).votes


def lives(judging: Judging, allowed: Allowed = in_turn) -> Iterator[Life]:
    """All lives of which each move is allowed, depth first."""
    start = Life(town(judging), (), ())
    waiting = [start]
    while waiting:
        life = waiting.pop()
        if contract(life.world).status is ContractStatus.SETTLED:
            yield life
            continue
        for move in moves(judging):
            if in_turn(life.world, move) and allowed(life.world, move):
                further = after(life, move)
                waiting += [] if further is None else [further]


def after(life: Life, move: Move) -> Life | None:
    """The life one move on; None where the move is declined."""
    is_command = not isinstance(move, str)
    if is_command and isinstance(life.world.economy.decide(move, life.world.now), Refusal):
        return None
    world = World()
    world.economy = Economy(State.from_image(life.world.economy.state.image()))
    world.now, world.log = life.world.now, list(life.world.log)
    if isinstance(move, str):
        due = contract(world).due
        assert due is not None, "what is not over goes on by itself"
        happened = tuple(world.wait(due - world.now))
    else:
        happened = world.do(move)
    return Life(world, (*life.moves, move), happened)


def has(life: Life, agent: str) -> int:
    """All that an agent has, in its wallet and at stake, but for what a later contract reserves."""
    state = life.world.economy.state.ledger.accounts
    return sum(state[name].balance for name in (agent, f"stake:{agent}") if name in state)


@pytest.mark.parametrize("judging", JUDGINGS, ids=("requester", "verifier", "two judges"))
def test_what_holds_of_every_life(judging: Judging) -> None:
    number = 0
    for life in lives(judging):
        number += 1
        over = contract(life.world)
        kept = life.verdict in KEPT
        # Paid if it was kept, and else not; a requester that alone said otherwise and did not stand by it
        # pays for that word, too.
        alone = over.by is JudgedBy.UNANSWERED and not judging.judges and kept
        assert over.paid == (PAYMENT + alone * WORD if kept else 0)
        # Who judges does not collect, and nobody is banned on the word of one side.
        penalties = [event for event in life.happened if isinstance(event, e.StakeSlashed)]
        assert bool(penalties) == (not kept)
        for penalty in penalties:
            assert penalty.to_injured == 0 or penalty.independent
            assert life.verdict is not BYZANTINE or penalty.independent
        if over.by in (JudgedBy.REQUESTER, JudgedBy.SILENCE, JudgedBy.UNANSWERED):
            assert life.verdict is not BYZANTINE
        # Only a decision costs anybody its word's bond, and only whoever was wrong.
        lost = [event for event in life.happened if isinstance(event, e.DisputeBondLost)]
        assert not lost or over.by is JudgedBy.OPERATOR
        said = {word.agent: word.verdict for word in over.words()}
        for event in lost:
            assert (event.amount, said[event.agent] is life.verdict) == (WORD, False)
        # Nothing is reserved for it any more.
        accounts = life.world.economy.state.ledger.accounts
        for name in ("ann", "stake:ann", "stake:una", "stake:vic"):
            assert accounts[name].held == 0
        assert CONTRACT not in life.world.economy.state.contracts.by_id
    assert number >= 15


def test_every_transition_of_the_table_is_taken_in_some_life() -> None:
    taken: set[tuple[ContractStatus, ContractStatus]] = set()

    def watching(world: World, move: Move) -> bool:
        before = contract(world).status
        further = after(Life(world, (), ()), move)
        if further is not None:
            then = contract(further.world).status
            taken.add((before, then))
        return True

    for judging in JUDGINGS[:2]:
        for _ in lives(judging, watching):
            pass
    known = {(source, target) for (source, _), target in TRANSITIONS.items()}
    assert taken == known - {(ContractStatus.OPEN, ContractStatus.JUDGED)}
    """A requester that judges before the delivery is satisfied, so that its verdict settles at once."""


# Somebody is honest.


def is_decided_as(truth: Verdict, world: World, move: Move) -> bool:
    """The operator decides every dispute in time, and as things are."""
    disputed = contract(world).status is ContractStatus.DISPUTED
    decision = isinstance(move, c.DecideDispute)
    return move == decides(truth) if disputed else not decision


def honest_provider(world: World, move: Move) -> bool:
    """ann has done the work, says so, challenges what denies it, and defends what says it."""
    now = contract(world)
    if not is_decided_as(SATISFACTORY, world, move):
        return False
    if now.status is ContractStatus.OPEN:
        return isinstance(move, c.ReportDelivery)
    if now.status is ContractStatus.JUDGED and now.verdict in (POOR, BYZANTINE):
        return move == claims("ann", SATISFACTORY)
    claim = now.challenge
    if now.status is ContractStatus.CHALLENGED and claim is not None and claim.agent == "rex":
        # That it was no more than satisfactory is true, and nothing to defend oneself against.
        return move == (TIME if claim.verdict is SATISFACTORY else c.DefendVerdict(CONTRACT, "ann"))
    return not (isinstance(move, c.ChallengeVerdict) and move.agent == "ann")


@pytest.mark.parametrize("judging", JUDGINGS, ids=("requester", "verifier", "two judges"))
def test_an_honest_provider_is_paid_whatever_its_requester_and_judges_do(judging: Judging) -> None:
    number = 0
    for life in lives(judging, honest_provider):
        number += 1
        assert life.verdict in KEPT, life.moves
        assert has(life, "ann") >= 1_000 * CREDIT + PAYMENT
    assert number > 1


def honest_requester(world: World, move: Move) -> bool:
    """rex was delivered rubbish: says so where he judges, challenges what denies it, defends what says it."""
    now = contract(world)
    if not is_decided_as(POOR, world, move):
        return False
    if now.status is ContractStatus.OPEN:
        return isinstance(move, c.ReportDelivery)
    if now.status is ContractStatus.DELIVERED and not now.judging.judges:
        return move == says("rex", POOR)
    if now.status is ContractStatus.JUDGED and now.verdict in KEPT:
        return move == claims("rex", POOR)
    claim = now.challenge
    if now.status is ContractStatus.CHALLENGED and claim is not None and claim.agent == "ann":
        return move == (TIME if claim.verdict is POOR else c.DefendVerdict(CONTRACT, "rex"))
    return not (isinstance(move, c.ChallengeVerdict) and move.agent == "rex")


@pytest.mark.parametrize("judging", JUDGINGS, ids=("requester", "verifier", "two judges"))
def test_an_honest_requester_pays_for_no_rubbish_whatever_the_provider_and_judges_do(
    judging: Judging,
) -> None:
    number = 0
    for life in lives(judging, honest_requester):
        number += 1
        assert life.verdict not in KEPT, life.moves
        assert has(life, "rex") >= 1_000 * CREDIT
    assert number >= 1
