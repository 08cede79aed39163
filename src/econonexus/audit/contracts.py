"""Contracts, kept a second time: who said what of each, what backs those words, and how it must end."""

from typing import NamedTuple

from econonexus.audit.agreements import Contract
from econonexus.audit.fields import MAX, Fields, whole
from econonexus.audit.pledges import Pledge, Pledges
from econonexus.audit.spenders import Spenders
from econonexus.audit.stakes import Stakes, stake_of
from econonexus.audit.tasks import Tasks
from econonexus.audit.verdicts import KEPT, MILLION, ORDER, Said, agreed, middle, rule
from econonexus.audit.wrong import Wrong

STATUSES = {
    "delivery_reported": ("open",),
    "vote_cast": ("delivered",),
    "contract_judged": ("open", "delivered"),
    "verdict_challenged": ("judged",),
    "verdict_defended": ("challenged",),
    "verdict_referred": ("judged", "challenged"),
}
"""In which of its statuses what can be said of a contract."""


class Lost(NamedTuple):
    """A bond that is to be lost, in the very next records: whose, and to which side, if to one."""

    agent: str
    right: str | None
    pledge: Pledge
    to_insurance: bool


class Contracts:
    """All contracts that are not over."""

    def __init__(self, tasks: Tasks, stakes: Stakes, pledges: Pledges, spenders: Spenders) -> None:
        self._tasks, self._stakes, self._pledges, self._spenders = tasks, stakes, pledges, spenders
        self.open: dict[str, Contract] = {}
        self._lost: list[Lost] = []
        self._banned: str | None = None
        """Whose contracts end because of another, which must be among the next records."""

    def enter(self, kind: str, e: Fields, now: int) -> bool:
        """Enter what happens to a contract; False where it is none of that."""
        match kind:
            case "contract_opened":
                self._open(e)
            case "delivery_reported":
                self._deliver(self._its(kind, e), e, now)
            case "vote_cast":
                self._vote(self._its(kind, e), e, now)
            case "contract_judged":
                self._judge(self._its(kind, e), e, now)
            case "verdict_challenged":
                self._challenge(self._its(kind, e), e, now)
            case "verdict_defended":
                self._defend(self._its(kind, e), e, now)
            case "verdict_referred":
                self._refer(self._its(kind, e), e, now)
            case "contract_settled":
                self._settle(self._found(e), e, now)
            case "dispute_bond_lost":
                self._lose(e, now)
            case _:
                return False
        return True

    def check_followed(self, kind: str) -> None:
        """What must follow has followed: bonds that are lost, and the offence that ended other contracts."""
        if self._lost and kind != "dispute_bond_lost":
            raise Wrong(f"leaves {self._lost[0].agent} a bond that it has lost")
        if self._banned is not None and kind not in ("contract_settled", "task_reopened"):
            raise Wrong(f"ends a contract of {self._banned} for an offence that nobody found")

    def _open(self, e: Fields) -> None:
        task = self._tasks.open[str(e["task"])]
        contract = Contract(e, task, self._spenders.behind)
        account = stake_of(contract.provider)
        # Whom the operator trusts is no contract's affair, and may be a long list.
        rules = {name: value for name, value in self._stakes.rules.items() if name != "trusted"}
        if contract.rules != rules or e["stake"] != account:
            raise Wrong(f"opens contract {contract.name} by other rules than hold, or with another's stake")
        if contract.destination != self._stakes.earner(contract.provider):
            raise Wrong(f"will pay {contract.destination} for the work of {contract.provider}")
        self._pledges.back(f"bond {contract.name}", account, account, contract.bond)
        self._stakes.back(contract.provider, contract.name)
        self.open[contract.name] = contract

    def _deliver(self, contract: Contract, e: Fields, now: int) -> None:
        if e["provider"] != contract.provider or now >= contract.due:
            raise Wrong(f"delivers {contract.name} too late, or for who has it not")
        self._go_on(contract, "delivered", e["judge_by"], now, "judging")

    def _vote(self, contract: Contract, e: Fields, now: int) -> None:
        agent, account = str(e["agent"]), stake_of(str(e["agent"]))
        if len(contract.judges) < 2 or agent not in contract.judges or now >= contract.due:
            raise Wrong(f"lets {agent} vote about {contract.name}, who has no vote, or too late")
        if any(vote.agent == agent for vote in contract.votes):
            raise Wrong(f"lets {agent} vote about {contract.name} a second time")
        if self._spenders.owners.get(self._spenders.behind[agent]) in ("suspended", "banned"):
            raise Wrong(f"lets {agent} vote about {contract.name}, whose owner is suspended")
        self._stakes.check_identity(agent, rule(contract.rules, "identity_stake"))
        if e["source"] != account or whole(e["bond"]) != contract.word:
            raise Wrong(f"backs the vote of {agent} about {contract.name} with {e['bond']} of {e['source']}")
        self._back(contract, agent, f"vote {contract.name} {agent}")
        contract.votes.append(self._said(agent, e))

    def _judge(self, contract: Contract, e: Fields, now: int) -> None:
        by, said = str(e["by"]), self._said("", e)
        voices = self._voices(contract, by, said, now)
        independent = bool(voices) and not self._sides(contract) & {
            self._spenders.behind[voice] for voice in voices
        }
        if bool(e["independent"]) != independent:
            raise Wrong(f"says wrongly whether {contract.name} was judged by somebody independent")
        if by == "requester" and said.verdict in KEPT and contract.is_paid_in_full(said):
            if e["challenge_until"] != now:
                raise Wrong(f"waits with {contract.name}, though its requester is satisfied and pays in full")
            contract.status, contract.due = "judged", now
        else:
            self._go_on(contract, "judged", e["challenge_until"], now, "challenge_window")
        contract.verdict, contract.by, contract.independent = said, by, independent

    def _voices(self, contract: Contract, by: str, said: Said, now: int) -> list[str]:
        """Who gives the verdict; nobody where it is silence."""
        if by in ("requester", "verifier"):
            judge = contract.judges[0]
            early = contract.status == "open" and (by == "verifier" or said.verdict not in KEPT)
            if len(contract.judges) > 1 or (by == "requester") != (judge == contract.requester) or early:
                raise Wrong(f"lets a {by} judge {contract.name}, which is not its to judge, or not yet")
            return [judge]
        time_is_up = now >= contract.due
        one = len(contract.judges) == 1
        if contract.status == "open" or (
            one and (contract.judges[0] == contract.requester or not time_is_up)
        ):
            raise Wrong(f"has {contract.name} judged by {by}, and it is not")
        found = agreed(contract.votes, len(contract.judges), contract.quorum, time_is_up)
        if found is None or found[0] != said.verdict or middle(found[1]) != said.quality:
            raise Wrong(f"judges {contract.name} as {said.verdict}, and its votes come to something else")
        if by != ("attestors" if found[1] else "silence"):
            raise Wrong(f"has {contract.name} judged by {by}, and it is not")
        return [vote.agent for vote in found[1]]

    def _challenge(self, contract: Contract, e: Fields, now: int) -> None:
        agent = str(e["agent"])
        self._check_side(contract, agent, now)
        claim, verdict = self._said(agent, e), contract.verdict
        if verdict is None or claim.is_better(verdict) != (1 if agent == contract.provider else -1):
            raise Wrong(f"lets {agent} claim of {contract.name} what would be no gain to it")
        if contract.by == "requester" and agent == contract.requester:
            raise Wrong(f"lets {agent} challenge its own word about {contract.name}")
        self._put_up(contract, agent, f"claim {contract.name}", e, now)
        contract.claim = claim
        self._go_on(contract, "challenged", e["answer_until"], now, "challenge_window")

    def _defend(self, contract: Contract, e: Fields, now: int) -> None:
        agent, claim = str(e["agent"]), contract.claim
        self._check_side(contract, agent, now)
        if claim is None or agent == claim.agent:
            raise Wrong(f"lets {agent} answer its own claim about {contract.name}")
        self._put_up(contract, agent, f"defence {contract.name}", e, now)
        contract.defended = True
        self._go_on(contract, "disputed", e["decide_by"], now, "deciding")

    def _refer(self, contract: Contract, e: Fields, now: int) -> None:
        word = contract.claim or contract.verdict
        alone = contract.claim is not None or not contract.independent
        if word is None or word.verdict != "byzantine" or not alone or now < contract.due:
            raise Wrong(f"refers {contract.name} to the operator, of which no side alone speaks of bad faith")
        self._go_on(contract, "disputed", e["decide_by"], now, "deciding")

    def _settle(self, contract: Contract, e: Fields, now: int) -> None:
        self._check_ruling(contract, str(e["by"]), e, now)
        self._check_pay(contract, e)
        if e["by"] == "operator":
            self._decide(contract, self._said("", e))
        for agent, name in contract.words():
            pledge = self._pledges.free(name)
            if pledge.source == stake_of(agent):
                self._stakes.let_go(agent, name)
        self._pledges.free(f"bond {contract.name}")
        self._stakes.let_go(contract.provider, contract.name)
        del self.open[contract.name]
        self._banned = None if e["verdict"] == "byzantine" else self._banned
        if e["verdict"] == "ended":
            self._banned = contract.owner

    def _check_pay(self, contract: Contract, e: Fields) -> None:
        """What was agreed, by the quality where it counts; nothing where the provider's balance is full."""
        paid, bonus, quality = whole(e["payment"]), whole(e["bonus"]), e.get("quality")
        by = str(e["by"])
        independent = by == "operator" or (by == contract.by and contract.independent)
        due = contract.due_for(None if quality is None else whole(quality), independent)
        due = max(due, min(contract.ceiling, due + contract.for_a_word(by)))
        is_full = paid == bonus == 0 and self._pledges.room(str(e["destination"])) < due + contract.bonus
        if e["verdict"] in KEPT and paid != due and not is_full:
            raise Wrong(f"pays {paid} for {contract.name}, for which {due} is due")
        if e["verdict"] != "excellent" and bonus:
            raise Wrong(f"pays a bonus for {contract.name}, which was not excellent")
        if e["destination"] != contract.destination:
            raise Wrong(f"pays {e['destination']} for the work of {contract.provider}")

    def _check_ruling(self, contract: Contract, by: str, e: Fields, now: int) -> None:
        """Whether this is how a contract must end now."""
        found = (str(e["verdict"]), by, e.get("quality"))
        if by == "operator":
            if contract.status != "disputed" or found[0] not in ORDER:
                raise Wrong(f"decides {contract.name} as {found[0]}, which is no dispute, or no verdict")
            return
        if found == ("ended", "system", None) and contract.status == "open":
            return
        due = contract.ruling()
        if found != due or now < contract.due:
            raise Wrong(f"settles {contract.name} as {found}, and in its time it would be {due}")

    def _decide(self, contract: Contract, decision: Said) -> None:
        """Which bonds are lost now."""
        right, wrong = contract.wrong(decision)
        to_insurance = contract.rules.get("to_insurance") is True
        self._lost = [
            Lost(agent, right, self._pledges.open[name], to_insurance)
            for agent, name in contract.words()
            if name in wrong
        ]

    def _lose(self, e: Fields, now: int) -> None:
        agent, destination = str(e["agent"]), str(e["destination"])
        taken = (agent, e["source"], e["amount"])
        # A side that is an attestor too may lose two bonds, one of its stake and one of its wallet.
        lost = next(
            (each for each in self._lost if (each.agent, each.pledge.source, each.pledge.amount) == taken),
            None,
        )
        if lost is None:
            raise Wrong(f"takes a bond of {agent}, which it has not lost, or another amount")
        self._lost.remove(lost)
        sink = "insurance" if lost.to_insurance else "burn"
        theirs = sink if lost.right is None else self._stakes.earner(lost.right)
        if destination not in (theirs, sink):
            raise Wrong(f"gives a bond of {agent} to {destination}, and {theirs} was right")
        self._pledges.pay_out("dispute_bond_lost", lost.pledge, e, now)

    def _put_up(self, contract: Contract, agent: str, name: str, e: Fields, now: int) -> None:
        """What one side puts up: of what pays for it, or of its stake."""
        if whole(e["bond"]) != contract.word or e["destination"] != "escrow":
            raise Wrong(f"backs a word of {agent} about {contract.name} with {e['bond']}")
        if e["source"] == stake_of(agent):
            self._back(contract, agent, name)
        else:
            self._pledges.place(name, agent, e, "escrow", contract.word, now)

    def _back(self, contract: Contract, agent: str, name: str) -> None:
        if contract.word > self._stakes.free(agent):
            raise Wrong(f"backs a word of {agent} about {contract.name} with stake that is not free")
        self._pledges.back(name, stake_of(agent), "escrow", contract.word)
        self._stakes.back(agent, name)

    def _check_side(self, contract: Contract, agent: str, now: int) -> None:
        if agent not in (contract.provider, contract.requester) or now >= contract.due:
            raise Wrong(f"lets {agent} speak about {contract.name}, which is no side of it, or too late")

    def _sides(self, contract: Contract) -> set[str]:
        return {contract.owner, self._spenders.behind[contract.requester]}

    def _said(self, agent: str, e: Fields) -> Said:
        said = Said(agent, e)
        if said.verdict not in ORDER or (said.quality is not None and said.quality > MILLION):
            raise Wrong(f"has a verdict that nobody can give: {said.verdict}, {said.quality}")
        return said

    def _go_on(self, contract: Contract, status: str, until: object, now: int, window: str) -> None:
        due = min(now + rule(contract.rules, window), MAX)
        if whole(until) != due:
            raise Wrong(f"waits with {contract.name} until {until}, and the rules say {due}")
        contract.status, contract.due = status, due

    def _its(self, kind: str, e: Fields) -> Contract:
        contract = self._found(e)
        if contract.status not in STATUSES[kind]:
            raise Wrong(f"is a {kind} of contract {contract.name}, which is {contract.status}")
        return contract

    def _found(self, e: Fields) -> Contract:
        contract = self.open.get(str(e["contract"]))
        if contract is None:
            raise Wrong(f"speaks of contract {e['contract']}, which is not open")
        return contract
