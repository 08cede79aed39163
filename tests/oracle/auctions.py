"""Auctions of one item, and the bids in them."""
# ruff: noqa: N802  # Methods are named after the command they are about.

import statistics
from collections.abc import Callable, Iterator

from msgspec.structs import replace

from econonexus.domain import commands as c
from econonexus.domain.kinds import AccountKind as Kind
from econonexus.domain.kinds import Proceeds, Revisions
from econonexus.domain.refusals import RefusalCode as No
from econonexus.domain.terms import Terms
from tests.oracle import forms
from tests.oracle.books import Notices, Row
from tests.oracle.forms import BIGGEST
from tests.oracle.markets import ALWAYS, NEWCOMER, Markets
from tests.oracle.prices import Wish, fair_first, sold

BY_AUCTION = (
    "first_price", "second_price", "english", "dutch",
    "uniform_price", "discriminatory", "multi_unit_vickrey", "combinatorial",
)  # fmt: skip
RUNNING = ("announced", "open", "closed", "clearing")
SINGLE_UNIT = ("first_price", "second_price", "english")


class Auctions(Markets):
    """Auctions from their announcement to their end. What is kept back for bids, is until then."""

    def __init__(self) -> None:
        super().__init__()
        self.auctions: dict[str, Row] = {}

    def reserved(self) -> Iterator[tuple[str, int, dict[str, int]]]:
        yield from super().reserved()
        for auction in self._running():
            for bid in auction["bids"].values():
                yield bid["source"], bid["held"], dict.fromkeys(bid["budgets"], bid["held"])

    def sealed_in(self, budget: str) -> int:
        bids = (bid for auction in self._running() for bid in auction["bids"].values())
        return sum(bid["held"] for bid in bids if budget in bid["budgets"])

    def due(self) -> Iterator[tuple[int, str, c.Command]]:
        yield from super().due()
        for name, auction in self.auctions.items():
            if auction["status"] in ("announced", "open"):
                at = auction["opens"] if auction["status"] == "announced" else auction["closes"]
                yield at, "auction", c.AdvanceAuction(name)

    def promises(self, resource: str) -> Iterator[tuple[int, int, int]]:
        yield from super().promises(resource)
        for auction in self._running():
            yield (*(auction["window"] or ALWAYS), auction["supply"].get(resource, 0))

    def _running(self) -> list[Row]:
        return [row for row in self.auctions.values() if row["status"] in RUNNING]

    # Announced, closed, taken back.

    def _form_AnnounceAuction(self, it: c.AnnounceAuction) -> set[No]:
        times = [at for at in (it.opens_at, it.closes_at, it.starts_at, it.ends_at) if at is not None]
        reasons = forms.names(it.auction).union(*map(forms.instant, times))
        if len(it.auction) > 112:
            reasons.add(No.INVALID_ID)
        half_a_window = (it.starts_at is None) != (it.ends_at is None)
        if not it.supply or half_a_window or any(forms.whole(units) for units in it.supply.values()):
            reasons.add(No.INVALID_AUCTION)
        return reasons

    def _no_AnnounceAuction(self, it: c.AnnounceAuction, no: Callable[[No], None]) -> None:
        if it.auction in self.auctions:
            no(No.AUCTION_EXISTS)
        market = self.markets.get(it.market)
        if market is None:
            return no(No.UNKNOWN_MARKET)
        if market["mechanism"].value not in BY_AUCTION:
            no(No.NOT_AN_AUCTION)
        if set(it.supply) - set(market["resources"]):
            no(No.NOT_SOLD_HERE)
        opens, closes, window = self._times(it)
        if closes <= opens or (window is not None and not closes <= window[0] < window[1]):
            return no(No.DEADLINE_PASSED)
        for item, units in it.supply.items():
            if item in self.resources:
                promised = self.most_promised(item, *(window or (self.now, BIGGEST)))
                if promised + units > self.resources[item]["capacity"]:
                    no(No.OVER_CAPACITY)
        if market["halted"]:
            no(No.MARKET_HALTED)
        return None

    def _do_AnnounceAuction(self, it: c.AnnounceAuction, notices: Notices) -> None:
        opens, closes, window = self._times(it)
        market = self.markets[it.market]
        self.auctions[it.auction] = {
            "market": it.market,
            "mechanism": market["mechanism"].value,
            "terms": replace(market["terms"], reserve=self._reserve(market)),
            "supply": dict(it.supply),
            "opens": opens,
            "closes": closes,
            "window": window,
            "status": "open" if opens <= self.now else "announced",
            "bids": {},
        }
        notices.append(("announced", it.auction, opens, closes, self._reserve(market)))

    def _reserve(self, market: Row) -> int:
        """The given one, or what the last prices say, whichever is more."""
        rule, given = market["terms"].computed_reserve, market["terms"].reserve
        prices = market["prices"]
        if rule is None or len(prices) < rule.last:
            return given
        return max(given, statistics.median_low(prices[-rule.last :]) * rule.share // 1_000_000)

    def _times(self, it: c.AnnounceAuction) -> tuple[int, int, tuple[int, int] | None]:
        opens = max(self.now, it.opens_at or 0)
        closes = it.closes_at
        if closes is None:
            closes = min(opens + self.markets[it.market]["terms"].bidding_window, BIGGEST)
        return opens, closes, None if it.starts_at is None else (it.starts_at, it.ends_at)

    def _no_CloseAuction(self, it: c.CloseAuction, no: Callable[[No], None]) -> None:
        auction = self._no_auction(it.auction, no)
        if auction is not None:
            self._no_bidding(auction, no)

    def _do_CloseAuction(self, it: c.CloseAuction, notices: Notices) -> None:
        self._clear(it.auction, notices)

    def _form_CancelAuction(self, it: c.CancelAuction) -> set[No]:
        return forms.short(it.reason, 256)

    def _no_CancelAuction(self, it: c.CancelAuction, no: Callable[[No], None]) -> None:
        auction = self._no_auction(it.auction, no)
        if auction is not None and auction["status"] in ("closed", "clearing"):
            no(No.AUCTION_NOT_OPEN)

    def _do_CancelAuction(self, it: c.CancelAuction, notices: Notices) -> None:
        self.auctions[it.auction]["status"] = "cancelled"

    def _no_AdvanceAuction(self, it: c.AdvanceAuction, no: Callable[[No], None]) -> None:
        auction = self._no_auction(it.auction, no)
        due = {asked.auction: at for at, _, asked in self.due() if isinstance(asked, c.AdvanceAuction)}
        if auction is not None and due.get(it.auction, BIGGEST + 1) > self.now:
            no(No.AUCTION_NOT_DUE)

    def _do_AdvanceAuction(self, it: c.AdvanceAuction, notices: Notices) -> None:
        auction = self.auctions[it.auction]
        if auction["status"] == "announced":
            auction["status"] = "open"
        elif self.markets[auction["market"]]["halted"] and not self._is_over(auction):
            auction["closes"] = min(self.now + max(auction["terms"].bidding_window, 10**9), BIGGEST)
            notices.append(("extended", it.auction, auction["closes"]))
        else:
            self._clear(it.auction, notices)

    # Bids.

    def _form_PlaceBid(self, it: c.PlaceBid) -> set[No]:
        bad = _odd_prices(it.price, it.cap) or not it.items
        bad = bad or any(forms.whole(units) for units in it.items.values())
        auction = self.auctions.get(it.auction)
        if auction is not None and not bad:
            bad = _odd_in_all(it.items, it.price, it.cap) or len(it.items) > 1
            bad = bad or (auction["mechanism"] in SINGLE_UNIT and list(it.items.values()) != [1])
        return forms.names(it.bid) | ({No.INVALID_BID} if bad else set())

    def _no_PlaceBid(self, it: c.PlaceBid, no: Callable[[No], None]) -> None:
        auction = self.auctions.get(it.auction)
        if it.agent not in self.agents:
            no(No.UNKNOWN_AGENT)
        if auction is None:
            no(No.UNKNOWN_AUCTION)
        if it.agent not in self.agents or auction is None:
            return
        terms = auction["terms"]
        if it.bid in auction["bids"]:
            no(No.BID_EXISTS)
        if set(it.items) - auction["supply"].keys():
            no(No.NOT_SOLD_HERE)
        if it.price < terms.reserve:
            no(No.BELOW_RESERVE)
        self._no_bidding(auction, no)
        if self._at_stake(it.agent) < terms.stake:
            no(No.STAKE_TOO_SMALL)
        if terms.least_reputation > NEWCOMER:
            no(No.REPUTATION_TOO_LOW)
        self._no_suspended(it.agent, no)
        held = to_hold(it.items, it.price, it.cap)
        self._no_pledge(it.agent, destination(terms), held, no)
        self._no_power(terms, self._payer(it.agent)[0], held, no)

    def _do_PlaceBid(self, it: c.PlaceBid, notices: Notices) -> None:
        auction = self.auctions[it.auction]
        source, agent = self._payer(it.agent)
        receiver = destination(auction["terms"])
        held = to_hold(it.items, it.price, it.cap)
        self._open_line(auction["terms"], source)
        levels = self._levels(source, receiver, agent=agent)
        auction["bids"][it.bid] = {
            "agent": it.agent,
            "items": dict(it.items),
            "price": it.price,
            "held": held,
            "source": source,
            "destination": receiver,
            "budgets": levels,
            "drawing": agent,
        }

    def _form_RaiseBid(self, it: c.RaiseBid) -> set[No]:
        bad = _odd_prices(it.price, it.cap)
        bid = self._bid(it)
        if bid is not None and not bad:
            bad = _odd_in_all(bid["items"], it.price, it.cap)
        return {No.INVALID_BID} if bad else set()

    def _no_RaiseBid(self, it: c.RaiseBid, no: Callable[[No], None]) -> None:
        auction, bid = self._no_auction(it.auction, no), self._bid(it)
        if auction is None:
            return None
        if bid is None:
            return no(No.UNKNOWN_BID)
        self._no_bidding(auction, no)
        if auction["terms"].revisions is Revisions.NONE or it.price <= bid["price"]:
            no(No.BID_STANDS)
        self._no_suspended(bid["agent"], no)
        more = max(0, to_hold(bid["items"], it.price, it.cap) - bid["held"])
        self._no_funds(bid["source"], more, no, bid["drawing"])
        self._no_power(auction["terms"], bid["source"], more, no)
        self._no_budget(bid["budgets"], more, no)
        return None

    def _do_RaiseBid(self, it: c.RaiseBid, notices: Notices) -> None:
        bid = self.auctions[it.auction]["bids"][it.bid]
        held = max(bid["held"], to_hold(bid["items"], it.price, it.cap))
        bid |= {"price": it.price, "held": held}

    def _no_WithdrawBid(self, it: c.WithdrawBid, no: Callable[[No], None]) -> None:
        auction, bid = self._no_auction(it.auction, no), self._bid(it)
        if auction is None:
            return
        if bid is None:
            no(No.UNKNOWN_BID)
        if auction["status"] != "open":
            no(No.AUCTION_NOT_OPEN)
        if auction["terms"].revisions is not Revisions.WITHDRAW:
            no(No.BID_STANDS)

    def _do_WithdrawBid(self, it: c.WithdrawBid, notices: Notices) -> None:
        del self.auctions[it.auction]["bids"][it.bid]

    def _bid(self, it: c.RaiseBid | c.WithdrawBid) -> Row | None:
        """The bid spoken of, if its auction runs and it is the agent's own."""
        auction = self.auctions.get(it.auction)
        bid = auction["bids"].get(it.bid) if auction is not None and auction["status"] in RUNNING else None
        return bid if bid is not None and bid["agent"] == it.agent else None

    def _no_auction(self, name: str, no: Callable[[No], None]) -> Row | None:
        """The auction of a name, if it has not ended."""
        auction = self.auctions.get(name)
        if auction is None:
            no(No.UNKNOWN_AUCTION)
        elif auction["status"] not in RUNNING:
            no(No.AUCTION_NOT_OPEN)
            return None
        return auction

    def _no_bidding(self, auction: Row, no: Callable[[No], None]) -> None:
        if auction["status"] != "open":
            no(No.AUCTION_NOT_OPEN)
        if self.markets[auction["market"]]["halted"]:
            no(No.MARKET_HALTED)

    def _no_pledge(self, name: str, destination: str, amount: int, no: Callable[[No], None]) -> None:
        """May an agent's money be kept back for a destination?"""
        source, agent = self._payer(name)
        if source == destination:
            return no(No.SAME_ACCOUNT)
        self._no_move(source, destination, amount, no, now=False, agent=agent)
        self._no_budget(self._levels(source, destination, agent=agent), amount, no)
        return None

    def _no_power(self, terms: Terms, source: str, more: int, no: Callable[[No], None]) -> None:
        """Where records lend, who has none bids four fifths of what it has and has bid there."""
        if terms.credit != "reputation":
            return
        bid = sum(self.bid_where_lent(source))
        free = self.accounts[source]["balance"] - self.held_of(source)
        if bid + more > (free + bid) * 4 // 5:
            no(No.OVER_BIDDING_POWER)

    def _open_line(self, terms: Terms, source: str) -> None:
        """Where records lend, whoever bids has an account for its debts; newcomers are lent nothing."""
        line = f"line:{source}"
        if terms.credit == "reputation" and line not in self.accounts:
            self._open(line, Kind.DEBT, "credit")

    def bid_where_lent(self, source: str) -> Iterator[int]:
        """What an account has on hold for bids where records lend."""
        for auction in self._running():
            if auction["terms"].credit == "reputation":
                yield from (bid["held"] for bid in auction["bids"].values() if bid["source"] == source)

    def _at_stake(self, agent: str) -> int:
        row = self.accounts.get(f"stake:{agent}")
        mine = row is not None and (row["kind"], row["asset"], row["owner"]) == (Kind.STAKE, "credit", agent)
        return row["balance"] if row is not None and mine else 0

    # What it comes to.

    def _is_over(self, auction: Row) -> bool:
        return auction["window"] is not None and auction["window"][1] <= self.now

    def _clear(self, name: str, notices: Notices) -> None:
        auction = self.auctions[name]
        bids = auction["bids"]
        dealt: dict[str, int] = {}
        sales = {item: self._sell(auction, item, dealt) for item in auction["supply"]}
        welfare = sum(sale.welfare for sale in sales.values())
        wins = [
            (bid, bids[bid]["agent"], {item: units}, money)
            for item, sale in sales.items()
            for bid, (units, money) in sale.won.items()
        ]
        lost = auction.get("commitments", {})  # Whoever has not revealed its bid loses its bond.
        bonds = {bid: bond["held"] for bid, bond in lost.items()}
        income = sum(money for *_, money in wins) + sum(bonds.values())
        receiver = destination(auction["terms"])
        full = bool(wins or bonds) and self.accounts[receiver]["balance"] + income > BIGGEST
        if full or welfare > BIGGEST or self._is_over(auction):
            auction["status"] = "failed"
            notices.append(("failed", name))
            return
        prices = {item: sale.price for item, sale in sales.items() if sale.price is not None}
        left = {
            item: units - sum(won for won, _ in sales[item].won.values())
            for item, units in auction["supply"].items()
        }
        unsold = {item: units for item, units in left.items() if units}
        notices += [("forfeited", name, bid, bond) for bid, bond in bonds.items()]
        notices.append(("cleared", name, wins, prices, unsold, welfare, dealt))
        market = self.markets[auction["market"]]
        noted = next(iter(prices.values()), market["terms"].reserve)
        market["prices"] = [*market["prices"], noted]
        auction["status"] = "settled"
        rights = [(agent, item, units, paid) for _, agent, won, paid in wins for item, units in won.items()]
        self.grant(name, auction["market"], rights, auction["window"], notices)
        paid = {bid: money for bid, *_, money in wins} | bonds
        self._take({**bids, **lost}, paid, receiver, notices)
        lost.clear()

    def _sell(self, auction: Row, item: str, dealt: dict[str, int]):
        wishes = [
            Wish(name, self.agents[bid["agent"]]["owner"], item, bid["items"][item], bid["price"], place)
            for place, (name, bid) in enumerate(auction["bids"].items())
            if item in bid["items"]
        ]
        terms = auction["terms"]
        it = (auction["mechanism"], wishes, auction["supply"][item], terms.reserve, terms.uniform)
        if terms.reserved_share is None:
            return sold(*it)
        sale, fair = fair_first(*it, terms.reserved_share.share)
        dealt.update(fair)
        return sale

    def _take(self, bids: dict[str, Row], paid: dict[str, int], receiver: str, notices: Notices) -> None:
        """Winners pay, and what they pay counts as spent, all at once; only then are overrun limits told."""
        spent: dict[str, int] = {}
        for bid, money in paid.items():
            self._move(bids[bid]["source"], receiver, money)
            for level in bids[bid]["budgets"]:
                spent[level] = spent.get(level, 0) + money
        for level, money in spent.items():
            self._overruns([level], money, notices)
        for level, money in spent.items():
            self._count([level], money, notices)
        self._repay(receiver, sum(paid.values()))


def _odd_prices(price: int, cap: int | None) -> bool:
    return bool(forms.whole(price)) or (cap is not None and (bool(forms.whole(cap)) or cap < price))


def to_hold(items: dict[str, int], price: int, cap: int | None) -> int:
    return price * sum(items.values()) if cap is None else cap


def _odd_in_all(items: dict[str, int], price: int, cap: int | None) -> bool:
    """Whether the cap is less than what is bid, or that is no amount at all."""
    in_all = to_hold(items, price, None)
    return bool(forms.whole(in_all)) or (cap is not None and cap < in_all)


def destination(terms) -> str:
    return {Proceeds.BURN: "burn", Proceeds.TREASURY: "treasury"}.get(terms.proceeds, terms.seller)
