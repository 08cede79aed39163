"""Resources, the markets that sell them, and grants: promises are added up at every instant that matters."""
# ruff: noqa: N802, N815  # Methods are named after the command they are about.

from collections.abc import Callable, Iterator

from econonexus.domain import commands as c
from econonexus.domain.kinds import Mechanism, Proceeds
from econonexus.domain.refusals import RefusalCode as No
from econonexus.domain.terms import Terms
from tests.oracle import forms
from tests.oracle.books import NEVER_RECEIVE, Books, Notices, Row
from tests.oracle.forms import BIGGEST

ALWAYS = (0, BIGGEST + 1)


class Markets(Books):
    """Resources, markets and grants. What auctions keep back they add to `promises`."""

    def __init__(self) -> None:
        super().__init__()
        self.resources: dict[str, Row] = {}
        self.markets: dict[str, Row] = {}
        self.grants: dict[str, Row] = {}

    def due(self) -> Iterator[tuple[int, str, c.Command]]:
        yield from super().due()
        for name, grant in self.grants.items():
            if grant["status"] == "running":
                yield grant["ends"], "grant", c.ExpireGrant(name)

    def promises(self, resource: str) -> Iterator[tuple[int, int, int]]:
        """From when until when how many units are promised, each for itself."""
        for grant in self.grants.values():
            if grant["resource"] == resource and grant["status"] != "expired":
                counts = grant["units"] if grant["status"] == "running" else grant["used"]
                yield grant["starts"], grant["ends"], counts

    def offered(self, grant: str) -> int:
        """The units of a grant that its agent offers to others."""
        return 0

    def most_promised(self, resource: str, start: int, end: int) -> int:
        """The most units that are promised at any one instant in [start, end)."""
        promises = list(self.promises(resource))
        instants = {start, *(begins for begins, _, _ in promises if start < begins < end)}
        return max(
            sum(units for begins, ends, units in promises if begins <= instant < ends) for instant in instants
        )

    def _form_DeclareResource(self, it: c.DeclareResource) -> set[No]:
        odd = forms.whole(it.capacity) | forms.whole(it.period) or not it.unit.strip()
        names = forms.names(it.resource) | forms.short(it.unit, 64)
        return names | ({No.INVALID_RESOURCE} if odd else set())

    def _no_DeclareResource(self, it: c.DeclareResource, no: Callable[[No], None]) -> None:
        if it.resource in self.resources:
            no(No.RESOURCE_EXISTS)

    def _do_DeclareResource(self, it: c.DeclareResource, notices: Notices) -> None:
        self.resources[it.resource] = {"capacity": it.capacity, "period": it.period, "fence": 0}

    def _form_ChangeCapacity(self, it: c.ChangeCapacity) -> set[No]:
        return {No.INVALID_RESOURCE} if forms.whole(it.capacity) else set()

    def _no_ChangeCapacity(self, it: c.ChangeCapacity, no: Callable[[No], None]) -> None:
        if it.resource not in self.resources:
            no(No.UNKNOWN_RESOURCE)
        elif it.capacity < self.most_promised(it.resource, self.now, BIGGEST):
            no(No.CAPACITY_PROMISED)

    def _do_ChangeCapacity(self, it: c.ChangeCapacity, notices: Notices) -> None:
        self.resources[it.resource]["capacity"] = it.capacity

    def _form_CreateMarket(self, it: c.CreateMarket) -> set[No]:
        bundles = it.mechanism is Mechanism.COMBINATORIAL
        many = len(it.resources) > (256 if bundles else 1) or len(set(it.resources)) < len(it.resources)
        odd = (
            many
            or not it.resources
            or _odd_terms(it.terms)
            or _odd_clock(it.mechanism, it.terms)
            or _odd_commitment(it.mechanism, it.terms)
        )
        reasons = forms.names(it.market) | ({No.INVALID_TERMS} if odd else set())
        return reasons | _no_reputation(it.mechanism, it.terms)

    def _no_CreateMarket(self, it: c.CreateMarket, no: Callable[[No], None]) -> None:
        self._no_seller(it.terms, no)
        if set(it.resources) - self.resources.keys():
            no(No.UNKNOWN_RESOURCE)
        if it.market in self.markets:
            no(No.MARKET_EXISTS)

    def _do_CreateMarket(self, it: c.CreateMarket, notices: Notices) -> None:
        self.markets[it.market] = {
            "resources": it.resources,
            "mechanism": it.mechanism,
            "terms": it.terms,
            "prices": [],
            "halted": False,
        }

    def _form_ChangeMarket(self, it: c.ChangeMarket) -> set[No]:
        market = self.markets.get(it.market)
        odd = _odd_terms(it.terms) or (
            market is not None
            and (_odd_clock(market["mechanism"], it.terms) or _odd_commitment(market["mechanism"], it.terms))
        )
        misplaced = set[No]() if market is None else _no_reputation(market["mechanism"], it.terms)
        return misplaced | ({No.INVALID_TERMS} if odd else set())

    def _no_ChangeMarket(self, it: c.ChangeMarket, no: Callable[[No], None]) -> None:
        self._no_seller(it.terms, no)
        if it.market not in self.markets:
            no(No.UNKNOWN_MARKET)

    def _do_ChangeMarket(self, it: c.ChangeMarket, notices: Notices) -> None:
        market = self.markets[it.market]
        if market["terms"].computed_reserve != it.terms.computed_reserve:
            market["prices"] = []
        market["terms"] = it.terms

    def _form_FreezeMarket(self, it: c.FreezeMarket | c.UnfreezeMarket) -> set[No]:
        return forms.short(it.reason, 256)

    _form_UnfreezeMarket = _form_FreezeMarket

    def _no_FreezeMarket(self, it: c.FreezeMarket, no: Callable[[No], None]) -> None:
        if it.market not in self.markets:
            no(No.UNKNOWN_MARKET)
        elif self.markets[it.market]["halted"]:
            no(No.MARKET_HALTED)

    def _no_UnfreezeMarket(self, it: c.UnfreezeMarket, no: Callable[[No], None]) -> None:
        if it.market not in self.markets:
            no(No.UNKNOWN_MARKET)
        elif not self.markets[it.market]["halted"]:
            no(No.MARKET_NOT_HALTED)

    def _do_FreezeMarket(self, it: c.FreezeMarket | c.UnfreezeMarket, notices: Notices) -> None:
        self.markets[it.market]["halted"] = isinstance(it, c.FreezeMarket)

    _do_UnfreezeMarket = _do_FreezeMarket

    def _form_UseGrant(self, it: c.UseGrant) -> set[No]:
        return {No.INVALID_UNITS} if forms.whole(it.units) else set()

    def _no_UseGrant(self, it: c.UseGrant, no: Callable[[No], None]) -> None:
        if self._no_grant(it.grant, it.agent, no):
            grant = self.grants[it.grant]
            if it.fence is not None and it.fence != grant["fence"]:
                no(No.STALE_FENCE)
            if self.now < grant["starts"]:
                no(No.GRANT_NOT_BEGUN)
            if grant["used"] + it.units > grant["units"] - self.offered(it.grant):
                no(No.UNITS_OVER_GRANT)

    def _do_UseGrant(self, it: c.UseGrant, notices: Notices) -> None:
        grant = self.grants[it.grant]
        grant["used"] += it.units
        notices.append(("left", it.grant, grant["units"] - grant["used"] - self.offered(it.grant)))

    def _no_ReleaseGrant(self, it: c.ReleaseGrant, no: Callable[[No], None]) -> None:
        self._no_grant(it.grant, it.agent, no)

    def _do_ReleaseGrant(self, it: c.ReleaseGrant, notices: Notices) -> None:
        grant = self.grants[it.grant]
        grant["status"] = "released"
        notices.append(("returned", it.grant, grant["units"] - grant["used"]))

    def _no_ExpireGrant(self, it: c.ExpireGrant, no: Callable[[No], None]) -> None:
        if self._no_grant(it.grant, None, no) and self.now < self.grants[it.grant]["ends"]:
            no(No.GRANT_NOT_DUE)

    def _do_ExpireGrant(self, it: c.ExpireGrant, notices: Notices) -> None:
        grant = self.grants[it.grant]
        grant["status"] = "expired"
        notices.append(("unused", it.grant, grant["units"] - grant["used"]))

    def grant(
        self,
        source: str,
        market: str,
        rights: list[tuple[str, str, int, int]],
        window: tuple[int, int] | None,
        notices: Notices,
    ) -> None:
        """Give rights that follow from `source`: for each an agent, a resource, units and what they cost."""
        number = 0
        for agent, resource, units, paid in rights:
            number += 1
            while self.grants.get(f"{source}:{number}", {"status": ""})["status"] == "running":
                number += 1
            row = self.resources[resource]
            row["fence"] += 1
            starts, ends = window or (self.now, min(self.now + row["period"], BIGGEST))
            self.grants[f"{source}:{number}"] = {
                "agent": agent,
                "resource": resource,
                "units": units,
                "used": 0,
                "starts": starts,
                "ends": ends,
                "fence": row["fence"],
                "status": "running",
            }
            told = (f"{source}:{number}", agent, resource, units, starts, ends, row["fence"], market, paid)
            notices.append(("granted", *told))

    def _no_grant(self, name: str, asker: str | None, no: Callable[[No], None]) -> bool:
        """Whether there is such a grant of this agent; it may have ended."""
        grant = self.grants.get(name)
        if grant is None or asker not in (None, grant["agent"]):
            no(No.UNKNOWN_GRANT)
            return False
        if grant["status"] != "running":
            no(No.GRANT_ENDED)
        return True

    def _no_seller(self, terms: Terms, no: Callable[[No], None]) -> None:
        if terms.seller is None:
            return
        account = self.accounts.get(terms.seller)
        if account is None:
            no(No.UNKNOWN_ACCOUNT)
        else:
            if account["kind"] in NEVER_RECEIVE:
                no(No.WRONG_ACCOUNT_KIND)
            if account["asset"] != "credit":
                no(No.ASSET_MISMATCH)


NEWCOMER = 50_000
"""What a record is worth of which nothing is known: one in twenty, in millionths."""
WEIGHED = ("first_price", "second_price", "discriminatory", "multi_unit_vickrey")
RUNS = ("english", "dutch", "uniform_price", "combinatorial", "order_book")


def _no_reputation(mechanism: Mechanism, terms: Terms) -> set[No]:
    """Where records can neither weigh bids nor lend for them."""
    by_bids, reasons = mechanism.value in (*WEIGHED, *RUNS), set[No]()
    if terms.reputation_weight and (mechanism.value not in WEIGHED or terms.reserved_share is not None):
        reasons.add(No.NOT_WEIGHED)
    if terms.credit and (not by_bids or terms.commitment is not None):
        reasons.add(No.NOTHING_LENT)
    return reasons


def _odd_terms(terms: Terms) -> bool:
    whole = forms.whole(terms.increment) | forms.whole(terms.bidding_window)
    for amount in (terms.reserve, terms.soft_close, terms.stake):
        whole |= forms.whole(amount, 0)
    whole |= forms.whole(terms.least_reputation, 0, 1_000_000)
    whole |= forms.whole(terms.reputation_weight, 0, 1_000_000)
    words = (
        terms.uniform in ("highest_losing", "lowest_winning")
        and terms.payment in ("core", "vcg", "pay_as_bid")
        and terms.bidding in ("xor", "or")
        and terms.credit in ("", "reputation")
    )
    sells = terms.proceeds is Proceeds.SELLER
    return bool(whole) or not words or sells != (terms.seller is not None)


def _odd_clock(mechanism: Mechanism, terms: Terms) -> bool:
    clock = terms.clock
    if clock is None or mechanism is not Mechanism.DUTCH:
        return (clock is not None) or mechanism is Mechanism.DUTCH
    whole = forms.whole(clock.start) | forms.whole(clock.step) | forms.whole(clock.tick)
    whole |= forms.whole(clock.floor, 0)
    return bool(whole) or max(clock.floor, terms.reserve) > clock.start


def _odd_commitment(mechanism: Mechanism, terms: Terms) -> bool:
    rule = terms.commitment
    if rule is None:
        return False
    sealed = ("first_price", "second_price", "uniform_price", "discriminatory", "multi_unit_vickrey")
    return mechanism.value not in sealed or bool(forms.whole(rule.bond) | forms.whole(rule.reveal_window))
