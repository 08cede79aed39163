"""The state machine: routes a command to its flow, and an event to the ledger and its subjects.

`decide` changes nothing, `apply` cannot fail, and neither knows a clock, so that the same commands at
the same times give the same events, and the same events the same state, anywhere.
"""

from collections.abc import Callable, Mapping
from typing import Never

from econonexus.domain import commands, events
from econonexus.domain.commands import Command
from econonexus.domain.deadlines import Deadlines
from econonexus.domain.effects.attention import AttentionEffects
from econonexus.domain.effects.lines import LineEffects
from econonexus.domain.effects.markets import MarketEffects
from econonexus.domain.effects.monetary import MonetaryEffects
from econonexus.domain.effects.promises import PromiseEffects
from econonexus.domain.effects.reputations import ReputationEffects
from econonexus.domain.effects.timing import HOLD, timed
from econonexus.domain.effects.trading import TradingEffects
from econonexus.domain.events import Event
from econonexus.domain.flows import (
    accounts,
    agents,
    answering,
    asking,
    auctioning,
    bidding,
    budgeting,
    bundling,
    committing,
    contracting,
    disputing,
    granting,
    halting,
    holds,
    inbox,
    insuring,
    keys,
    lending,
    monetary,
    ordering,
    promise_rules,
    rating,
    scheduling,
    selling,
    settling,
    sharing,
    staking,
    standings,
    tasking,
    transfers,
    watching,
)
from econonexus.domain.flows.spending import Decision
from econonexus.domain.ids import AgentId, HoldId, Instant, Sequence
from econonexus.domain.ledger import Hold
from econonexus.domain.refusals import Refusal
from econonexus.domain.state import State

FLOWS: Mapping[type[Command], Callable[[State, Never, Instant], Decision | Refusal]] = {
    commands.DeclareAsset: accounts.declare_asset,
    commands.DeclareExchange: accounts.declare_exchange,
    commands.OpenAccount: accounts.open_account,
    commands.FreezeAccount: accounts.freeze,
    commands.UnfreezeAccount: accounts.unfreeze,
    commands.Mint: transfers.mint,
    commands.Burn: transfers.burn,
    commands.Transfer: transfers.transfer,
    commands.Convert: transfers.convert,
    commands.SetCreditLine: transfers.set_credit_line,
    commands.DrawCredit: transfers.draw_credit,
    commands.PlaceHold: holds.place,
    commands.TopUpHold: holds.top_up,
    commands.PostHold: settling.post,
    commands.VoidHold: settling.void,
    commands.ExpireHold: settling.expire,
    commands.SettleUnreported: settling.settle_unreported,
    commands.ReconcileHold: settling.reconcile,
    commands.RecordUsage: watching.record_usage,
    commands.CreateBudget: budgeting.create,
    commands.ChangeBudget: budgeting.change,
    commands.CloseBudget: budgeting.close,
    commands.AssignBudget: budgeting.assign,
    commands.CreateTeam: agents.create_team,
    commands.FreezeTeam: agents.freeze_team,
    commands.UnfreezeTeam: agents.unfreeze_team,
    commands.CreateAgent: agents.create,
    commands.ChangeAgent: agents.change,
    commands.FreezeAgent: agents.freeze,
    commands.UnfreezeAgent: agents.unfreeze,
    commands.IssueKey: keys.issue,
    commands.RotateKey: keys.rotate,
    commands.RevokeKey: keys.revoke,
    commands.RegisterSigningKey: keys.register,
    commands.SetMode: watching.set_mode,
    commands.DeclareResource: selling.declare_resource,
    commands.ChangeCapacity: selling.change_capacity,
    commands.CreateMarket: selling.create_market,
    commands.ChangeMarket: selling.change_market,
    commands.FreezeMarket: selling.freeze_market,
    commands.UnfreezeMarket: selling.unfreeze_market,
    commands.RunSchedule: scheduling.run,
    commands.UseGrant: granting.use,
    commands.ReleaseGrant: granting.release,
    commands.ExpireGrant: granting.expire,
    commands.AnnounceAuction: auctioning.announce,
    commands.CloseAuction: auctioning.close,
    commands.CancelAuction: auctioning.cancel,
    commands.AdvanceAuction: auctioning.advance,
    commands.SubmitOutcome: bundling.submit,
    commands.PlaceBid: bidding.place,
    commands.CommitBid: committing.commit,
    commands.RevealBid: committing.reveal,
    commands.RaiseBid: bidding.raise_bid,
    commands.WithdrawBid: bidding.withdraw,
    commands.SetInboxRules: inbox.set_rules,
    commands.AskHuman: inbox.ask,
    commands.WithdrawQuestion: inbox.withdraw,
    commands.AdvanceQuestion: inbox.advance,
    commands.TakeQuestion: answering.take,
    commands.AnswerQuestion: answering.answer,
    commands.DeclineQuestion: answering.decline,
    commands.SetPolicy: monetary.set_policy,
    commands.ApplyPolicy: monetary.apply_policy,
    commands.RequestUnits: asking.request,
    commands.WithdrawRequest: asking.withdraw,
    commands.AdvanceMarket: sharing.advance,
    commands.PlaceOrder: ordering.place,
    commands.ReplaceOrder: ordering.replace,
    commands.CancelOrder: ordering.cancel,
    commands.CloseBook: ordering.close_book,
    commands.ResumeMarket: halting.resume,
    commands.SetPromiseRules: promise_rules.set_rules,
    commands.PostStake: staking.post,
    commands.UnbondStake: staking.unbond,
    commands.ReleaseStake: staking.release,
    commands.SetStanding: standings.set_standing,
    commands.WeighFeedback: rating.weigh,
    commands.PostTask: tasking.post,
    commands.CancelTask: tasking.cancel,
    commands.OfferWork: tasking.offer,
    commands.WithdrawOffer: tasking.withdraw_offer,
    commands.AdvanceTask: tasking.advance,
    commands.ReportDelivery: contracting.deliver,
    commands.JudgeContract: contracting.judge,
    commands.ChallengeVerdict: disputing.challenge,
    commands.DefendVerdict: disputing.defend,
    commands.DecideDispute: disputing.decide,
    commands.AdvanceContract: contracting.advance,
    commands.InsureContract: insuring.insure,
    commands.CallDebt: lending.call,
}
"""Which flow decides which command."""


class Economy:
    """One deterministic economy: state, what is due when, and the two functions that move it."""

    def __init__(self, state: State | None = None) -> None:
        self.state = State() if state is None else state
        self._deadlines = Deadlines(timed(self.state))
        self._effects = self._route()

    def decide(self, command: Command, now: Instant) -> Decision | Refusal:
        """What follows from a command at an instant: events in order, or the reason it is declined.

        `now` must not be earlier than the time of the last event, and nothing may be due at it
        (`due`). Changes nothing.
        """
        return FLOWS[type(command)](self.state, command, now)  # type: ignore[arg-type]  # The key is its type.

    def apply(self, event: Event | Refusal, sequence: Sequence, at: Instant) -> None:
        """Let an event happen, as record `sequence` of the journal, at the instant it was decided.

        A refusal changes nothing but how far the journal and its time have come.
        """
        self.state.sequence = sequence
        self.state.time = at
        self._effects[type(event)](event, at)  # type: ignore[arg-type]  # The key is its type.

    def next_deadline(self) -> Instant | None:
        """When something falls due next, if anything does."""
        return self._deadlines.soonest()

    def is_due(self, now: Instant) -> bool:
        """Whether something has fallen due by `now`."""
        return self._deadlines.is_due(now)

    def due(self, now: Instant) -> Command | None:
        """The command that the earliest deadline at or before `now` asks for, if one has come."""
        return self._deadlines.ask(now)

    def _route(self) -> Mapping[type[Event | Refusal], Callable[[Never, Instant], None]]:
        ledger, budgets, agents, keys, modes = (
            self.state.ledger,
            self.state.budgets,
            self.state.agents,
            self.state.keys,
            self.state.modes,
        )
        return {
            events.AssetDeclared: lambda e, _: ledger.declare_asset(e),
            events.ExchangeDeclared: self._exchange_declared,
            events.Converted: self._converted,
            events.AccountOpened: self._account_opened,
            events.AccountFrozen: lambda e, _: ledger.freeze(e),
            events.AccountUnfrozen: lambda e, _: ledger.unfreeze(e),
            events.Minted: self._moved,
            events.Burned: self._left,
            events.Transferred: self._left,
            events.CreditLineSet: lambda e, _: ledger.set_credit_line(e),
            events.CreditDrawn: self._moved,
            events.HoldPlaced: self._hold_placed,
            events.HoldToppedUp: self._hold_topped_up,
            events.HoldPosted: self._hold_posted,
            events.HoldVoided: lambda e, _: self._released(e.hold),
            events.HoldExpired: lambda e, _: self._released(e.hold, expired=True),
            events.HoldSettledUnreported: self._hold_settled_unreported,
            events.HoldReconciled: self._hold_reconciled,
            events.UsageRecorded: lambda _event, _at: None,  # A fact for reports.
            events.BudgetCreated: lambda e, at: budgets.create(e, at, self.state.sequence),
            events.BudgetChanged: budgets.change,
            events.BudgetClosed: lambda e, _: budgets.close(e),
            events.BudgetAssigned: self._budget_assigned,
            events.BudgetAlertRaised: budgets.raised,
            events.BudgetOverrun: lambda _event, _at: (
                None
            ),  # A fact for people; the money's own event follows.
            events.TeamCreated: lambda e, _: agents.create_team(e),
            events.TeamFrozen: lambda e, _: agents.freeze_team(e.team, True),
            events.TeamUnfrozen: lambda e, _: agents.freeze_team(e.team, False),
            events.AgentCreated: self._agent_created,
            events.AgentChanged: lambda e, _: agents.change(e),
            events.AgentFrozen: lambda e, _: agents.freeze(e.agent, True),
            events.AgentUnfrozen: lambda e, _: agents.freeze(e.agent, False),
            events.KeyIssued: lambda e, _: keys.issue(e),
            events.KeyRotated: lambda e, _: keys.rotate(e),
            events.KeyRevoked: lambda e, _: keys.revoke(e),
            events.SigningKeyRegistered: lambda e, _: agents.register(e),
            events.ModeSet: modes.set,
            **LineEffects(self.state, self._deadlines).routes(),
            **MarketEffects(self.state, self._deadlines).routes(),
            **AttentionEffects(self.state, self._deadlines).routes(),
            **MonetaryEffects(self.state, self._deadlines).routes(),
            **PromiseEffects(self.state, self._deadlines).routes(),
            **ReputationEffects(self.state, self._deadlines).routes(),
            **TradingEffects(self.state, self._deadlines).routes(),
            Refusal: lambda _refusal, _at: None,
        }

    def _exchange_declared(self, event: events.ExchangeDeclared, _: Instant) -> None:
        self.state.exchanges.declare(event)
        self.state.ledger.declare_exchange(event)

    def _account_opened(self, event: events.AccountOpened, _: Instant) -> None:
        self.state.ledger.open_account(event)
        self.state.budgets.assign(event.budget)

    def _agent_created(self, event: events.AgentCreated, _: Instant) -> None:
        self.state.agents.create(event)
        self.state.budgets.assign(event.budget)

    def _budget_assigned(self, event: events.BudgetAssigned, _: Instant) -> None:
        if event.account in self.state.ledger.accounts:
            self.state.ledger.assign_budget(event)
        else:  # An agent without a wallet stands beneath its budget itself.
            self.state.agents.assign_budget(AgentId(event.account), event.budget)
        self.state.budgets.assign(event.budget, event.previous)

    def _moved(self, event: events.Minted | events.CreditDrawn, _: Instant) -> None:
        self.state.ledger.move(event.source, event.destination, event.amount)

    def _left(self, event: events.Transferred | events.Burned, at: Instant) -> None:
        self.state.ledger.move(event.source, event.destination, event.amount)
        if event.budgets:
            self.state.budgets.spend(event.budgets, event.amount, at)

    def _converted(self, event: events.Converted, at: Instant) -> None:
        self.state.ledger.move(event.source, event.stock_in, event.given)
        self.state.ledger.move(event.stock_out, event.destination, event.received)
        self.state.budgets.spend(event.budgets, event.given, at)

    def _hold_placed(self, event: events.HoldPlaced, _: Instant) -> None:
        self.state.ledger.place_hold(event)
        self._deadlines.add(HOLD, event.hold, event.expires_at)
        if event.budgets:
            self.state.budgets.hold(event.budgets, event.amount)
        if event.also:
            self.state.budgets.hold_charges(event.also)

    def _hold_topped_up(self, event: events.HoldToppedUp, _: Instant) -> None:
        self.state.ledger.top_up_hold(event)
        self._deadlines.add(HOLD, event.hold, event.expires_at)
        self.state.budgets.hold(event.budgets, event.amount)
        self.state.budgets.hold_charges(event.also)

    def _hold_posted(self, event: events.HoldPosted, at: Instant) -> None:
        hold = self.state.ledger.settle_hold(event.hold)
        self.state.ledger.move(event.source, event.destination, event.amount)
        if event.budgets or event.also:
            self._spent(hold, event, at)

    def _hold_settled_unreported(self, event: events.HoldSettledUnreported, at: Instant) -> None:
        ledger, budgets = self.state.ledger, self.state.budgets
        chains = tuple(budgets.chain(charge.budget) for charge in event.also)
        self._spent(ledger.settle_unreported(event, chains, at, self.state.sequence), event, at)

    def _spent(
        self, hold: Hold, event: events.HoldPosted | events.HoldSettledUnreported, at: Instant
    ) -> None:
        """What a hold reserved in budgets is spent there, as far as it was used."""
        budgets = self.state.budgets
        budgets.hold(event.budgets, -hold.amount)
        budgets.spend(event.budgets, event.amount, at)
        if hold.also:
            budgets.release_charges(hold.also)
            budgets.spend_charges(event.also, at)

    def _hold_reconciled(self, event: events.HoldReconciled, at: Instant) -> None:
        self.state.ledger.reconcile_hold(event)
        self.state.budgets.restore(event.restored, at)

    def _released(self, name: HoldId, expired: bool = False) -> None:
        hold = self.state.ledger.settle_hold(name, expired)
        self.state.budgets.hold(hold.budgets, -hold.amount)
        self.state.budgets.release_charges(hold.also)
