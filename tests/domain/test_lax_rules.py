"""What holds of contracts whatever the rules ask for: an account behind each, and no more than is needed."""

import pytest

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.commands import Command
from econonexus.domain.ids import AccountId, AgentId, TeamId
from econonexus.domain.kinds import Verdict
from econonexus.domain.money import Amount, Ppm
from econonexus.domain.promises import PromiseRules
from econonexus.domain.refusals import Refusal, RefusalCode
from tests.audit.test_agreement import assert_agreement
from tests.domain.workshop import CR, OFFERS, Workshop, of_kind

NOTHING_ASKED = PromiseRules(identity_stake=Amount(0), bond=Ppm(0))
ZED = AgentId("zed")
STAKE = AccountId("stake:zed")


@pytest.mark.parametrize(
    "before",
    [(), (c.OpenAccount(STAKE, AccountId("zed")), c.Mint(STAKE, Amount(500 * CR)))],
    ids=["no account", "a wallet by the name of a stake"],
)
def test_who_never_staked_gets_no_work_even_where_no_stake_is_asked_for(before: tuple[Command, ...]) -> None:
    workshop = Workshop(NOTHING_ASKED)
    workshop.do(c.CreateAgent(ZED, capabilities=("work",)), *before)
    workshop.ask("task", 10 * CR)

    refused = workshop.refusal(workshop.offer("task", "zed", CR))

    assert refused == Refusal(RefusalCode.STAKE_TOO_SMALL, "agent", "zed", 1, 0)


def test_who_staked_once_works_without_a_bond_where_none_is_asked_for() -> None:
    workshop = Workshop(NOTHING_ASKED, stake=1)
    contract = workshop.award(10 * CR, {"pia": CR})

    settled = of_kind(e.ContractSettled, workshop.judged(contract, Verdict.SATISFACTORY))

    assert (contract.bond.amount, settled[0].payment) == (0, 10 * CR)
    assert_agreement(workshop)


def test_an_account_that_is_opened_later_does_not_change_where_a_contract_pays() -> None:
    workshop = Workshop()
    team, dan = TeamId("crew"), AgentId("dan")
    workshop.do(c.CreateTeam(team), c.Mint(AccountId("crew"), Amount(1_000 * CR)))
    workshop.do(c.CreateAgent(dan, team, capabilities=("work",), wallet=False))
    workshop.do(c.PostStake(dan, Amount(500 * CR)))
    contract = workshop.award(10 * CR, {"dan": CR})
    workshop.do(c.OpenAccount(AccountId("dan"), AccountId("dan")))

    workshop.judged(contract, Verdict.SATISFACTORY)

    # 1,000 less the 500 at stake, and the 10 that were earned.
    assert (workshop.balance("crew"), workshop.balance("dan")) == (510 * CR, 0)
    assert_agreement(workshop)


def test_a_contract_does_not_repeat_whom_the_operator_trusts() -> None:
    everybody = tuple(AccountId(f"owner-{place}") for place in range(1_000))
    workshop = Workshop(PromiseRules(trusted=everybody))
    workshop.ask("task", 10 * CR)
    workshop.do(workshop.offer("task", "pia", CR))

    (opened,) = of_kind(e.ContractOpened, workshop.wait(OFFERS))

    assert opened.rules == PromiseRules()
    assert workshop.economy.state.stakes.rules.trusted == everybody
