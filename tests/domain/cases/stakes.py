"""Worked cases of stakes and standing; `test_stakes` has how stakes are given back, and what a ban keeps."""

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.commands import Command
from econonexus.domain.kinds import AccountKind, Standing
from econonexus.domain.promises import DAY, Penalty, PromiseRules
from econonexus.domain.refusals import RefusalCode as No
from tests.domain.cases.case import BAN_CREW, STOP_CREW, STOP_PAT, STOP_SAM, Accepted, Case
from tests.world import START

BIGGEST = 2**63 - 1
BY_DEADLINE: set[type[Command]] = {c.ReleaseStake}
QUICK = PromiseRules(unbonding=5)
KIT = c.CreateAgent("kit", credits=40)

ACCEPTED = [
    Accepted(c.SetPromiseRules(QUICK), (e.PromiseRulesSet(QUICK),)),
    Accepted(  # The account is opened with the first,
        c.PostStake("kit", 30),
        (
            e.AccountOpened("stake:kit", "kit", AccountKind.STAKE, "credit"),
            e.StakePosted("kit", "kit", "stake:kit", 30),
        ),
        (KIT,),
    ),
    Accepted(  # and not again.
        c.PostStake("kit", 10),
        (e.StakePosted("kit", "kit", "stake:kit", 10),),
        (KIT, c.PostStake("kit", 30)),
    ),
    Accepted(  # sam has no wallet, so the crew's pays.
        c.PostStake("sam", 20),
        (
            e.AccountOpened("stake:sam", "sam", AccountKind.STAKE, "credit"),
            e.StakePosted("sam", "crew", "stake:sam", 20),
        ),
    ),
    Accepted(  # What is put at stake leaves the budgets above the wallet.
        c.PostStake("kit", 20),
        (
            e.AccountOpened("stake:kit", "kit", AccountKind.STAKE, "credit"),
            e.StakePosted("kit", "kit", "stake:kit", 20, ("run", "ann-b", "team")),
        ),
        (c.CreateAgent("kit", credits=40, budget="run"),),
    ),
    Accepted(
        c.UnbondStake("kit", 10),
        (e.StakeUnbonding("kit", 10, START + 7 * DAY),),
        (KIT, c.PostStake("kit", 30)),
    ),
    Accepted(
        c.UnbondStake("kit", 20),
        (e.StakeUnbonding("kit", 20, START + 5),),
        (KIT, c.PostStake("kit", 30), c.UnbondStake("kit", 10), c.SetPromiseRules(QUICK)),
    ),
    Accepted(
        c.SetStanding("crew", Standing.SUSPENDED, "odd work"),
        (e.StandingSet("crew", Standing.SUSPENDED, "odd work"),),
    ),
    Accepted(
        c.SetStanding("kit", Standing.ACTIVE),
        (e.StandingSet("kit", Standing.ACTIVE),),
        (KIT, c.SetStanding("kit", Standing.PROBATION)),
    ),
]

STAKED = (c.PostStake("pat", 30),)
"""30 of the 90 that pat has available."""
TO_THE_BRIM = (
    c.SetCreditLine("pat", BIGGEST),
    c.DrawCredit("pat", BIGGEST - 200),
    c.PostStake("pat", BIGGEST - 200),
    c.Mint("bob", 300),
    c.Transfer("bob", "pat", 300),
)
"""pat has 390 available, and its stake has room for 200."""
ODD_RULES = (
    PromiseRules(identity_stake=-1),
    PromiseRules(bond=BIGGEST + 1),
    PromiseRules(relief=1_000_001),
    PromiseRules(unbonding=-1),
    PromiseRules(unbonding=1.5),
    PromiseRules(judging=0),
    PromiseRules(challenge_window=0),
    PromiseRules(challenge_bond=-1),
    PromiseRules(window=0),
    PromiseRules(compound=1),
    PromiseRules(task_failure=Penalty(1_000_001, 1, 3)),
    PromiseRules(timeout_violation=Penalty(1, 101, 3)),
    PromiseRules(byzantine_behavior=Penalty(1, 1, -1)),
    PromiseRules(reputation_threshold=Penalty(-1, 1, 1)),
    PromiseRules(threshold=1_000_001),
    PromiseRules(to_insurance=None),
    PromiseRules(half_life_days=0),
    PromiseRules(plain_value=0),
    PromiseRules(most_weight=0),
)

REFUSED = {
    c.SetPromiseRules: [Case(No.INVALID_PROMISE_RULES, c.SetPromiseRules(rules)) for rules in ODD_RULES],
    c.PostStake: [
        Case(No.UNKNOWN_AGENT, c.PostStake("nobody", 1)),
        Case(No.WRONG_ACCOUNT_KIND, c.PostStake("pat", 1), (c.OpenAccount("stake:pat", "bob"),)),
        # An agent that bears the name of a system account has that one.
        Case(No.WRONG_ACCOUNT_KIND, c.PostStake("mint", 1), (c.CreateAgent("mint", "crew", wallet=False),)),
        Case(No.ASSET_MISMATCH, c.PostStake("sam", 1), (c.OpenAccount("sam", "sam", asset="usd"),)),
        Case(No.BALANCE_TOO_LARGE, c.PostStake("pat", 201), TO_THE_BRIM),
        Case(No.ACCOUNT_FROZEN, c.PostStake("pat", 1), (c.FreezeAccount("pat"),)),
        Case(No.AGENT_FROZEN, c.PostStake("pat", 1), (STOP_PAT,)),
        Case(No.AGENT_FROZEN, c.PostStake("sam", 1), (STOP_SAM,)),
        Case(No.TEAM_FROZEN, c.PostStake("pat", 1), (STOP_CREW,)),
        Case(No.INSUFFICIENT_FUNDS, c.PostStake("pat", 91)),
        Case(No.INSUFFICIENT_FUNDS, c.PostStake("pat", 61), STAKED),
        Case(No.BUDGET_EXHAUSTED, c.PostStake("pat", 21), (c.AssignBudget("pat", "run"),)),
    ],
    c.UnbondStake: [
        Case(No.UNKNOWN_AGENT, c.UnbondStake("nobody", 1)),
        Case(No.NOTHING_AT_STAKE, c.UnbondStake("pat", 1)),
        Case(No.NOTHING_AT_STAKE, c.UnbondStake("sam", 1), STAKED),
        Case(No.STAKE_IN_USE, c.UnbondStake("pat", 31), STAKED),
        Case(No.STAKE_IN_USE, c.UnbondStake("pat", 11), (*STAKED, c.UnbondStake("pat", 20))),
        Case(
            No.TOO_MANY_UNBONDING,
            c.UnbondStake("pat", 1),
            (c.Mint("pat", 100), c.PostStake("pat", 150), *[c.UnbondStake("pat", 1)] * 100),
        ),
        Case(No.OWNER_SUSPENDED, c.UnbondStake("pat", 1), (*STAKED, BAN_CREW)),
        Case(No.ACCOUNT_FROZEN, c.UnbondStake("pat", 1), (*STAKED, c.FreezeAccount("stake:pat"))),
        Case(No.AGENT_FROZEN, c.UnbondStake("pat", 1), (*STAKED, STOP_PAT)),
        Case(No.TEAM_FROZEN, c.UnbondStake("pat", 1), (*STAKED, STOP_CREW)),
    ],
    c.ReleaseStake: [
        Case(No.UNKNOWN_AGENT, c.ReleaseStake("nobody")),
        Case(No.STAKE_NOT_DUE, c.ReleaseStake("pat")),
        Case(No.STAKE_NOT_DUE, c.ReleaseStake("pat"), STAKED),
        Case(No.STAKE_NOT_DUE, c.ReleaseStake("pat"), (*STAKED, c.UnbondStake("pat", 30))),
    ],
    c.SetStanding: [Case(No.UNKNOWN_OWNER, c.SetStanding("nobody", Standing.BANNED))],
    # What is at stake comes and goes by these commands, and by no other.
    c.Transfer: [
        Case(No.WRONG_ACCOUNT_KIND, c.Transfer("bob", "stake:pat", 1), STAKED),
        Case(No.WRONG_ACCOUNT_KIND, c.Transfer("stake:pat", "bob", 1), STAKED),
    ],
    c.Burn: [Case(No.WRONG_ACCOUNT_KIND, c.Burn("stake:pat", 1), STAKED)],
    c.Mint: [Case(No.WRONG_ACCOUNT_KIND, c.Mint("stake:pat", 1), STAKED)],
    c.PlaceHold: [Case(No.WRONG_ACCOUNT_KIND, c.PlaceHold("h", "stake:pat", 1, START + 9), STAKED)],
    c.SetCreditLine: [Case(No.WRONG_ACCOUNT_KIND, c.SetCreditLine("stake:pat", 1), STAKED)],
}

FORMS = [
    Case(No.AMOUNT_NOT_POSITIVE, c.PostStake("pat", 0)),
    Case(No.AMOUNT_NOT_INTEGER, c.PostStake("pat", 1.5)),
    Case(No.AMOUNT_TOO_LARGE, c.PostStake("pat", BIGGEST + 1)),
    Case(No.AMOUNT_NOT_POSITIVE, c.UnbondStake("pat", -1)),
    Case(No.AMOUNT_NOT_INTEGER, c.UnbondStake("pat", True)),
    Case(No.INVALID_ID, c.SetStanding("a b", Standing.BANNED)),
    Case(No.TEXT_TOO_LONG, c.SetStanding("crew", Standing.BANNED, "x" * 257)),
]

PRECEDENCE = [
    Case(No.AMOUNT_NOT_POSITIVE, c.PostStake("nobody", 0)),
    Case(No.BALANCE_TOO_LARGE, c.PostStake("pat", 1_000), (*TO_THE_BRIM, STOP_PAT)),
    Case(No.ACCOUNT_FROZEN, c.PostStake("pat", 1_000), (c.FreezeAccount("pat"), STOP_PAT)),
    Case(No.STAKE_IN_USE, c.UnbondStake("pat", 31), (*STAKED, BAN_CREW, STOP_PAT)),
    Case(No.OWNER_SUSPENDED, c.UnbondStake("pat", 1), (*STAKED, BAN_CREW, STOP_PAT)),
]
