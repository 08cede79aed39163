"""A tiny world of promises, worked out on plain numbers: who has what at stake, and what becomes of it.

rex asks for tasks of 400 at most and judges himself; pia asks 200 for each, zoe 300. A bond is as much as its
contract pays, and nobody's record relieves anybody of anything. A word against a verdict takes 30, of the
wallet or else of the stake. Failing costs half of the bond, the second time all of it, and being late too;
bad faith costs all that backs nothing else, and a ban. zoe never delivers. Time goes by in ticks.

Written from the rules (docs and REQUIREMENTS, CON-1 to CON-6) beside the program, not from it: nothing of the
economy is imported.
"""

from copy import deepcopy
from dataclasses import dataclass, field

ASKS = {"pia": 200, "zoe": 300}
CEILING, WORD, IDENTITY = 400, 30, 500
WORK, JUDGING, WINDOW, DECIDING, UNBONDING = 2, 2, 1, 1, 2
"""How long each takes, in ticks; offers are taken for one."""
ORDER = ("contract", "stake", "task")
"""At one instant, things fall due in this order."""


@dataclass
class Side:
    """What one agent has: in its wallet, at stake, on its way back; and what it did."""

    wallet: int
    stake: int
    withdrawals: list[tuple[int, int]] = field(default_factory=list)
    banned: bool = False
    offences: dict[str, int] = field(default_factory=dict)


@dataclass
class Promise:
    """A contract that is not over."""

    provider: str
    task: str
    pay: int
    due: int
    status: str = "open"
    verdict: str = ""
    claimed_from: str = ""
    """`wallet` or `stake`: where pia's word against the verdict comes from."""
    answered: bool = False
    pay_more: int = 0


@dataclass
class Job:
    """A task that is not over."""

    due: int
    offers: tuple[str, ...]
    tried: tuple[str, ...] = ()
    posted: bool = True


class World:
    """All of it, and one method an action; each says whether the action may be taken."""

    def __init__(self) -> None:
        self.now = 0
        self.rex = 10_000
        self.lost = 0
        """What was burned."""
        self.sides = {"pia": Side(0, 1_000), "zoe": Side(0, 2_000)}
        self.jobs: dict[str, Job] = {}
        self.promises: dict[str, Promise] = {}
        self.count = 0

    def copy(self) -> "World":
        return deepcopy(self)

    # How things stand.

    def backing(self, name: str) -> int:
        """What of an agent's stake is spoken for: its bonds, and the words that its stake backs."""
        bonds = sum(each.pay for each in self.promises.values() if each.provider == name)
        words = sum(each.claimed_from == "stake" for each in self.promises.values() if each.provider == name)
        return bonds + WORD * words

    def free(self, name: str) -> int:
        side = self.sides[name]
        return max(0, side.stake - self.backing(name) - sum(amount for _, amount in side.withdrawals))

    def at_hand(self, name: str) -> int:
        """What an agent may pay with: its wallet less the words that it backs."""
        words = sum(each.claimed_from == "wallet" for each in self.promises.values() if each.provider == name)
        return self.sides[name].wallet - WORD * words

    def held_by_rex(self) -> int:
        return CEILING * len(self.jobs) + WORD * sum(each.answered for each in self.promises.values())

    # What can be done.

    def tick(self) -> bool:
        self.now += 1
        while (next_due := self._next()) is not None:
            kind, name = next_due
            if kind == "contract":
                self._mature(name)
            elif kind == "stake":
                self._give_back(name)
            else:
                self._award(name, self.now)
        return True

    def post(self) -> bool:
        """rex asks, and who may offers: it has what the dearest contract would take, free."""
        self.count += 1
        able = tuple(name for name in ASKS if self._able(name))
        self.jobs[f"t{self.count}"] = Job(self.now + 1, able)
        return True

    def stake(self, amount: int) -> bool:
        if amount > self.at_hand("pia"):
            return False
        self.sides["pia"].wallet -= amount
        self.sides["pia"].stake += amount
        return True

    def unbond(self, amount: int) -> bool:
        if amount > self.free("pia") or self.sides["pia"].banned:
            return False
        self.sides["pia"].withdrawals.append((self.now + UNBONDING, amount))
        return True

    def stand(self, banned: bool) -> bool:
        self.sides["pia"].banned = banned
        return self._after()

    def deliver(self, name: str) -> bool:
        promise = self.promises[name]
        if promise.status != "open":
            return False
        promise.status, promise.due = "delivered", self.now + JUDGING
        return True

    def judge(self, name: str, verdict: str) -> bool:
        """What rex says. That he is content is the end of it; anything else may be challenged."""
        promise = self.promises[name]
        if promise.status == "open" and verdict != "satisfactory":
            return False
        if promise.status not in ("open", "delivered"):
            return False
        if verdict == "satisfactory":
            self._settle(name, "satisfactory", decided=False)
            return self._after()
        promise.status, promise.verdict, promise.due = "judged", verdict, self.now + WINDOW
        return True

    def challenge(self, name: str) -> bool:
        """pia says that the work was as promised."""
        promise = self.promises[name]
        if promise.status != "judged":
            return False
        if self.at_hand("pia") >= WORD:
            promise.claimed_from = "wallet"
        elif self.free("pia") >= WORD:
            promise.claimed_from = "stake"
        else:
            return False
        promise.status, promise.due = "challenged", self.now + WINDOW
        return True

    def defend(self, name: str) -> bool:
        promise = self.promises[name]
        if promise.status != "challenged":
            return False
        promise.status, promise.due, promise.answered = "disputed", self.now + DECIDING, True
        return True

    def decide(self, name: str, verdict: str) -> bool:
        if self.promises[name].status != "disputed":
            return False
        self._settle(name, verdict, decided=True)
        return self._after()

    # What follows.

    def _after(self) -> bool:
        """What has fallen due by that: a stake that nothing keeps any more, a task that is awarded again."""
        self.now -= 1
        return self.tick()

    def _next(self) -> tuple[str, str] | None:
        due = [(each.due, "contract", name) for name, each in self.promises.items()]
        due += [(job.due, "task", name) for name, job in self.jobs.items() if job.posted]
        for name, side in self.sides.items():
            if side.withdrawals and not side.banned and not self._is_bound(name):
                due.append((min(side.withdrawals)[0], "stake", name))
        come = sorted((at, ORDER.index(kind), kind, name) for at, kind, name in due if at <= self.now)
        return come[0][2:] if come else None

    def _is_bound(self, name: str) -> bool:
        return any(each.provider == name for each in self.promises.values())

    def _give_back(self, name: str) -> None:
        side = self.sides[name]
        _, amount = side.withdrawals.pop(0)
        side.stake -= amount
        side.wallet += amount

    def _able(self, name: str) -> bool:
        side = self.sides[name]
        return not side.banned and side.stake >= IDENTITY and self.free(name) >= CEILING

    def _award(self, name: str, now: int) -> int | None:
        """The job goes to the cheapest that is able and has not had it, at the next price; what that is."""
        job = self.jobs[name]
        able = [each for each in job.offers if each not in job.tried and self._able(each)]
        if not able:
            del self.jobs[name]
            return None
        able.sort(key=lambda each: ASKS[each])
        pay = ASKS[able[1]] if len(able) > 1 else CEILING
        job.tried, job.posted = (*job.tried, able[0]), False
        self.promises[f"{name}:{len(job.tried)}"] = Promise(able[0], name, pay, now + WORK)
        return pay

    def _mature(self, name: str) -> None:
        """Time decides: late is late, silence is consent, a word that nobody answers stands."""
        promise = self.promises[name]
        if promise.status == "open":
            self._settle(name, "late", decided=True)
        elif promise.status == "delivered":
            self._settle(name, "satisfactory", decided=False)
        elif promise.status == "challenged":
            # rex called it bad and does not stand by that: he pays what his word would have taken, too.
            promise.pay_more = min(CEILING - promise.pay, WORD)
            self._settle(name, "satisfactory", decided=False)
        elif promise.status == "judged" and promise.verdict == "byzantine":
            # One side alone speaks of bad faith: the operator is to decide.
            promise.status, promise.due = "disputed", self.now + DECIDING
        else:
            self._settle(name, "poor", decided=False)

    def _settle(self, name: str, verdict: str, decided: bool) -> None:
        """A contract is over. `decided`: the clock or the operator says so, and neither side."""
        promise = self.promises[name]
        bans = verdict == "byzantine" and not self.sides[promise.provider].banned
        others = [
            each
            for each, other in self.promises.items()
            if verdict == "byzantine"
            and each != name
            and other.provider == promise.provider
            and other.status == "open"
        ]
        disputed = promise.status == "disputed"
        if verdict == "satisfactory":
            del self.promises[name], self.jobs[promise.task]
            self.rex -= promise.pay + promise.pay_more
            self.sides[promise.provider].wallet += promise.pay + promise.pay_more
            if disputed and decided and promise.answered:  # rex was wrong.
                self.rex -= WORD
                self.sides[promise.provider].wallet += WORD
            return
        dearer = self._award(promise.task, self.now)  # As things stand before the penalty.
        del self.promises[name]
        for each in others:  # They end without an offence, and their jobs are for others.
            task = self.promises.pop(each).task
            self.jobs[task].posted, self.jobs[task].due = True, self.now
        if disputed and decided and promise.claimed_from and not self._between(promise, verdict):
            self._lose_word(promise)
        loss = max(0, (CEILING if dearer is None else dearer) - promise.pay) if decided else 0
        self._penalize(promise, verdict, loss)
        if bans:
            self.sides[promise.provider].banned = True

    def _between(self, promise: Promise, verdict: str) -> bool:
        """The decision lies between what rex said and what pia claims: both were wrong, and nobody pays."""
        return promise.verdict == "byzantine" and verdict == "poor"

    def _lose_word(self, promise: Promise) -> None:
        side = self.sides[promise.provider]
        self.rex += WORD
        if promise.claimed_from == "wallet":
            side.wallet -= WORD
        else:
            side.stake -= WORD

    def _penalize(self, promise: Promise, verdict: str, loss: int) -> None:
        """By CON-3 with grace 0: half of the bond for each offence so far; in bad faith, whatever is free.

        rex gets his loss first, of the penalty, and of what the bond has left; the rest is burned.
        """
        name = promise.provider
        side = self.sides[name]
        times = side.offences[verdict] = side.offences.get(verdict, 0) + 1
        reach = side.stake - self._others_back(name, promise)
        lost = min(reach, promise.pay * times // 2) if verdict != "byzantine" else reach
        to_rex = min(lost, loss)
        more = min(loss - to_rex, max(0, promise.pay - lost), reach - lost)
        side.stake -= lost + more
        self.rex += to_rex + more
        self.lost += lost - to_rex
        self._trim(name, promise)

    def _others_back(self, name: str, promise: Promise) -> int:
        """What backs the agent's other promises; a contract awarded in the same breath is no other yet."""
        return self.backing(name)

    def _trim(self, name: str, promise: Promise) -> None:
        """What is lost cannot be given back; what was to come last goes first."""
        side = self.sides[name]
        over = sum(amount for _, amount in side.withdrawals) - (side.stake - self.backing(name))
        while over > 0:
            at, amount = side.withdrawals.pop()
            if amount > over:
                side.withdrawals.append((at, amount - over))
            over -= amount
