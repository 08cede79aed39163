"""The books kept a second time, from the journal's records alone, with nothing but dictionaries.

This file shares no code with the economy and is meant to be read in one sitting beside the description
of the events. Where the two disagree, one of them is wrong, and `Discrepancy` says at which record.
"""

import hashlib
import json

Fields = dict[str, object]

MAX = 2**63 - 1


class Discrepancy(Exception):
    """A record that does not add up."""

    def __init__(self, sequence: int, problem: str) -> None:
        super().__init__(f"record {sequence}: {problem}")
        self.sequence = sequence
        self.problem = problem


class Books:
    """Accounts, holds and budgets after the records seen so far."""

    def __init__(self) -> None:
        self.sequence = 0
        self.link = bytes(32)
        self.time = 0
        self.balance: dict[str, int] = {}
        self.held: dict[str, int] = {}
        self.asset: dict[str, str] = {}
        self.floor: dict[str, int] = {}
        self.frozen: set[str] = set()
        self.owner: dict[str, str] = {}
        self.team: dict[str, str] = {}
        """Agent to its team."""
        self.stopped: set[str] = set()
        """Agents and teams that may not spend."""
        self.keys: dict[str, str] = {}
        """Key to the digest of its secret."""
        self.digests: set[str] = set()
        self.holds: dict[str, tuple[str, str, int, int, list[str]]] = {}
        """Hold to source, destination, amount, deadline and the budgets it counts in."""
        self.drawn_by: dict[str, object] = {}
        """Hold to the agent that placed it on its team's wallet, if one did."""
        self.budgets: dict[str, Budget] = {}
        self.commands: set[tuple[str, str]] = set()
        self.refusals = 0

    def read(self, sequence: int, body: bytes, link: bytes) -> Fields:
        """Check one record against the chain and the books, and enter it. Raises: Discrepancy."""
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
                raise Discrepancy(sequence, "has no event")
            self._head(record)
            self._enter(str(event["type"]).partition("/")[0], event)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Discrepancy(sequence, f"cannot be entered into the books ({error!r})") from error
        return record

    def close(self) -> None:
        """What must hold at the end of every day: balances add up to zero, holds add up to what is held."""
        for asset in set(self.asset.values()):
            total = sum(self.balance[name] for name in self.balance if self.asset[name] == asset)
            if total:
                raise Discrepancy(self.sequence, f"the balances of {asset} add up to {total}, not 0")
        reserved = dict.fromkeys(self.held, 0)
        counted = dict.fromkeys(self.budgets, 0)
        for source, _, amount, _, levels in self.holds.values():
            reserved[source] += amount
            for level in levels:
                counted[level] += amount
        for name, amount in reserved.items():
            if self.held[name] != amount:
                raise Discrepancy(
                    self.sequence, f"{name} has {self.held[name]} on hold, its holds add up to {amount}"
                )
        for name, amount in counted.items():
            if self.budgets[name].held != amount:
                raise Discrepancy(
                    self.sequence,
                    f"budget {name} has {self.budgets[name].held} held, its holds add up to {amount}",
                )

    def supply(self) -> dict[str, tuple[int, int]]:
        """Asset to what was minted and what was burned."""
        totals = {}
        for asset in sorted(set(self.asset.values())):
            suffix = "" if asset == "credit" else f":{asset}"
            totals[asset] = (-self.balance[f"mint{suffix}"], self.balance[f"burn{suffix}"])
        return totals

    def _head(self, record: Fields) -> None:
        if record["sequence"] != self.sequence:
            raise Discrepancy(self.sequence, f"says that it is record {record['sequence']}")
        time = _whole(record["time"])
        if time < self.time:
            raise Discrepancy(self.sequence, "is earlier than the one before")
        self.time = time
        if record.get("digest"):
            command = (str(record["caller"]), str(record["command"]))
            if command in self.commands:
                raise Discrepancy(
                    self.sequence, f"command {command[1]} of {command[0]} is here a second time"
                )
            self.commands.add(command)

    def _enter(self, kind: str, e: Fields) -> None:
        match kind:
            case "refused":
                self.refusals += 1
            case "asset_declared":
                self._declare(str(e["asset"]))
            case "exchange_declared":
                for asset in (str(e["sell"]), str(e["buy"])):
                    self._open(f"exchange:{e['exchange']}:{asset}", asset)
            case "account_opened":
                self._open(str(e["account"]), str(e["asset"]))
                self.owner[str(e["account"])] = str(e["owner"])
            case "account_frozen":
                self.frozen.add(str(e["account"]))
            case "account_unfrozen":
                self.frozen.remove(str(e["account"]))
            case "credit_line_set":
                if e["debt"] not in self.balance:
                    self._open(str(e["debt"]), "credit")
                self.floor[str(e["debt"])] = -_whole(e["limit"])
            case "minted" | "credit_drawn" | "debt_repaid":
                self._move(e["source"], e["destination"], e["amount"])
            case "transferred" | "burned":
                self._leave(e["source"], e["destination"], e["amount"], e)
            case "converted":
                self._leave(e["source"], e["stock_in"], e["given"], e)
                self._move(e["stock_out"], e["destination"], e["received"])
            case "hold_placed" | "hold_topped_up" | "hold_posted" | "hold_voided" | "hold_expired":
                self._hold(kind, e)
            case "budget_created" | "budget_changed" | "budget_closed":
                self._budget(kind, e)
            case "budget_assigned" | "budget_alert_raised" | "budget_overrun":
                pass  # They move no money and reserve none.
            case "team_created":
                self._join(str(e["team"]), "")
            case "agent_created":
                self._join(str(e["agent"]), str(e["team"] or ""))
            case "team_frozen" | "agent_frozen":
                self.stopped.add(str(e.get("team", e.get("agent"))))
            case "team_unfrozen" | "agent_unfrozen":
                self.stopped.remove(str(e.get("team", e.get("agent"))))
            case "key_issued" | "key_rotated" | "key_revoked":
                self._key(kind, e)
            case _:
                raise Discrepancy(self.sequence, f"is of a kind these books do not know: {kind}")

    def _declare(self, asset: str) -> None:
        kinds = ["mint", "burn", "treasury", "escrow"]
        if asset == "credit":
            kinds += ["rewards", "insurance"]
        for kind in kinds:
            self._open(kind if asset == "credit" else f"{kind}:{asset}", asset)
        self.floor["mint" if asset == "credit" else f"mint:{asset}"] = -MAX

    def _open(self, name: str, asset: str) -> None:
        if name in self.balance:
            raise Discrepancy(self.sequence, f"opens {name} a second time")
        self.balance[name] = self.held[name] = self.floor[name] = 0
        self.asset[name] = asset

    def _join(self, name: str, team: str) -> None:
        """An agent or a team comes to be; no two of them share a name."""
        if name in self.team:
            raise Discrepancy(self.sequence, f"creates {name} a second time")
        if team and self.team.get(team) != "":
            raise Discrepancy(self.sequence, f"puts {name} into {team}, which is no team")
        self.team[name] = team

    def _is_frozen(self, account: str, agent: object) -> bool:
        """Whether an account, its owner, the agent that draws on it, or the team of one of them is frozen."""
        owner = self.owner.get(account, account)
        spenders = {owner, self.team.get(owner, ""), str(agent or "")}
        return account in self.frozen or bool(self.stopped & spenders)

    def _key(self, kind: str, e: Fields) -> None:
        name = str(e["key"])
        if (kind == "key_issued") == (name in self.keys):
            raise Discrepancy(self.sequence, f"issues key {name} twice, or speaks of it when there is none")
        self.digests.discard(self.keys.pop(name, ""))
        if kind == "key_revoked":
            return
        digest = str(e["digest"])
        if digest in self.digests:
            raise Discrepancy(self.sequence, f"gives key {name} the secret of another")
        self.keys[name] = digest
        self.digests.add(digest)

    def _move(self, source: object, destination: object, amount: object) -> None:
        giver, taker, money = str(source), str(destination), _positive(amount)
        if self.asset[giver] != self.asset[taker]:
            raise Discrepancy(
                self.sequence, f"moves {self.asset[giver]} into an account of {self.asset[taker]}"
            )
        self.balance[giver] -= money
        self.balance[taker] += money
        self._check(giver)
        self._check(taker)

    def _leave(self, source: object, destination: object, amount: object, e: Fields) -> None:
        if self._is_frozen(str(source), e.get("agent")):
            raise Discrepancy(self.sequence, f"takes money from {source}, which is frozen")
        self._move(source, destination, amount)
        for level in _names(e.get("budgets")):
            self.budgets[level].spend(_whole(amount), self.time)
            self._check_budget(level)

    def _check(self, name: str) -> None:
        if self.balance[name] - self.held[name] < self.floor[name]:
            raise Discrepancy(
                self.sequence,
                f"leaves {name} with a balance of {self.balance[name]}, {self.held[name]} of it on hold, "
                f"below its floor of {self.floor[name]}",
            )
        if self.balance[name] > MAX:
            raise Discrepancy(self.sequence, f"leaves {name} with a balance over 2**63 - 1")

    def _hold(self, kind: str, e: Fields) -> None:
        name = str(e["hold"])
        if kind == "hold_placed":
            if name in self.holds:
                raise Discrepancy(self.sequence, f"places hold {name} a second time")
            levels = _names(e.get("budgets"))
            self.holds[name] = (str(e["source"]), str(e["destination"]), 0, _whole(e["expires_at"]), levels)
            self.drawn_by[name] = e.get("agent")
        if name not in self.holds:
            raise Discrepancy(self.sequence, f"speaks of hold {name}, which is not open")
        if kind in ("hold_placed", "hold_topped_up"):
            self._reserve(name, _positive(e["amount"]), _whole(e["expires_at"]))
            return
        source, destination, amount, deadline, levels = self.holds.pop(name)
        del self.drawn_by[name]
        if kind == "hold_expired" and deadline > self.time:
            raise Discrepancy(self.sequence, f"expires hold {name} before its deadline")
        if _whole(e["released"]) + _whole(e.get("amount", 0)) != amount:
            raise Discrepancy(self.sequence, f"settles hold {name} for another amount than its {amount}")
        self.held[source] -= amount
        for level in levels:
            self.budgets[level].held -= amount
        if kind == "hold_posted":
            if (e["source"], e["destination"]) != (source, destination):
                raise Discrepancy(
                    self.sequence, f"pays hold {name} between other accounts than it was placed for"
                )
            self._move(source, destination, e["amount"])
            for level in levels:
                self.budgets[level].spend(_whole(e["amount"]), self.time)
                self._check_budget(level)

    def _reserve(self, name: str, amount: int, deadline: int) -> None:
        source, destination, before, _, levels = self.holds[name]
        if self._is_frozen(source, self.drawn_by.get(name)):
            raise Discrepancy(self.sequence, f"reserves money in {source}, which is frozen")
        if deadline <= self.time:
            raise Discrepancy(self.sequence, f"gives hold {name} a deadline that has passed")
        self.holds[name] = (source, destination, before + amount, deadline, levels)
        self.held[source] += amount
        self._check(source)
        for level in levels:
            self.budgets[level].roll(self.time)
            self.budgets[level].held += amount
            self._check_budget(level)

    def _budget(self, kind: str, e: Fields) -> None:
        name = str(e["budget"])
        if kind == "budget_created":
            if name in self.budgets:
                raise Discrepancy(self.sequence, f"creates budget {name} a second time")
            self.budgets[name] = Budget(_whole(e["window"]), self.time)
        elif kind == "budget_closed":
            if self.budgets.pop(name).held:
                raise Discrepancy(self.sequence, f"closes budget {name} while something is held in it")
            return
        budget = self.budgets[name]
        budget.roll(self.time)
        budget.limit, budget.carry_over = _whole(e["limit"]), _whole(e["carry_over"])
        budget.carried = min(budget.carried, budget.carry_over)
        budget.hard = e["mode"] == "hard"
        # What was let through under the rule before is not held against the new one.
        budget.grace = max(0, budget.spent + budget.held - budget.limit - budget.carried)

    def _check_budget(self, name: str) -> None:
        budget = self.budgets[name]
        over = budget.spent + budget.held - budget.limit - budget.carried
        if over <= 0:
            budget.grace = 0
        elif budget.hard and over > budget.grace:
            raise Discrepancy(
                self.sequence,
                f"takes budget {name} over its limit: {budget.spent} spent and {budget.held} held of "
                f"{budget.limit} and {budget.carried} carried over",
            )


class Budget:
    """One limit, with its windows counted one by one."""

    def __init__(self, window: int, created: int) -> None:
        self.window = window
        self.ends = created + window
        self.limit = self.carry_over = self.carried = self.spent = self.held = self.grace = 0
        self.hard = True

    def roll(self, now: int) -> None:
        """Go from window to window until the one of `now`."""
        while self.window and now >= self.ends:
            left_over = max(0, self.limit + self.carried - self.spent)
            settled = self.spent == 0 and self.carried == min(self.carry_over, left_over)
            self.carried, self.spent = min(self.carry_over, left_over), 0
            # Once a window changes nothing, all the empty ones after it change nothing either.
            windows = (now - self.ends) // self.window + 1 if settled else 1
            self.ends += windows * self.window

    def spend(self, amount: int, now: int) -> None:
        """Count an amount in the window of `now`."""
        self.roll(now)
        self.spent += amount


def _whole(value: object) -> int:
    if type(value) is not int or not 0 <= value <= MAX:
        raise ValueError(f"{value!r} is not a whole number in [0, 2**63 - 1]")
    return value


def _positive(value: object) -> int:
    if _whole(value) == 0:
        raise ValueError("an amount of 0")
    return _whole(value)


def _names(value: object) -> list[str]:
    return [str(name) for name in value] if isinstance(value, list) else []
