"""Insurance of contracts, kept a second time: what it costs, what it covers, and what the fund pays."""

from econonexus.audit.accounts import Accounts
from econonexus.audit.budgets import Budgets
from econonexus.audit.fields import MAX, Fields, names, whole
from econonexus.audit.penalties import Penalties
from econonexus.audit.promised import CREDIT, Promised
from econonexus.audit.standing import Standing
from econonexus.audit.wrong import Wrong

MILLION = 1_000_000
FUND = "insurance"
FAILED = ("poor", "late", "byzantine", "ended")
BEFORE = frozenset(
    {
        "contract_settled",
        "task_reopened",
        "dispute_bond_lost",
        "stake_slashed",
        "loss_compensated",
        "reputation_changed",
        "standing_set",
        "claim_paid",
    }
)
"""What may come between the end of a contract and what the fund pays for it."""


class Insurance:
    """What the fund has taken on, and pays."""

    def __init__(
        self, accounts: Accounts, budgets: Budgets, standing: Standing, penalties: Penalties
    ) -> None:
        self._accounts, self._budgets, self._standing = accounts, budgets, standing
        self._penalties = penalties
        self._claims: dict[str, Promised] = {}
        """The contracts for which the fund must pay now."""

    def check_followed(self, kind: str) -> None:
        """A claim is paid, or shown to be worth nothing, before anything else happens."""
        if self._claims and kind not in BEFORE:
            raise Wrong(f"comes where the insurance of contract {next(iter(self._claims))} must be paid out")

    def enter(self, kind: str, e: Fields, now: int) -> bool:
        """Enter a premium or a claim; False where it is neither."""
        match kind:
            case "contract_insured":
                self._insure(e, now)
            case "claim_paid":
                self._pay(e)
            case _:
                return False
        return True

    def note_settled(self) -> None:
        """Which insured contracts have failed by the word of somebody independent."""
        for promised in self._penalties.settled:
            if promised.cover and promised.independent and promised.verdict in FAILED:
                self._claims[promised.contract] = promised

    def _insure(self, e: Fields, now: int) -> None:
        promised = self._penalties.open[str(e["contract"])]
        cover, bound = whole(e["cover"]), whole(e["lower_bound"])
        self._check_insurable(promised, cover, now)
        # That the record is this good, whoever keeps records checks.
        rate = min(MILLION, MILLION - bound + promised.rule("loading", 100_000))
        premium = -(-cover * rate // MILLION)
        if whole(e["premium"]) != premium or e["agent"] != promised.requester:
            raise Wrong(f"insures contract {promised.contract} for {e['premium']}, and it costs {premium}")
        self._take(promised, e, premium, now)
        promised.cover = cover

    def _check_insurable(self, promised: Promised, cover: int, now: int) -> None:
        """Once, for no more than it pays, its bond, and a record's word, while nobody knows how it ends."""
        spoken_for = promised.rule("most_weight", 5) * promised.rule("plain_value", 10 * CREDIT)
        most = min(promised.payment, promised.bond or promised.payment, spoken_for)
        lasts = promised.due_at - promised.opened_at
        until = promised.opened_at + lasts * promised.rule("insurable", 100_000) // MILLION
        if not 1 <= cover <= most:
            raise Wrong(f"insures contract {promised.contract} for {cover}, and {most} is the most")
        if promised.cover or promised.delivered or now > until:
            raise Wrong(f"insures contract {promised.contract} a second time, or too late")

    def _take(self, promised: Promised, e: Fields, premium: int, now: int) -> None:
        """The premium goes from what holds the task's price into the fund."""
        levels = names(e.get("budgets"))
        if (e["source"], e["destination"]) != (promised.injured, FUND):
            raise Wrong(f"has {e['source']} pay {e['destination']} for contract {promised.contract}")
        self._standing.check_free(promised.injured, promised.drawing)
        if premium:
            self._accounts.move("contract_insured", promised.injured, FUND, premium)
        above = self._standing.above(promised.injured, promised.drawing)
        self._budgets.check_payment(levels, above, self._standing.above(FUND))
        for level in levels:
            self._budgets.by_name[level].spend(premium, now)

    def _pay(self, e: Fields) -> None:
        promised = self._claims.pop(str(e["contract"]), None)
        if promised is None:
            raise Wrong(f"pays for contract {e['contract']}, for which the fund need not")
        balance, held = self._accounts.balance, self._accounts.held
        claimed = max(0, promised.cover - promised.made_good)
        due = {
            "agent": promised.requester,
            "source": FUND,
            "destination": promised.injured,
            "amount": min(claimed, balance[FUND] - held[FUND], MAX - balance[promised.injured]),
            "cover": promised.cover,
            "compensated": promised.made_good,
        }
        if {field: e[field] for field in due} != due:
            raise Wrong(f"pays otherwise for contract {promised.contract} than the fund must: {due}")
        if e["amount"]:
            self._accounts.move("claim_paid", FUND, promised.injured, e["amount"])
