"""What is only looked at: usage that nothing paid for, and how far each feature goes."""

from econonexus.domain import commands, events
from econonexus.domain.flows import forms
from econonexus.domain.flows.spending import Decision, levels_counted, payer
from econonexus.domain.ids import AccountId, Instant
from econonexus.domain.kinds import AccountKind
from econonexus.domain.ledger import system_account
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.domain.subjects.modes import is_feature


def record_usage(state: State, command: commands.RecordUsage, now: Instant) -> Decision | Refusal:
    """Say what an agent used without a hold."""
    refusal = (
        forms.text("code", command.code, forms.MAX_CODE)
        or forms.text("reference", command.reference, forms.MAX_REFERENCE)
        or forms.text("refused", command.refused, forms.MAX_CODE)
        or forms.amount("amount", command.amount)
    )
    if refusal:
        return refusal
    paying = payer(state, AccountId(command.agent)) if command.agent in state.agents.by_id else None
    if paying is None:
        return Refusal(RefusalCode.UNKNOWN_AGENT, "agent", command.agent)
    if command.budget is not None and command.budget not in state.budgets.by_id:
        return Refusal(RefusalCode.UNKNOWN_BUDGET, "budget", command.budget)
    source, agent = paying
    sink = state.ledger.accounts[system_account(AccountKind.BURN, source.asset)]
    levels = levels_counted(state, source, sink, command.budget, agent)
    if isinstance(levels, Refusal):
        return levels
    recorded = events.UsageRecorded(
        command.agent, source.id, command.amount, levels, command.code, command.reference, command.refused
    )
    return (recorded,)


def set_mode(state: State, command: commands.SetMode, now: Instant) -> Decision | Refusal:
    """Say how far a feature goes."""
    refusal = forms.text("reason", command.reason, forms.MAX_REASON)
    if refusal:
        return refusal
    if not is_feature(command.feature):
        return Refusal(RefusalCode.UNKNOWN_FEATURE, "feature", command.feature[:128])
    return (events.ModeSet(command.feature, command.mode, command.reason),)
