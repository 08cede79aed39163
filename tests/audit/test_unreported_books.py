"""The second bookkeeper on further limits, unreported holds and what is only watched: lies are found."""

import hashlib

import pytest

from econonexus.audit.books import Books, Discrepancy
from econonexus.domain import events as e
from econonexus.domain.charges import Charge
from econonexus.domain.kinds import AccountKind, BudgetMode, Mode, Unreported
from econonexus.ports import GENESIS_HASH
from tests.audit.test_books import LATER, START, budget, chain, read

FAR = e.BudgetCreated("far", None, "usd", 20, 0, 0, BudgetMode.HARD, ())
FAR_1 = e.BudgetCreated("far-1", "far", "usd", 12, 0, 0, BudgetMode.HARD, ())
OPENING = (*START, e.AssetDeclared("usd", 6), FAR, FAR_1, budget("b", 80), e.BudgetAssigned("ann", "b"))
"""Nine records: ann has 100 and may spend 80; 20 usd may go far, 12 of them to far-1."""

SEVEN = (Charge("far-1", 7),)
PLACED = e.HoldPlaced("h", "ann", "bob", 60, LATER, ("b",), also=SEVEN)
MAY_BE_USED = e.HoldPlaced("h", "ann", "bob", 60, 1_095, ("b",), also=SEVEN, unreported=Unreported.SETTLE)
"""The tenth record stands at 1,090 and the eleventh at 1,100, when it is due."""
PAID = e.HoldSettledUnreported("h", "ann", "bob", 60, budgets=("b",), also=SEVEN)


def posted(amount: int, released: int, *also: Charge) -> e.HoldPosted:
    return e.HoldPosted("h", "ann", "bob", amount, released, ("b",), also=also)


def reconciled(amount: int, returned: int, used: int, *restored: Charge) -> e.HoldReconciled:
    also = (Charge("far-1", used),)
    return e.HoldReconciled("h", "ann", "bob", amount, returned, ("b",), also=also, restored=restored)


@pytest.mark.parametrize(
    ("forged", "problem"),
    [
        # Placing.
        ((e.HoldPlaced("h", "ann", "bob", 1, LATER, ("b",), also=(Charge("far-1", 13),)),), "over its limit"),
        (
            (PLACED, e.HoldPlaced("i", "ann", "bob", 1, LATER, ("b",), also=(Charge("far", 14),))),
            "far over its",
        ),
        (
            (e.HoldPlaced("h", "ann", "bob", 1, LATER, ("b",), also=(Charge("none", 1),)),),
            "cannot be entered",
        ),
        ((e.HoldPlaced("h", "ann", "bob", 1, LATER, ("b",), also=(Charge("far", 0),)),), "an amount of 0"),
        ((e.HoldPlaced("h", "ann", "bob", 1, LATER, ("b",), also=(Charge("b", 1),)),), "twice in one budget"),
        (
            (e.HoldPlaced("h", "ann", "bob", 1, LATER, ("b",), also=(Charge("far-1", 1), Charge("far", 1))),),
            "twice in one budget",
        ),
        (
            (e.HoldPlaced("h", "ann", "bob", 1, LATER, ("b",), also=(Charge("far", 1), Charge("far", 1))),),
            "named twice",
        ),
        ((PLACED, PLACED), "a second time"),
        ((PLACED, PAID, PLACED), "a second time"),
        # Topping up.
        ((PLACED, e.HoldToppedUp("h", "ann", 0, LATER, ("b",))), "an amount of 0"),
        ((PLACED, e.HoldToppedUp("h", "ann", 0, LATER, ("b",), (Charge("far-1", 6),))), "over its limit"),
        ((PLACED, e.HoldToppedUp("h", "ann", 0, LATER, ("b",), (Charge("far", 1),))), "twice in one budget"),
        # Settling.
        ((PLACED, posted(60, 0)), "in other further budgets"),
        ((PLACED, posted(60, 0, Charge("far-1", 8))), "or for more, than it held"),
        ((PLACED, posted(60, 0, Charge("far", 7))), "in other further budgets"),
        ((PLACED, e.HoldVoided("h", "ann", 60, ("b",))), "in other further budgets"),
        ((PLACED, e.HoldVoided("h", "ann", 60, ("b",), (Charge("far-1", 6),))), "in part of its further"),
        ((MAY_BE_USED, e.HoldExpired("h", "ann", 60, ("b",), SEVEN)), "which its deadline was to pay"),
        # Unreported.
        ((PLACED, e.HoldSettledUnreported("h", "ann", "bob", 59, 1, ("b",), also=SEVEN)), "another amount"),
        ((PLACED, e.HoldSettledUnreported("h", "ann", "bob", 60, 1, ("b",), also=SEVEN)), "another amount"),
        (
            (PLACED, e.HoldSettledUnreported("h", "ann", "bob", 60, 0, ("b",), also=(Charge("far-1", 6),))),
            "in part of its further budgets",
        ),
        ((PLACED, PAID, PAID), "which is not open"),
        ((PLACED, PAID, posted(60, 0, *SEVEN)), "which is not open"),
        # Reconciling: 40 of 60 come back, and 3 of 7.
        ((PLACED, reconciled(20, 40, 4)), "does not wait for that"),
        ((PLACED, PAID, reconciled(20, 39, 4)), "another amount than the 60"),
        ((PLACED, PAID, reconciled(20, 40, 8)), "or for more, than it held"),
        ((PLACED, PAID, reconciled(20, 40, 4)), "out of the budgets in another way"),
        ((PLACED, PAID, reconciled(20, 40, 4, Charge("b", 40), Charge("far-1", 3))), "in another way"),
        (
            (PLACED, PAID, reconciled(20, 40, 4, Charge("b", 41), Charge("far-1", 3), Charge("far", 3))),
            "in another way",
        ),
        (
            (PLACED, PAID, e.Transferred("bob", "ann", 30), reconciled(20, 40, 7, Charge("b", 40))),
            "below its floor",
        ),
        (
            (PLACED, PAID, reconciled(60, 0, 7), reconciled(60, 0, 7)),
            "does not wait for that",
        ),
        # Watching.
        ((e.UsageRecorded("ann", "ann", 5, ("b",)),), "agent ann, which does not"),
        (
            (e.AgentCreated("pat", None, "pat"), e.UsageRecorded("pat", "bob", 5)),
            "bob pays for pat",
        ),
        ((e.AgentChanged("nobody"),), "speaks of agent nobody"),
    ],
)
def test_a_forged_event_is_found_where_it_stands(forged: tuple[e.Event, ...], problem: str) -> None:
    with pytest.raises(Discrepancy, match=problem) as found:
        read(chain(*OPENING, *forged))
    assert found.value.sequence == len(OPENING) + len(forged)


def left(books: Books, *names: str) -> list[int]:
    budgets = [books.budgets.by_name[name] for name in names]
    return [budget.limit + budget.carried - budget.spent - budget.held for budget in budgets]


@pytest.mark.parametrize(
    ("honest", "expected"),
    [
        ((PLACED,), [20, 5, 13]),
        ((PLACED, e.HoldToppedUp("h", "ann", 0, LATER, ("b",), (Charge("far-1", 5),))), [20, 0, 8]),
        ((PLACED, posted(10, 50, Charge("far-1", 2))), [70, 10, 18]),
        ((PLACED, posted(10, 50, Charge("far-1", 0))), [70, 12, 20]),
        ((PLACED, e.HoldVoided("h", "ann", 60, ("b",), SEVEN)), [80, 12, 20]),
        ((PLACED, PAID), [20, 5, 13]),
        ((MAY_BE_USED, PAID), [20, 5, 13]),
        (
            (PLACED, PAID, reconciled(20, 40, 4, Charge("b", 40), Charge("far-1", 3), Charge("far", 3))),
            [60, 8, 16],
        ),
        ((PLACED, PAID, reconciled(60, 0, 7)), [20, 5, 13]),
        ((PLACED, PAID, e.AccountFrozen("bob"), reconciled(0, 60, 7, Charge("b", 60))), [80, 5, 13]),
        ((e.ModeSet("gateway", Mode.STOPPED), e.AgentCreated("pat", None, "pat")), [80, 12, 20]),
    ],
)
def test_what_may_happen_adds_up(honest: tuple[e.Event, ...], expected: list[int]) -> None:
    assert left(read(chain(*OPENING, *honest)), "b", "far-1", "far") == expected


def test_a_reconciliation_may_not_refill_a_window_that_is_over() -> None:
    """b's windows are of 30 ns and begin with the fifth record, at 1,040: the payment at 1,070 is in the
    second, the reconciliation at 1,110 in the third."""
    opening = (*START, budget("b", 80, window=30), e.BudgetAssigned("ann", "b"))
    hold = e.HoldPlaced("h", "ann", "bob", 60, LATER, ("b",))
    paid = e.HoldSettledUnreported("h", "ann", "bob", 60, budgets=("b",))
    back = e.HoldReconciled("h", "ann", "bob", 0, 60, ("b",))
    refilled = e.HoldReconciled("h", "ann", "bob", 0, 60, ("b",), restored=(Charge("b", 60),))
    pause = (e.Minted("mint", "bob", 1),) * 3

    assert read(chain(*opening, hold, paid, *pause, back)).balance["ann"] == 100
    with pytest.raises(Discrepancy, match="record 12: takes hold h out of the budgets in another way"):
        read(chain(*opening, hold, paid, *pause, refilled))
    # One record earlier it would still have been the same window.
    assert read(chain(*opening, hold, paid, pause[0], refilled)).budgets.by_name["b"].spent == 0


def test_an_account_of_the_name_of_an_agent_without_one_stands_by_itself() -> None:
    """sam stands beneath b, pays from its team's wallet, and then somebody opens an account of its name."""
    crew = (e.TeamCreated("crew"), e.AccountOpened("crew", "crew", AccountKind.WALLET, "credit"))
    sam = e.AgentCreated("sam", "crew", "crew", budget="b")
    own = e.AccountOpened("sam", "sam", AccountKind.WALLET, "credit")
    money = (e.Minted("mint", "crew", 50), e.Minted("mint", "sam", 50))
    spent = (
        e.Transferred("crew", "bob", 9, ("b",), agent="sam"),
        e.Transferred("sam", "bob", 9, ("b",)),  # What sam owns is beneath what is above sam.
    )
    books = read(chain(*START, budget("b", 80), *crew, sam, own, *money, *spent))
    assert books.budgets.by_name["b"].spent == 18


def test_a_mode_that_is_none_is_found() -> None:
    """No event can be made with such a mode, so the record is written by hand."""
    (first,) = chain(e.ModeSet("gateway", Mode.OFF))
    body = first.body.replace(b'"off"', b'"loud"')

    with pytest.raises(Discrepancy, match="record 1: sets gateway to loud, which is no mode"):
        Books().read(1, body, hashlib.sha256(GENESIS_HASH + body).digest())
