"""Balances, holds, credit lines, exchanges and frozen accounts, by worked cases."""

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.kinds import AccountKind
from econonexus.domain.ledger import SETTLED_REMEMBERED
from econonexus.domain.money import Price
from econonexus.domain.refusals import RefusalCode as No
from tests.world import START, World, wallet

LATER = START + 100


def world_with(*commands: c.Command) -> World:
    world = World()
    world.do(*wallet("ann", 100), *wallet("bob"), *commands)
    return world


def test_credit_has_six_accounts_of_its_own_and_any_other_asset_four() -> None:
    world = world_with(c.DeclareAsset("usd"))
    accounts = world.economy.state.ledger.accounts.values()
    assert {a.id for a in accounts if a.asset == "credit"} - {"ann", "bob"} == {
        "mint", "burn", "treasury", "escrow", "rewards", "insurance",
    }  # fmt: skip
    assert {a.id for a in accounts if a.asset == "usd"} == {
        "mint:usd",
        "burn:usd",
        "treasury:usd",
        "escrow:usd",
    }


def test_what_is_minted_less_what_is_burned_circulates() -> None:
    world = world_with(c.Burn("ann", 30), c.Transfer("ann", "burn", 5))
    assert world.economy.state.ledger.supply("credit") == 65
    assert world.balance("mint") == -100
    assert world.balance("burn") == 35


def test_what_is_on_hold_cannot_be_promised_again() -> None:
    world = world_with(c.PlaceHold("h", "ann", 60, LATER, "bob"))
    assert world.balance("ann") == 100
    assert world.available("ann") == 40
    assert world.code(c.Transfer("ann", "bob", 41)) is No.INSUFFICIENT_FUNDS


def test_posting_part_of_a_hold_releases_the_rest() -> None:
    world = world_with(c.PlaceHold("h", "ann", 60, LATER, "bob"), c.PostHold("h", 45))
    assert (world.balance("ann"), world.available("ann"), world.balance("bob")) == (55, 55, 45)


def test_voiding_a_hold_releases_it_whole() -> None:
    world = world_with(c.PlaceHold("h", "ann", 60, LATER), c.VoidHold("h"))
    assert world.available("ann") == 100


def test_a_topped_up_hold_may_be_posted_whole_and_lasts_longer() -> None:
    world = world_with(c.PlaceHold("h", "ann", 60, LATER, "bob"), c.TopUpHold("h", 30, LATER + 50))
    world.wait(149)
    world.do(c.PostHold("h", 90))
    assert world.balance("bob") == 90


def test_holds_expire_in_order_of_their_deadlines() -> None:
    world = world_with(
        c.PlaceHold("third", "ann", 1, START + 30),
        c.PlaceHold("first", "ann", 1, START + 10),
        c.PlaceHold("moved", "ann", 1, START + 5),
        c.TopUpHold("moved", 1, START + 20),
    )
    assert [event.hold for event in world.wait(1_000)] == ["first", "moved", "third"]


def test_a_settled_hold_is_remembered_as_such_for_long_but_not_for_ever() -> None:
    world = world_with(c.PlaceHold("old", "ann", 1, LATER), c.VoidHold("old"))
    ledger = world.economy.state.ledger
    assert world.code(c.VoidHold("old")) is No.HOLD_ALREADY_SETTLED
    ledger.settled |= {f"s{i}": False for i in range(2 * SETTLED_REMEMBERED - 1)}
    assert world.code(c.VoidHold("old")) is No.HOLD_ALREADY_SETTLED
    world.do(c.PlaceHold("new", "ann", 1, LATER), c.VoidHold("new"))
    assert world.code(c.VoidHold("old")) is No.UNKNOWN_HOLD
    assert world.code(c.VoidHold("new")) is No.HOLD_ALREADY_SETTLED
    assert SETTLED_REMEMBERED <= len(ledger.settled) <= SETTLED_REMEMBERED + 1


def test_the_heap_of_deadlines_stays_linear_in_open_holds() -> None:
    world = world_with(c.PlaceHold("h", "ann", 1, LATER))
    economy = world.economy
    for later in range(1, 5_000):
        event = e.HoldToppedUp("h", "ann", 0, LATER + later)
        economy.apply(event, later, START)
    assert len(economy._deadlines._heap) <= 2 * 1 + 1024 + 1
    assert economy.next_deadline() == LATER + 4_999


def test_nothing_new_leaves_a_frozen_account() -> None:
    world = world_with(c.FreezeAccount("ann"))
    for command in (
        c.Transfer("ann", "bob", 1),
        c.Burn("ann", 1),
        c.PlaceHold("h", "ann", 1, LATER),
    ):
        assert world.code(command) is No.ACCOUNT_FROZEN


def test_what_was_on_hold_before_the_freeze_still_settles() -> None:
    world = world_with(c.PlaceHold("h", "ann", 60, LATER, "bob"), c.FreezeAccount("ann"))
    assert world.code(c.TopUpHold("h", 1)) is No.ACCOUNT_FROZEN
    world.do(c.PostHold("h", 60))
    assert world.balance("bob") == 60


def test_a_frozen_account_may_receive() -> None:
    world = world_with(c.FreezeAccount("bob"), c.Transfer("ann", "bob", 7))
    assert world.balance("bob") == 7


def test_an_unfrozen_account_pays_again() -> None:
    world = world_with(c.FreezeAccount("ann"), c.UnfreezeAccount("ann"), c.Transfer("ann", "bob", 7))
    assert world.balance("bob") == 7


def test_a_drawn_credit_is_a_debt_of_its_own() -> None:
    world = world_with(c.SetCreditLine("bob", 50), c.DrawCredit("bob", 30))
    assert (world.balance("bob"), world.balance("debt:bob")) == (30, -30)
    assert world.account("debt:bob").kind is AccountKind.DEBT
    assert world.code(c.DrawCredit("bob", 21)) is No.CREDIT_LINE_EXCEEDED


def test_a_wallet_never_goes_below_zero_even_with_a_credit_line() -> None:
    world = world_with(c.SetCreditLine("bob", 50))
    assert world.code(c.Transfer("bob", "ann", 1)) is No.INSUFFICIENT_FUNDS


def test_income_repays_debt_first() -> None:
    world = world_with(c.SetCreditLine("bob", 50), c.DrawCredit("bob", 30))
    assert world.do(c.Transfer("ann", "bob", 20)) == (
        e.Transferred("ann", "bob", 20),
        e.DebtRepaid("bob", "debt:bob", 20),
    )
    assert world.do(c.Mint("bob", 25)) == (
        e.Minted("mint", "bob", 25),
        e.DebtRepaid("bob", "debt:bob", 10),  # 30 owed, 20 repaid before.
    )
    assert (world.balance("bob"), world.balance("debt:bob")) == (45, 0)


def test_a_posted_hold_is_income_too() -> None:
    world = world_with(
        c.SetCreditLine("bob", 50), c.DrawCredit("bob", 30), c.PlaceHold("h", "ann", 40, LATER, "bob")
    )
    assert world.do(c.PostHold("h", 40))[1:] == (e.DebtRepaid("bob", "debt:bob", 30),)


def test_repaid_credit_can_be_drawn_again() -> None:
    world = world_with(c.SetCreditLine("bob", 50), c.DrawCredit("bob", 50), c.Transfer("ann", "bob", 20))
    world.do(c.DrawCredit("bob", 20))
    assert world.balance("debt:bob") == -50


def test_a_repayment_is_no_spending_of_the_receivers_budget() -> None:
    world = world_with(
        c.CreateBudget("b", 5),
        c.AssignBudget("bob", "b"),
        c.SetCreditLine("bob", 50),
        c.DrawCredit("bob", 30),
    )
    world.do(c.Transfer("ann", "bob", 30))
    assert world.left("b") == 5


def exchange_world() -> World:
    """3 credit for 2 usd."""
    return world_with(
        c.DeclareAsset("usd", 2),
        c.DeclareExchange("fx", "usd", "credit", Price(3, 2)),
        c.OpenAccount("eve", "eve", asset="usd"),
        c.Mint("eve", 10),
        c.Transfer("ann", "exchange:fx:credit", 100),
    )


def test_a_conversion_rounds_what_is_received_down_once() -> None:
    world = exchange_world()
    world.do(c.Convert("fx", "eve", "bob", 5))  # 7.5
    assert world.balance("bob") == 7
    assert (world.balance("eve"), world.balance("exchange:fx:usd")) == (5, 5)
    assert world.balance("exchange:fx:credit") == 93


def test_a_conversion_creates_no_money_in_either_asset() -> None:
    world = exchange_world()
    supply = world.economy.state.ledger.supply
    before = supply("usd"), supply("credit")
    world.do(c.Convert("fx", "eve", "bob", 3))
    assert (supply("usd"), supply("credit")) == before


def test_what_is_received_by_exchange_repays_debt_too() -> None:
    world = exchange_world()
    world.do(c.SetCreditLine("bob", 50), c.DrawCredit("bob", 50))
    assert world.do(c.Convert("fx", "eve", "bob", 4))[-1] == e.DebtRepaid("bob", "debt:bob", 6)


def test_declaring_an_asset_never_takes_over_a_wallet() -> None:
    world = world_with(*wallet("escrow:usd", 40))
    assert world.refusal(c.DeclareAsset("usd")).subject == "escrow:usd"
    assert world.balance("escrow:usd") == 40
