"""Budgets, kept a second time: what stands beneath which, and how much of each limit is used."""

from econonexus.audit.wrong import Wrong


class Budget:
    """One limit, and what is used of it in its window."""

    def __init__(self, name: str, parent: str | None, asset: str, window: int, created: int) -> None:
        self.name = name
        self.parent = parent
        self.asset = asset
        self.window = window
        self.ends = created + window
        self.limit = self.carry_over = self.carried = self.spent = self.held = self.grace = 0
        self.hard = True
        self.beneath = 0
        """How many accounts and budgets stand directly beneath it."""

    def change(self, limit: int, carry_over: int, hard: bool, now: int) -> None:
        """Set the rule."""
        self.roll(now)
        self.limit, self.carry_over, self.hard = limit, carry_over, hard
        self.carried = min(self.carried, carry_over)
        # What was let through under the rule before is not held against the new one.
        self.grace = max(0, self.spent + self.held - self.limit - self.carried)

    def roll(self, now: int) -> None:
        """Go on to the window of `now`, carrying what the last one left over and all of the empty ones."""
        if not self.window or now < self.ends:
            return
        self.carried = min(self.carry_over, max(0, self.limit + self.carried - self.spent))
        self.spent = 0
        empty = (now - self.ends) // self.window
        self.carried = min(self.carry_over, self.carried + empty * self.limit)
        self.ends += (1 + empty) * self.window

    def hold(self, amount: int, now: int) -> None:
        """Count an amount as held."""
        self.roll(now)
        self.held += amount
        self._check()

    def spend(self, amount: int, now: int) -> None:
        """Count an amount in the window of `now`."""
        self.roll(now)
        self.spent += amount
        self._check()

    def unspend(self, amount: int) -> None:
        """Take an amount out of what is spent in this window."""
        self.spent -= amount
        if self.spent < 0:
            raise Wrong(f"gives back more to budget {self.name} than was spent in it")

    def _check(self) -> None:
        over = self.spent + self.held - self.limit - self.carried
        if over <= 0:
            self.grace = 0
        elif self.hard and over > self.grace:
            raise Wrong(
                f"takes budget {self.name} over its limit: {self.spent} spent and {self.held} held of "
                f"{self.limit} and {self.carried} carried over"
            )


class Budgets:
    """All budgets, and which accounts stand beneath which."""

    def __init__(self) -> None:
        self.by_name: dict[str, Budget] = {}
        self.above: dict[str, str] = {}
        """Account to the budget directly above it."""

    def create(self, name: str, parent: str | None, asset: str, window: int, now: int) -> Budget:
        """Add a budget; its rule is set next."""
        if name in self.by_name:
            raise Wrong(f"creates budget {name} a second time")
        if parent is not None:
            self._stand_beneath(parent, asset)
        self.by_name[name] = Budget(name, parent, asset, window, now)
        return self.by_name[name]

    def close(self, name: str) -> None:
        """Remove a budget."""
        gone = self.by_name[name]
        if gone.held:
            raise Wrong(f"closes budget {name} while something is held in it")
        if gone.beneath:
            raise Wrong(f"closes budget {name} while something stands beneath it")
        del self.by_name[name]
        if gone.parent is not None:
            self.by_name[gone.parent].beneath -= 1

    def assign(self, account: str, asset: str, budget: str | None, previous: str | None) -> None:
        """Move an account from beneath one budget to beneath another."""
        if self.above.get(account) != previous:
            raise Wrong(f"takes {account} from beneath budget {previous}, where it does not stand")
        if previous is not None:
            self.by_name[previous].beneath -= 1
            del self.above[account]
        if budget is not None:
            self._stand_beneath(budget, asset)
            self.above[account] = budget

    def check_payment(self, counted: list[str], above: list[str], kept: list[str]) -> None:
        """A payment counts in the budgets above its source that are not above its destination too."""
        if not counted and not above:
            return  # By far the most common case.
        left = [level for level in above if level not in kept]
        if counted != left:
            raise Wrong(f"counts in the budgets {_list(counted)}, but leaves {_list(left)}")

    def check_hold(self, counted: list[str], above: list[str], kept: list[str]) -> None:
        """A hold may count from a budget beneath those above its source, that of a run, and from there up."""
        if counted:
            run = self.chain(counted[0])
            if not above or above[0] in run:
                above = [*run, *(level for level in above if level not in run)]
        self.check_payment(counted, above, kept)

    def chain_above(self, name: str) -> list[str]:
        """The budgets above an account, or above an agent that has none, nearest first."""
        return self.chain(self.above.get(name))

    def chain(self, name: str | None) -> list[str]:
        """A budget and all above it, nearest first."""
        chain = []
        while name is not None:
            chain.append(name)
            name = self.by_name[name].parent
        return chain

    def _stand_beneath(self, name: str, asset: str) -> None:
        budget = self.by_name[name]
        if budget.asset != asset:
            raise Wrong(f"puts something of {asset} beneath budget {name}, which is of {budget.asset}")
        budget.beneath += 1


def _list(names: list[str]) -> str:
    return ", ".join(names) or "none"
