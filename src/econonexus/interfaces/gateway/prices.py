"""What a call's tokens cost: its payer, and every limit on what its provider is paid."""

from typing import NamedTuple

import msgspec

from econonexus.dialect.counting import Usage
from econonexus.domain.charges import Charge
from econonexus.domain.ids import AssetId, BudgetId
from econonexus.domain.money import Amount, Price

MILLION = 1_000_000


class Bound(NamedTuple):
    """How many tokens a call may come to at most, read and written."""

    read: int
    written: int


class Tariff(msgspec.Struct, frozen=True):
    """What a million tokens cost in the smallest unit of an asset: read, written, read from a cache."""

    input_ucr: int
    output_ucr: int
    cached_ucr: int

    def cost(self, used: Usage) -> Amount:
        """What a call costs, rounded up once."""
        fresh = used.read - used.cached
        total = self.input_ucr * fresh + self.cached_ucr * used.cached + self.output_ucr * used.written
        return Price(Amount(total), MILLION).charge(1)

    def bound(self, bound: Bound) -> Amount:
        """What so many tokens cost at most, whatever is cached."""
        dearest = max(self.input_ucr, self.cached_ucr)
        return Price(Amount(dearest * bound.read + self.output_ucr * bound.written), MILLION).charge(1)


FREE = Tariff(0, 0, 0)


class Cost(NamedTuple):
    """What the payer pays, and what each limit counts besides; costs of one call name the same limits."""

    amount: Amount
    also: tuple[Charge, ...] = ()

    def beyond(self, other: "Cost") -> "Cost":
        """By how much this is more than another, part by part; parts that are not more are left out."""
        pairs = zip(self.also, other.also, strict=True)
        more = (Charge(mine.budget, Amount(mine.amount - its.amount)) for mine, its in pairs)
        return Cost(
            Amount(max(0, self.amount - other.amount)), tuple(each for each in more if each.amount > 0)
        )

    def or_more(self, other: "Cost") -> "Cost":
        """This, but in no part less than another."""
        pairs = zip(self.also, other.also, strict=True)
        most = (Charge(mine.budget, max(mine.amount, its.amount)) for mine, its in pairs)
        return Cost(max(self.amount, other.amount), tuple(most))

    def within(self, other: "Cost") -> "Cost":
        """This, but in no part more than another."""
        pairs = zip(self.also, other.also, strict=True)
        least = (Charge(mine.budget, min(mine.amount, its.amount)) for mine, its in pairs)
        return Cost(min(self.amount, other.amount), tuple(least))

    def at_least_one(self) -> "Cost":
        """This, as a hold can have it: nothing of it is 0."""
        return Cost(
            Amount(max(1, self.amount)),
            tuple(Charge(each.budget, Amount(max(1, each.amount))) for each in self.also),
        )


class Prices(NamedTuple):
    """Whatever a call's tokens count in."""

    asset: AssetId
    tariff: Tariff
    limits: tuple[tuple[BudgetId, Tariff], ...] = ()
    """Limits on what the provider is paid, with its own prices."""

    def cost(self, used: Usage) -> Cost:
        """What a call costs."""
        return Cost(
            self.tariff.cost(used), tuple(Charge(budget, tariff.cost(used)) for budget, tariff in self.limits)
        )

    def bound(self, bound: Bound) -> Cost:
        """What so many tokens cost at most."""
        return Cost(
            self.tariff.bound(bound),
            tuple(Charge(budget, tariff.bound(bound)) for budget, tariff in self.limits),
        )
