"""Stakes, tasks, contracts, verdicts, insurance, records, lines and standings at random, with restarts.

After every event the invariants hold (`tests/invariants.py`, `tests/promised.py`); at every restart and in
the end what happened gives the same state again, and in the end the second bookkeeper, who shares no code
with the economy, arrives at the same figures from the raw records.
"""

from collections import Counter

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from econonexus.domain import commands as c
from econonexus.domain.commands import Command
from econonexus.domain.economy import Economy
from econonexus.domain.kinds import (
    BudgetMode,
    ContractStatus,
    Mechanism,
    Proceeds,
    Standing,
    TaskStatus,
    Verdict,
)
from econonexus.domain.promises import DAY, Judging, Penalty, PromiseRules
from econonexus.domain.state import State
from econonexus.domain.subjects.contracts import Contract
from econonexus.domain.terms import Terms
from tests.audit.test_agreement import assert_agreement
from tests.world import World

OWNERS = {"rex": "rex", "ria": "crew", "pia": "acme", "pat": "acme", "zoe": "zoe", "sam": "crew"}
"""Who asks, and who works; ria and sam have no wallets and draw on their team's."""
JUDGES = ("vic", "val", "vix")
AGENTS = (*OWNERS, *JUDGES)
BASE = {
    "identity_stake": 50,
    "unbonding": 30,
    "judging": 15,
    "challenge_window": 6,
    "deciding": 12,
    "window": 300,
}
HARSH = {"task_failure": Penalty(500_000, 2, 0), "timeout_violation": Penalty(500_000, 1, 0)}
RULES = (
    PromiseRules(plain_value=9, insurable=1_000_000, **BASE),
    PromiseRules(plain_value=60, insurable=1_000_000, to_insurance=True, threshold=500_000, **BASE, **HARSH),
    PromiseRules(plain_value=9, compound=True, trusted=("rex",), bond=400_000, **BASE, **HARSH),
    PromiseRules(plain_value=9, byzantine_behavior=Penalty(200_000, 1, 0), surplus_share=500_000, **BASE),
)
JUDGING = (
    Judging(),
    Judging(("vic",)),
    Judging(("vic", "val")),
    Judging(("vic", "val", "vix"), 2),
    Judging(("rex", "vic", "zoe"), 2),
)
WORDS = st.sampled_from([Verdict.EXCELLENT, Verdict.SATISFACTORY, Verdict.POOR, Verdict.BYZANTINE])
QUALITY = st.sampled_from([None, None, 0, 400_000, 1_000_000])
SOMEBODY = st.sampled_from(AGENTS)
STANDINGS = st.sampled_from([*[Standing.ACTIVE] * 4, *Standing])
Offers = list[tuple[str, int]]


class Promises(RuleBasedStateMachine):
    """A town in which agents work for each other, and not all of them well."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.number = 0
        self.happened: Counter[str] = Counter()
        lent = Terms(credit="reputation", proceeds=Proceeds.TREASURY)
        self.world.do(
            c.SetPromiseRules(RULES[0]),
            c.CreateBudget("town", 4_000, window=100, alerts=(500_000,), mode=BudgetMode.SOFT),
            c.CreateBudget("crew-b", 1_500, "town", alerts=()),
            c.CreateTeam("crew", "crew-b"),
            c.Mint("crew", 1_200),
            c.CreateAgent("rex", credits=1_500, budget="town", capabilities=("cook",)),
            *(c.CreateAgent(name, "crew", capabilities=("work",), wallet=False) for name in ("ria", "sam")),
            *(
                c.CreateAgent(name, owner=OWNERS[name], credits=500, capabilities=("work", "cook"))
                for name in ("pia", "pat", "zoe")
            ),
            *(c.CreateAgent(name, credits=120) for name in JUDGES),
            *(c.PostStake(name, 450) for name in ("pia", "pat", "zoe", "sam")),
            *(c.PostStake(name, 90) for name in JUDGES),
            c.SetCreditLine("rex", 200),
            c.DeclareResource("gpu", "h", 50, 40),
            c.CreateMarket("lent", ("gpu",), Mechanism.SECOND_PRICE, lent),
        )

    @property
    def state(self) -> State:
        return self.world.economy.state

    @rule(duration=st.integers(0, 9))
    def time_passes(self, duration: int) -> None:
        self._count(self.world.wait(duration))

    @rule(duration=st.sampled_from([40, 310, DAY, 9 * DAY, 40 * DAY]))
    def much_time_passes(self, duration: int) -> None:
        self._count(self.world.wait(duration))

    @precondition(lambda self: self.world.economy.next_deadline() is not None)
    @rule(late_by=st.integers(-1, 1))
    def a_deadline_is_near(self, late_by: int) -> None:
        soonest = self.world.economy.next_deadline()
        assert soonest is not None
        self._count(self.world.wait(max(0, soonest + late_by - self.world.now)))

    @rule()
    def a_restart(self) -> None:
        """From a snapshot, as the journal would have it."""
        self.world.check_history()
        self.world.economy = Economy(State.from_image(self.state.image()))

    @rule(
        requester=st.sampled_from(["rex", "rex", "ria", "zoe"]),
        ceiling=st.integers(1, 90),
        judging=st.sampled_from(JUDGING),
        offers=st.lists(
            st.tuples(st.sampled_from(["pia", "pat", "zoe", "sam"]), st.integers(1, 120)), max_size=4
        ),
        bonus=st.sampled_from([0, 0, 20]),
        weight=st.sampled_from([0, 0, 30]),
        more=st.sampled_from([{}, {}, {"fallback": False}, {"least_reputation": 60_000}]),
        lasts=st.integers(4, 40),
    )
    def work_is_asked_for(
        self,
        requester: str,
        ceiling: int,
        judging: Judging,
        offers: Offers,
        bonus: int,
        weight: int,
        more: dict[str, object],
        lasts: int,
    ) -> None:
        name, until = self._name("t"), self.world.now + 3
        more = {"bonus": bonus, "quality_weight": weight, **more}
        self._try(c.PostTask(name, requester, "work", ceiling, until, until + lasts, judging, **more))
        for agent, price in offers:
            self._try(c.OfferWork(name, agent, min(price, ceiling)))
        self._count(self.world.wait(3))

    @precondition(lambda self: self._posted())
    @rule(data=st.data(), agent=SOMEBODY, price=st.integers(1, 60))
    def a_task_is_offered_for_or_not(self, data: st.DataObject, agent: str, price: int) -> None:
        task = data.draw(st.sampled_from(self._posted()))
        ways = [c.OfferWork(task, agent, price), c.WithdrawOffer(task, agent), c.CancelTask(task)]
        self._try(data.draw(st.sampled_from(ways)))

    @precondition(lambda self: self.state.contracts.by_id)
    @rule(data=st.data(), verdict=WORDS, quality=QUALITY, agent=SOMEBODY)
    def somebody_speaks_of_a_contract(
        self, data: st.DataObject, verdict: Verdict, quality: int | None, agent: str
    ) -> None:
        contract = self._contract(data)
        judges = contract.judging.judges or (contract.requester,)
        who = data.draw(st.sampled_from([*judges, agent]))
        self._try(c.JudgeContract(contract.id, who, verdict, quality))

    @precondition(lambda self: self._standing(ContractStatus.OPEN))
    @rule(data=st.data(), verdict=WORDS, quality=QUALITY, agree=st.booleans())
    def work_is_delivered_and_judged(
        self, data: st.DataObject, verdict: Verdict, quality: int | None, agree: bool
    ) -> None:
        contract = data.draw(st.sampled_from(self._standing(ContractStatus.OPEN)))
        self._try(c.ReportDelivery(contract.id, contract.provider))
        for judge in contract.judging.judges or (contract.requester,):
            said = verdict if agree else data.draw(WORDS)
            self._try(c.JudgeContract(contract.id, judge, said, quality))

    @precondition(lambda self: self._standing(ContractStatus.JUDGED, ContractStatus.CHALLENGED))
    @rule(data=st.data(), verdict=WORDS, answered=st.booleans(), quality=QUALITY)
    def a_verdict_is_challenged(
        self, data: st.DataObject, verdict: Verdict, answered: bool, quality: int | None
    ) -> None:
        ready = self._standing(ContractStatus.JUDGED, ContractStatus.CHALLENGED)
        contract = data.draw(st.sampled_from(ready))
        for agent in (contract.provider, contract.requester):
            self._try(c.ChallengeVerdict(contract.id, agent, verdict, quality))
        if answered:
            for agent in (contract.provider, contract.requester):
                self._try(c.DefendVerdict(contract.id, agent))

    @precondition(lambda self: self._standing(ContractStatus.OPEN))
    @rule(data=st.data(), verdict=st.sampled_from([Verdict.POOR, Verdict.BYZANTINE]), ruled=WORDS)
    def a_dispute_from_beginning_to_end(self, data: st.DataObject, verdict: Verdict, ruled: Verdict) -> None:
        contract = data.draw(st.sampled_from(self._standing(ContractStatus.OPEN)))
        self._try(c.ReportDelivery(contract.id, contract.provider))
        for judge in contract.judging.judges or (contract.requester,):
            self._try(c.JudgeContract(contract.id, judge, verdict))
        self._try(c.ChallengeVerdict(contract.id, contract.provider, Verdict.SATISFACTORY))
        self._try(c.DefendVerdict(contract.id, contract.requester))
        self._try(c.DecideDispute(contract.id, ruled))

    @rule(agent=st.sampled_from(["pia", "zoe"]), times=st.integers(4, 7))
    def a_record_is_earned(self, agent: str, times: int) -> None:
        for _ in range(times):
            name, until = self._name("k"), self.world.now + 1
            self._try(c.PostTask(name, "rex", "work", 45, until, until + 9, Judging(("vic",))))
            self._try(c.OfferWork(name, agent, 45))
            self._count(self.world.wait(1))
            self._try(c.ReportDelivery(f"{name}:1", agent))
            self._try(c.JudgeContract(f"{name}:1", "vic", Verdict.EXCELLENT))
            self._count(self.world.wait(7))

    @precondition(lambda self: self._standing(ContractStatus.DISPUTED))
    @rule(data=st.data(), verdict=WORDS, quality=QUALITY)
    def a_dispute_is_decided(self, data: st.DataObject, verdict: Verdict, quality: int | None) -> None:
        contract = data.draw(st.sampled_from(self._standing(ContractStatus.DISPUTED)))
        self._try(c.DecideDispute(contract.id, verdict, quality))

    @precondition(lambda self: self._standing(ContractStatus.OPEN))
    @rule(data=st.data(), cover=st.integers(1, 60))
    def a_contract_is_insured(self, data: st.DataObject, cover: int) -> None:
        contract = data.draw(st.sampled_from(self._standing(ContractStatus.OPEN)))
        self._try(c.InsureContract(contract.id, contract.requester, cover))

    @rule(agent=SOMEBODY, part=st.sampled_from([1, 3, 7, 7]))
    def stake_is_withdrawn(self, agent: str, part: int) -> None:
        account = self.state.ledger.accounts.get(f"stake:{agent}")  # type: ignore[call-overload]
        amount = 1 if account is None else max(1, account.balance // part)
        self._try(c.UnbondStake(agent, amount))

    @rule(agent=SOMEBODY, amount=st.integers(1, 150))
    def stake_is_posted(self, agent: str, amount: int) -> None:
        self._try(c.PostStake(agent, amount))

    @rule(owner=st.sampled_from(sorted({*OWNERS.values(), "vic"})), standing=STANDINGS)
    def an_owner_stands_otherwise(self, owner: str, standing: Standing) -> None:
        self._try(c.SetStanding(owner, standing))

    @rule(
        command=st.sampled_from(
            [
                *(c.SetPromiseRules(rules) for rules in RULES),
                *(c.SetStanding(owner, Standing.ACTIVE) for owner in set(OWNERS.values())),
                *(c.Mint(name, 300) for name in ("rex", "crew", "pia", "zoe", "insurance", "treasury")),
                c.FreezeAgent("pia"),
                c.UnfreezeAgent("pia"),
                c.FreezeTeam("crew"),
                c.UnfreezeTeam("crew"),
                c.DrawCredit("rex", 50),
                c.Transfer("pia", "rex", 100),
                c.Burn("zoe", 200),
                c.SetPromiseRules(PromiseRules(lending=200, plain_value=9, **BASE)),
            ]
        )
    )
    def something_else_happens(self, command: Command) -> None:
        self._try(command)

    @rule(
        bids=st.lists(
            st.tuples(st.sampled_from(["pia", "pat", "zoe", "rex"]), st.integers(1, 900)),
            min_size=1,
            max_size=4,
        ),
        closed=st.booleans(),
    )
    def bids_are_lent_for(self, bids: Offers, closed: bool) -> None:
        name = self._name("a")
        self._try(c.AnnounceAuction(name, "lent", {"gpu": 1}, self.world.now + 9))
        for agent, price in bids:
            self._try(c.PlaceBid(self._name("b"), name, agent, {"gpu": 1}, price))
        if closed:
            self._try(c.CloseAuction(name))

    @rule(
        agent=st.sampled_from(["pia", "zoe"]),
        tenths=st.sampled_from([8, 11, 14, 19, 29]),
        later=st.sampled_from([0, 0, 31 * DAY]),
    )
    def a_bid_beyond_ones_means_wins(self, agent: str, tenths: int, later: int) -> None:
        """rex bids a little less, so that nearly all of it is to be paid."""
        account = self.state.ledger.accounts[agent]  # type: ignore[index]
        price, name = account.available * tenths // 10, self._name("a")
        self._try(c.AnnounceAuction(name, "lent", {"gpu": 1}, self.world.now + 2))
        for bidder, offered in (("rex", price - price // 20), (agent, price)):
            self._try(c.PlaceBid(self._name("b"), name, bidder, {"gpu": 1}, max(1, offered)))
        self._count(self.world.wait(2 + later))

    @rule(verdict=st.sampled_from([None, Verdict.POOR, Verdict.BYZANTINE]), cover=st.integers(1, 40))
    def a_cheap_offer_fails_and_others_follow(self, verdict: Verdict | None, cover: int) -> None:
        """pia has two contracts, one of them insured, and fails in that one; vic says so, or the clock."""
        names, until = [self._name("f") for _ in range(2)], self.world.now + 1
        for name in names:
            self._try(c.PostTask(name, "rex", "work", 60, until, until + 12, Judging(("vic",))))
            for agent, price in (("pia", 10), ("zoe", 20), ("sam", 40)):
                self._try(c.OfferWork(name, agent, price))
        self._count(self.world.wait(1))
        contract = f"{names[0]}:1"
        self._try(c.InsureContract(contract, "rex", cover))
        if verdict is None:
            self._count(self.world.wait(12))
            return
        self._try(c.ReportDelivery(contract, "pia"))
        self._try(c.JudgeContract(contract, "vic", verdict))
        self._count(self.world.wait(7))

    @invariant()
    def the_fund_and_the_stakes_are_never_overdrawn(self) -> None:
        accounts = self.state.ledger.accounts
        assert accounts["insurance"].balance >= 0  # type: ignore[index]
        for agent in self.state.stakes.by_agent:
            account = accounts[f"stake:{agent}"]  # type: ignore[index]
            assert 0 <= account.held <= account.balance

    def teardown(self) -> None:
        self.world.check_history()
        assert_agreement(self.world)
        SEEN.update(self.happened)

    def _try(self, command: Command) -> None:
        """Whatever is asked for, it is done or refused, and the invariants hold."""
        self._count(self.world.wait(0))
        decision = self.world.submit(command)
        if isinstance(decision, tuple):
            self._count(decision)

    def _count(self, happened: object) -> None:
        assert isinstance(happened, list | tuple)
        self.happened.update(type(event).__name__ for event in happened)

    def _name(self, kind: str) -> str:
        self.number += 1
        return f"{kind}{self.number}"

    def _posted(self) -> list[str]:
        return [task.id for task in self.state.tasks.by_id.values() if task.status is TaskStatus.POSTED]

    def _standing(self, *statuses: ContractStatus) -> list[Contract]:
        return [each for each in self.state.contracts.by_id.values() if each.status in statuses]

    def _contract(self, data: st.DataObject) -> Contract:
        return data.draw(st.sampled_from(list(self.state.contracts.by_id.values())))


SEEN: Counter[str] = Counter()
"""What has happened in all walks of this run."""
TestPromises = Promises.TestCase
TestPromises.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)


@pytest.mark.soak
def test_promises_at_length() -> None:
    run_state_machine_as_test(
        Promises, settings=settings(max_examples=1_500, stateful_step_count=90, deadline=None)
    )
