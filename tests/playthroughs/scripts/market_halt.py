"""A market that halts before a price that moves too far, and goes on by rule and by its operator."""

from econonexus.domain import commands as c
from econonexus.domain.ids import SECOND
from econonexus.domain.kinds import Mechanism
from econonexus.domain.terms import Halt, Terms
from tests.playthroughs.story import Story

TITLE = "A market halt"
CREDIT = 1_000_000
HOUR = 3_600 * SECOND
MINUTE = 60 * SECOND


def tell(story: Story) -> None:
    """A move of a tenth in five minutes halts for five; a flood of failures is not in this story."""
    story.note("""The market halts by the usual rule: a price more than 10 % from where it stood before the
        window of five minutes began stops it for five minutes.""")
    story.do(
        "operator",
        c.DeclareResource("gpu", "gpu", 100, HOUR),
        c.CreateMarket("spot", ("gpu",), Mechanism.ORDER_BOOK, Terms(halt=Halt())),
        *(c.CreateAgent(name, credits=1_000 * CREDIT) for name in ("ann", "bob", "cyd")),
    )

    story.note("""The first price is 20 credits, and the one that others are held against: from 18 to 22 the
        market goes on. 21 is fine. ann wants 3 more at any price up to 40. One is to be had for
        22; the next would be 30, which is too far. The one is hers, the rest of her order is
        over, and the market halts before anything is sold for 30.""")
    story.do("bob", _order("b1", "bob", "sell", 1, 20), _order("b2", "bob", "sell", 1, 21))
    story.do("ann", _order("a1", "ann", "buy", 2, 21))
    story.wait(60)
    story.do("bob", _order("b3", "bob", "sell", 1, 22), _order("b4", "bob", "sell", 5, 30))
    story.do("ann", _order("a2", "ann", "buy", 3, 40))
    story.accounts("ann", "bob")

    story.note("""Meanwhile nobody trades, but what rests may be taken back: bob takes his 5 down, thinks of
        offering them for 23, and is told to wait.""")
    story.wait(60)
    story.do("bob", c.CancelOrder("b4", "bob"), _order("b5", "bob", "sell", 5, 23))

    story.note("""Five minutes after the halt the market goes on by itself. The next price is held against
        nothing: 30 credits are as good as any.""")
    story.wait(241)
    story.do("bob", _order("b6", "bob", "sell", 5, 30))
    story.do("ann", _order("a3", "ann", "buy", 1, 30))

    story.note("""Now 27 to 33 are fine. cyd's offer for 26 finds a buyer at once, who would pay 26 and no
        more: too far down. The operator has a look, finds nothing wrong, and lets the market go
        on before its time; then the same two trade.""")
    story.wait(30)
    story.do("ann", _order("a4", "ann", "buy", 2, 26))
    story.do("cyd", _order("c1", "cyd", "sell", 2, 26))
    story.wait(30)
    story.do("operator", c.UnfreezeMarket("spot", "a real offer, not a typing error"))
    story.do("cyd", _order("c2", "cyd", "sell", 2, 26))
    story.accounts("ann", "bob", "cyd")


def _order(name: str, agent: str, side: str, units: int, price: int) -> c.PlaceOrder:
    """An order, its price in credits."""
    return c.PlaceOrder(name, "spot", agent, side, units, price * CREDIT)
