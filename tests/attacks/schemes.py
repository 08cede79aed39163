"""What attackers do: each scheme runs in one arena and says what its planted party gained, in µcr.

With `honest` it is what an honest agent of the same skill and cost gains in the same place.
"""

from collections.abc import Callable, Iterator

from econonexus.domain import commands as c
from econonexus.domain.ids import CREDIT
from econonexus.domain.kinds import AccountKind, Verdict
from econonexus.domain.ledger import system_account
from econonexus.domain.money import Amount
from econonexus.domain.promises import DAY, Judging
from econonexus.domain.subjects.contracts import Contract
from tests.attacks.arena import CR, HONEST, VALUE, VERA, Arena

ROUNDS = 60
"""So many tasks of the market while a scheme goes on,"""
APART = int(DAY) // 6
"""and how long one begins after the other has ended, in ns."""
BARGAIN = 1
"""What a shirker asks, whom its work costs nothing."""
FAVOURS = 40
"""So often the members of a ring praise the next one."""
COVER = 50 * CR
"""The most that a contract can be insured for."""

Scheme = Callable[[Arena, bool], int]


def whitewashing(arena: Arena, honest: bool) -> int:
    """Takes work and does not do it; whenever that is seen, it comes back under a new name."""
    arena.practise()
    names = _joined(arena, "new-0")
    for _ in rounds(arena):
        caught = _works(arena, names[-1], honest)
        if caught:
            names += _joined(arena, f"new-{len(names)}")
    return arena.wealth(*names)


def shirking(arena: Arena, honest: bool) -> int:
    """Takes work and does not do it, under one name, until that costs it something."""
    arena.practise()
    names = _joined(arena, "new")
    for _ in rounds(arena):
        if honest or not arena.penalties["new"]:
            _works(arena, "new", honest)
    return arena.wealth(*names)


def cashing_in(arena: Arena, honest: bool) -> int:
    """Works well until its record is as good as any; then not at all, on tasks worth three times as much,
    until that costs it something."""
    names = _joined(arena, "new")
    arena.practise((*HONEST, *names))
    before = arena.wealth(*names)
    for _ in rounds(arena):
        if honest or not arena.penalties["new"]:
            _works(arena, "new", honest, scale=3)
    return arena.wealth(*names) - before


def praising(arena: Arena, honest: bool) -> int:
    """A ring of four praises each other for work that nobody did; then one shirks the work of others, until
    that costs it something."""
    arena.practise()
    ring = _joined(arena, "new", "ring-1", "ring-2", "ring-3")
    if not honest:
        _praise(arena, ring)
    for _ in rounds(arena):
        if honest or not arena.penalties["new"]:
            _works(arena, "new", honest)
    return arena.wealth(*ring)


def two_names(arena: Arena, honest: bool) -> int:
    """Praises itself under another name, then insures what it buys from that name, which never delivers,
    until that costs it something."""
    arena.practise()
    names = _joined(arena, "ego", "new")
    _fill_the_fund(arena)
    if not honest:
        _praise(arena, names)
    for _ in rounds(arena):
        if honest:
            _works(arena, "new", honest)
        elif not arena.penalties["new"]:
            _insured_and_late(arena, "ego", "new")
    return arena.wealth(*names)


def lying(arena: Arena, honest: bool) -> int:
    """Has work done and calls it poor, to pay nothing; gives in to whoever puts up a bond against that."""
    return _buys(arena, honest, defends=False)


def lying_on(arena: Arena, honest: bool) -> int:
    """Has work done and calls it poor, and puts up a bond as well, hoping for the operator."""
    return _buys(arena, honest, defends=True)


def lying_together(arena: Arena, honest: bool) -> int:
    """Has work done and called poor by its verifier, which is itself under another name."""
    return _buys(arena, honest, defends=True, judge="crony")


def lying_insured(arena: Arena, honest: bool) -> int:
    """The same, and all that it buys is insured."""
    _fill_the_fund(arena)
    return _buys(arena, honest, defends=True, judge="crony", insured=True)


def griefing(arena: Arena, honest: bool) -> int:
    """Challenges whatever the verifier says in a provider's favour."""
    arena.practise()
    names = _joined(arena, "new")
    for _ in rounds(arena):
        for contract in _delivering(arena, "new", VERA):
            if honest:
                arena.finish(contract, Verdict.SATISFACTORY)
                continue
            arena.deliver(contract, Verdict.SATISFACTORY)
            answered = arena.dice.random() < arena.setting.attentive
            arena.dispute(contract, "new", Verdict.POOR, Verdict.SATISFACTORY, answered)
    return arena.wealth(*names)


def rounds(arena: Arena) -> Iterator[int]:
    """The time of the scheme, task by task."""
    for number in range(ROUNDS):
        yield number
        arena.wait(APART)


def _joined(arena: Arena, *names: str) -> list[str]:
    for name in names:
        arena.join(name)
    return list(names)


def _works(arena: Arena, name: str, honest: bool, scale: int = 1) -> bool:
    """Offer for one task of the market; whether it was caught at not doing it."""
    price = scale * arena.cost() if honest else BARGAIN
    return arena.market({name: price}, () if honest else (name,), scale)


def _praise(arena: Arena, ring: list[str]) -> None:
    """Everybody buys nothing from the next one, for as much as counts in a record, and is delighted."""
    for _ in range(FAVOURS):
        for place, name in enumerate(ring):
            buyer = ring[place - 1]
            for contract in arena.bought(buyer, {name: COVER}, Judging(), scale=3):
                arena.finish(contract, Verdict.EXCELLENT, buyer)


def _fill_the_fund(arena: Arena) -> None:
    """The insurance fund has what the premiums of others brought."""
    arena.do(c.Mint(system_account(AccountKind.INSURANCE, CREDIT), Amount(4_000 * CR)))


def _insured(arena: Arena, contract: Contract, cover: int) -> None:
    """Insured for that, or for as much of it as the bond."""
    most = Amount(min(cover, contract.bond.amount or cover))
    arena.tried(c.InsureContract(contract.id, contract.requester, most))


def _insured_and_late(arena: Arena, buyer: str, name: str) -> None:
    for contract in arena.bought(buyer, {name: COVER}, Judging(), scale=3, again=False):
        _insured(arena, contract, min(COVER, contract.payment))
        arena.wait(contract.due_at - arena.now)


def _buys(arena: Arena, honest: bool, defends: bool, judge: str = "new", insured: bool = False) -> int:
    """A requester that says of good work that it is poor, or has it said."""
    arena.practise()
    names = _joined(arena, *sorted({"new", judge}))
    judging = Judging() if judge == "new" else Judging((judge,))
    for _ in rounds(arena):
        for contract in _delivering(arena, "new", judging):
            if honest:
                arena.finish(contract, Verdict.SATISFACTORY, judge)
                continue
            if insured:
                _insured(arena, contract, contract.payment)
            arena.deliver(contract, Verdict.POOR, judge)
            if arena.setting.appeals and arena.dice.random() < arena.setting.attentive:
                provider = contract.provider
                arena.dispute(contract, provider, Verdict.SATISFACTORY, Verdict.SATISFACTORY, defends)
            else:
                arena.wait(contract.rules.challenge_window)
    return arena.wealth(*names)


def _delivering(arena: Arena, requester: str, judging: Judging) -> Iterator[Contract]:
    """A contract of a requester that honest workers do well."""
    costs = {name: arena.cost() for name in HONEST}
    for contract in arena.bought(requester, costs, judging, again=False):
        arena.beside[contract.provider] -= costs[contract.provider]
        arena.beside[requester] += VALUE
        yield contract
