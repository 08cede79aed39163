"""The contracts that tasks are done under: delivered, judged, challenged, decided, insured."""

from econonexus.domain.commands.form import CommandForm
from econonexus.domain.ids import AgentId, ContractId
from econonexus.domain.kinds import Verdict
from econonexus.domain.money import Amount, Ppm


class ReportDelivery(CommandForm, frozen=True):
    """Say that a contract's work is done, before its deadline; its provider alone can.

    Refused: `unknown_contract`, `not_a_party`, `contract_not_open`.
    """

    contract: ContractId
    agent: AgentId
    text: str = ""


class JudgeContract(CommandForm, frozen=True):
    """Say how a contract was kept, as its requester or one of its judges; a judge of several casts one vote.

    `quality` is what the work was worth, where it was asked for by quality. A requester that judges itself
    and is satisfied may say so before the delivery, and all is paid at once unless it lowers the pay. A vote
    is backed by a bond of its judge's stake. Refused: `invalid_verdict`, `unknown_contract`, `not_a_judge`,
    `contract_not_open`, `not_delivered`, `voted_already`, `stake_too_small`, `owner_suspended`.
    """

    contract: ContractId
    agent: AgentId
    verdict: Verdict
    quality: Ppm | None = None
    evidence: str = ""


class ChallengeVerdict(CommandForm, frozen=True):
    """Claim another verdict, with a bond: a better one as the provider, a worse one as the requester.

    Or the same with another `quality`. The bond comes from what pays for the agent, else from its stake. A
    requester that alone called the work bad and does not answer pays what answering would have taken on top
    of the price, as far as the ceiling reaches. Refused: `invalid_verdict`, `unknown_contract`,
    `not_a_party`, `contract_not_judged`, `claims_nothing`, `account_frozen`, `agent_frozen`, `team_frozen`,
    `insufficient_funds`, `budget_exhausted`.
    """

    contract: ContractId
    agent: AgentId
    verdict: Verdict
    quality: Ppm | None = None
    evidence: str = ""


class DefendVerdict(CommandForm, frozen=True):
    """Answer a challenge with a bond of one's own, so that the operator decides.

    Refused: `unknown_contract`, `not_a_party`, `contract_not_challenged`, `account_frozen`, `agent_frozen`,
    `team_frozen`, `insufficient_funds`, `budget_exhausted`.
    """

    contract: ContractId
    agent: AgentId
    evidence: str = ""


class DecideDispute(CommandForm, frozen=True):
    """Decide a dispute for good; who was wrong loses its bond to who was right, and so does every vote.

    Refused: `invalid_verdict`, `unknown_contract`, `contract_not_disputed`.
    """

    contract: ContractId
    verdict: Verdict
    quality: Ppm | None = None
    evidence: str = ""


class AdvanceContract(CommandForm, frozen=True):
    """Do what is due in a contract: find it late, let silence be satisfaction, let a verdict stand.

    The node asks this by itself. Refused: `unknown_contract`, `contract_not_due`.
    """

    contract: ContractId


class InsureContract(CommandForm, frozen=True):
    """Insure a requester against a contract's failure, for a premium by its provider's record.

    The premium leaves what holds the task's price, and what the fund pays goes there. Refused:
    `unknown_contract`, `not_a_party`, `cover_too_large`, `contract_not_open`, `too_late_to_insure`,
    `insured_already`, `balance_too_large`, `account_frozen`, `agent_frozen`, `team_frozen`,
    `insufficient_funds`, `budget_exhausted`.
    """

    contract: ContractId
    agent: AgentId
    cover: Amount
