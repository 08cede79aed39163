"""Why a stake was slashed, and why the insurance paid so much: every number that decided.

A contract that failed is asked about as `penalty/` and `insurance/` and its name, by either side of it or by
whoever may see all.
"""

from econonexus.domain import events
from econonexus.domain.ids import AgentId, ContractId, Sequence
from econonexus.domain.kinds import Offence, Verdict
from econonexus.domain.mechanisms.promises.slashing import repetition
from econonexus.domain.money import PPM_ONE
from econonexus.domain.promises import DAY, Penalty
from econonexus.domain.state import State
from econonexus.domain.subjects.contracts import Contract
from econonexus.interfaces.http.contract_views import is_independent
from econonexus.node.records import Record

Facts = dict[str, int | str | bool | None]
WHAT = {
    Offence.TASK_FAILURE: "The work was judged as poor.",
    Offence.TIMEOUT_VIOLATION: "Nothing was delivered until the deadline.",
    Offence.BYZANTINE_BEHAVIOR: "It was judged to be bad faith.",
    Offence.REPUTATION_THRESHOLD: "The score of its owner fell below the threshold.",
}
Found = tuple[str, Facts, tuple[Sequence, ...]]


def of_penalty(state: State, viewer: AgentId | None, name: str) -> Found | None:
    """Whether a contract cost its provider anything; `slashed` says by which numbers, from its records."""
    contract = _seen(state, viewer, name)
    if contract is None:
        return None
    facts: Facts = {
        "contract": contract.id,
        "provider": contract.provider,
        "owner": contract.owner,
        "bond_ucr": contract.bond.amount,
        "verdict": None if contract.verdict is None else contract.verdict.value,
    }
    return contract.status.value, facts, tuple(contract.steps)


def of_insurance(state: State, viewer: AgentId | None, name: str) -> Found | None:
    """Whether and for how much a contract is insured; `claimed` says what was paid, from its records."""
    contract = _seen(state, viewer, name)
    if contract is None:
        return None
    facts: Facts = {
        "contract": contract.id,
        "requester": contract.requester,
        "cover_ucr": contract.cover,
        "verdict": None if contract.verdict is None else contract.verdict.value,
        "judged by somebody independent": None
        if contract.verdict is Verdict.ENDED
        else is_independent(contract),
    }
    return ("insured" if contract.cover else "not insured"), facts, tuple(contract.steps)


def slashed(records: list[Record]) -> Facts:
    """The numbers by which stake was lost for a contract, and where it went."""
    facts: Facts = {}
    penalties = [each.event for each in records if isinstance(each.event, events.StakeSlashed)]
    for number, penalty in enumerate(penalties):
        which = "" if number == 0 else f" ({penalty.offence.value})"
        facts |= {f"{name}{which}": value for name, value in _told(penalty).items()}
    for each in records:
        if isinstance(each.event, events.LossCompensated):
            made_good = each.event
            facts["made good from the bond besides, ucr"] = made_good.amount
            facts["to"] = made_good.injured
    if not facts:
        facts["penalty"] = "None: nobody has found that the contract was broken."
    return facts


def claimed(records: list[Record]) -> Facts:
    """What the premium was, by which numbers, and what the fund has paid."""
    facts: Facts = {}
    for each in records:
        event = each.event
        if isinstance(event, events.ContractInsured):
            facts["premium_ucr"] = event.premium
            facts["lower bound of the provider's record"] = _share(event.lower_bound)
        if isinstance(event, events.ClaimPaid):
            claim = max(0, event.cover - event.compensated)
            facts["made good by the bond, ucr"] = event.compensated
            facts["claim (cover less that), ucr"] = claim
            facts["paid_ucr"] = event.amount
            facts["paid to"] = event.destination
            if event.amount < claim:
                facts["why not all of it"] = "The fund had no more, or the balance had no room for it."
    return facts


def _told(penalty: events.StakeSlashed) -> Facts:
    """One penalty, number by number."""
    rule, repeat = penalty.rule, repetition(penalty.offences, penalty.rule.grace)
    return {
        "offence": penalty.offence.value,
        "because": WHAT[penalty.offence],
        "judged by": penalty.by,
        "by somebody independent": penalty.independent,
        "base_ucr": penalty.base,
        "rate": _share(rule.rate),
        "severity": rule.severity,
        "offences in the window, this one included": penalty.offences,
        "window, days": str(penalty.window / DAY),
        "grace": rule.grace,
        "repeat": repeat,
        "reckoned": _reckoned(penalty, rule, repeat),
        "at stake and backing nothing else, ucr": penalty.reach,
        "lost_ucr": penalty.amount,
        "the requester's loss, ucr": penalty.loss,
        f"of it to {penalty.injured}, ucr": penalty.to_injured,
        f"of it to {penalty.sink}, ucr": penalty.amount - penalty.to_injured,
        "evidence is in the records": ", ".join(str(each) for each in penalty.evidence) or "none",
    }


def _reckoned(penalty: events.StakeSlashed, rule: Penalty, repeat: int) -> str:
    """The formula with its numbers."""
    rate, times = _share(rule.rate), rule.severity * repeat
    if not repeat:
        return f"nothing: as many as {rule.grace} in the window are forgiven"
    share = f"1 − (1 − {rate})^{times}" if penalty.compound else f"{rate} × {rule.severity} × {repeat}"
    return f"the lesser of {penalty.reach:,} and {penalty.base:,} × ({share}) µcr"


def _seen(state: State, viewer: AgentId | None, name: str) -> Contract | None:
    contract = state.contracts.find(ContractId(name))
    if contract is None or viewer not in (None, contract.provider, contract.requester):
        return None
    return contract


def _share(ppm: int) -> str:
    return f"{ppm / PPM_ONE:g}"
