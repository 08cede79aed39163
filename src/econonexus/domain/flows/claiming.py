"""What the insurance fund pays for contracts that failed: never more than it has."""

from econonexus.domain import events
from econonexus.domain.flows.penalizing import Case
from econonexus.domain.ids import CREDIT
from econonexus.domain.kinds import AccountKind, Verdict
from econonexus.domain.ledger import system_account
from econonexus.domain.money import Amount

PAID = (Verdict.EXCELLENT, Verdict.SATISFACTORY)


def claim(case: Case, compensated: int = 0) -> tuple[events.ClaimPaid, ...]:
    """What an insured requester gets where somebody independent says that its contract failed.

    That is the cover, less what the bond has `compensated`, as far as the fund reaches.
    """
    contract, tally = case.contract, case.tally
    if not contract.cover or case.ruling.verdict in PAID or not case.ruling.independent:
        return ()
    fund = case.state.ledger.accounts[system_account(AccountKind.INSURANCE, CREDIT)]
    insured = case.injured()
    claimed = max(0, contract.cover - compensated)
    amount = min(claimed, tally.available(fund), tally.room(insured))
    tally.move(fund.id, insured.id, amount)
    return (
        events.ClaimPaid(
            contract.id,
            contract.requester,
            fund.id,
            insured.id,
            Amount(amount),
            contract.cover,
            Amount(compensated),
        ),
    )
