"""Assets, accounts, exchanges and credit lines."""
# ruff: noqa: N802  # Methods are named after the command they are about.

from collections.abc import Callable

from econonexus.domain import commands as c
from econonexus.domain.kinds import AccountKind as Kind
from econonexus.domain.refusals import RefusalCode as No
from tests.oracle import forms
from tests.oracle.books import NEVER_RECEIVE, Books, Notices, Row, system, system_kinds
from tests.oracle.forms import BIGGEST


class Money(Books):
    """Assets, accounts, exchanges and credit lines."""

    def __init__(self) -> None:
        super().__init__()
        self.exchanges: dict[str, Row] = {}

    def _form_DeclareAsset(self, it: c.DeclareAsset) -> set[No]:
        return forms.names(it.asset) | forms.whole(it.decimals, 0, 18)

    def _no_DeclareAsset(self, it: c.DeclareAsset, no: Callable[[No], None]) -> None:
        if it.asset in self.assets:
            no(No.ASSET_EXISTS)
        elif any(system(kind, it.asset) in self.accounts for kind in system_kinds(it.asset)):
            no(No.ACCOUNT_EXISTS)

    def _do_DeclareAsset(self, it: c.DeclareAsset, notices: Notices) -> None:
        self.assets.add(it.asset)
        for kind in system_kinds(it.asset):
            self._open(system(kind, it.asset), kind, it.asset)

    def _form_DeclareExchange(self, it: c.DeclareExchange) -> set[No]:
        bad = forms.whole(it.rate.amount) | forms.whole(it.rate.per_units)
        same = {No.SAME_ASSET} if it.sell == it.buy else set()
        return forms.names(it.exchange) | ({No.INVALID_RATE} if bad else set()) | same

    def _no_DeclareExchange(self, it: c.DeclareExchange, no: Callable[[No], None]) -> None:
        if not {it.sell, it.buy} <= self.assets:
            no(No.UNKNOWN_ASSET)
        if it.exchange in self.exchanges:
            no(No.EXCHANGE_EXISTS)
        if {f"exchange:{it.exchange}:{it.sell}", f"exchange:{it.exchange}:{it.buy}"} & self.accounts.keys():
            no(No.ACCOUNT_EXISTS)

    def _do_DeclareExchange(self, it: c.DeclareExchange, notices: Notices) -> None:
        rate = {"num": it.rate.amount, "den": it.rate.per_units}
        self.exchanges[it.exchange] = {"sell": it.sell, "buy": it.buy, **rate}
        for asset in (it.sell, it.buy):
            self._open(f"exchange:{it.exchange}:{asset}", Kind.EXCHANGE, asset)

    def _form_Convert(self, it: c.Convert) -> set[No]:
        return forms.whole(it.amount)

    def _no_Convert(self, it: c.Convert, no: Callable[[No], None]) -> None:
        source, destination = self.accounts.get(it.source), self.accounts.get(it.destination)
        if source is None or destination is None:
            no(No.UNKNOWN_ACCOUNT)
        exchange = self.exchanges.get(it.exchange)
        if exchange is None:
            return no(No.UNKNOWN_EXCHANGE)
        received = it.amount * exchange["num"] // exchange["den"]
        if received < 1:
            no(No.AMOUNT_NOT_POSITIVE)
        if received > BIGGEST:
            no(No.AMOUNT_TOO_LARGE)
        stock_in, stock_out = self._stocks(it.exchange)
        if it.source == stock_in or it.destination == stock_out:
            no(No.SAME_ACCOUNT)
        elif source is not None and destination is not None:
            self._no_move(it.source, stock_in, it.amount, no)
            self._no_move(stock_out, it.destination, received, no)
            self._no_budget(self._levels(it.source, stock_in), it.amount, no)
        return None

    def _do_Convert(self, it: c.Convert, notices: Notices) -> None:
        exchange = self.exchanges[it.exchange]
        stock_in, stock_out = self._stocks(it.exchange)
        received = it.amount * exchange["num"] // exchange["den"]
        self._spend(it.source, stock_in, it.amount, notices)
        self._move(stock_out, it.destination, received)
        self._repay(it.destination, received)

    def _form_OpenAccount(self, it: c.OpenAccount) -> set[No]:
        return forms.names(it.account, it.owner) | forms.short(it.label, 256)

    def _no_OpenAccount(self, it: c.OpenAccount, no: Callable[[No], None]) -> None:
        if it.asset not in self.assets:
            no(No.UNKNOWN_ASSET)
        if it.account in self.accounts:
            no(No.ACCOUNT_EXISTS)
        if it.kind not in (Kind.WALLET, Kind.ESCROW):
            no(No.WRONG_ACCOUNT_KIND)
        self._no_place_beneath(it.budget, it.asset, no)

    def _do_OpenAccount(self, it: c.OpenAccount, notices: Notices) -> None:
        self._open(it.account, it.kind, it.asset, it.budget, it.owner)

    def _form_FreezeAccount(self, it: c.FreezeAccount) -> set[No]:
        return forms.short(it.reason, 256)

    def _no_FreezeAccount(self, it: c.FreezeAccount, no: Callable[[No], None]) -> None:
        account = self.accounts.get(it.account)
        if account is None:
            return no(No.UNKNOWN_ACCOUNT)
        if account["kind"] in (Kind.MINT, Kind.BURN, Kind.DEBT):
            no(No.WRONG_ACCOUNT_KIND)
        if account["frozen"]:
            no(No.ACCOUNT_FROZEN)
        return None

    def _do_FreezeAccount(self, it: c.FreezeAccount, notices: Notices) -> None:
        self.accounts[it.account]["frozen"] = True

    def _form_UnfreezeAccount(self, it: c.UnfreezeAccount) -> set[No]:
        return forms.short(it.reason, 256)

    def _no_UnfreezeAccount(self, it: c.UnfreezeAccount, no: Callable[[No], None]) -> None:
        if it.account not in self.accounts:
            no(No.UNKNOWN_ACCOUNT)
        elif not self.accounts[it.account]["frozen"]:
            no(No.ACCOUNT_NOT_FROZEN)

    def _do_UnfreezeAccount(self, it: c.UnfreezeAccount, notices: Notices) -> None:
        self.accounts[it.account]["frozen"] = False

    def _form_Mint(self, it: c.Mint) -> set[No]:
        return forms.short(it.reason, 256) | forms.short(it.note, 1024) | forms.whole(it.amount)

    def _no_Mint(self, it: c.Mint, no: Callable[[No], None]) -> None:
        account = self.accounts.get(it.destination)
        if account is None:
            return no(No.UNKNOWN_ACCOUNT)
        if account["kind"] in (Kind.BURN, *NEVER_RECEIVE):
            no(No.WRONG_ACCOUNT_KIND)
        issued = -self.accounts[system(Kind.MINT, account["asset"])]["balance"]
        if issued + it.amount > BIGGEST or account["balance"] + it.amount > BIGGEST:
            no(No.BALANCE_TOO_LARGE)
        return None

    def _do_Mint(self, it: c.Mint, notices: Notices) -> None:
        mint = system(Kind.MINT, self.accounts[it.destination]["asset"])
        self._move(mint, it.destination, it.amount)
        self._repay(it.destination, it.amount)

    def _form_Burn(self, it: c.Burn) -> set[No]:
        return forms.short(it.reason, 256) | forms.short(it.note, 1024) | forms.whole(it.amount)

    def _no_Burn(self, it: c.Burn, no: Callable[[No], None]) -> None:
        if it.source not in self.accounts:
            return no(No.UNKNOWN_ACCOUNT)
        sink = system(Kind.BURN, self.accounts[it.source]["asset"])
        self._no_move(it.source, sink, it.amount, no)
        self._no_budget(self._levels(it.source, sink), it.amount, no)
        return None

    def _do_Burn(self, it: c.Burn, notices: Notices) -> None:
        sink = system(Kind.BURN, self.accounts[it.source]["asset"])
        self._spend(it.source, sink, it.amount, notices)

    def _form_Transfer(self, it: c.Transfer) -> set[No]:
        texts = forms.short(it.code, 64) | forms.short(it.reference, 256) | forms.short(it.note, 1024)
        return texts | forms.whole(it.amount) | forms.same(it.source, it.destination)

    def _no_Transfer(self, it: c.Transfer, no: Callable[[No], None]) -> None:
        source, agent = self._payer(it.source)
        if not {source, it.destination} <= self.accounts.keys():
            return no(No.UNKNOWN_ACCOUNT)
        if source == it.destination:
            return no(No.SAME_ACCOUNT)
        self._no_move(source, it.destination, it.amount, no, agent=agent)
        self._no_budget(self._levels(source, it.destination, agent=agent), it.amount, no)
        return None

    def _do_Transfer(self, it: c.Transfer, notices: Notices) -> None:
        source, agent = self._payer(it.source)
        self._spend(source, it.destination, it.amount, notices, agent)

    def _form_SetCreditLine(self, it: c.SetCreditLine) -> set[No]:
        return forms.whole(it.limit, 0)

    def _no_SetCreditLine(self, it: c.SetCreditLine, no: Callable[[No], None]) -> None:
        debt = self.accounts.get(f"debt:{it.account}")
        if debt is not None and debt["kind"] is not Kind.DEBT:
            no(No.ACCOUNT_EXISTS)
        elif debt is not None and it.limit < -debt["balance"]:
            no(No.CREDIT_LINE_IN_USE)
        self._no_credit(it.account, no)

    def _do_SetCreditLine(self, it: c.SetCreditLine, notices: Notices) -> None:
        debt = f"debt:{it.account}"
        if debt not in self.accounts:
            self._open(debt, Kind.DEBT, "credit")
        self.accounts[debt]["line"] = it.limit

    def _form_DrawCredit(self, it: c.DrawCredit) -> set[No]:
        return forms.whole(it.amount)

    def _no_DrawCredit(self, it: c.DrawCredit, no: Callable[[No], None]) -> None:
        self._no_credit(it.account, no)
        account = self.accounts.get(it.account)
        if account is None:
            return
        if account["balance"] + it.amount > BIGGEST:
            no(No.BALANCE_TOO_LARGE)
        self._no_frozen(it.account, None, no)
        debt = self.accounts.get(f"debt:{it.account}")
        if debt is None or debt["kind"] is not Kind.DEBT or it.amount > debt["balance"] + debt["line"]:
            no(No.CREDIT_LINE_EXCEEDED)

    def _do_DrawCredit(self, it: c.DrawCredit, notices: Notices) -> None:
        self._move(f"debt:{it.account}", it.account, it.amount)

    def _no_credit(self, account: str, no: Callable[[No], None]) -> None:
        row = self.accounts.get(account)
        if row is None:
            return no(No.UNKNOWN_ACCOUNT)
        if row["kind"] is not Kind.WALLET:
            no(No.WRONG_ACCOUNT_KIND)
        if row["asset"] != "credit":
            no(No.CREDIT_ONLY)
        return None

    def _stocks(self, exchange: str) -> tuple[str, str]:
        row = self.exchanges[exchange]
        return f"exchange:{exchange}:{row['sell']}", f"exchange:{exchange}:{row['buy']}"
