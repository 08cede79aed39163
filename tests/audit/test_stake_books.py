"""The second bookkeeper finds what does not add up about stakes and standings.

Every forged journal here has an unbroken hash chain, as in `test_books`. The honest one goes like this: ann,
of owner inc, has 100 credits and puts 60 at stake; she withdraws 20 and then 40, and gets back both.
"""

import pytest
from msgspec.structs import replace

from econonexus.audit.books import Discrepancy
from econonexus.domain import events as e
from econonexus.domain.attention import ATTENTION, HOUR
from econonexus.domain.events import Event
from econonexus.domain.kinds import AccountKind, Mechanism, Standing
from econonexus.domain.promises import DAY, PromiseRules
from econonexus.domain.terms import Pricing, Terms
from tests.audit.test_books import chain, read

NOW = 1_000
WEEK = 7 * DAY


def agent(name: str, owner: str) -> tuple[Event, ...]:
    account = e.AccountOpened(name, name, AccountKind.WALLET, "credit")
    return (e.AgentCreated(name, None, owner), account, e.Minted("mint", name, 100))


TOWN = (e.AssetDeclared("credit", 6), *agent("ann", "inc"), *agent("bob", "bob"))
OPENED = e.AccountOpened("stake:ann", "ann", AccountKind.STAKE, "credit")
POSTED = e.StakePosted("ann", "ann", "stake:ann", 60)
STAKED = (*TOWN, OPENED, POSTED)
ASKED = e.StakeUnbonding("ann", 20, NOW + WEEK)
GIVEN = e.StakeReleased("ann", "stake:ann", "ann", 20)
AT_ONCE = e.PromiseRulesSet(PromiseRules(unbonding=0))
NONE_LEFT = replace(ASKED, amount=60, ready_at=NOW)
BANNED = e.StandingSet("inc", Standing.BANNED)
SUSPENDED = e.StandingSet("inc", Standing.SUSPENDED)
BID = e.BidPlaced("b", "a", "ann", "ann", "burn", {"gpu": 1}, 5, 5)
SHOP = Terms(pricing=Pricing(rule="fixed", price=3))
SOLD = (
    e.ResourceDeclared("gpu", "hour", 10, HOUR),
    e.MarketCreated("shop", ("gpu",), Mechanism.POSTED_PRICE, SHOP),
    e.MarketCreated("book", ("gpu",), Mechanism.ORDER_BOOK),
    e.MarketCreated("sale", ("gpu",), Mechanism.SECOND_PRICE),
    e.AuctionAnnounced("a", "sale", Mechanism.SECOND_PRICE, {"gpu": 1}, NOW, NOW + 9, Terms()),
)


def test_an_honest_withdrawal_adds_up() -> None:
    happened = (*STAKED, AT_ONCE, replace(ASKED, ready_at=NOW), replace(ASKED, amount=40, ready_at=NOW))
    books = read(chain(*happened, GIVEN, replace(GIVEN, amount=40), start=NOW, step=0))
    assert (books.balance["ann"], books.balance["stake:ann"]) == (100, 0)


@pytest.mark.parametrize(
    ("before", "forged", "problem"),
    [
        # Where stakes lie, and what goes in and out.
        (TOWN, replace(OPENED, account="stake:bob"), "for the stake of ann, which lies elsewhere"),
        (TOWN, POSTED, "which is not where it lies"),
        (STAKED, replace(POSTED, destination="stake:bob"), "which is not where it lies"),
        (STAKED, replace(POSTED, source="bob"), "says that bob pays for ann"),
        (STAKED, replace(POSTED, amount=41), "below its floor"),
        (STAKED, replace(POSTED, amount=1, budgets=("b",)), "counts in the budgets b"),
        ((*STAKED, e.AgentFrozen("ann")), replace(POSTED, amount=1), "which is frozen"),
        (STAKED, e.Transferred("stake:ann", "ann", 1), "not for an event `transferred`"),
        (STAKED, e.Transferred("bob", "stake:ann", 1), "not for an event `transferred`"),
        (STAKED, e.Burned("stake:ann", "burn", 1), "not for an event `burned`"),
        (STAKED, e.HoldPlaced("h", "stake:ann", "burn", 1, NOW + 9), "which is not for an event"),
        # Withdrawn.
        (TOWN, ASKED, "which is not where it lies"),
        (STAKED, replace(ASKED, agent="nobody"), "speaks of agent nobody"),
        (STAKED, replace(ASKED, amount=61), "of which 60 is free"),
        ((*STAKED, ASKED), replace(ASKED, amount=41), "of which 40 is free"),
        (STAKED, replace(ASKED, ready_at=NOW), f"and the rules say {NOW + WEEK}"),
        ((*STAKED, AT_ONCE), ASKED, f"and the rules say {NOW}"),
        ((*STAKED, BANNED), ASKED, "whose owner is banned"),
        ((*STAKED, e.AccountFrozen("stake:ann")), ASKED, "which is frozen"),
        # Given back.
        (STAKED, GIVEN, "which did not withdraw it"),
        ((*STAKED, ASKED), GIVEN, "or not so long ago"),
        ((*STAKED, AT_ONCE, NONE_LEFT), GIVEN, "and ann is due 60"),
        ((*STAKED, AT_ONCE, NONE_LEFT), replace(GIVEN, amount=61), "and ann is due 60"),
        ((*STAKED, AT_ONCE, NONE_LEFT), replace(GIVEN, destination="bob", amount=60), "and ann is due 60"),
        ((*STAKED, AT_ONCE, NONE_LEFT), replace(GIVEN, source="ann"), "which is not where it lies"),
        ((*STAKED, AT_ONCE, NONE_LEFT, BANNED), GIVEN, "whose owner is banned"),
        # Standings.
        (TOWN, replace(SUSPENDED, owner="sam"), "lets sam stand"),
        ((*TOWN, *SOLD, SUSPENDED), e.OrderPlaced("o", "book", "ann", "buy", 1, "ann", 3), "is suspended"),
        ((*TOWN, *SOLD, SUSPENDED), e.RequestServed("r", "shop", "ann", 1, 3, "ann", "burn", 3), "suspended"),
        ((*TOWN, *SOLD, BANNED), BID, "its owner inc is banned"),
        ((*TOWN, *SOLD, BID, BANNED), e.BidRaised("b", "a", "ann", "ann", 6, 6), "its owner inc is banned"),
        (
            (*TOWN, e.ResourceDeclared(ATTENTION, "minute", 60, HOUR), BANNED),
            e.HumanAsked("q", "ann", "ann", "burn", 10, 3, 30, NOW + HOUR, (), "Why?", "Say."),
            "its owner inc is banned",
        ),
    ],
)
def test_a_forged_record_is_found(before: tuple[Event, ...], forged: Event, problem: str) -> None:
    with pytest.raises(Discrepancy, match=problem) as found:
        read(chain(*before, forged, start=NOW, step=0))
    assert found.value.sequence == len(before) + 1
