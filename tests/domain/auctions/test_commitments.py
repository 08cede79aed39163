"""Commit and reveal: bids that not even the operator can read before the close. All figures by hand."""

import hashlib
import json

import pytest

from econonexus.domain import commands as c
from econonexus.domain import commitments
from econonexus.domain import events as e
from econonexus.domain.flows import bidding
from econonexus.domain.ids import SECOND
from econonexus.domain.kinds import AuctionStatus, Mechanism, Proceeds, Revisions
from econonexus.domain.refusals import RefusalCode as No
from econonexus.domain.terms import REVEAL_WINDOW, Clock, Commitment, Terms
from tests.domain.auctions.stage import WINDOW, Stage, named

NONCE = "a-nonce-of-16-ch"
BOND = 50


def committed(
    mechanism: Mechanism = Mechanism.SECOND_PRICE, *, units: int = 1, credits_ucr: int = 10_000
) -> Stage:
    terms = Terms(
        reserve=100, commitment=Commitment(BOND), proceeds=Proceeds.TREASURY, revisions=Revisions.WITHDRAW
    )
    return Stage(mechanism, terms, units=units, credits_ucr=credits_ucr)


def digest_by_hand(agent: str, price: int, units: int = 1, nonce: str = NONCE) -> str:
    """As anybody would make it, in any language."""
    text = json.dumps(
        ["econonexus-bid/1", "a", agent, agent, {"gpu": units}, price, nonce], separators=(",", ":")
    )
    return hashlib.sha256(text.encode()).hexdigest()


def commit(agent: str, price: int, units: int = 1) -> c.CommitBid:
    return c.CommitBid(agent, "a", agent, digest_by_hand(agent, price, units))


def reveal(agent: str, price: int, units: int = 1, nonce: str = NONCE) -> c.RevealBid:
    return c.RevealBid(agent, "a", agent, {"gpu": units}, price, nonce)


def test_the_canonical_text_is_json_without_spaces() -> None:
    text = commitments.canonical("a", "b", "ann", {"tokens": 2, "gpu": 1}, 700, NONCE)
    assert text == b'["econonexus-bid/1","a","b","ann",{"gpu":1,"tokens":2},700,"a-nonce-of-16-ch"]'


def test_a_commitment_holds_the_bond_and_says_nothing_of_the_price() -> None:
    stage = committed()
    (event,) = stage.do(commit("ann", 700))
    assert event == e.BidCommitted("ann", "a", "ann", "ann", "treasury", digest_by_hand("ann", 700), BOND)
    assert stage.held("ann") == 50


def test_at_the_close_the_time_of_revealing_begins() -> None:
    stage = committed()
    stage.do(commit("ann", 700))
    assert stage.at(WINDOW) == [e.RevealStarted("a", stage.began + WINDOW + REVEAL_WINDOW)]
    assert stage.status is AuctionStatus.CLOSED


def test_by_default_it_lasts_thirty_seconds() -> None:
    assert Commitment(1).reveal_window == 30_000_000_000


def test_what_was_revealed_is_held_and_sealed_until_it_is_cleared() -> None:
    stage = committed()
    stage.do(commit("ann", 700))
    stage.at(WINDOW)
    kept, placed = stage.do(reveal("ann", 700))
    assert kept == e.CommitmentKept("ann", "a", "ann")
    assert isinstance(placed, e.BidPlaced)
    assert stage.held("ann") == 700
    assert stage.economy.state.auctions.sealed == {"ann": 700}


def test_once_revealed_it_clears_as_if_the_bids_had_been_sealed() -> None:
    stage = committed()
    stage.do(commit("ann", 900), commit("bob", 700))
    stage.at(WINDOW)
    stage.do(reveal("bob", 700), reveal("ann", 900))
    stage.wait(REVEAL_WINDOW)
    assert stage.paid() == {"ann": (1, 700)}
    assert (stage.balance("ann"), stage.balance("bob"), stage.balance("treasury")) == (9_300, 10_000, 700)


def test_who_does_not_reveal_loses_its_bond_to_where_the_proceeds_go() -> None:
    stage = committed()
    stage.do(commit("ann", 900), commit("bob", 700), commit("cat", 800))
    stage.at(WINDOW)
    stage.do(reveal("bob", 700), reveal("ann", 900))
    happened = stage.wait(REVEAL_WINDOW)
    assert happened[0] == e.BondForfeited("cat", "a", "cat", "cat", "treasury", BOND)
    assert named(happened) == ["BondForfeited", "AuctionCleared", "Granted"]
    # Cat's 800 does not count: ann pays 700.
    assert stage.paid() == {"ann": (1, 700)}
    assert (stage.balance("cat"), stage.held("cat"), stage.balance("treasury")) == (9_950, 0, 750)
    stage.check_history()


def test_nobody_reveals_and_nothing_is_sold() -> None:
    stage = committed()
    stage.do(commit("ann", 900))
    stage.at(WINDOW)
    stage.wait(REVEAL_WINDOW)
    assert stage.cleared().unsold == {"gpu": 1}
    assert stage.balance("treasury") == 50


def test_nobody_committed_and_it_is_over_at_the_close() -> None:
    stage = committed()
    stage.at(WINDOW)
    assert stage.status is AuctionStatus.SETTLED


@pytest.mark.parametrize("revealed", [
    reveal("ann", 701),
    reveal("ann", 700, units=2),
    reveal("ann", 700, nonce="another-nonce-of-it"),
])  # fmt: skip
def test_what_is_revealed_must_be_what_was_committed_to(revealed: c.RevealBid) -> None:
    stage = committed(Mechanism.UNIFORM_PRICE, units=3)
    stage.do(commit("ann", 700))
    stage.at(WINDOW)
    assert stage.code(revealed) is No.COMMITMENT_BROKEN


def test_a_commitment_cannot_be_copied() -> None:
    """Bob commits to ann's digest, and reveals what ann revealed: it is not his."""
    stage = committed()
    stage.do(commit("ann", 700), c.CommitBid("bob", "a", "bob", digest_by_hand("ann", 700)))
    stage.at(WINDOW)
    assert stage.code(reveal("bob", 700)) is No.COMMITMENT_BROKEN


def test_nothing_is_revealed_before_the_close_nor_after_its_time() -> None:
    stage = committed()
    stage.do(commit("ann", 700))
    assert stage.code(reveal("ann", 700)) is No.NOT_REVEALING
    stage.at(WINDOW)
    stage.wait(REVEAL_WINDOW - 1)
    assert isinstance(stage.economy.decide(reveal("ann", 700), stage.now), tuple)
    stage.wait(1)
    assert stage.code(reveal("ann", 700)) is No.UNKNOWN_BID


def test_nothing_is_revealed_twice() -> None:
    stage = committed()
    stage.do(commit("ann", 700))
    stage.at(WINDOW)
    stage.do(reveal("ann", 700))
    assert stage.code(reveal("ann", 700)) is No.BID_EXISTS


def test_another_agents_commitment_is_as_good_as_unknown() -> None:
    stage = committed()
    stage.do(commit("ann", 700))
    stage.at(WINDOW)
    assert stage.code(c.RevealBid("ann", "a", "bob", {"gpu": 1}, 700, NONCE)) is No.UNKNOWN_BID


def test_who_cannot_pay_may_find_the_money_while_there_is_time() -> None:
    stage = committed(credits_ucr=600)
    stage.do(commit("ann", 700))
    stage.at(WINDOW)
    # The bond counts: 650 beside it would do, but there are 550.
    assert stage.code(reveal("ann", 700)) is No.INSUFFICIENT_FUNDS
    stage.do(c.Mint("ann", 100), reveal("ann", 700))
    assert stage.account("ann").available == 0


def test_a_short_nonce_would_tell_the_price() -> None:
    stage = committed()
    stage.do(commit("ann", 700))
    stage.at(WINDOW)
    refused = stage.refusal(reveal("ann", 700, nonce="fifteen-charac."))
    assert (refused.code, refused.field) == (No.INVALID_BID, "nonce")


def test_bids_are_not_placed_where_they_are_committed_to() -> None:
    assert committed().no("ann", 700).code is No.COMMITMENT_NEEDED


def test_nor_committed_to_where_they_are_placed() -> None:
    stage = Stage(Mechanism.SECOND_PRICE, Terms())
    assert stage.code(commit("ann", 700)) is No.NO_COMMITMENTS


def test_a_commitment_is_made_once_and_stands() -> None:
    stage = committed()
    stage.do(commit("ann", 700))
    assert stage.code(commit("ann", 800)) is No.BID_EXISTS
    assert stage.code(c.WithdrawBid("ann", "a", "ann")) is No.UNKNOWN_BID


def test_no_more_is_committed_to_than_can_be_revealed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bidding, "MAX_BIDS", 2)
    stage = committed()
    stage.do(commit("ann", 700), commit("bob", 500))
    refused = stage.refusal(commit("cat", 600))
    assert (refused.code, refused.field) == (No.INVALID_COMMITMENT, "auction")
    stage.at(WINDOW)
    stage.do(reveal("ann", 700), reveal("bob", 500))
    stage.wait(30 * SECOND)
    assert stage.paid() == {"ann": (1, 500)}


def test_a_digest_is_64_hexadecimal_digits() -> None:
    refused = committed().refusal(c.CommitBid("ann", "a", "ann", "700"))
    assert (refused.code, refused.field) == (No.INVALID_COMMITMENT, "digest")


def test_cancelled_it_frees_the_bonds() -> None:
    stage = committed()
    stage.do(commit("ann", 700), c.CancelAuction("a"))
    assert stage.held("ann") == 0


def test_an_operator_closes_it_and_then_bids_are_revealed() -> None:
    stage = committed()
    stage.do(commit("ann", 700))
    assert named(stage.do(c.CloseAuction("a"))) == ["RevealStarted"]
    assert stage.code(commit("bob", 700)) is No.AUCTION_NOT_OPEN
    assert stage.code(c.CloseAuction("a")) is No.AUCTION_NOT_OPEN


def test_while_its_market_is_halted_it_may_be_revealed_and_waits() -> None:
    stage = committed()
    stage.do(commit("ann", 700))
    stage.at(WINDOW)
    stage.do(c.FreezeMarket("m"))
    stage.wait(REVEAL_WINDOW)
    assert stage.status is AuctionStatus.CLOSED
    stage.do(reveal("ann", 700), c.UnfreezeMarket("m"))
    stage.wait(stage.auction.terms.bidding_window)
    assert stage.paid() == {"ann": (1, 100)}


def test_what_paid_the_bond_pays_the_bid_whatever_has_changed_since() -> None:
    stage = committed()
    stage.do(
        *(c.CreateBudget(name, 5_000, alerts=()) for name in ("old", "new")),
        *(c.CreateTeam("t", budget="old"), c.Mint("t", 5_000), c.CreateAgent("tim", "t", wallet=False)),
        commit("tim", 700),
    )
    # Since then tim has a wallet of his own, and the team's stands beneath another budget.
    stage.do(c.OpenAccount("tim", "tim"), c.AssignBudget("t", "new"))
    stage.at(WINDOW)
    stage.do(reveal("tim", 700))
    assert (stage.held("t"), stage.budget("old").held, stage.budget("new").held) == (700, 700, 0)
    stage.wait(30 * SECOND)
    assert stage.paid() == {"tim": (1, 100)}
    assert (stage.balance("t"), stage.budget("old").spent, stage.balance("tim")) == (4_900, 100, 0)


@pytest.mark.parametrize(("mechanism", "terms", "field"), [
    (Mechanism.ENGLISH, Terms(commitment=Commitment(BOND)), "commitment"),
    (Mechanism.DUTCH, Terms(commitment=Commitment(BOND), clock=Clock(9, 1, 1)), "commitment"),
    (Mechanism.FIRST_PRICE, Terms(commitment=Commitment(0)), "commitment.bond"),
    (Mechanism.FIRST_PRICE, Terms(commitment=Commitment(1, 0)), "commitment.reveal_window"),
])  # fmt: skip
def test_commitments_must_fit_the_mechanism(mechanism: Mechanism, terms: Terms, field: str) -> None:
    stage = committed()
    refused = stage.refusal(c.CreateMarket("other", ("gpu",), mechanism, terms))
    assert (refused.code, refused.field) == (No.INVALID_TERMS, field)


def test_the_default_window_of_bidding_is_thirty_seconds() -> None:
    assert Terms().bidding_window == 30 * SECOND
