"""Money, kept a second time: what moves between accounts, what is reserved, and what budgets count of it."""

from econonexus.audit.accounts import Accounts
from econonexus.audit.budgets import Budgets
from econonexus.audit.fields import Fields, name, names, positive, whole
from econonexus.audit.holds import Holds
from econonexus.audit.policies import Policies
from econonexus.audit.spenders import Spenders
from econonexus.audit.standing import Standing, as_agent
from econonexus.audit.wrong import Wrong


class Money:
    """Accounts, exchanges, holds and budgets, as far as a record names them itself."""

    def __init__(
        self,
        accounts: Accounts,
        budgets: Budgets,
        holds: Holds,
        spenders: Spenders,
        standing: Standing,
        policies: Policies,
    ) -> None:
        self._accounts, self._budgets, self._holds = accounts, budgets, holds
        self._spenders, self._standing, self._policies = spenders, standing, policies
        self._exchanges: dict[str, tuple[str, str, int, int]] = {}
        """Exchange to what it takes, what it gives, and how much of this for how many of that."""

    def enter(self, kind: str, e: Fields, now: int) -> bool:
        """Enter a record that moves or reserves money or limits it; False where it does none of that."""
        return self._enter_account(kind, e, now) or self._enter_limit(kind, e, now)

    def _enter_account(self, kind: str, e: Fields, now: int) -> bool:
        match kind:
            case "asset_declared":
                self._accounts.declare(str(e["asset"]))
            case "exchange_declared":
                self._declare_exchange(e)
            case "account_opened":
                self._open_account(str(e["account"]), str(e["asset"]), e)
            case "account_frozen":
                self._standing.frozen.add(str(e["account"]))
            case "account_unfrozen":
                self._standing.frozen.remove(str(e["account"]))
            case "credit_line_set":
                self._accounts.set_credit_line(str(e["account"]), str(e["debt"]), whole(e["limit"]))
            case "minted" | "credit_drawn" | "debt_repaid":
                self._move(kind, e)
            case "transferred" | "burned":
                self._spend(kind, e, e["destination"], e["amount"], now)
            case "converted":
                self._convert(e, now)
            case _:
                return False
        return True

    def _enter_limit(self, kind: str, e: Fields, now: int) -> bool:
        match kind:
            case "hold_placed":
                self._place(e, now)
            case "hold_topped_up":
                self._top_up(e, now)
            case "hold_posted" | "hold_voided" | "hold_expired":
                self._holds.settle(kind, e, now)
            case "hold_settled_unreported":
                self._holds.settle_unreported(e, now)
            case "hold_reconciled":
                self._holds.reconcile(e, now)
            case "usage_recorded":
                self._check_usage(e)
            case "budget_created" | "budget_changed" | "budget_closed":
                self._budget(kind, str(e["budget"]), e, now)
            case "budget_assigned":
                self._assign(str(e["account"]), name(e["budget"]), name(e.get("previous")))
            case "budget_alert_raised" | "budget_overrun":
                if e["budget"] not in self._budgets.by_name:  # Else nothing: they move no money.
                    raise Wrong(f"speaks of budget {e['budget']}, which does not exist")
            case _:
                return False
        return True

    def _declare_exchange(self, e: Fields) -> None:
        exchange, sell, buy, rate = str(e["exchange"]), str(e["sell"]), str(e["buy"]), e["rate"]
        if not isinstance(rate, dict):
            raise Wrong("has no rate")
        self._exchanges[exchange] = (sell, buy, positive(rate["amount"]), positive(rate["per_units"]))
        for asset in (sell, buy):
            self._accounts.open(f"exchange:{exchange}:{asset}", asset)

    def _open_account(self, account: str, asset: str, e: Fields) -> None:
        if e["kind"] not in ("wallet", "stake", "escrow"):
            raise Wrong(f"opens {account} as a {e['kind']}, which only the system does")
        if (e["kind"] == "stake") and (account, asset) != (f"stake:{e['owner']}", "credit"):
            raise Wrong(f"opens {account} for the stake of {e['owner']}, which lies elsewhere")
        self._accounts.open(account, asset)
        if e["kind"] == "stake":
            self._accounts.part[account] = "stake"
        if e["kind"] == "wallet":
            self._policies.wallets.add(account)
        self._spenders.owner[account] = str(e["owner"])
        self._budgets.assign(account, asset, name(e.get("budget")), None)

    def _assign(self, account: str, budget: str | None, previous: str | None) -> None:
        asset = self._accounts.asset.get(account)
        if asset is not None:
            self._budgets.assign(account, asset, budget, previous)
        elif account in self._spenders.team:
            self._budgets.assign(as_agent(account), "credit", budget, previous)
        else:
            raise Wrong(f"puts {account} beneath a budget, which is neither an account nor an agent")

    def _move(self, kind: str, e: Fields) -> None:
        """Money that no budget counts: minted, drawn or repaid."""
        if kind == "credit_drawn":
            self._standing.check_free(str(e["destination"]))
        self._accounts.move(kind, e["source"], e["destination"], e["amount"])

    def _spend(self, kind: str, e: Fields, destination: object, amount: object, now: int) -> None:
        """Money leaves an account for good, and counts in the budgets it leaves."""
        source, levels, agent = str(e["source"]), names(e.get("budgets")), name(e.get("agent"))
        self._standing.check_free(source, agent)
        self._accounts.move(kind, source, destination, amount)
        self._budgets.check_payment(
            levels, self._standing.above(source, agent), self._standing.above(str(destination))
        )
        for level in levels:
            self._budgets.by_name[level].spend(whole(amount), now)

    def _convert(self, e: Fields, now: int) -> None:
        exchange = str(e["exchange"])
        sell, buy, amount, per_units = self._exchanges[exchange]
        if (e["stock_in"], e["stock_out"]) != (f"exchange:{exchange}:{sell}", f"exchange:{exchange}:{buy}"):
            raise Wrong(f"converts in other accounts than those of exchange {exchange}")
        if whole(e["received"]) != whole(e["given"]) * amount // per_units:
            raise Wrong(f"converts at another rate than that of exchange {exchange}")
        self._spend("converted", e, e["stock_in"], e["given"], now)
        self._standing.check_free(str(e["stock_out"]))
        self._accounts.move("converted", e["stock_out"], e["destination"], e["received"])

    def _place(self, e: Fields, now: int) -> None:
        source, agent = str(e["source"]), name(e.get("agent"))
        self._standing.check_free(source, agent)
        self._holds.place(
            e, self._standing.above(source, agent), self._standing.above(str(e["destination"])), now
        )

    def _top_up(self, e: Fields, now: int) -> None:
        hold = self._holds.open(e)
        self._standing.check_free(hold.source, hold.agent)
        self._holds.top_up(e, now)

    def _check_usage(self, e: Fields) -> None:
        """What nobody paid moves nothing, but it was an agent's, and is told in the right budgets."""
        agent, source = str(e["agent"]), str(e["source"])
        drawn = self._standing.check_payer(agent, source)
        positive(e["amount"])
        self._budgets.check_hold(names(e.get("budgets")), self._standing.above(source, drawn), [])

    def _budget(self, kind: str, known: str, e: Fields, now: int) -> None:
        if kind == "budget_closed":
            self._budgets.close(known)
            return
        if kind == "budget_created":
            asset, window = str(e["asset"]), whole(e["window"])
            budget = self._budgets.create(known, name(e["parent"]), asset, window, now)
        else:
            budget = self._budgets.by_name[known]
        budget.change(whole(e["limit"]), whole(e["carry_over"]), e["mode"] == "hard", now)
