"""Markets that take requests, and requests in them."""

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from econonexus.domain import commands as c
from econonexus.domain.ids import AgentId, MarketId, RequestId, ResourceId
from econonexus.domain.kinds import Mechanism, PriceRule, Proceeds, Sharing
from econonexus.domain.money import Amount, Ppm
from econonexus.domain.terms import Pricing, ReservedShare, Terms
from tests.strategies.markets import bidders, markets, odd_bidders, resources, terms
from tests.strategies.money import BIGGEST, maybe

stands = st.sampled_from(["fee", "steps", "fixed", "free", "vip", "fair", "karma"]).map(MarketId)
requests = st.integers(1, 20).map(lambda number: RequestId(f"r{number}"))
units = st.one_of(*[st.integers(1, 12)] * 6, st.sampled_from([0, -1, 30, BIGGEST, BIGGEST + 1, True, 1.5]))
limits = st.one_of(st.integers(0, 9), st.sampled_from([-1, 1.5, BIGGEST + 1])).map(Amount)
moments = st.one_of(st.integers(-3, 120), st.sampled_from([BIGGEST, BIGGEST + 1, 1.5]))
shares = st.sampled_from([0, 100_000, 500_000, 1_000_000, -1, 1_000_001, 0.5]).map(Ppm)
pricings = st.builds(
    Pricing,
    rule=st.sampled_from(PriceRule),
    price=st.sampled_from([0, 1, 3, -1]).map(Amount),
    floor=st.sampled_from([0, 0, 2]).map(Amount),
    ceiling=st.sampled_from([BIGGEST, 5, 0]).map(Amount),
    target=st.sampled_from([500_000, 250_000, 0]).map(Ppm),
    high=st.one_of(st.just(800_000), shares),
    low=st.one_of(st.just(200_000), shares),
    step=st.one_of(st.just(100_000), shares),
)
priced = st.builds(
    Terms,
    pricing=maybe(pricings),
    sharing=st.sampled_from(Sharing),
    most_waiting=st.sampled_from([10_000, 2, 0]),
    reserved_share=maybe(st.builds(ReservedShare, shares)),
)


def often() -> list[SearchStrategy[c.Command]]:
    """What is drawn often, and may well be refused."""
    who = st.one_of(bidders, odd_bidders)
    return [
        st.builds(
            c.RequestUnits, requests, st.one_of(stands, markets), who, units, maybe(limits), maybe(moments)
        ),
    ]


def seldom() -> list[SearchStrategy[c.Command]]:
    """What is drawn seldom."""
    plain = [Mechanism.FIRST_COME, Mechanism.PRIORITY, Mechanism.WEIGHTED_FAIR, Mechanism.POSTED_PRICE]
    return [
        st.builds(c.WithdrawRequest, requests, st.one_of(stands, markets), bidders),
        st.builds(c.AdvanceMarket, st.one_of(stands, markets)),
        st.builds(
            c.CreateMarket,
            markets,
            st.lists(resources, min_size=1, max_size=1).map(tuple),
            st.sampled_from(plain),
            priced,
        ),
        st.builds(c.ChangeMarket, stands, st.one_of(terms, priced)),
    ]


def usual() -> list[SearchStrategy[c.Command]]:
    """What mostly succeeds."""
    few = st.integers(1, 8)
    fixed = st.builds(lambda price: Terms(pricing=Pricing(PriceRule.FIXED, Amount(price))), st.integers(1, 4))
    return [
        *[st.builds(c.RequestUnits, requests, stands, bidders, few)] * 3,
        st.builds(c.RequestUnits, requests, stands, bidders, few, st.none(), st.integers(20, 120)),
        st.builds(c.WithdrawRequest, requests, stands, bidders),
        st.builds(c.ChangeMarket, st.just(MarketId("fixed")), fixed),
        st.builds(c.ChangeCapacity, st.just("line"), st.integers(16, 24)),
        st.builds(c.FreezeMarket, stands),
        st.builds(c.UnfreezeMarket, stands),
        st.builds(c.ChangeAgent, bidders.map(AgentId), weight=st.integers(1, 3), priority=st.integers(0, 2)),
    ]


def opening(unit: int = 1) -> list[c.Command]:
    """A market of requests by each rule, all of one resource of twenty units; times in `unit`."""
    fee = Pricing(price=Amount(2))
    steps = Pricing(PriceRule.THRESHOLDS, Amount(3), Amount(1), Amount(6), high=Ppm(400_000))
    sells: dict[str, tuple[Mechanism, Terms]] = {
        "fee": (Mechanism.POSTED_PRICE, Terms(pricing=fee, proceeds=Proceeds.TREASURY)),
        "steps": (Mechanism.POSTED_PRICE, Terms(pricing=steps)),
        "fixed": (Mechanism.POSTED_PRICE, Terms(pricing=Pricing(PriceRule.FIXED, Amount(1)))),
        "vip": (Mechanism.PRIORITY, Terms(reserve=Amount(1), reserved_share=ReservedShare())),
        "fair": (Mechanism.WEIGHTED_FAIR, Terms(reserved_share=ReservedShare(Ppm(400_000)))),
        "karma": (Mechanism.WEIGHTED_FAIR, Terms(sharing=Sharing.KARMA, reserve=Amount(2))),
    }
    return [
        c.DeclareResource(ResourceId("line"), "token", 20, 30 * unit),
        *(
            c.CreateMarket(MarketId(name), (ResourceId("line"),), mechanism, its)
            for name, (mechanism, its) in sells.items()
        ),
    ]
