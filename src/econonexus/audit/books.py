"""The books kept a second time, from the journal's records alone, with nothing but dictionaries.

This file shares no code with the economy and is meant to be read in one sitting beside the description
of the events. Where the two disagree, one of them is wrong, and `Discrepancy` says at which record.
"""

import hashlib
import json

from econonexus.audit.accounts import Accounts
from econonexus.audit.asides import opened
from econonexus.audit.auctions import Auctions
from econonexus.audit.budgets import Budgets
from econonexus.audit.fields import Fields, name, names, positive, whole
from econonexus.audit.grants import Grants
from econonexus.audit.holds import Holds
from econonexus.audit.inbox import Inbox
from econonexus.audit.markets import Markets
from econonexus.audit.orders import Orders
from econonexus.audit.pledges import Pledges
from econonexus.audit.policies import Policies
from econonexus.audit.requests import Requests
from econonexus.audit.resources import Resources
from econonexus.audit.running import KINDS as RUNNING
from econonexus.audit.running import Running
from econonexus.audit.signatures import Signatures, Verify
from econonexus.audit.spenders import Keys, Spenders
from econonexus.audit.standing import Standing, as_agent
from econonexus.audit.wrong import Wrong

MODES = ("off", "shadow", "advise", "enforce", "stopped")


class Discrepancy(Exception):
    """A record that does not add up."""

    def __init__(self, sequence: int, problem: str) -> None:
        super().__init__(f"record {sequence}: {problem}")
        self.sequence = sequence
        self.problem = problem


class Books:
    """Accounts, holds and budgets after the records seen so far."""

    def __init__(self, is_signed: Verify | None = None) -> None:
        self.sequence = 0
        self.link = bytes(32)
        self.time = 0
        self.accounts = Accounts()
        self.balance, self.held = self.accounts.balance, self.accounts.held
        self.exchanges: dict[str, tuple[str, str, int, int]] = {}
        """Exchange to what it takes, what it gives, and how much of this for how many of that."""
        self.budgets = Budgets()
        self.holds = Holds(self.accounts, self.budgets)
        self.spenders = Spenders()
        self.keys = Keys()
        self.standing = Standing(self.accounts, self.budgets, self.spenders)
        self.pledges = Pledges(self.accounts, self.budgets, self.standing)
        self.resources = Resources()
        self.markets = Markets(self.resources, self.accounts)
        self.grants = Grants(self.resources, self.spenders)
        self.auctions = Auctions(self.markets, self.resources, self.grants, self.pledges, self.spenders)
        self.signatures = Signatures(self.auctions, is_signed)
        self.running = Running(self.auctions, self.markets, self.pledges, self.spenders)
        self.orders = Orders(self.markets, self.grants, self.pledges, self.standing, self.spenders)
        self.requests = Requests(self.markets, self.resources, self.grants, self.pledges, self.standing)
        self.policies = Policies(self.accounts, self.spenders)
        self.inbox = Inbox(self.pledges, self.resources, self.policies)
        self.commands: set[tuple[str, str]] = set()
        self.refusals = 0

    def read(self, sequence: int, body: bytes, link: bytes, aside: bytes | None = None) -> Fields:
        """Check one record against the chain and the books, and enter it. Raises: Discrepancy.

        `aside` is what lies beside the record. Sealed numbers that are withheld are taken as they are opened.
        """
        if sequence != self.sequence + 1:
            raise Discrepancy(self.sequence + 1, f"missing, the next one is {sequence}")
        self.sequence = sequence
        if hashlib.sha256(self.link + body).digest() != link:
            raise Discrepancy(sequence, "does not match the hash chain")
        self.link = link
        try:
            record: Fields = json.loads(body)
            event = record["event"]
            if not isinstance(event, dict):
                raise Wrong("has no event")
            self._head(record)
            kind = str(event["type"]).partition("/")[0]
            self.grants.check_given(kind)
            self.orders.check_followed(kind)
            self.policies.check_issued(kind)
            self._enter(kind, opened(record, event, aside))
        except Wrong as wrong:
            raise Discrepancy(sequence, str(wrong)) from None
        except RecursionError:
            raise Discrepancy(sequence, "is nested too deeply") from None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Discrepancy(sequence, f"cannot be entered into the books ({error!r})") from error
        return record

    def close(self) -> None:
        """What must hold at the end of every day: balances add up to zero, holds add up to what is held."""
        try:
            self.accounts.check_sums()
            self.holds.check_sums(self.pledges.reserved())
            self.grants.check_given("nothing")
            self.orders.check_followed("nothing")
            self.policies.check_issued("nothing")
        except Wrong as wrong:
            raise Discrepancy(self.sequence, str(wrong)) from None

    def supply(self) -> dict[str, tuple[int, int]]:
        """Asset to what was minted and what was burned."""
        return self.accounts.supply()

    def _head(self, record: Fields) -> None:
        if record["sequence"] != self.sequence:
            raise Wrong(f"says that it is record {record['sequence']}")
        time = whole(record["time"])
        if time < self.time:
            raise Wrong("is earlier than the one before")
        self.time = time
        if record.get("digest"):
            command = (str(record["caller"]), str(record["command"]))
            if command in self.commands:
                raise Wrong(f"command {command[1]} of {command[0]} is here a second time")
            self.commands.add(command)

    def _enter(self, kind: str, e: Fields) -> None:
        match kind:
            case "refused":
                self.refusals += 1
            case "asset_declared":
                self.accounts.declare(str(e["asset"]))
            case "exchange_declared":
                self._declare_exchange(e)
            case "account_opened":
                self._open_account(str(e["account"]), str(e["asset"]), e)
            case "account_frozen":
                self.standing.frozen.add(str(e["account"]))
            case "account_unfrozen":
                self.standing.frozen.remove(str(e["account"]))
            case "credit_line_set":
                self.accounts.set_credit_line(str(e["account"]), str(e["debt"]), whole(e["limit"]))
            case "minted" | "credit_drawn" | "debt_repaid":
                self._move(kind, e)
            case "transferred" | "burned":
                self._spend(kind, e, e["destination"], e["amount"])
            case "converted":
                self._convert(e)
            case "hold_placed":
                self._place(e)
            case "hold_topped_up":
                self._top_up(e)
            case "hold_posted" | "hold_voided" | "hold_expired":
                self.holds.settle(kind, e, self.time)
            case "hold_settled_unreported":
                self.holds.settle_unreported(e, self.time)
            case "hold_reconciled":
                self.holds.reconcile(e, self.time)
            case "usage_recorded":
                self._check_usage(e)
            case "budget_created" | "budget_changed" | "budget_closed":
                self._budget(kind, str(e["budget"]), e)
            case "budget_assigned":
                self._assign(str(e["account"]), name(e["budget"]), name(e.get("previous")))
            case "budget_alert_raised" | "budget_overrun":
                if e["budget"] not in self.budgets.by_name:  # Else nothing: they move no money.
                    raise Wrong(f"speaks of budget {e['budget']}, which does not exist")
            case "team_created":
                self.spenders.create_team(str(e["team"]))
            case "agent_created":
                self.spenders.create_agent(str(e["agent"]), name(e["team"]), str(e["owner"]))
                self.policies.weight[str(e["agent"])] = positive(e.get("weight", 1))
                self.budgets.assign(as_agent(str(e["agent"])), "credit", name(e.get("budget")), None)
            case "team_frozen" | "agent_frozen":
                self.spenders.stopped.add(str(e.get("team", e.get("agent"))))
            case "team_unfrozen" | "agent_unfrozen":
                self.spenders.stopped.remove(str(e.get("team", e.get("agent"))))
            case "agent_changed":
                self.spenders.check_agent(str(e["agent"]))
                self.policies.weight[str(e["agent"])] = positive(e.get("weight", 1))
            case "mode_set":
                if e["mode"] not in MODES:
                    raise Wrong(f"sets {e['feature']} to {e['mode']}, which is no mode")
            case "signing_key_registered":
                self.spenders.check_agent(str(e["agent"]))
                self.signatures.register(str(e["agent"]), str(e["public_key"]))
            case "key_issued" | "key_rotated" | "key_revoked":
                self.keys.enter(kind, str(e["key"]), str(e.get("digest")))
            case "resource_declared":
                self.resources.declare(e)
            case "capacity_changed":
                self.resources.change_capacity(e, self.time)
            case "market_created" | "market_changed" | "market_halted" | "market_resumed":
                self.orders.check_halted(kind, e)
                self.markets.enter(kind, e, self.time)
                if kind == "market_created":
                    self.requests.begin(str(e["market"]), self.time)
            case "price_updated" | "period_shared":
                self.requests.enter(kind, e, self.time)
            case _ if kind.startswith("request_"):
                self.requests.enter(kind, e, self.time)
            case "schedule_ran" | "auction_skipped" | "supply_short":
                self.markets.scheduled(kind, e, self.time)
            case "order_placed" | "order_replaced" | "order_cancelled" | "trade_executed":
                self.orders.enter(kind, e, self.time)
            case "bid_placed":
                self.auctions.place_bid(e, self.time)
                self.signatures.check_placed(e)
            case "bid_raised":
                self.auctions.raise_bid(e, self.time)
                self.signatures.check_raised(e)
            case "bid_withdrawn":
                self.auctions.withdraw_bid(e)
            case "granted":
                self.grants.give(e, self.time)
            case "grant_used":
                self.grants.use(e, self.time)
            case "grant_released":
                self.grants.release(e)
            case "grant_expired":
                self.grants.expire(e, self.time)
            case "inbox_rules_set" | "human_asked" | "human_reward_issued":
                self.inbox.enter(kind, e, self.time)
            case _ if kind.startswith("question_"):
                self.inbox.enter(kind, e, self.time)
            case "policy_set" | "policy_applied" | "allowances_issued":
                self.policies.enter(kind, e, self.time)
            case _ if kind in RUNNING:
                self.running.enter(kind, e, self.time)
            case _ if kind.startswith("auction_"):
                self.auctions.enter(kind, e, self.time)
            case _:
                raise Wrong(f"is of a kind these books do not know: {kind}")

    def _declare_exchange(self, e: Fields) -> None:
        exchange, sell, buy, rate = str(e["exchange"]), str(e["sell"]), str(e["buy"]), e["rate"]
        if not isinstance(rate, dict):
            raise Wrong("has no rate")
        self.exchanges[exchange] = (sell, buy, positive(rate["amount"]), positive(rate["per_units"]))
        for asset in (sell, buy):
            self.accounts.open(f"exchange:{exchange}:{asset}", asset)

    def _open_account(self, account: str, asset: str, e: Fields) -> None:
        if e["kind"] not in ("wallet", "stake", "escrow"):
            raise Wrong(f"opens {account} as a {e['kind']}, which only the system does")
        self.accounts.open(account, asset)
        if e["kind"] == "wallet":
            self.policies.wallets.add(account)
        self.spenders.owner[account] = str(e["owner"])
        self.budgets.assign(account, asset, name(e.get("budget")), None)

    def _assign(self, account: str, budget: str | None, previous: str | None) -> None:
        asset = self.accounts.asset.get(account)
        if asset is not None:
            self.budgets.assign(account, asset, budget, previous)
        elif account in self.spenders.team:
            self.budgets.assign(as_agent(account), "credit", budget, previous)
        else:
            raise Wrong(f"puts {account} beneath a budget, which is neither an account nor an agent")

    # Money.

    def _move(self, kind: str, e: Fields) -> None:
        """Money that no budget counts: minted, drawn or repaid."""
        if kind == "credit_drawn":
            self.standing.check_free(str(e["destination"]))
        self.accounts.move(kind, e["source"], e["destination"], e["amount"])

    def _spend(self, kind: str, e: Fields, destination: object, amount: object) -> None:
        """Money leaves an account for good, and counts in the budgets it leaves."""
        source, levels, agent = str(e["source"]), names(e.get("budgets")), name(e.get("agent"))
        self.standing.check_free(source, agent)
        self.accounts.move(kind, source, destination, amount)
        self.budgets.check_payment(
            levels, self.standing.above(source, agent), self.standing.above(str(destination))
        )
        for level in levels:
            self.budgets.by_name[level].spend(whole(amount), self.time)

    def _convert(self, e: Fields) -> None:
        exchange = str(e["exchange"])
        sell, buy, amount, per_units = self.exchanges[exchange]
        if (e["stock_in"], e["stock_out"]) != (f"exchange:{exchange}:{sell}", f"exchange:{exchange}:{buy}"):
            raise Wrong(f"converts in other accounts than those of exchange {exchange}")
        if whole(e["received"]) != whole(e["given"]) * amount // per_units:
            raise Wrong(f"converts at another rate than that of exchange {exchange}")
        self._spend("converted", e, e["stock_in"], e["given"])
        self.standing.check_free(str(e["stock_out"]))
        self.accounts.move("converted", e["stock_out"], e["destination"], e["received"])

    def _place(self, e: Fields) -> None:
        source, agent = str(e["source"]), name(e.get("agent"))
        self.standing.check_free(source, agent)
        self.holds.place(
            e, self.standing.above(source, agent), self.standing.above(str(e["destination"])), self.time
        )

    def _top_up(self, e: Fields) -> None:
        hold = self.holds.open(e)
        self.standing.check_free(hold.source, hold.agent)
        self.holds.top_up(e, self.time)

    def _check_usage(self, e: Fields) -> None:
        """What nobody paid moves nothing, but it was an agent's, and is told in the right budgets."""
        agent, source = str(e["agent"]), str(e["source"])
        drawn = self.standing.check_payer(agent, source)
        positive(e["amount"])
        self.budgets.check_hold(names(e.get("budgets")), self.standing.above(source, drawn), [])

    def _budget(self, kind: str, known: str, e: Fields) -> None:
        if kind == "budget_closed":
            self.budgets.close(known)
            return
        if kind == "budget_created":
            asset, window = str(e["asset"]), whole(e["window"])
            budget = self.budgets.create(known, name(e["parent"]), asset, window, self.time)
        else:
            budget = self.budgets.by_name[known]
        budget.change(whole(e["limit"]), whole(e["carry_over"]), e["mode"] == "hard", self.time)
