"""Auctions of bundles: closed, judged by the economy, settled or failed."""

import hashlib
import json

import pytest

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.kinds import AuctionStatus, Mechanism, Unproven
from econonexus.domain.refusals import RefusalCode as Code
from econonexus.domain.terms import Terms
from tests.audit.test_agreement import assert_agreement
from tests.domain.bundle_world import (
    CLOSES,
    GLOBAL,
    LOCALS,
    PERIOD,
    auction,
    bid,
    clearing,
    offices,
    outcome,
)
from tests.world import START, World


def assert_released(world: World) -> None:
    """Nobody has paid, nothing is held, nothing is kept back."""
    assert [world.available(name) for name in ("ann", "bob", "gil")] == [1_000] * 3
    for name in ("gpu", "reviewer"):
        resource = world.economy.state.resources.by_id[name]
        assert resource.free(world.now, world.now + PERIOD) == resource.capacity
    assert not world.economy.state.grants.by_id
    world.check_history()


def assert_failed(world: World, reason: str, command: c.Command | None) -> None:
    assert command is None or world.do(command) == (e.AuctionFailed("a", reason),)
    assert auction(world).status is AuctionStatus.FAILED
    assert auction(world).reason == reason
    assert_released(world)


def test_at_its_end_an_auction_waits_for_its_outcome() -> None:
    world = offices()
    world.do(*LOCALS, GLOBAL)
    said = [
        "a",
        "core",
        "xor",
        {"gpu": 1, "reviewer": 1},
        {"gpu": 0, "reviewer": 0},
        [
            ["b1", "ann", "ann", {"gpu": 1}, 500],
            ["b2", "bob", "bob", {"reviewer": 1}, 600],
            ["b3", "gil", "gil", {"gpu": 1, "reviewer": 1}, 800],
        ],
    ]
    text = json.dumps(said, separators=(",", ":")).encode()
    digest = int(hashlib.sha256(text).hexdigest()[:16], 16) // 2
    assert world.wait(50) == [e.AuctionClosed("a", digest, CLOSES + 40)]
    assert auction(world).status is AuctionStatus.CLEARING
    assert world.code(bid("b4", "ann", {"gpu": 1}, 900)) is Code.AUCTION_NOT_OPEN
    assert world.code(c.CancelAuction("a")) is Code.AUCTION_NOT_OPEN
    assert world.available("gil") == 200


def test_its_outcome_pays_and_grants() -> None:
    world = clearing()
    cleared, *grants = world.do(outcome(world))
    assert cleared == e.AuctionCleared(
        "a",
        "office",
        (e.OpenedBid("b1", 500, 500), e.OpenedBid("b2", 600, 600), e.OpenedBid("b3", 800, 800)),
        (e.Win("b1", "ann", {"gpu": 1}, 350, "ann"), e.Win("b2", "bob", {"reviewer": 1}, 450, "bob")),
        {},
        {},
        1_100,
        1_100,
        "burn",
        {"gpu": 2, "reviewer": 2},
        "core",
    )
    end = START + PERIOD
    assert grants == [
        e.Granted("a:1", "ann", "gpu", 1, START, end, 1, "office", "a", 350),
        e.Granted("a:2", "bob", "reviewer", 1, START, end, 1, "office", "a", 450),
    ]
    assert [world.balance(name) for name in ("ann", "bob", "gil")] == [650, 550, 1_000]
    assert [world.available(name) for name in ("ann", "bob", "gil")] == [650, 550, 1_000]
    assert auction(world).status is AuctionStatus.SETTLED
    world.check_history()


def test_a_coalition_is_kept_with_the_result() -> None:
    world = clearing(Terms(payment="vcg", clearing=40, time_limit=10))
    vcg = {"low": (200, 300), "high": (200, 300)}
    # gil and the seller would have 800 of which the seller has 500 now.
    cleared, *_ = world.do(outcome(world, **vcg, blocked=c.Blocked((2,), 300, 300)))
    assert isinstance(cleared, e.AuctionCleared)
    assert cleared.blocked == e.Coalition(("b3",), 300, 300)
    result = auction(world).result
    assert result is not None
    assert (result.blocked, result.payment) == (cleared.blocked, "vcg")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"fault": "no solver is installed"}, "no solver is installed"),
        ({"fault": "x" * 300}, "x" * 256),
        ({"digest": 1}, "the outcome is of other bids"),
        ({"winners": (0, 3)}, "the outcome names winners that are not bids"),
        ({"winners": (-1, 1)}, "the outcome names winners that are not bids"),
        ({"winners": (1, 0)}, "the outcome names winners that are not bids"),
        ({"winners": (1, 1), "welfare": 1_200}, "the outcome names winners that are not bids"),
        ({"winners": (0, 2), "welfare": 1_300}, "the winners cannot win together"),
        ({"welfare": 1_101}, "the outcome is not worth what it says"),
        ({"bound": 1_099}, "the outcome is not worth what it says"),
        ({"bound": 1_901}, "the outcome is not worth what it says"),
        ({"low": (501, 450), "high": (501, 450)}, "the payments are not within the bids and the reserves"),
        ({"low": (-1, 450), "high": (-1, 450)}, "the payments are not within the bids and the reserves"),
        ({"low": (350,), "high": (350,)}, "the payments are not within the bids and the reserves"),
        ({"low": (), "high": ()}, "the payments are not within the bids and the reserves"),
        ({"bound": 1_200}, "the payments are not within the bids and the reserves"),
        (
            {"low": (300, 450), "high": (300, 450), "blocked": c.Blocked((2,), 50, 50)},
            "winners and seller could do better without each other",
        ),
        (
            {"blocked": c.Blocked((2,), 1, 1)},
            "the coalition named cannot be, or would not gain what is said",
        ),
        (
            {"bound": 1_200, "low": (), "high": ()},
            "nobody could prove in time that no outcome is better",
        ),
        ({"low": (340, 450)}, "nobody could prove in time that no outcome is better"),
        (
            {"winners": (), "welfare": 0, "bound": 1_100, "low": (), "high": ()},
            "nobody could prove in time that no outcome is better",
        ),
    ],
)
def test_what_cannot_be_the_outcome_fails_the_auction(said: dict[str, object], reason: str) -> None:
    world = clearing()
    assert_failed(world, reason, outcome(world, **said))


def test_one_agent_cannot_win_two_bids_where_it_bids_for_either() -> None:
    world = offices()
    world.do(bid("b1", "ann", {"gpu": 1}, 400), bid("b2", "ann", {"reviewer": 1}, 500), c.CloseAuction("a"))
    both = {"winners": (0, 1), "welfare": 900, "bound": 900, "low": (0, 0), "high": (0, 0)}
    assert_failed(world, "the winners cannot win together", outcome(world, **both))


def test_one_agent_wins_two_bids_where_it_bids_for_both() -> None:
    world = offices(Terms(bidding="or", clearing=40, time_limit=10))
    world.do(bid("b1", "ann", {"gpu": 1}, 400), bid("b2", "ann", {"reviewer": 1}, 500), c.CloseAuction("a"))
    both = {"winners": (0, 1), "welfare": 900, "bound": 900, "low": (0, 0), "high": (0, 0)}
    cleared, *_ = world.do(outcome(world, **both))
    assert isinstance(cleared, e.AuctionCleared)
    assert [win.bid for win in cleared.wins] == ["b1", "b2"]


def test_nobody_pays_less_than_the_reserve_of_each_item() -> None:
    terms = Terms(reserve=10, reserves={"gpu": 200}, clearing=40, time_limit=10)
    world = offices(terms)
    refusal = world.refusal(bid("b0", "gil", {"gpu": 1, "reviewer": 1}, 209))
    assert refusal.code is Code.BELOW_RESERVE
    world.do(*LOCALS, bid("b3", "gil", {"gpu": 1, "reviewer": 1}, 210), c.CloseAuction("a"))
    low = {"low": (199, 450), "high": (199, 450)}
    assert_failed(world, "the payments are not within the bids and the reserves", outcome(world, **low))


def test_a_bid_beyond_the_supply_cannot_win() -> None:
    world = offices()
    world.do(bid("b1", "ann", {"gpu": 2}, 500), c.CloseAuction("a"))
    won = {"winners": (0,), "welfare": 500, "bound": 500, "low": (0,), "high": (0,)}
    assert_failed(world, "the winners cannot win together", outcome(world, **won))


def test_where_the_terms_say_so_what_is_not_proven_is_paid_as_bid() -> None:
    terms = Terms(unproven=Unproven.PAY_AS_BID, clearing=40, time_limit=10)
    world = clearing(terms)
    cleared, *_ = world.do(outcome(world, bound=1_200, low=(), high=()))
    assert isinstance(cleared, e.AuctionCleared)
    assert [win.payment for win in cleared.wins] == [500, 600]
    assert (cleared.payment, cleared.welfare, cleared.bound) == ("pay_as_bid", 1_100, 1_200)
    assert world.balance("ann") == 500


def test_nothing_found_is_no_outcome_even_so() -> None:
    world = clearing(Terms(unproven=Unproven.PAY_AS_BID, clearing=40, time_limit=10))
    nothing = {"winners": (), "welfare": 0, "low": (), "high": ()}
    assert_failed(world, "nobody could prove in time that no outcome is better", outcome(world, **nothing))


def test_paid_as_bid_needs_no_proof() -> None:
    world = clearing(Terms(payment="pay_as_bid", clearing=40, time_limit=10))
    cleared, *_ = world.do(outcome(world, bound=1_900, low=(500, 600), high=(500, 600)))
    assert isinstance(cleared, e.AuctionCleared)
    assert (cleared.welfare, cleared.bound) == (1_100, 1_900)


def test_no_outcome_in_time_fails_the_auction() -> None:
    world = clearing()
    assert world.wait(39) == []
    assert world.wait(1) == [e.AuctionFailed("a", "no outcome came in time")]
    assert_failed(world, "no outcome came in time", None)


def test_an_outcome_that_comes_when_its_time_is_over_is_none() -> None:
    world = offices()
    window = (CLOSES, CLOSES + 20)
    world.do(
        c.CancelAuction("a"),
        c.AnnounceAuction("b", "office", {"gpu": 1, "reviewer": 1}, CLOSES, None, *window),
        bid("b1", "ann", {"gpu": 1}, 500, "b"),
    )
    world.wait(50)
    assert auction(world, "b").status is AuctionStatus.CLEARING
    world.wait(20)
    digest = auction(world, "b").digest
    won = c.SubmitOutcome("b", digest, "", (0,), 500, 500, (0,), (0,))
    assert world.do(won) == (e.AuctionFailed("b", "what it sells was over before it could be cleared"),)
    assert_released(world)


def test_an_auction_closed_after_its_time_is_over_asks_nobody() -> None:
    world = offices()
    world.do(
        c.CancelAuction("a"),
        c.AnnounceAuction("b", "office", {"gpu": 1}, CLOSES, None, CLOSES, CLOSES + 20),
        bid("b1", "ann", {"gpu": 1}, 500, "b"),
    )
    assert world.wait(70) == [e.AuctionFailed("b", "what it sells was over before it could be cleared")]
    assert_released(world)


def test_an_auction_without_bids_asks_no_solver() -> None:
    world = offices()
    assert world.wait(50) == [
        e.AuctionCleared("a", "office", (), (), {}, {"gpu": 1, "reviewer": 1}, 0, 0, "burn"),
    ]


def test_an_outcome_is_taken_once_and_only_where_one_is_awaited() -> None:
    world = offices()
    world.do(*LOCALS, GLOBAL)
    said = outcome(world)
    assert world.code(said) is Code.AUCTION_NOT_CLEARING
    assert world.code(c.SubmitOutcome("b", 0)) is Code.UNKNOWN_AUCTION
    world.do(c.CloseAuction("a"))
    world.do(outcome(world))
    assert world.code(outcome(world)) is Code.AUCTION_NOT_CLEARING


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (Terms(reserves={"gpu": -1}), "reserves"),
        (Terms(reserves={"disk": 1}), "reserves"),
        (Terms(clearing=0), "clearing"),
        (Terms(time_limit=0), "time_limit"),
        (Terms(time_limit=11, clearing=10), "time_limit"),
    ],
)
def test_terms_that_cannot_be(terms: Terms, field: str) -> None:
    world = offices()
    for command in (
        c.CreateMarket("other", ("gpu",), Mechanism.COMBINATORIAL, terms),
        c.ChangeMarket("office", terms),
    ):
        refusal = world.refusal(command)
        assert (refusal.code, refusal.field) == (Code.INVALID_TERMS, field)


def test_reserves_by_item_are_for_bundles() -> None:
    terms = Terms(reserves={"gpu": 1})
    refusal = offices().refusal(c.CreateMarket("other", ("gpu",), Mechanism.SECOND_PRICE, terms))
    assert (refusal.code, refusal.field) == (Code.INVALID_TERMS, "reserves")


def test_who_asks_for_more_than_there_can_be_spoils_the_sale_for_nobody() -> None:
    # Twice 2**63 - 1 units for 1 µcr: more units in all than a number of them says.
    world = offices()
    everything = {"gpu": 2**63 - 1}
    world.do(*LOCALS, GLOBAL, bid("b4", "gil", everything, 1), bid("b5", "gil", everything, 1))
    world.do(c.CloseAuction("a"))
    cleared, *_ = world.do(outcome(world))
    assert isinstance(cleared, e.AuctionCleared)
    assert [(win.bid, win.payment) for win in cleared.wins] == [("b1", 350), ("b2", 450)]
    assert cleared.wanted == {"gpu": 2**63 - 1, "reviewer": 2}


def test_an_outcome_that_is_waited_for_without_end_is_so_until_time_ends() -> None:
    world = offices(Terms(clearing=2**63 - 1))
    world.do(*LOCALS, c.CloseAuction("a"))
    assert auction(world).clear_by == 2**63 - 1


def test_the_digest_is_of_what_bids_say_in_the_order_in_which_they_say_it() -> None:
    world = offices()
    world.do(bid("b1", "ann", {"reviewer": 1, "gpu": 1}, 500))
    closed = world.do(c.CloseAuction("a"))
    bids = '[["b1","ann","ann",{"reviewer":1,"gpu":1},500]]'
    text = f'["a","core","xor",{{"gpu":1,"reviewer":1}},{{"gpu":0,"reviewer":0}},{bids}]'
    first_63_bits = int(hashlib.sha256(text.encode()).hexdigest()[:16], 16) // 2
    assert closed == (e.AuctionClosed("a", first_63_bits, START + 40),)
    assert_agreement(world)
