"""Monetary policy: set by an operator, applied when a period is over."""

from collections.abc import Iterator

import msgspec

from econonexus.domain import commands, events
from econonexus.domain.flows.spending import Decision, payer, repayment
from econonexus.domain.ids import CREDIT, AccountId, Instant
from econonexus.domain.kinds import AccountKind
from econonexus.domain.ledger import Account, system_account
from econonexus.domain.mechanisms import allowances
from econonexus.domain.money import MAX_AMOUNT, PPM_ONE, Amount, share_of
from econonexus.domain.policy import LEAST_PERIOD, Policy, Share
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State

SHARES_PER_EVENT = 500


class Receiver(msgspec.Struct):
    """An account that allowances go to, and what agents draw on it."""

    account: Account
    agents: int = 0
    weight: int = 0


def set_policy(state: State, command: commands.SetPolicy, now: Instant) -> Decision | Refusal:
    """Go by other rules from now on."""
    policy, present = command.policy, state.monetary
    odd = _odd(policy)
    if odd:
        return odd
    next_at = present.next_at
    if next_at is None or policy.period != present.policy.period:
        next_at = Instant(min(now + policy.period, MAX_AMOUNT))
    counted = present.counted if present.policy.issues else _balance(state, AccountKind.BURN)
    return (events.PolicySet(policy, next_at if policy.issues else None, counted),)


def apply_policy(state: State, _: commands.ApplyPolicy, now: Instant) -> Decision | Refusal:
    """Issue the allowances of the period that is over; several that passed at once are one."""
    due_at, policy = state.monetary.next_at, state.monetary.policy
    if due_at is None or due_at > now:
        return Refusal(RefusalCode.POLICY_NOT_DUE)
    receivers = _receivers(state)
    passed = 1 + (now - due_at) // policy.period
    next_at = Instant(min(due_at + passed * policy.period, MAX_AMOUNT))
    applied, amounts = _issue(state, receivers, next_at)
    shares = [
        Share(each.account.id, amount) for each, amount in zip(receivers, amounts, strict=True) if amount
    ]
    return (applied, *_issued(shares), *_repaid(state, shares))


def _issue(
    state: State, receivers: list[Receiver], next_at: Instant
) -> tuple[events.PolicyApplied, list[Amount]]:
    """What is issued, with the numbers it follows from, and what of it each receiver gets."""
    monetary, policy, burnt = state.monetary, state.monetary.policy, _balance(state, AccountKind.BURN)
    agents, burned = sum(each.agents for each in receivers), burnt - monetary.counted
    target = None if policy.target is None else policy.target * agents
    supply = state.ledger.supply(CREDIT)
    recyclable = monetary.waiting + share_of(max(0, burned), policy.recycle)
    issue = allowances.due(recyclable, supply, target)
    mintable = state.ledger.accounts[system_account(AccountKind.MINT, CREDIT)].available
    rooms = [_room(each, policy) for each in receivers]
    amounts = allowances.shares(min(issue.total, mintable), [each.weight for each in receivers], rooms)
    given = sum(amounts)
    recycled = min(issue.recycled, given)
    applied = events.PolicyApplied(
        supply,
        agents,
        burned,
        target,
        Amount(recycled),
        Amount(given - recycled),
        Amount(issue.recycled - recycled),
        sum(1 for amount in amounts if amount),
        next_at,
        # Burnt money that came back has to be burned again before any is recycled.
        max(burnt, monetary.counted),
    )
    return applied, [Amount(amount) for amount in amounts]


def _receivers(state: State) -> list[Receiver]:
    """The wallets that allowances go to, each by the first agent that draws on it; agents that are frozen, or
    that no wallet in credits pays for, get none."""
    found: dict[AccountId, Receiver] = {}
    for agent in state.agents.by_id.values():
        paying = payer(state, AccountId(agent.id))
        if paying is None or agent.frozen or (agent.team and state.agents.teams[agent.team].frozen):
            continue
        account = paying[0]
        if account.kind is AccountKind.WALLET and account.asset == CREDIT:
            receiver = found.setdefault(account.id, Receiver(account))
            receiver.agents += 1
            receiver.weight += agent.weight
    return list(found.values())


def _room(receiver: Receiver, policy: Policy) -> int:
    """How much a wallet may get: up to the cap for each agent that draws on it, and to what it can keep."""
    balance, most = receiver.account.balance, int(MAX_AMOUNT)
    if policy.carry_over is not None:
        most = min(most, policy.carry_over * receiver.agents)
    return max(0, most - balance)


def _issued(shares: list[Share]) -> Iterator[events.AllowancesIssued]:
    mint = system_account(AccountKind.MINT, CREDIT)
    for first in range(0, len(shares), SHARES_PER_EVENT):
        yield events.AllowancesIssued(mint, tuple(shares[first : first + SHARES_PER_EVENT]))


def _repaid(state: State, shares: list[Share]) -> Decision:
    """Debts that this income repays."""
    repaid: list[events.Event] = []
    for share in shares:
        repaid += repayment(state, state.ledger.accounts[share.account], share.amount)
    return tuple(repaid)


def _balance(state: State, kind: AccountKind) -> int:
    return state.ledger.accounts[system_account(kind, CREDIT)].balance


def _odd(policy: Policy) -> Refusal | None:
    """What of a policy is out of range."""
    bounds = {
        "period": (LEAST_PERIOD, MAX_AMOUNT),
        "recycle": (0, PPM_ONE),
        "target": (0, MAX_AMOUNT),
        "carry_over": (0, MAX_AMOUNT),
        "daily_rewards": (0, MAX_AMOUNT),
    }
    for field, (least, most) in bounds.items():
        value = getattr(policy, field)
        if value is None and field in ("target", "carry_over"):
            continue
        if value.__class__ is not int or not least <= value <= most:
            return Refusal(RefusalCode.INVALID_POLICY, field)
    return None
