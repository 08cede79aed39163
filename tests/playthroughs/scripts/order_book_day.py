"""A day of an order book: offers wait, meet, change, are resold and end."""

from econonexus.domain import commands as c
from econonexus.domain.ids import SECOND
from econonexus.domain.kinds import Mechanism
from tests.playthroughs.story import Story

TITLE = "An order book day"
CREDIT = 1_000_000
HOUR = 3_600 * SECOND


def tell(story: Story) -> None:
    """Price, then time; what is held and what is kept back; resale; the end of a grant ends its offers."""
    story.note("""Ten GPUs, and a book in which anyone may offer what is free of them. What is bought may be
        used for an hour from the trade on. kim and lee belong to one owner, twins.""")
    story.do(
        "operator",
        c.DeclareResource("gpu", "gpu", 10, HOUR),
        c.CreateMarket("spot", ("gpu",), Mechanism.ORDER_BOOK),
        c.CreateAgent("ann", credits=100 * CREDIT),
        c.CreateAgent("bob", credits=100 * CREDIT),
        c.CreateAgent("kim", owner="twins", credits=100 * CREDIT),
        c.CreateAgent("lee", owner="twins", credits=100 * CREDIT),
    )

    story.note("""bob offers 4 for 5 credits each and kim 3 for 4. Seven of the ten are kept back now: bob
        cannot offer four more.""")
    story.do("bob", _order("bob-1", "bob", "sell", 4, 5))
    story.do("kim", _order("kim-1", "kim", "sell", 3, 4))
    story.do("bob", _order("bob-2", "bob", "sell", 4, 5))

    story.note("""ann takes 5 for at most 5: kim's 3 come first, as they are cheaper, for 3 x 4 = 12; then 2
        of bob's for 10. She pays 22 and gets two grants. kim has 112 credits now and bob 110.""")
    story.wait(60)
    story.do("ann", _order("ann-1", "ann", "buy", 5, 5))
    story.accounts("ann", "bob", "kim")

    story.note("""lee would pay 3 for 2, and ann 3 for 4. Nobody sells so cheaply: both wait, 6 of lee's
        credits and 12 of ann's are on hold, and lee was there first.""")
    story.wait(60)
    story.do("lee", _order("lee-1", "lee", "buy", 2, 3))
    story.do("ann", _order("ann-2", "ann", "buy", 4, 3))
    story.accounts("lee", "ann")

    story.note("""kim sells 3 at any price. lee's order is the first in the queue, but lee is of her own
        owner: the older order gives way, and ann buys all 3 for 9. One of hers still waits.""")
    story.do("kim", _order("kim-2", "kim", "sell", 3, None))
    story.accounts("kim", "ann")

    story.note("""ann asks for 2 at 2 credits instead: 4 credits are on hold and no longer 3. Then she asks
        for 2 at 5, queues anew, and meets bob's two that are left: 2 x 5 = 10. A cap of 30
        credits buys nothing, as nobody sells: an order without a price never waits.""")
    story.wait(60)
    story.do("ann", c.ReplaceOrder("ann-2", 2, 2 * CREDIT, "ann"))
    story.do("ann", c.ReplaceOrder("ann-2", 2, 5 * CREDIT, "ann"))
    story.do("bob", c.PlaceOrder("bob-3", "spot", "bob", "buy", 5, None, cap=30 * CREDIT))
    story.accounts("ann", "bob")

    story.note("""ann holds 10 GPUs by four grants. She needs one of the three of the first, and offers the
        other two again, for 8; what she offers she cannot use. lee takes one: it is his for what
        is left of the hour.""")
    story.wait(17 * 60)
    story.do("ann", c.PlaceOrder("ann-3", "spot", "ann", "sell", 2, 8 * CREDIT, grant="spot@1"))
    story.do("ann", c.UseGrant("spot@1", 2, "ann"), c.UseGrant("spot@1", 1, "ann"))
    story.do("lee", _order("lee-2", "lee", "buy", 1, 8))

    story.note("""The hour of the first two grants is over at 61 minutes, and of lee's with them. ann's
        offer ends with its grant. The five are free again, and bob offers them all; he thinks
        better of it.""")
    story.wait(41 * 60)
    story.do("bob", _order("bob-4", "bob", "sell", 5, 6), c.CancelOrder("bob-4", "bob"))
    story.accounts("ann", "bob", "kim", "lee")


def _order(name: str, agent: str, side: str, units: int, price: int | None) -> c.PlaceOrder:
    """An order, its price in credits."""
    return c.PlaceOrder(name, "spot", agent, side, units, None if price is None else price * CREDIT)
