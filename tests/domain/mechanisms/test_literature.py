"""Worked examples from the literature, or by hand after its definitions."""

from fractions import Fraction

from econonexus.domain.mechanisms import (
    discriminatory,
    dutch,
    english,
    first_price,
    k_double_auction,
    mcafee,
    multi_unit_vickrey,
    procurement,
    second_price,
    trade_reduction,
    uniform_price,
    walrasian,
)
from econonexus.domain.mechanisms.bids import Auction, Bid, Side
from econonexus.domain.mechanisms.outcome import Interval, Outcome, Spread


def schedules(supply: int, **values: list[int]) -> Auction:
    """One bid of one unit for each marginal value."""
    bids = [
        Bid(f"{agent}{place}", agent, agent, "unit", 1, value)
        for agent, schedule in values.items()
        for place, value in enumerate(schedule)
    ]
    return Auction(bids, {"unit": supply})


def market(side_by_agent: dict[str, tuple[Side, int]]) -> Auction:
    """Each agent wants or has one unit."""
    return Auction(
        [Bid(agent, agent, agent, "horse", 1, price, side) for agent, (side, price) in side_by_agent.items()]
    )


def by_agent(outcome: Outcome) -> dict[str, tuple[int, int]]:
    """Agent to (units, money)."""
    totals: dict[str, tuple[int, int]] = {}
    for award in outcome.allocation:
        units, money = totals.get(award.agent, (0, 0))
        totals[award.agent] = units + sum(award.items.values()), money + award.amount
    return totals


# Krishna, Auction Theory (2nd ed., 2010), section 12.1: six units, three bidders with these bid vectors. He
# finds that they win 3, 1 and 2 units.
KRISHNA = schedules(6, one=[50, 47, 40, 32, 15, 5], two=[42, 28, 20, 12, 7, 3], three=[45, 35, 24, 14, 9, 6])


def test_krishna_discriminatory() -> None:
    assert by_agent(discriminatory.clear(KRISHNA)) == {"one": (3, 137), "two": (1, 42), "three": (2, 80)}


def test_krishna_uniform_price() -> None:
    """The highest losing bid is 32."""
    outcome = uniform_price.clear(KRISHNA)
    assert by_agent(outcome) == {"one": (3, 96), "two": (1, 32), "three": (2, 64)}
    assert outcome.prices == {"unit": 32}


def test_krishna_vickrey() -> None:
    """One displaces 28, 24 and 20; two displaces 32; three displaces 32 and 28."""
    assert by_agent(multi_unit_vickrey.clear(KRISHNA)) == {"one": (3, 72), "two": (1, 32), "three": (2, 60)}


def test_ausubel_licences() -> None:
    """Ausubel (2004), the illustrative example: A clinches at 65, 75 and 85, C at 75 and 85."""
    auction = schedules(5, a=[123, 113, 103], b=[75, 5, 3], c=[125, 125, 49], d=[85, 65, 7], e=[45, 25, 12])
    outcome = multi_unit_vickrey.clear(auction)
    assert by_agent(outcome) == {"a": (3, 225), "c": (2, 160)}
    assert {award.bid: award.amount for award in outcome.allocation} == {
        "a0": 65,
        "a1": 75,
        "a2": 85,
        "c0": 75,
        "c1": 85,
    }


def single(*prices: int, reserve: int = 0) -> Auction:
    bids = [Bid(f"b{place}", f"a{place}", f"a{place}", "gpu", 1, price) for place, price in enumerate(prices)]
    return Auction(bids, {"gpu": 1}, {"gpu": reserve})


def test_vickrey_and_the_english_clock_agree() -> None:
    """Krishna, section 1.3: with private values both end at the second highest."""
    auction = single(40, 100, 70)
    assert (
        by_agent(second_price.clear(auction))
        == by_agent(english.clear(auction, increment=0))
        == {"a1": (1, 70)}
    )


def test_the_dutch_clock_and_first_price_agree() -> None:
    """Krishna, section 1.3: both ask for one number, and pay it."""
    auction = single(40, 100, 70)
    assert (
        by_agent(dutch.clear(auction, start=200, step=1))
        == by_agent(first_price.clear(auction))
        == {"a1": (1, 100)}
    )


def test_a_lone_bidder_pays_the_reserve() -> None:
    assert by_agent(second_price.clear(single(100, reserve=30))) == {"a0": (1, 30)}
    assert by_agent(english.clear(single(100, reserve=30), increment=5)) == {"a0": (1, 30)}


def test_proxies_stop_one_increment_above_the_next() -> None:
    assert by_agent(english.clear(single(100, 70), increment=5)) == {"a0": (1, 75)}
    assert by_agent(english.clear(single(72, 70), increment=5)) == {"a0": (1, 72)}


def test_the_floor_is_called_off_the_grid() -> None:
    """The clock calls 100, 70, 40 and then 25; 30 can bear no call but the last."""
    assert by_agent(dutch.clear(single(30), start=100, step=30, floor=25)) == {"a0": (1, 25)}


# The horse market of Böhm-Bawerk, as in Shapley and Shubik, The Assignment Game I (1971), in half florins:
# five pairs trade, at a price between 21 and 21.5 florins.
BUYERS = [60, 56, 52, 48, 44, 42, 40, 36, 34, 30]
SELLERS = [20, 22, 30, 34, 40, 43, 50, 52]
HORSES = market(
    {f"buyer{n}": ("buy", price) for n, price in enumerate(BUYERS, 1)}
    | {f"seller{n}": ("sell", price) for n, price in enumerate(SELLERS, 1)}
)


def test_horse_market_equilibrium() -> None:
    outcome = walrasian.clear(HORSES)
    assert outcome.prices == {"horse": Interval(42, 43)}
    assert outcome.traded == {"horse": 5}
    assert {award.bid for award in outcome.allocation} == {
        f"{side}{n}" for side in ("buyer", "seller") for n in range(1, 6)
    }
    # 60+56+52+48+44 less 20+22+30+34+40.
    assert outcome.welfare == 114


def test_horse_market_by_mcafee() -> None:
    """The sixth pair is 42 and 43; its middle lies between 40 and 44, so all five trade there."""
    outcome = mcafee.clear(HORSES)
    assert outcome.prices == {"horse": 42}
    assert len(outcome.allocation) == 10


def test_horse_market_by_trade_reduction() -> None:
    """Four pairs trade; buyers pay the fifth bid and sellers receive the fifth ask."""
    outcome = trade_reduction.clear(HORSES)
    assert outcome.prices == {"horse": Spread(44, 40)}
    assert len(outcome.allocation) == 8
    assert outcome.surplus == 16


def test_horse_market_by_k_double_auction() -> None:
    assert k_double_auction.clear(HORSES, Fraction(0)).prices == {"horse": 42}
    assert k_double_auction.clear(HORSES, Fraction(1, 2)).prices == {"horse": 42}
    assert k_double_auction.clear(HORSES, Fraction(1)).prices == {"horse": 43}


def test_mcafee_gives_up_a_trade() -> None:
    """McAfee (1992): the next pair's middle, 8, is above the last bid that could trade, 6."""
    auction = market(
        {
            "b1": ("buy", 9),
            "b2": ("buy", 6),
            "b3": ("buy", 2),
            "s1": ("sell", 1),
            "s2": ("sell", 5),
            "s3": ("sell", 14),
        }
    )
    outcome = mcafee.clear(auction)
    assert outcome.prices == {"horse": Spread(6, 5)}
    assert by_agent(outcome) == {"b1": (1, 6), "s1": (1, 5)}
    assert (outcome.surplus, outcome.optimal) == (1, False)


def test_second_score() -> None:
    """After Che (1993): scores 70 - 50 x 0.8 = 30 and 60 - 50 x 0.5 = 35; ann gets 35 + 40."""
    bids = [
        Bid("good", "ann", "ann", "task", 1, 70, "sell", Fraction(4, 5)),
        Bid("cheap", "bob", "bob", "task", 1, 60, "sell", Fraction(1, 2)),
    ]
    outcome = procurement.clear(Auction(bids, {"task": 1}), ceiling=100, quality_weight=Fraction(50))
    assert by_agent(outcome) == {"ann": (1, 75)}
    assert outcome.welfare == -30
    assert procurement.clear(Auction(bids, {"task": 1}), 72, Fraction(50)).revenue == 72


def test_overstated_quality_does_not_pay() -> None:
    """Porter et al. (2008): paid by the quality realised, the winner above gets 35 + 50 x 0.4 for 0.4."""
    assert procurement.owed(Fraction(35), Fraction(50), Fraction(2, 5), ceiling=100) == 55
    assert procurement.owed(Fraction(-60), Fraction(50), Fraction(2, 5), ceiling=100) == 0
