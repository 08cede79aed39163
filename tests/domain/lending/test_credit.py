"""What a record lends for bids (REP-5): how much, secured by what, and what becomes of it. Worked by hand."""

import pytest

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.kinds import Mechanism, Revisions, Standing, Verdict
from econonexus.domain.ledger import Line
from econonexus.domain.promises import DAY, Judging, PromiseRules
from econonexus.domain.refusals import RefusalCode as No
from econonexus.domain.terms import Clock, Terms
from tests.domain.lending.market import CR, LENDS, Lending


@pytest.mark.parametrize(
    ("above", "most", "why"),
    [
        (None, 80, No.OVER_BIDDING_POWER),
        ("0.6", 100, No.INSUFFICIENT_FUNDS),
        ("0.8", 150, No.INSUFFICIENT_FUNDS),
        ("0.9", 200, No.INSUFFICIENT_FUNDS),
        ("0.95", 300, No.INSUFFICIENT_FUNDS),
    ],
)
def test_the_record_says_how_many_times_its_own_funds_an_agent_may_bid(
    above: str | None, most: int, why: No
) -> None:
    world = Lending()
    if above is not None:
        world.known(above)
    world.join("pia.2", own=100, stake=1_000)
    world.open()
    assert world.no("pia.2", most + 1).code is why
    world.bid("pia.2", most)
    world.check_history()


def test_elsewhere_everybody_bids_its_own_funds_and_no_more() -> None:
    world = Lending(terms=Terms())
    world.known("0.95")
    world.join("pia.2", own=100, stake=1_000)
    world.join("new.2", own=100)
    world.open()
    for agent in ("pia.2", "new.2"):
        assert world.no(agent, 101).code is No.INSUFFICIENT_FUNDS
        world.bid(agent, 100)


def test_several_bids_share_the_power() -> None:
    """Of 100 a newcomer may bid 80 in all, not 80 and then four fifths of what is left."""
    world = Lending()
    world.join("new.2", own=100)
    world.open("a")
    world.open("b")
    world.bid("new.2", 50, "a")
    assert world.no("new.2", 31, "b").code is No.OVER_BIDDING_POWER
    world.bid("new.2", 30, "b")


def test_a_line_is_no_more_than_the_free_stake_and_is_fixed_in_the_hold() -> None:
    world = Lending()
    world.known("0.8")
    world.join("pia.2", own=100, stake=40)
    world.open()
    assert world.no("pia.2", 141).code is No.INSUFFICIENT_FUNDS  # Half of 100 more, of which 40 are secured.
    said, placed = world.bid("pia.2", 130)
    assert isinstance(said, e.LinePledged)
    assert isinstance(placed, e.BidPlaced)
    assert (said.power, said.by_stake, said.by_pool, said.by_record) == (1_500_000, 30, 0, 0)
    assert (world.held("pia.2"), world.held("line:pia.2"), world.held("stake:pia.2")) == (100, 30, 30)
    # It is in no wallet: nothing of it can be sent or staked.
    assert world.available("pia.2") == world.available("line:pia.2") == 0
    assert world.code(c.Transfer("pia.2", "ron", 1)) is No.INSUFFICIENT_FUNDS
    assert world.code(c.PostStake("pia.2", 1)) is No.INSUFFICIENT_FUNDS
    assert world.code(c.Transfer("line:pia.2", "ron", 1)) is No.WRONG_ACCOUNT_KIND
    # And the stake behind it stays.
    assert world.code(c.UnbondStake("pia.2", 11)) is No.STAKE_IN_USE
    world.do(c.UnbondStake("pia.2", 10))


def test_who_loses_owes_nothing() -> None:
    world = Lending()
    world.known("0.8")
    world.join("pia.2", own=100, stake=40)
    world.open()
    world.bid("pia.2", 140)
    world.bid("ron", 200)
    assert world.close() == {"ron": 140}
    assert (world.available("pia.2"), world.balance("line:pia.2"), world.held("stake:pia.2")) == (100, 0, 0)
    assert world.use("pia.2").lent == world.use("pia.2").owed == Line()
    world.check_history()


def test_who_wins_pays_what_it_has_and_owes_the_rest_which_income_repays_first() -> None:
    world = Lending()
    world.known("0.8")
    world.join("pia.2", own=100, stake=40)
    world.open()
    world.bid("pia.2", 140)
    world.bid("ron", 130)
    assert world.close() == {"pia.2": 130}
    # 100 of its own and 30 that were lent; what was lent beside is free again.
    assert (world.balance("pia.2"), world.balance("line:pia.2"), world.held("stake:pia.2")) == (0, -30, 30)
    assert world.code(c.UnbondStake("pia.2", 11)) is No.STAKE_IN_USE
    repaid = world.do(c.Transfer("ron", "pia.2", 12))[-1]
    assert repaid == e.DebtRepaid("pia.2", "line:pia.2", 12)
    assert (world.balance("pia.2"), world.balance("line:pia.2"), world.held("stake:pia.2")) == (0, -18, 18)
    world.do(c.Transfer("ron", "pia.2", 20))
    assert (world.balance("pia.2"), world.balance("line:pia.2"), world.held("stake:pia.2")) == (2, 0, 0)
    assert world.use("pia.2").due_at is None
    world.check_history()


def test_what_is_owed_counts_against_the_power() -> None:
    world = Lending()
    world.known("0.8")
    world.join("pia.2", own=100, stake=1_000)
    world.open("a")
    world.open("b")
    world.bid("pia.2", 150)
    world.bid("ron", 150)
    world.close()
    assert world.use("pia.2").owed == Line(stake=50)
    assert world.no("pia.2", 1, "b").code is No.INSUFFICIENT_FUNDS
    world.do(c.Transfer("ron", "pia.2", 80))  # 50 of which repay.
    assert world.no("pia.2", 46, "b").code is No.INSUFFICIENT_FUNDS  # One and a half times 30.
    world.bid("pia.2", 45, "b")


def test_without_stake_the_treasury_lends_as_far_as_it_may_and_then_the_surplus_that_was_verified() -> None:
    world = Lending(rules=PromiseRules(lending=20, surplus_share=100_000))
    world.known("0.8")  # Three times 50 credits were paid as Vera judged: a tenth of 150 can be lent.
    world.join("pia.2", own=1_000, stake=10)
    world.do(c.Mint("treasury", 15))
    world.open()
    said, _ = world.bid("pia.2", 1_500)
    assert isinstance(said, e.LinePledged)
    assert (said.by_stake, said.by_pool, said.by_record) == (10, 15, 475)
    assert (world.held("stake:pia.2"), world.held("treasury")) == (10, 15)
    assert world.code(c.Transfer("treasury", "ron", 1)) is No.INSUFFICIENT_FUNDS


def test_the_treasury_lends_no_more_than_the_rules_say_to_all_together() -> None:
    world = Lending(rules=PromiseRules(lending=20))
    world.known("0.8")
    world.join("pia.2", own=100)
    world.join("pia.3", own=100)
    world.do(c.Mint("treasury", 1_000))
    world.open()
    world.bid("pia.2", 112)
    assert world.no("pia.3", 109).code is No.INSUFFICIENT_FUNDS
    world.bid("pia.3", 108)


def test_surplus_is_what_somebody_independent_judged_and_is_one_owners_and_fades() -> None:
    world = Lending(rules=PromiseRules(surplus_share=100_000, plain_value=1))
    lines = world.economy.state.lines
    world.judged(world.award(200, {"pia": 200}, Judging(), "rita"), Verdict.SATISFACTORY, "rita")
    assert lines.surplus == {}  # On the requester's word alone it might be made up.
    for _ in range(4):
        world.judged(world.award(50, {"pia": 50}), Verdict.EXCELLENT)
    assert lines.surplus_of("pia", 0, 30) == 200
    assert (lines.surplus_of("pia", 30, 30), lines.surplus_of("pia", 60, 30)) == (100, 50)
    # A tenth of it is lent to both agents together.
    world.join("pia.2", own=100)
    world.join("pia.3", own=100)
    world.open()
    world.bid("pia.2", 115)
    assert world.no("pia.3", 106).code is No.INSUFFICIENT_FUNDS
    world.bid("pia.3", 105)


def test_what_is_owed_too_long_is_taken_from_the_wallet_the_stake_and_the_pool() -> None:
    world = Lending(rules=PromiseRules(lending=20, surplus_share=1_000_000))
    world.known("0.8")
    world.join("pia.2", own=100, stake=10)
    world.do(c.Mint("treasury", 50))
    world.open("a")
    world.open("b")
    world.bid("pia.2", 100, "b")  # Its own funds are in another bid while it wins this one on credit.
    assert world.no("pia.2", 51, "a").code is No.INSUFFICIENT_FUNDS
    world.bid("pia.2", 45, "a")
    world.bid("ron", 45, "a")
    world.bid("ron", 200, "b")
    assert (world.close("a"), world.close("b")) == ({"pia.2": 45}, {"ron": 100})
    assert world.use("pia.2").owed == Line(10, 20, 15)
    world.do(c.Transfer("pia.2", "ron", 97))
    treasury = world.balance("treasury")
    happened = world.wait(30 * DAY)
    called = e.DebtCalled("pia.2", "pia", "line:pia.2", 45, 3, "stake:pia.2", 10, "treasury", 20, 12)
    assert called in happened
    assert (world.balance("pia.2"), world.balance("stake:pia.2")) == (0, 0)
    assert (world.balance("treasury"), world.held("treasury")) == (treasury - 20, 0)
    assert world.balance("line:pia.2") == -12
    # Nothing is lent until that is repaid, and its owner's surplus is gone.
    assert "pia" not in world.economy.state.lines.surplus
    world.do(c.Transfer("ron", "pia.2", 11))
    assert (world.use("pia.2").overdue, world.balance("line:pia.2")) == (True, -1)
    world.do(c.Transfer("ron", "pia.2", 101))
    assert (world.use("pia.2").overdue, world.balance("pia.2")) == (False, 100)
    world.check_history()


def test_a_penalty_never_takes_what_secures_a_debt_and_a_ban_neither() -> None:
    """The bond of the contract and what is free of the stake go; the lender's security pays the debt."""
    world = Lending()
    world.known("0.8")
    world.do(c.Burn("pia", world.available("pia") - 100 * CR))
    world.open()
    contract = world.award(50 * CR, {"pia": 50 * CR})
    world.bid("pia", 150 * CR)
    world.bid("ron", 150 * CR)
    assert world.close() == {"pia": 150 * CR}
    assert world.use("pia").owed == Line(stake=50 * CR)
    world.judged(contract, Verdict.BYZANTINE)
    assert world.standing("pia") is Standing.BANNED
    assert (world.stake("pia"), world.held("stake:pia")) == (50 * CR, 50 * CR)
    world.wait(30 * DAY)
    assert (world.stake("pia"), world.balance("line:pia")) == (0, 0)
    world.check_history()


def test_on_probation_nothing_is_lent() -> None:
    world = Lending()
    world.known("0.8")
    world.join("pia.2", own=100, stake=100)
    world.do(c.SetStanding("pia", Standing.PROBATION))
    world.open()
    assert world.no("pia.2", 101).code is No.INSUFFICIENT_FUNDS
    world.bid("pia.2", 100)


def test_on_a_teams_wallet_nothing_is_lent() -> None:
    world = Lending()
    world.known("0.8")
    world.do(c.CreateTeam("crew"), c.Mint("crew", 100))
    world.do(c.CreateAgent("pia.2", "crew", owner="pia", wallet=False))
    world.open()
    assert world.no("pia.2", 101).code is No.INSUFFICIENT_FUNDS
    world.bid("pia.2", 100)


def test_a_raised_bid_is_lent_what_more_it_lacks() -> None:
    world = Lending(terms=Terms(credit="reputation", revisions=Revisions.WITHDRAW))
    world.known("0.8")
    world.join("pia.2", own=100, stake=40)
    world.open()
    world.bid("pia.2", 90)
    said, _ = world.do(c.RaiseBid("pia.2", "a", "pia.2", 125))
    assert isinstance(said, e.LinePledged)
    assert (said.by_stake, world.held("pia.2"), world.held("line:pia.2")) == (25, 100, 25)
    assert world.code(c.RaiseBid("pia.2", "a", "pia.2", 141)) is No.INSUFFICIENT_FUNDS
    world.do(c.RaiseBid("pia.2", "a", "pia.2", 140), c.WithdrawBid("pia.2", "a", "pia.2"))
    assert (world.available("pia.2"), world.held("line:pia.2"), world.held("stake:pia.2")) == (100, 0, 0)
    world.check_history()


def test_in_an_english_auction_who_is_outbid_has_its_line_back() -> None:
    world = Lending(Mechanism.ENGLISH)
    world.known("0.8")
    world.join("pia.2", own=100, stake=40)
    world.open()
    world.bid("pia.2", 130)
    assert world.held("stake:pia.2") == 30
    world.bid("ron", 160)
    assert (world.available("pia.2"), world.held("stake:pia.2")) == (100, 0)
    world.check_history()


def test_from_a_dutch_clock_is_lent_what_the_call_asks_for() -> None:
    world = Lending(Mechanism.DUTCH, Terms(credit="reputation", clock=Clock(120, 10, DAY)))
    world.known("0.8")
    world.join("pia.2", own=100, stake=40)
    world.open()
    world.bid("pia.2", 140)
    assert (world.balance("pia.2"), world.balance("line:pia.2"), world.held("stake:pia.2")) == (0, -20, 20)
    world.check_history()


def test_what_a_bid_is_lent_is_as_sealed_as_the_bid() -> None:
    """Stake, treasury and line accounts leave out what sealed bids hold, as wallets do."""
    world = Lending(rules=PromiseRules(lending=20))
    world.known("0.8")
    world.do(c.Mint("treasury", 50))
    world.join("pia.2", own=100, stake=10)
    world.open()
    world.bid("pia.2", 125)
    sealed = world.economy.state.auctions.sealed
    assert sealed == {"pia.2": 100, "line:pia.2": 25, "stake:pia.2": 10, "treasury": 15}
    refusal = world.refusal(c.UnbondStake("pia.2", 10))
    assert (refusal.code, refusal.available) == (No.STAKE_IN_USE, None)


def test_a_name_that_is_taken_is_not_lent_on() -> None:
    world = Lending()
    world.do(c.OpenAccount("line:ron", "ron"))
    world.open()
    assert world.no("ron", 5).code is No.WRONG_ACCOUNT_KIND


@pytest.mark.parametrize(
    ("mechanism", "terms", "why"),
    [
        (Mechanism.SECOND_PRICE, Terms(credit="money"), No.INVALID_TERMS),
        (Mechanism.FIRST_COME, LENDS, No.NOTHING_LENT),
    ],
)
def test_where_nobody_bids_nothing_is_lent(mechanism: Mechanism, terms: Terms, why: No) -> None:
    world = Lending()
    refusal = world.refusal(c.CreateMarket("odd", ("gpu",), mechanism, terms))
    assert (refusal.code, refusal.field) == (why, "credit")
