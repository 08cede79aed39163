"""Orders that a record lends for, as a node takes them."""

from econonexus.adapters.memory_journal import MemoryJournal
from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.ids import SECOND
from econonexus.domain.kinds import BudgetMode, Mechanism
from econonexus.domain.terms import Terms
from tests.nodes import OPERATOR, accepted, check, started
from tests.virtual_time import in_virtual_time


@in_virtual_time
async def test_an_order_that_overruns_a_soft_limit_may_have_an_id_where_its_market_lends() -> None:
    journal = MemoryJournal()
    engine = await started(journal)
    for command in (
        c.CreateAgent("sam", credits=100),
        c.CreateBudget("sam", 1, mode=BudgetMode.SOFT),
        c.DeclareResource("gpu", "gpu", 10, SECOND),
        c.CreateMarket("spot", ("gpu",), Mechanism.ORDER_BOOK, Terms(credit="reputation")),
    ):
        accepted(await engine.submit(command, OPERATOR))
    order = c.PlaceOrder("o", "spot", "sam", "buy", 3, 5)
    reply = accepted(await engine.submit(order, OPERATOR, "mine"))
    assert [type(each) for each in reply.events] == [e.BudgetOverrun, e.LinePledged, e.OrderPlaced]
    assert accepted(await engine.submit(order, OPERATOR, "mine")).events == reply.events
    await engine.stop()
    await check(journal)
