"""The story of a contract with its numbers: who said what, what it waits for, what then happens by itself."""

from econonexus.domain.flows.ruling import word_bond
from econonexus.domain.ids import AgentId, ContractId, Sequence
from econonexus.domain.kinds import ContractStatus as Status
from econonexus.domain.kinds import JudgedBy, Verdict
from econonexus.domain.money import Ppm
from econonexus.domain.state import State
from econonexus.domain.subjects.contracts import Contract, Word
from econonexus.interfaces.http.contract_views import is_independent, is_told, share
from econonexus.interfaces.http.forms import rfc3339

Facts = dict[str, int | str | bool | None]
THEN = {
    Status.OPEN: "nothing delivered by then is late: unpaid, and an offence",
    Status.DELIVERED: "silence by then counts as satisfactory",
    Status.JUDGED: "unless somebody challenges the verdict by then, it stands",
    Status.CHALLENGED: "unless the other side answers by then, what is claimed stands",
    Status.DISPUTED: "unless the operator decides by then, the verdict stands and all bonds go back",
}
ALONE = "as one side alone speaks of bad faith, "
REFERRED = ALONE + "the operator decides then"
NOT_BANNED = ALONE + "it counts as poor unless the operator decides otherwise by then"
WORDS = {
    JudgedBy.REQUESTER: "the requester's own",
    JudgedBy.VERIFIER: "its verifier's",
    JudgedBy.ATTESTORS: "as many of its judges' as its task asked for",
    JudgedBy.SILENCE: "nobody's: whoever could judge was silent, or did not agree",
    JudgedBy.UNANSWERED: "the challenger's, whom nobody answered",
    JudgedBy.OPERATOR: "the operator's decision",
    JudgedBy.SYSTEM: "nobody's: it ended because its provider was banned for another contract",
}
CLOCK = "the clock's: nothing was delivered by the deadline"


def of_contract(
    state: State, viewer: AgentId | None, name: str
) -> tuple[str, Facts, tuple[Sequence, ...]] | None:
    """How a contract stands, why, and what happens next."""
    contract = state.contracts.find(ContractId(name))
    if contract is None:
        return None
    facts: Facts = {
        "task": contract.task,
        "requester": contract.requester,
        "provider": contract.provider,
        "payment_ucr": contract.payment,
        "bonus at most, ucr": contract.bonus,
        "bond of the provider, ucr": contract.bond.amount,
        "due_at": rfc3339(contract.due_at),
        "judged by": _judges(contract),
        "what a word takes, ucr": word_bond(contract),
    }
    return contract.status.value, facts | _said(contract, viewer) | _next(contract), tuple(contract.steps)


def _judges(contract: Contract) -> str:
    judging = contract.judging
    if len(judging.judges) > 1:
        return f"{judging.quorum} of {', '.join(judging.judges)}"
    return judging.judges[0] if judging.judges else f"{contract.requester}, its requester"


def _said(contract: Contract, viewer: AgentId | None) -> Facts:
    """Votes, the verdict, the claim and the answer, as far as there are any."""
    facts: Facts = {}
    for word in contract.votes.values():
        if is_told(contract, word.agent, viewer):
            facts[f"vote of {word.agent}"] = _verdict(word.verdict, word.quality)
    if contract.verdict is not None:
        facts["verdict"] = _verdict(contract.verdict, contract.quality)
        facts["whose word it is"] = CLOCK if contract.verdict is Verdict.LATE else WORDS[contract.by]
        facts["by somebody independent"] = is_independent(contract)
    if contract.challenge is not None:
        facts |= _word("claim", contract.challenge)
    if contract.defence is not None:
        facts |= _word("answer", contract.defence)
    return facts


def _word(what: str, word: Word) -> Facts:
    said = _verdict(word.verdict, word.quality)
    return {f"{what} of {word.agent}": said, f"{what} backed with, ucr": word.pledge.amount}


def _next(contract: Contract) -> Facts:
    """What happens by itself and when; or what was paid."""
    if contract.due is None:
        return {"paid_ucr": contract.paid, "bonus paid, ucr": contract.bonus_paid}
    return {"waits_until": rfc3339(contract.due), "then": _then(contract)}


def _then(contract: Contract) -> str:
    word = contract.challenge or contract.verdict
    speaks = word if isinstance(word, Verdict) else word.verdict if word else None
    alone = contract.challenge is not None or not contract.independent
    if speaks is Verdict.BYZANTINE and alone and contract.defence is None:
        return NOT_BANNED if contract.status is Status.DISPUTED else REFERRED
    return THEN[contract.status]


def _verdict(verdict: Verdict, quality: Ppm | None) -> str:
    said = share(quality)
    return verdict.value if said is None else f"{verdict.value}, quality {said:g}"
