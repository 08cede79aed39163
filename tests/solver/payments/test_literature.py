"""Published examples. Each docstring works the payments out by hand."""

from math import inf

from econonexus.solver.packing import pack
from econonexus.solver.payments.blocking import worst_coalition
from econonexus.solver.payments.paying import Rule, pay
from econonexus.solver.problem import Packing, Problem
from tests.solver.payments.auctions import auction


def paid(problem: Problem, rule: Rule) -> dict[int, int]:
    """What each winning bid pays, by its position."""
    packing = pack(problem, inf)
    payments = pay(problem, packing, rule, inf, pack)
    assert payments.status == "exact"
    assert payments.low == payments.high
    return dict(zip(packing.winners, payments.low, strict=True))


def gain_of_the_worst_coalition(problem: Problem, payments: dict[int, int]) -> int:
    found = worst_coalition(problem, list(payments), list(payments.values()), inf, pack)
    assert found.gain == found.most
    return found.gain


DAY_RAGHAVAN = auction(
    ("1", "AB", 20),
    ("2", "C", 20),
    ("3", "D", 20),
    ("4", "ABC", 28),
    ("5", "ABD", 26),
    ("6", "AB", 10),
    ("7", "C", 10),
    ("8", "D", 10),
)


def test_day_and_raghavan_2007() -> None:
    """Day and Raghavan, Management Science 53 (2007): 1, 2 and 3 win.

    Each displaces a bid of 10 for the same goods, so all VCG payments are 10. But 4 bid 28 for the goods of 1
    and 2, and 5 bid 26 for those of 1 and 3: p1 + p2 >= 28 and p1 + p3 >= 26. With p3 = 10 the total is
    38 at least, and p1 >= 16; nearest to (10, 10) on p1 + p2 = 28 would be (14, 14), so p1 = 16.
    """
    assert paid(DAY_RAGHAVAN, "vcg") == {0: 10, 1: 10, 2: 10}
    assert paid(DAY_RAGHAVAN, "core") == {0: 16, 1: 12, 2: 10}


def test_day_and_raghavan_the_worst_coalition_against_vcg_is_4_with_3() -> None:
    """At 10 each, 4 and the seller would gain 28 - 20 = 8 by leaving out 1 and 2; with 5 it would be 6."""
    assert gain_of_the_worst_coalition(DAY_RAGHAVAN, {0: 10, 1: 10, 2: 10}) == 8
    assert gain_of_the_worst_coalition(DAY_RAGHAVAN, {0: 16, 1: 12, 2: 10}) == 0
    # With 15 in place of 16, 5 offers 26 for what earns 25.
    assert gain_of_the_worst_coalition(DAY_RAGHAVAN, {0: 15, 1: 13, 2: 10}) == 1


def test_day_and_cramton_2012() -> None:
    """Day and Cramton, Operations Research 60 (2012), and Cramton, Spectrum auction design (2013).

    1 and 2 win with 48 against 3's 32. VCG: 14 and 12, what 4 and 5 bid. Together they must pay 3's 32, which
    is 6 more than 26; the nearest point shares these 6 equally: 17 and 15.
    """
    problem = auction(("1", "A", 28), ("2", "B", 20), ("3", "AB", 32), ("4", "A", 14), ("5", "B", 12))
    assert paid(problem, "vcg") == {0: 14, 1: 12}
    assert paid(problem, "core") == {0: 17, 1: 15}
    # Nearest to zero: halves of 32. Nearest to the bids 28 and 20: as much less each, 8, but 2 pays 12.
    assert paid(problem, "core_zero_nearest") == {0: 16, 1: 16}
    assert paid(problem, "core_bid_nearest") == {0: 20, 1: 12}


def test_quadratic_against_linear_rules() -> None:
    """The example with which mechlib tests Day and Cramton's rule: four goods, each worth 20 to one bidder.

    Without bidder 1 its good would go for 10, without any other nothing more would be sold: VCG 10, 0, 0, 0.
    p1 + p2 >= 18 and p2 + p3 + p4 >= 16. With p1 = 10 the least total is 26, for any p2 from 8 to 16; the
    squares of p2 + p3 + p4 = 16 are least where p2 is: 8, 4, 4.
    """
    problem = auction(
        ("1", "A", 20),
        ("2", "B", 20),
        ("3", "C", 20),
        ("4", "D", 20),
        ("5", "A", 10),
        ("6", "AB", 18),
        ("7", "BCD", 16),
    )
    assert paid(problem, "vcg") == {0: 10, 1: 0, 2: 0, 3: 0}
    assert paid(problem, "core") == {0: 10, 1: 8, 2: 4, 3: 4}


def test_wurman_zhong_and_cai_2004() -> None:
    """Wurman, Zhong and Cai, Computing price trajectories in combinatorial auctions with proxy bidding,
    2004.

    Four bidders value A, B, AB, C, AC, BC, ABC. 10 + 9 + 9 = 28 is best: A to 1, B to 2, C to 3; A to 1 and
    BC to 2 is as much, but comes later. VCG: without 1 others reach 25, so 25 - 18 = 7; without 2, 27 - 19 =
    8; without 3, 28 - 19 = 9. 3 would pay 25 for everything: p1 + p2 >= 25 - 9 = 16; BC to 2 and A to 4 bring
    25: p1 + p3 >= 16, which 7 + 9 is. So the point is (7.5, 8.5, 9). In whole units the total stays 25, and
    one of two equal halves goes down, that of the earlier bid.
    """
    values = {
        "1": (10, 3, 18, 2, 18, 10, 20),
        "2": (4, 9, 15, 3, 12, 18, 20),
        "3": (1, 3, 11, 9, 16, 17, 25),
        "4": (7, 7, 16, 7, 16, 16, 20),
    }
    bundles = ("A", "B", "AB", "C", "AC", "BC", "ABC")
    problem = auction(
        *(
            (bidder, bundle, price)
            for bidder, row in values.items()
            for bundle, price in zip(bundles, row, strict=True)
        )
    )
    assert paid(problem, "vcg") == {0: 7, 8: 8, 17: 9}
    assert paid(problem, "core") == {0: 7, 8: 9, 17: 9}


def test_local_local_global() -> None:
    """Two local bidders beat a global one (Ausubel and Baranov, Core-selecting auctions with incomplete
    information, 2010, among many).

    7 and 6 against 10: VCG 10 - 6 = 4 and 10 - 7 = 3. Together they must pay 10, so each 1.5 more: 5.5 and
    4.5, whole 5 and 5.
    """
    problem = auction(("1", "A", 7), ("2", "B", 6), ("3", "AB", 10))
    assert paid(problem, "vcg") == {0: 4, 1: 3}
    assert paid(problem, "core") == {0: 5, 1: 5}


def test_vickrey_may_earn_nothing() -> None:
    """Ausubel and Milgrom, The lovely but lonely Vickrey auction (2006), in millions.

    1 bids 2,000 for both licences; 2 and 3 bid 2,000 for one. Without 2 or 3 the others still reach 2,000, so
    both pay nothing, and 1 with its 2,000 blocks. In the core they pay 1,000 each.
    """
    problem = auction(("1", "AB", 2000), ("2", "A", 2000), ("3", "B", 2000))
    assert paid(problem, "vcg") == {1: 0, 2: 0}
    assert gain_of_the_worst_coalition(problem, {1: 0, 2: 0}) == 2000
    assert paid(problem, "core") == {1: 1000, 2: 1000}


def test_losers_collude_against_vickrey_and_not_against_the_core() -> None:
    """Ausubel and Milgrom (2006): a licence is worth 500 to 2 and to 3, who lose to 2,000 for both.

    If both say 2,000 they win, and under VCG pay nothing. In the core they pay 1,000 each, more than it is
    worth to them.
    """
    honest = auction(("1", "AB", 2000), ("2", "A", 500), ("3", "B", 500))
    assert paid(honest, "vcg") == {0: 1000}
    collusive = auction(("1", "AB", 2000), ("2", "A", 2000), ("3", "B", 2000))
    assert paid(collusive, "vcg") == {1: 0, 2: 0}
    assert paid(collusive, "core") == {1: 1000, 2: 1000}


def test_shills_of_one_owner_gain_nothing() -> None:
    """Ausubel and Milgrom (2006): one bidder, to whom the pair is worth 1,000, enters under two names.

    As strangers the shills pay nothing. As bids of one owner they pay what the owner takes from 1: 2,000.
    """
    strangers = auction(("1", "AB", 2000), ("2", "A", 2000), ("2 again", "B", 2000))
    assert paid(strangers, "vcg") == {1: 0, 2: 0}
    one_owner = Problem(
        prices=strangers.prices,
        bundles=strangers.bundles,
        supply=strangers.supply,
        agents=strangers.agents,
        owners=(0, 1, 1),
        exclusive=True,
        budgets=strangers.budgets,
        floors=strangers.floors,
    )
    assert paid(one_owner, "vcg") == {1: 1000, 2: 1000}


def test_two_bids_take_everything_for_nothing() -> None:
    """Conitzer and Sandholm, Failures of the VCG mechanism in combinatorial auctions and exchanges (AAMAS
    2006): whatever is bid for all goods together, two more bidders can have them for nothing.

    1 bids 1,000 for five goods. 2 says 1,000 for two of them and 3 for the rest. Without 2, the best of the
    others is 1,000: what 3 has anyway. So both pay nothing; the core makes them pay 1's 1,000.
    """
    problem = auction(("1", "ABCDE", 1000), ("2", "AB", 1000), ("3", "CDE", 1000))
    assert paid(problem, "vcg") == {1: 0, 2: 0}
    assert paid(problem, "core") == {1: 500, 2: 500}


def test_vcg_and_the_core_are_refused_where_a_better_packing_may_exist() -> None:
    """Ten units: 6 for 10, and twice 5 for 8. The greedy winner of 6 would "pay" the 16 the others could have
    had, more than its 10. Of the best packing, each of the two pays 10 - 8 = 2, and in the core 5.
    """
    problem = Problem(
        prices=(10, 8, 8),
        bundles=(((0, 6),), ((0, 5),), ((0, 5),)),
        supply=(10,),
        agents=(0, 1, 2),
        owners=(0, 1, 2),
        exclusive=True,
        budgets=(None, None, None),
        floors=(0, 0, 0),
    )
    greedy = Packing(winners=(0,), welfare=10, bound=16)
    for rule in ("vcg", "core", "core_zero_nearest", "core_bid_nearest"):
        refused = pay(problem, greedy, rule, inf, pack)
        assert (refused.status, refused.low, refused.high) == ("refused", (), ())
    assert pay(problem, greedy, "pay_as_bid", inf, pack).low == (10,)
    assert paid(problem, "vcg") == {1: 2, 2: 2}
    assert paid(problem, "core") == {1: 5, 2: 5}
