"""Markets, kept a second time: what each sells, by which mechanism, on which terms; whether it is halted."""

from econonexus.audit.accounts import Accounts
from econonexus.audit.fields import Fields, name, names, whole
from econonexus.audit.halts import Watch
from econonexus.audit.resources import Resources
from econonexus.audit.wrong import Wrong


class Market:
    """One place where resources are sold. `terms` are as the record has them: what is left out is usual."""

    def __init__(self, mechanism: str, resources: list[str], terms: Fields) -> None:
        self.mechanism = mechanism
        self.resources = resources
        self.terms = terms
        self.halted = False
        self.announced = 0
        """The number of the last auction that its schedule has come to."""
        self.watch = Watch()
        self.prices: list[int] = []
        """What its auctions came to since it computes its reserve as it does."""


class Markets:
    """All markets."""

    def __init__(self, resources: Resources, accounts: Accounts) -> None:
        self._resources = resources
        self._accounts = accounts
        self.by_name: dict[str, Market] = {}

    def enter(self, kind: str, e: Fields, now: int) -> None:
        """Create, change, halt or resume a market."""
        known = str(e["market"])
        if kind == "market_created":
            self._create(known, e)
        market = self.by_name[known]
        if kind == "market_changed":
            before, market.terms = market.terms, self._terms(known, e)
            if before.get("halt") != market.terms.get("halt"):
                market.watch = Watch(market.watch.resumes_at)  # A pause goes on.
            if before.get("computed_reserve") != market.terms.get("computed_reserve"):
                market.prices = []
        if kind == "market_halted":
            market.watch.check_halt(known, market.terms, e, now)
            market.halted = True
        if kind == "market_resumed":
            market.watch.check_resumption(known, e, now)
            market.halted, market.watch = False, Watch()

    def saw_auction(self, known: str, prices: object, now: int) -> None:
        """An auction of a market ended, by which it may halt; without prices where it failed."""
        market = self.by_name[known]
        market.watch.saw_auction(market.terms, prices is None)
        if isinstance(prices, dict) and len(prices) == 1:  # Of several things none is the market's price.
            (price,) = prices.values()
            market.watch.saw_price(market.terms, whole(price), now)
        rule = market.terms.get("computed_reserve")
        if isinstance(prices, dict) and isinstance(rule, dict):
            given = market.terms.get("reserve", 0)
            market.prices.append(whole(next(iter(prices.values()), given)))

    def scheduled(self, kind: str, e: Fields, now: int) -> None:
        """A market has come further with the auctions that it announces by itself, or skipped some."""
        known = str(e["market"])
        market = self.by_name[known]
        schedule = market.terms.get("schedule")
        if not isinstance(schedule, dict):
            raise Wrong(f"speaks of a schedule of market {known}, which has none")
        if kind == "schedule_ran":
            number, next_at = whole(e["number"]), e["next_at"]
            if number < market.announced or (next_at is not None and whole(next_at) <= now):
                raise Wrong(f"lets the schedule of market {known} go back")
            market.announced = number
        if kind == "supply_short" and (e["wanted"] != schedule["supply"] or e["supply"] == e["wanted"]):
            raise Wrong(f"says that market {known} sells less than its schedule, and it does not")

    def destination(self, terms: Fields) -> str:
        """Where the money goes that is paid on these terms."""
        proceeds = terms.get("proceeds", "burn")
        return str(terms["seller"]) if proceeds == "seller" else str(proceeds)

    def _create(self, known: str, e: Fields) -> None:
        if known in self.by_name:
            raise Wrong(f"creates market {known} a second time")
        resources = names(e["resources"])
        if not resources or set(resources) - self._resources.capacity.keys():
            raise Wrong(f"creates market {known} for resources that were not declared")
        self.by_name[known] = Market(str(e["mechanism"]), resources, self._terms(known, e))

    def _terms(self, known: str, e: Fields) -> Fields:
        terms = e.get("terms", {})
        if not isinstance(terms, dict):
            raise Wrong(f"states no terms for market {known}")
        for amount in ("reserve", "stake"):
            whole(terms.get(amount, 0))
        if terms.get("proceeds", "burn") not in ("burn", "treasury", "seller"):
            raise Wrong(f"says that what market {known} takes goes to {terms['proceeds']}")
        seller = name(terms.get("seller"))
        if (seller is not None) != (terms.get("proceeds") == "seller"):
            raise Wrong(f"names a seller for market {known} whom nothing goes to, or none")
        if self._accounts.asset.get(self.destination(terms)) != "credit":
            raise Wrong(
                f"lets {self.destination(terms)} sell in market {known}, which is no account of credit"
            )
        return terms
