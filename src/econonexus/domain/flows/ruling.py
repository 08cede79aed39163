"""What stands in the end of a contract, and whose word about it was wrong."""

from collections.abc import Callable
from typing import NamedTuple

from econonexus.domain import events
from econonexus.domain.flows.spending import above, earner
from econonexus.domain.ids import CREDIT, AgentId
from econonexus.domain.kinds import AccountKind, JudgedBy, Verdict
from econonexus.domain.ledger import Account, system_account
from econonexus.domain.money import Amount, Ppm, share_of
from econonexus.domain.state import State
from econonexus.domain.subjects.contracts import Contract, Word


class Ruling(NamedTuple):
    """A verdict that stands."""

    verdict: Verdict
    by: JudgedBy
    independent: bool
    """Whether somebody says so who belongs to neither side."""
    quality: Ppm | None = None
    right: AgentId | None = None
    """The side that gets what was put up for words that were wrong; none, and it goes to where what is lost
    goes."""
    wrong: tuple[Word, ...] = ()
    evidence: str = ""


def forfeited(
    state: State, contract: Contract, ruling: Ruling, room: Callable[[Account], int]
) -> tuple[events.DisputeBondLost, ...]:
    """The bonds of those who were wrong; a balance with no `room` for all of them takes none."""
    destination = _sink(state, contract)
    if ruling.right is not None:
        theirs = account_of(state, ruling.right)
        if room(theirs) >= sum(word.pledge.amount for word in ruling.wrong):
            destination = theirs
    return tuple(_forfeit(state, contract, word, destination) for word in ruling.wrong)


def word_bond(contract: Contract) -> Amount:
    """What a vote, a challenge or a defence takes."""
    return Amount(max(1, share_of(contract.payment, contract.rules.challenge_bond)))


def account_of(state: State, agent: AgentId) -> Account:
    """Where an agent's income goes: its wallet, or its team's."""
    return earner(state, state.agents.by_id[agent])


def _sink(state: State, contract: Contract) -> Account:
    kind = AccountKind.INSURANCE if contract.rules.to_insurance else AccountKind.BURN
    return state.ledger.accounts[system_account(kind, CREDIT)]


def _forfeit(state: State, contract: Contract, word: Word, destination: Account) -> events.DisputeBondLost:
    pledge = word.pledge
    kept = above(state, destination) if pledge.budgets else ()
    left = tuple(level for level in pledge.budgets if level not in kept)
    return events.DisputeBondLost(
        contract.id, word.agent, pledge.source, destination.id, Amount(pledge.amount), left
    )
