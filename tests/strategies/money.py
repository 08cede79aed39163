"""Accounts, holds, budgets, agents: names few enough to meet each other, valid and invalid."""

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from econonexus.domain import commands as c
from econonexus.domain.charges import Charge
from econonexus.domain.ids import (
    AccountId,
    AgentId,
    AssetId,
    BudgetId,
    ExchangeId,
    HoldId,
    KeyDigest,
    KeyId,
    TeamId,
)
from econonexus.domain.kinds import AccountKind, BudgetMode, Mode, Role, Unreported
from econonexus.domain.money import Amount, Ppm, Price

BIGGEST = 2**63 - 1

usual_accounts = st.sampled_from(["ann", "bob", "cat", "dan", "pat", "sam", "crew", "usd-eve", "usd-fay"])
odd_accounts = st.sampled_from(
    [
        "mint", "burn", "treasury", "rewards", "escrow", "mint:usd", "burn:usd", "debt:ann", "debt:bob",
        "exchange:fx:usd", "exchange:fx:credit", "nobody", "mint:eur", "not a name", "",
    ]
)  # fmt: skip
accounts = st.one_of(usual_accounts, usual_accounts, usual_accounts, odd_accounts).map(AccountId)
assets = st.sampled_from(["credit", "credit", "credit", "usd", "eur", "?"]).map(AssetId)
budgets = st.sampled_from(
    ["org", "team", "ann-b", "run", "usd-b", "far", "far-1", "crew", "pat", "none"]
).map(BudgetId)
holds = st.integers(1, 12).map(lambda number: HoldId(f"h{number}"))
exchanges = st.sampled_from(["fx", "xf", "no"]).map(ExchangeId)
modes = st.sampled_from(BudgetMode)
teams = st.sampled_from(["crew", "crew", "band", "ann"]).map(TeamId)
agents = st.sampled_from(["pat", "quin", "sam", "crew", "nobody"]).map(AgentId)
keys = st.sampled_from(["k1", "k2", "not a name"]).map(KeyId)
digests = st.sampled_from(["a" * 64, "b" * 64, "c" * 64, "", "A" * 64]).map(KeyDigest)

usual_amounts = st.integers(1, 120)
odd_amounts = st.sampled_from([0, -1, BIGGEST, BIGGEST - 50, BIGGEST + 1, 10**30, True, 1.5])
amounts = st.one_of(*[usual_amounts] * 6, odd_amounts).map(Amount)
limits = st.one_of(st.integers(0, 400), st.integers(0, 400), odd_amounts).map(Amount)
alerts = st.one_of(
    st.just((Ppm(800_000), Ppm(1_000_000))),
    st.lists(st.integers(0, 1_100_000), max_size=9).map(lambda ppm: tuple(sorted(map(Ppm, ppm)))),
)
features = st.sampled_from(["gateway", "gateway:m/1", "gateway:", "gatway"])
charges = st.one_of(
    st.just(()),
    st.lists(st.builds(Charge, budgets, amounts), max_size=3).map(tuple),
    st.lists(st.builds(Charge, budgets, st.integers(1, 30)), min_size=9, max_size=9).map(tuple),
)
texts = st.one_of(
    st.just(""), st.just("what for"), st.sampled_from([64, 65, 256, 257, 1024, 1025]).map("é".__mul__)
)


def maybe(strategy: SearchStrategy) -> SearchStrategy:
    return st.none() | strategy


deadlines = st.one_of(st.integers(-5, 150), st.sampled_from([BIGGEST, BIGGEST + 1, 1.5]))
windows = st.sampled_from([0, 10, 70, 200, BIGGEST, -1])
carried = st.sampled_from([0, 0, 25, 300, BIGGEST, -1])


def often() -> list[SearchStrategy[c.Command]]:
    """What is drawn often, and may well be refused."""
    return [
        st.builds(c.Mint, accounts, amounts, texts, texts),
        st.builds(c.Transfer, accounts, accounts, amounts, texts, texts, texts),
        st.builds(c.Transfer, usual_accounts, usual_accounts, usual_amounts),
        st.builds(
            c.PlaceHold,
            holds,
            accounts,
            amounts,
            deadlines,
            maybe(accounts),
            maybe(budgets),
            texts,
            texts,
            charges,
            st.sampled_from(Unreported),
        ),
        st.builds(c.PlaceHold, holds, usual_accounts, usual_amounts, st.integers(1, 300)),
        st.builds(c.TopUpHold, holds, amounts, maybe(deadlines), charges),
        st.builds(c.PostHold, holds, amounts, also=charges),
        st.builds(c.ReconcileHold, holds, amounts, charges),
        st.builds(c.PostHold, holds, usual_amounts, agents),
        st.builds(c.VoidHold, holds, agents),
        st.builds(c.AssignBudget, accounts, maybe(budgets)),
        st.builds(
            c.CreateBudget, budgets, limits, maybe(budgets), assets, windows, carried, modes, alerts
        ),
        st.builds(c.Convert, exchanges, accounts, accounts, amounts),
    ]  # fmt: skip


def seldom() -> list[SearchStrategy[c.Command]]:
    """What is drawn seldom."""
    return [
        st.builds(c.DeclareAsset, assets, st.sampled_from([2, 6, 18, 19, -1])),
        st.builds(
            c.DeclareExchange,
            exchanges,
            assets,
            assets,
            st.builds(Price, st.sampled_from([1, 2, 3, 0, BIGGEST]), st.sampled_from([1, 3, 100, 0])),
        ),
        st.builds(
            c.OpenAccount, accounts, accounts, st.sampled_from(AccountKind), assets, maybe(budgets), texts
        ),
        st.builds(c.FreezeAccount, accounts, texts),
        st.builds(c.UnfreezeAccount, accounts, texts),
        st.builds(c.Burn, accounts, amounts, texts, texts),
        st.builds(c.SetCreditLine, accounts, limits),
        st.builds(c.DrawCredit, accounts, amounts),
        st.builds(c.VoidHold, holds),
        st.builds(c.ExpireHold, holds),
        st.builds(c.SettleUnreported, holds),
        st.builds(c.RecordUsage, agents, amounts, texts, texts, texts, maybe(budgets)),
        st.builds(c.SetMode, features, st.sampled_from(Mode), texts),
        st.builds(
            c.ChangeAgent,
            agents,
            st.sampled_from([None, 1, 7, 0]),
            st.sampled_from([None, -3, 1_001]),
            st.sampled_from([None, ("mock",), ("not a name",)]),
            st.sampled_from([None, ("ocr",), ("x",) * 65]),
            st.sampled_from([None, {"zone": "eu"}, {"": "eu"}]),
            maybe(budgets),
        ),
        st.builds(c.ChangeBudget, budgets, limits, carried, modes, alerts),
        st.builds(c.CloseBudget, budgets),
        st.builds(c.CreateTeam, teams, maybe(budgets)),
        st.builds(c.FreezeTeam, teams, texts),
        st.builds(c.UnfreezeTeam, teams, texts),
        st.builds(
            c.CreateAgent,
            agents,
            maybe(teams),
            weight=st.sampled_from([1, 1, 1, 0]),
            credits=limits,
            wallet=st.booleans(),
            budget=maybe(budgets),
            key=maybe(keys),
            key_digest=digests,
        ),
        st.builds(c.FreezeAgent, agents, texts),
        st.builds(c.UnfreezeAgent, agents, texts),
        st.builds(c.IssueKey, keys, agents, st.sampled_from(Role), digests),
        st.builds(c.RotateKey, keys, digests),
        st.builds(c.RevokeKey, keys, texts),
    ]  # fmt: skip


def usual() -> list[SearchStrategy[c.Command]]:
    """What mostly succeeds: money, holds and budgets among those that are there."""
    payers = st.sampled_from(["ann", "bob", "cat", "pat", "sam", "crew", "exchange:fx:credit"]).map(AccountId)
    beneath = st.sampled_from([None, None, "run", "ann-b", "team", "org"])
    sinks = st.sampled_from([None, "ann", "bob", "cat", "pat", "treasury"])
    offsets = st.integers(1, 300)
    few = st.integers(0, 20)
    further = st.one_of(
        st.just(()),
        st.builds(lambda a, b: (Charge(BudgetId("far-1"), a), Charge(BudgetId("usd-b"), b)), few, few),
        st.builds(lambda a: (Charge(BudgetId("far-1"), a),), few),
        st.builds(lambda a: (Charge(BudgetId("run"), a),), few),
    )
    return [
        st.builds(c.Transfer, payers, payers, usual_amounts),
        st.builds(c.Mint, payers, usual_amounts),
        st.builds(c.Burn, payers, usual_amounts),
        st.builds(c.PlaceHold, holds, payers, usual_amounts, offsets, sinks, beneath),
        st.builds(c.PlaceHold, holds, payers, usual_amounts, offsets),
        st.builds(
            c.PlaceHold,
            holds,
            payers,
            usual_amounts,
            offsets,
            sinks,
            also=further,
            unreported=st.sampled_from(Unreported),
        ),
        st.builds(c.TopUpHold, holds, usual_amounts, st.none() | offsets),
        st.builds(c.TopUpHold, holds, st.integers(0, 20), also=further),
        st.builds(c.PostHold, holds, usual_amounts),
        st.builds(c.PostHold, holds, st.integers(1, 20), also=further),
        st.builds(c.SettleUnreported, holds),
        st.builds(c.ReconcileHold, holds, st.integers(0, 60), further),
        st.builds(c.VoidHold, holds),
        st.builds(c.DrawCredit, st.just("bob"), usual_amounts),
        st.builds(
            c.CreateBudget,
            st.just("run"),
            usual_amounts,
            st.just("ann-b"),
            window=st.sampled_from([0, 30]),
            carry_over=st.sampled_from([0, 0, 40]),
            mode=modes,
        ),
        st.builds(c.CloseBudget, st.sampled_from(["run", "far-1"])),
        st.builds(
            c.CreateBudget,
            st.just("far-1"),
            usual_amounts,
            st.just("far"),
            st.just("usd"),
            st.sampled_from([0, 15]),
        ),
        st.builds(c.ChangeBudget, st.sampled_from(["ann-b", "org"]), usual_amounts, usual_amounts, modes),
        st.builds(c.AssignBudget, payers, beneath),
        st.builds(c.Convert, st.just("fx"), st.just("usd-eve"), payers, usual_amounts),
        st.builds(c.FreezeAgent, st.sampled_from(["pat", "sam"])),
        st.builds(c.UnfreezeAgent, st.sampled_from(["pat", "sam"])),
        st.builds(c.FreezeTeam, st.just("crew")),
        st.builds(c.UnfreezeTeam, st.just("crew")),
    ]


def opening(unit: int = 1) -> list[c.Command]:
    """Accounts with money, a hierarchy of budgets, an exchange with stock; windows in ns."""
    usd = AssetId("usd")
    return [
        c.DeclareAsset(usd, 2),
        c.DeclareExchange(ExchangeId("fx"), usd, AssetId("credit"), Price(Amount(3), 2)),
        c.CreateBudget(BudgetId("org"), Amount(400), window=70, carry_over=Amount(25)),
        c.CreateBudget(BudgetId("team"), Amount(250), BudgetId("org"), mode=BudgetMode.SOFT),
        c.CreateBudget(BudgetId("ann-b"), Amount(150), BudgetId("team"), window=10, carry_over=Amount(300)),
        c.CreateBudget(BudgetId("usd-b"), Amount(100), asset=usd, mode=BudgetMode.OBSERVE),
        # What a far provider may be paid within a window: no account stands beneath it.
        c.CreateBudget(BudgetId("far"), Amount(90), asset=usd, window=40, carry_over=Amount(20)),
        c.CreateBudget(BudgetId("far-1"), Amount(70), BudgetId("far"), usd, window=15),
        c.OpenAccount(AccountId("ann"), AccountId("ann"), budget=BudgetId("ann-b")),
        c.OpenAccount(AccountId("bob"), AccountId("bob"), budget=BudgetId("team")),
        c.OpenAccount(AccountId("cat"), AccountId("cat")),
        c.OpenAccount(AccountId("usd-eve"), AccountId("eve"), asset=usd, budget=BudgetId("usd-b")),
        c.SetCreditLine(AccountId("bob"), Amount(200)),
        c.Mint(AccountId("ann"), Amount(1_000)),
        c.Mint(AccountId("bob"), Amount(500)),
        c.Mint(AccountId("usd-eve"), Amount(300)),
        c.Mint(AccountId("exchange:fx:credit"), Amount(200)),
        # pat has a wallet of its own, sam pays from the crew's.
        c.CreateTeam(TeamId("crew"), BudgetId("team")),
        c.CreateAgent(AgentId("pat"), TeamId("crew"), credits=Amount(300)),
        c.CreateAgent(AgentId("sam"), TeamId("crew"), wallet=False, budget=BudgetId("ann-b")),
        c.Mint(AccountId("crew"), Amount(300)),
    ]
