"""The books kept a second time, from the journal's records alone, with nothing but dictionaries.

This file shares no code with the economy and is meant to be read in one sitting beside the description
of the events. Where the two disagree, one of them is wrong, and `Discrepancy` says at which record.
"""

import hashlib
import json
from itertools import chain

from econonexus.audit.accounts import Accounts
from econonexus.audit.asides import opened
from econonexus.audit.auctions import Auctions
from econonexus.audit.budgets import Budgets
from econonexus.audit.contracts import Contracts
from econonexus.audit.eligible import Eligible
from econonexus.audit.fields import Fields, name, names, positive, whole
from econonexus.audit.grants import Grants
from econonexus.audit.holds import Holds
from econonexus.audit.inbox import Inbox
from econonexus.audit.insurance import Insurance
from econonexus.audit.lines import Lines
from econonexus.audit.markets import Markets
from econonexus.audit.money import Money
from econonexus.audit.orders import Orders
from econonexus.audit.penalties import Penalties
from econonexus.audit.pledges import Pledges
from econonexus.audit.policies import Policies
from econonexus.audit.records import Records
from econonexus.audit.requests import Requests
from econonexus.audit.resources import Resources
from econonexus.audit.running import KINDS as RUNNING
from econonexus.audit.running import Running
from econonexus.audit.signatures import Signatures, Verify
from econonexus.audit.spenders import Keys, Spenders
from econonexus.audit.stakes import Stakes
from econonexus.audit.standing import Standing, as_agent
from econonexus.audit.tasks import Tasks
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
        self.budgets = Budgets()
        self.holds = Holds(self.accounts, self.budgets)
        self.spenders = Spenders()
        self.keys = Keys()
        self.standing = Standing(self.accounts, self.budgets, self.spenders)
        self.pledges = Pledges(self.accounts, self.budgets, self.standing)
        self.resources = Resources()
        self.markets = Markets(self.resources, self.accounts)
        self.grants = Grants(self.resources, self.spenders)
        self.stakes = Stakes(self.accounts, self.budgets, self.standing, self.spenders)
        self.records = Records(self.spenders)
        self.lines = Lines(self.accounts, self.pledges, self.stakes, self.spenders, self.records)
        self.auctions = Auctions(
            self.markets, self.resources, self.grants, self.pledges, self.spenders, self.lines
        )
        self.signatures = Signatures(self.auctions, is_signed)
        self.running = Running(self.auctions, self.markets, self.pledges, self.spenders)
        self.orders = Orders(
            self.markets, self.grants, self.pledges, self.standing, self.spenders, self.lines
        )
        self.requests = Requests(self.markets, self.resources, self.grants, self.pledges, self.standing)
        self.policies = Policies(self.accounts, self.spenders)
        self.inbox = Inbox(self.pledges, self.resources, self.policies, self.spenders)
        self.tasks = Tasks(self.pledges, self.spenders, Eligible(self.spenders, self.stakes, self.records))
        self.contracts = Contracts(self.tasks, self.stakes, self.pledges, self.spenders)
        self.penalties = Penalties(
            self.accounts, self.stakes, self.tasks, self.pledges, self.spenders, self.records
        )
        self.insurance = Insurance(self.accounts, self.budgets, self.standing, self.penalties)
        self.money = Money(
            self.accounts, self.budgets, self.holds, self.spenders, self.standing, self.policies
        )
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
            self.contracts.check_followed(kind)
            self.penalties.check_followed(kind)
            self.insurance.check_followed(kind)
            self.records.check_said(kind, self.time)
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
            self.holds.check_sums(chain(self.pledges.reserved(), self.lines.reserved()))
            self.grants.check_given("nothing")
            self.orders.check_followed("nothing")
            self.policies.check_issued("nothing")
            self.contracts.check_followed("nothing")
            self.penalties.check_followed("nothing")
            self.insurance.check_followed("nothing")
            self.records.check_said("nothing", self.time)
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
        if kind == "refused":
            self.refusals += 1
            return
        parts = (
            self._enter_sale,
            self._enter_auction,
            self.money.enter,
            self.stakes.enter,
            self.records.enter,
            self.lines.enter,
            self._enter_promise,
            self.penalties.enter,
            self.insurance.enter,
            self._enter_people,
        )
        for knows in parts:
            if knows(kind, e, self.time):
                self.penalties.note(kind, e, self.time, self.sequence)
                if (
                    kind == "contract_settled" and e["verdict"] != "ended"
                ):  # Those come before what ends them.
                    self.insurance.note_settled()
                self.lines.note(kind, e)
                self.records.hear(kind, e, self.time)
                return
        raise Wrong(f"is of a kind these books do not know: {kind}")

    # What each part of the books is told; False where the kind is none of its own.

    def _enter_auction(self, kind: str, e: Fields, now: int) -> bool:
        match kind:
            case "bid_placed":
                self.auctions.place_bid(e, now)
                self.signatures.check_placed(e)
            case "bid_raised":
                self.auctions.raise_bid(e, now)
                self.signatures.check_raised(e)
            case "bid_withdrawn":
                self.auctions.withdraw_bid(e)
            case "auction_skipped":  # It never was one: its market's schedule says why.
                self.markets.scheduled(kind, e, now)
            case _ if kind in RUNNING:
                self.running.enter(kind, e, now)
            case _ if kind.startswith("auction_"):
                self.auctions.enter(kind, e, now)
            case _:
                return False
        return True

    def _enter_sale(self, kind: str, e: Fields, now: int) -> bool:
        match kind:
            case "resource_declared":
                self.resources.declare(e)
            case "capacity_changed":
                self.resources.change_capacity(e, now)
            case "market_created" | "market_changed" | "market_halted" | "market_resumed":
                self.orders.check_halted(kind, e)
                self.markets.enter(kind, e, now)
                if kind == "market_created":
                    self.requests.begin(str(e["market"]), now)
            case "schedule_ran" | "supply_short":
                self.markets.scheduled(kind, e, now)
            case "order_placed" | "order_replaced" | "order_cancelled" | "trade_executed":
                self.orders.enter(kind, e, now)
            case "granted":
                self.grants.give(e, now)
            case "grant_used":
                self.grants.use(e, now)
            case "grant_released":
                self.grants.release(e)
            case "grant_expired":
                self.grants.expire(e, now)
            case "price_updated" | "period_shared":
                self.requests.enter(kind, e, now)
            case _ if kind.startswith("request_"):
                self.requests.enter(kind, e, now)
            case _:
                return False
        return True

    def _enter_promise(self, kind: str, e: Fields, now: int) -> bool:
        match kind:
            case "contract_opened":
                self.tasks.award(e, now)
                self.contracts.enter(kind, e, now)
            case "contract_settled":
                self.tasks.end_contract(e, now)
                self.contracts.enter(kind, e, now)
            case _:
                return self.tasks.enter(kind, e, now) or self.contracts.enter(kind, e, now)
        return True

    def _enter_people(self, kind: str, e: Fields, now: int) -> bool:
        match kind:
            case "team_created":
                self.spenders.create_team(str(e["team"]))
            case "agent_created":
                self.spenders.create_agent(str(e["agent"]), name(e["team"]), str(e["owner"]))
                self.policies.weight[str(e["agent"])] = positive(e.get("weight", 1))
                self.spenders.can[str(e["agent"])] = names(e.get("capabilities"))
                self.budgets.assign(as_agent(str(e["agent"])), "credit", name(e.get("budget")), None)
            case "team_frozen" | "agent_frozen":
                self.spenders.stopped.add(str(e.get("team", e.get("agent"))))
            case "team_unfrozen" | "agent_unfrozen":
                self.spenders.stopped.remove(str(e.get("team", e.get("agent"))))
            case "agent_changed":
                self.spenders.check_agent(str(e["agent"]))
                self.spenders.can[str(e["agent"])] = names(e.get("capabilities"))
                self.policies.weight[str(e["agent"])] = positive(e.get("weight", 1))
            case "mode_set":
                if e["mode"] not in MODES:
                    raise Wrong(f"sets {e['feature']} to {e['mode']}, which is no mode")
            case "signing_key_registered":
                self.spenders.check_agent(str(e["agent"]))
                self.signatures.register(str(e["agent"]), str(e["public_key"]))
            case "key_issued" | "key_rotated" | "key_revoked":
                self.keys.enter(kind, str(e["key"]), str(e.get("digest")))
            case "policy_set" | "policy_applied" | "allowances_issued":
                self.policies.enter(kind, e, now)
            case "inbox_rules_set" | "human_asked" | "human_reward_issued":
                self.inbox.enter(kind, e, now)
            case _ if kind.startswith("question_"):
                self.inbox.enter(kind, e, now)
            case _:
                return False
        return True
