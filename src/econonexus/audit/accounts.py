"""Accounts, kept a second time: balances, what of them is on hold, and how low each may go."""

from econonexus.audit.fields import MAX, positive
from econonexus.audit.wrong import Wrong

WAYS = {
    "minted": {("mint", "")},
    "burned": {("", "burn")},
    "credit_drawn": {("debt", "")},
    "debt_repaid": {("", "debt")},
    "line_drawn": {("debt", "")},
    "debt_called": {("", "debt"), ("stake", "debt")},
    "human_reward_issued": {("mint", "")},
    "allowances_issued": {("mint", "")},
    "hold_reconciled": {("", ""), ("burn", "")},
    "stake_posted": {("", "stake")},
    "stake_released": {("stake", "")},
    "dispute_bond_lost": {("", ""), ("", "burn"), ("stake", ""), ("stake", "burn")},
    "stake_slashed": {("stake", ""), ("stake", "burn")},
    "loss_compensated": {("stake", "")},
}
"""Where money that moves by a kind of event comes from and goes to: accounts with these parts to play."""
ORDINARY = {("", ""), ("", "burn")}
"""The same for all other kinds."""


class Accounts:
    """Every account of every asset."""

    def __init__(self) -> None:
        self.balance: dict[str, int] = {}
        self.held: dict[str, int] = {}
        self.asset: dict[str, str] = {}
        self.assets: set[str] = set()
        self.floor: dict[str, int] = {}
        self.part: dict[str, str] = {}
        """Account to the part it plays, of those that do: `mint`, `burn`, `debt` or `stake`."""
        self.wallet: dict[str, str] = {}
        """Debt to the account that owes it."""

    def declare(self, asset: str) -> None:
        """An asset comes to be, with its system accounts."""
        kinds = ["mint", "burn", "treasury", "escrow"]
        if asset == "credit":
            kinds += ["rewards", "insurance"]
        self.assets.add(asset)
        for kind in kinds:
            name = kind if asset == "credit" else f"{kind}:{asset}"
            self.open(name, asset)
            if kind in ("mint", "burn"):
                self.part[name] = kind
            if kind == "mint":
                self.floor[name] = -MAX

    def open(self, name: str, asset: str) -> None:
        """An account comes to be, empty."""
        if name in self.balance:
            raise Wrong(f"opens {name} a second time")
        if asset not in self.assets:
            raise Wrong(f"opens {name} for an asset that was not declared: {asset}")
        self.balance[name] = self.held[name] = self.floor[name] = 0
        self.asset[name] = asset

    def set_credit_line(self, wallet: str, debt: str, limit: int) -> None:
        """Say how low a debt may go."""
        if debt not in self.balance:
            self.open(debt, "credit")
            self.part[debt], self.wallet[debt] = "debt", wallet
        if self.wallet.get(debt) != wallet:
            raise Wrong(f"lets {debt} go below 0, which is not what {wallet} owes")
        self.floor[debt] = -limit
        self.check(debt)

    def open_line(self, wallet: str, line: str) -> None:
        """An account comes to be that keeps what a wallet owes for bids."""
        self.open(line, "credit")
        self.part[line], self.wallet[line] = "debt", wallet

    def check_way(self, kind: str, giver: str, taker: str) -> None:
        """Mints, burn accounts, debts and stakes take part in events of their own only."""
        if self.asset[giver] != self.asset[taker]:
            raise Wrong(f"moves {self.asset[giver]} into an account of {self.asset[taker]}")
        way = (self.part.get(giver, ""), self.part.get(taker, ""))
        if way not in WAYS.get(kind, ORDINARY) or giver == taker:
            raise Wrong(f"takes money from {giver} to {taker}, which is not for an event `{kind}`")
        owes = taker == self.wallet.get(giver) or giver == self.wallet.get(taker)
        if "debt" in way and kind != "debt_called" and not owes:
            raise Wrong(f"takes money from {giver} to {taker}, of which neither is the other's debt")

    def move(self, kind: str, source: object, destination: object, amount: object) -> None:
        """Money goes from one account to another."""
        giver, taker, money = str(source), str(destination), positive(amount)
        self.check_way(kind, giver, taker)
        self.balance[giver] -= money
        self.balance[taker] += money
        self.check(giver)
        self.check(taker)

    def check(self, name: str) -> None:
        """No account goes below its floor, or grows beyond what a journal can keep."""
        if self.balance[name] - self.held[name] < self.floor[name]:
            raise Wrong(
                f"leaves {name} with a balance of {self.balance[name]}, {self.held[name]} of it on hold, "
                f"below its floor of {self.floor[name]}"
            )
        if self.balance[name] > MAX:
            raise Wrong(f"leaves {name} with a balance over 2**63 - 1")

    def supply(self) -> dict[str, tuple[int, int]]:
        """Asset to what was minted and what was burned."""
        totals = {}
        for asset in sorted(self.assets):
            suffix = "" if asset == "credit" else f":{asset}"
            totals[asset] = (-self.balance[f"mint{suffix}"], self.balance[f"burn{suffix}"])
        return totals

    def check_sums(self) -> None:
        """What must hold at the end of every day: the balances of each asset add up to zero."""
        for asset in sorted(self.assets):
            total = sum(self.balance[name] for name in self.balance if self.asset[name] == asset)
            if total:
                raise Wrong(f"the balances of {asset} add up to {total}, not 0")
