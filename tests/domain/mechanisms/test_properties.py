"""What the rules promise, on whatever Hypothesis can think of."""

from collections.abc import Callable, Sequence
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from econonexus.domain.mechanisms.bids import Auction, Bid, Side
from econonexus.domain.mechanisms.outcome import Outcome
from econonexus.domain.mechanisms.rules import RULES, Parameters, Rule

GIVEN = Parameters(start=20, step=3, ceiling=15, quality_weight=Fraction(5), k=Fraction(1, 3))
MOST = 2**63 - 1

prices = st.one_of(st.integers(0, 12), st.sampled_from([0, 1, 5, MOST]))
small_prices = st.integers(0, 12)


@st.composite
def auctions(
    draw: st.DrawFn, rule: Rule, price: st.SearchStrategy[int] = prices, most_units: int = 4
) -> Auction:
    """Auctions that fit a rule; owners `house` and `a0` may have several bids, and several agents."""
    units = st.integers(0, most_units) if rule.family in ("multi_unit", "two_sided") else st.just(1)
    bids = []
    for place in range(draw(st.integers(0, 8))):
        agent = f"a{draw(st.integers(0, 4))}"
        side: Side = "sell" if rule.family == "procurement" else "buy"
        if rule.family == "two_sided":
            side = draw(st.sampled_from(["buy", "sell"]))
        quality = Fraction(draw(st.integers(0, 4)), 4) if rule.family == "procurement" else Fraction(0)
        owner = "house" if agent in ("a3", "a4") else agent
        item = draw(st.sampled_from(["gpu", "cpu"]))
        bids.append(Bid(f"b{place}", agent, owner, item, draw(units), draw(price), side, quality))
    if rule.family == "two_sided":
        return Auction(bids)
    supply = {item: draw(st.integers(0, 6 if rule.family == "multi_unit" else 2)) for item in ("gpu", "cpu")}
    reserve = {} if rule.family == "procurement" else {"gpu": draw(st.integers(0, 4))}
    return Auction(bids, supply, reserve)


every_rule = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)


def clear(rule: Rule, auction: Auction) -> Outcome:
    return rule.clear(auction, GIVEN)


def money(outcome: Outcome) -> dict[str, tuple[int, int]]:
    return {award.bid: (sum(award.items.values()), award.amount) for award in outcome.allocation}


@every_rule
@given(data=st.data())
def test_promises_are_kept(rule: Rule, data: st.DataObject) -> None:
    auction = data.draw(auctions(rule))
    certificate = rule.certify(auction, clear(rule, auction), GIVEN)
    assert certificate.sound, certificate


@every_rule
@given(data=st.data())
def test_the_order_of_bids_matters_at_ties_alone(rule: Rule, data: st.DataObject) -> None:
    drawn = data.draw(auctions(rule, small_prices))
    # Prices so far apart that nothing ties, by call of the clock or by score either.
    bids = [replace(bid, unit_price=bid.unit_price * 80 + place * 10) for place, bid in enumerate(drawn.bids)]
    given = Parameters(start=2_000, step=3, ceiling=700, quality_weight=Fraction(5), k=Fraction(1, 3))
    shuffled = replace(drawn, bids=data.draw(st.permutations(bids)))
    assert money(rule.clear(shuffled, given)) == money(rule.clear(replace(drawn, bids=bids), given))


@every_rule
@given(data=st.data())
def test_a_better_offer_still_wins(rule: Rule, data: st.DataObject) -> None:
    auction = data.draw(auctions(rule, small_prices))
    won = money(clear(rule, auction))
    assume(won)
    winner = data.draw(st.sampled_from(sorted(won)))
    better = [
        replace(bid, unit_price=bid.unit_price + 3 if bid.side == "buy" else max(0, bid.unit_price - 3))
        if bid.id == winner
        else bid
        for bid in auction.bids
    ]
    after = money(clear(rule, replace(auction, bids=better)))
    # A trade reduced away may be anybody's last unit, so there a better offer keeps all but one.
    slack = 1 if rule.name in ("mcafee", "trade_reduction") else 0
    assert after.get(winner, (0, 0))[0] >= won[winner][0] - slack


def one_bid_an_owner(auction: Auction) -> Auction:
    """Every owner wants, or has, one unit of one item."""
    first = {bid.owner: bid for bid in reversed(auction.bids)}
    bids = [replace(bid, units=1) for bid in auction.bids if first[bid.owner] is bid]
    return replace(auction, bids=bids)


def worth(owner: str, truth: Sequence[Bid], outcome: Outcome) -> int:
    """Utility, unit by unit: the n-th unit got is worth the owner's n-th best bid, one too many nothing."""
    total = 0
    for item in ("gpu", "cpu"):
        for side in ("buy", "sell"):
            mine = [b for b in truth if (b.owner, b.item, b.side) == (owner, item, side)]
            steps = sorted((b.unit_price for b in mine for _ in range(b.units)), reverse=side == "buy")
            awards = [a for a in outcome.allocation if (a.owner, a.side) == (owner, side) and item in a.items]
            units = sum(award.items[item] for award in awards)
            paid = sum(award.amount for award in awards)
            value = sum(steps[:units])
            total += value - paid if side == "buy" else paid - value
    return total


TRUTHFUL: list[tuple[str, Callable[[Auction], Auction]]] = [
    ("second_price", one_bid_an_owner),
    ("uniform_price", one_bid_an_owner),
    ("multi_unit_vickrey", one_bid_an_owner),
    ("multi_unit_vickrey", lambda auction: auction),
    ("procurement", one_bid_an_owner),
    ("mcafee", one_bid_an_owner),
    ("trade_reduction", one_bid_an_owner),
]


@pytest.mark.parametrize(("name", "demand"), TRUTHFUL)
@given(data=st.data())
def test_no_lie_pays(name: str, demand: Callable[[Auction], Auction], data: st.DataObject) -> None:
    rule = RULES[name]
    auction = demand(data.draw(auctions(rule, small_prices)))
    assume(auction.bids)
    if rule.family == "multi_unit":
        # A bid for more than there is cannot win at all, so there the truth does not pay.
        auction = replace(auction, bids=[b for b in auction.bids if b.units <= auction.supply[b.item]])
        assume(auction.bids)
    owner = data.draw(st.sampled_from(sorted({bid.owner for bid in auction.bids})))
    lies = [
        replace(
            bid,
            unit_price=data.draw(st.integers(0, 15)),
            units=data.draw(st.integers(0, bid.units)) if rule.family == "multi_unit" else bid.units,
        )
        if bid.owner == owner
        else bid
        for bid in auction.bids
    ]
    told = clear(rule, replace(auction, bids=lies))
    assert worth(owner, auction.bids, told) <= worth(owner, auction.bids, clear(rule, auction))


@pytest.mark.parametrize("name", ["second_price", "english", "multi_unit_vickrey", "procurement"])
@given(data=st.data())
def test_a_second_bid_of_the_same_owner_never_raises_its_price(name: str, data: st.DataObject) -> None:
    """MEC-11: as long as the first bid wins the same, one more of its owner that loses changes nothing."""
    rule = RULES[name]
    auction = data.draw(auctions(rule, small_prices))
    before = clear(rule, auction)
    assume(before.allocation)
    award = data.draw(st.sampled_from(before.allocation))
    bid = next(bid for bid in auction.bids if bid.id == award.bid)
    worst = 14 if rule.family == "procurement" else auction.reserve.get(bid.item, 0)
    again = Bid("again", "alias", bid.owner, bid.item, 1, worst, bid.side)
    after = clear(rule, replace(auction, bids=[*auction.bids, again]))
    assume("again" not in money(after) and money(after).keys() == money(before).keys())
    assert money(after)[bid.id] == money(before)[bid.id]
