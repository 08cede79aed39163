"""English and Dutch auctions while they run, styles of bidding, and bids that are committed to."""
# ruff: noqa: N802  # Methods are named after the command they are about.

import hashlib
import json
from collections.abc import Callable, Iterator
from fractions import Fraction

import msgspec

from econonexus.domain import commands as c
from econonexus.domain.refusals import RefusalCode as No
from tests.oracle import forms
from tests.oracle.auctions import Auctions, destination, to_hold
from tests.oracle.books import Notices, Row
from tests.oracle.forms import BIGGEST
from tests.oracle.markets import NEWCOMER
from tests.oracle.prices import Sale

FAR = 10**6
"""More calls than any clock here has."""


class Running(Auctions):
    """Prices are found by comparing everybody with everybody, and calls by walking down the clock."""

    def submit(self, command: c.Command, now: int):
        done = super().submit(command, now)
        for market in self.markets.values():
            market["since"] = market.get("since", now) if market["halted"] else now
        return done

    def reserved(self) -> Iterator[tuple[str, int, dict[str, int]]]:
        yield from super().reserved()
        for auction in self._running():
            for bond in auction["commitments"].values():
                yield bond["source"], bond["held"], dict.fromkeys(bond["budgets"], bond["held"])

    def sealed_in(self, budget: str) -> int:
        bonds = (bond for auction in self._running() for bond in auction["commitments"].values())
        return super().sealed_in(budget) + sum(bond["held"] for bond in bonds if budget in bond["budgets"])

    def due(self) -> Iterator[tuple[int, str, c.Command]]:
        for at, kind, asked in super().due():
            auction = self.auctions.get(getattr(asked, "auction", ""), {"status": ""})
            yield self._next_in(auction) if auction["status"] == "open" else at, kind, asked
        for name, auction in self.auctions.items():
            if auction["status"] == "closed":
                yield auction["reveals"], "auction", c.AdvanceAuction(name)

    def _next_in(self, auction: Row) -> int:
        if auction["mechanism"] != "dutch":
            return auction["closes"]
        waiting = [self._takes_at(auction, bid) for bid in auction["bids"].values() if "took" not in bid]
        return min([auction["closes"], *waiting])

    def _do_AnnounceAuction(self, it: c.AnnounceAuction, notices: Notices) -> None:
        super()._do_AnnounceAuction(it, notices)
        auction = self.auctions[it.auction]
        auction |= {
            "standing": auction["terms"].reserve,
            "increment": auction["terms"].increment,
            "began": auction["opens"],
            "waited": 0,
            "commitments": {},
            "places": 0,
        }

    def _times(self, it: c.AnnounceAuction) -> tuple[int, int, tuple[int, int] | None]:
        opens, closes, window = super()._times(it)
        terms = self.markets[it.market]["terms"]
        if terms.clock is not None:
            silent = min(opens + len(_calls(terms)) * terms.clock.tick, BIGGEST)
            closes = silent if it.closes_at is None else min(silent, closes)
        return opens, closes, window

    def _do_CloseAuction(self, it: c.CloseAuction, notices: Notices) -> None:
        self._close_auction(it.auction, notices)

    def _do_AdvanceAuction(self, it: c.AdvanceAuction, notices: Notices) -> None:
        auction = self.auctions[it.auction]
        if auction["status"] == "announced":
            auction["status"] = "open"
        elif self.markets[auction["market"]]["halted"] and not self._is_over(auction):
            self._let_auction_wait(it.auction, auction, notices)
        elif auction["status"] == "open" and self._next_in(auction) < auction["closes"]:
            self._call_clock(it.auction, auction, notices)
        else:
            self._close_auction(it.auction, notices)

    def _let_auction_wait(self, name: str, auction: Row, notices: Notices) -> None:
        later = min(self.now + max(auction["terms"].bidding_window, 10**9), BIGGEST)
        if auction["status"] == "closed":
            auction["reveals"] = later
        else:
            later = min(later + auction["closes"] - self._next_in(auction), BIGGEST)
            longer = later - auction["closes"]
            auction |= {
                "closes": later,
                "began": auction["began"] + longer,
                "waited": auction["waited"] + longer,
            }
        notices.append(("extended", name, later))

    def _do_UnfreezeMarket(self, it: c.UnfreezeMarket, notices: Notices) -> None:
        since = self.markets[it.market]["since"]
        super()._do_UnfreezeMarket(it, notices)
        self._go_on(it.market, since, notices)

    def _do_ResumeMarket(self, it: c.ResumeMarket, notices: Notices) -> None:
        since = self.markets[it.market]["since"]
        super()._do_ResumeMarket(it, notices)  # type: ignore[misc]  # That of the orders.
        self._go_on(it.market, since, notices)

    def _go_on(self, market: str, since: int, notices: Notices) -> None:
        """Clocks go on where they stood, however long their auctions have waited."""
        for name, auction in self.auctions.items():
            longer = self.now - since - auction["waited"]
            is_one = auction["market"] == market and auction["mechanism"] == "dutch"
            if is_one and auction["status"] == "open" and longer:
                auction |= {
                    "closes": auction["closes"] + longer,
                    "began": auction["began"] + longer,
                    "waited": 0,
                }
                notices.append(("extended", name, auction["closes"]))

    def _close_auction(self, name: str, notices: Notices) -> None:
        auction = self.auctions[name]
        if auction["status"] == "open" and auction["commitments"]:
            window = auction["terms"].commitment.reveal_window
            auction |= {"status": "closed", "reveals": min(self.now + window, BIGGEST)}
            notices.append(("revealing", name, auction["reveals"]))
        else:
            self._clear(name, notices)

    # Bids.

    def _form_PlaceBid(self, it: c.PlaceBid) -> set[No]:
        styled = it.valuation is not None or it.style is not None
        if styled and (it.valuation is None or it.style is None or it.price is not None):
            return forms.names(it.bid) | {No.INVALID_BID}
        if it.price is None and not styled:
            return forms.names(it.bid) | {No.INVALID_BID}
        said = msgspec.structs.replace(it, price=it.valuation, valuation=None, style=None) if styled else it
        reasons = super()._form_PlaceBid(said)
        auction = self.auctions.get(it.auction)
        falls = auction is not None and auction["mechanism"] == "dutch" and not reasons
        if falls and any(units > auction["supply"].get(item, units) for item, units in it.items.items()):
            reasons.add(No.INVALID_BID)
        return reasons

    def _no_PlaceBid(self, it: c.PlaceBid, no: Callable[[No], None]) -> None:
        auction = self.auctions.get(it.auction)
        if auction is None or it.agent not in self.agents:
            return super()._no_PlaceBid(it, no)
        it = self._priced(it, auction)
        if it.bid in auction["commitments"]:
            no(No.BID_EXISTS)
        if auction["terms"].commitment is not None:
            no(No.COMMITMENT_NEEDED)
        if auction["mechanism"] == "dutch" and it.price < _calls(auction["terms"])[-1]:
            no(No.BELOW_RESERVE)
        if auction["mechanism"] == "english" and it.price < self._least(auction):
            no(No.BELOW_STANDING)
        return super()._no_PlaceBid(it, no)

    def _do_PlaceBid(self, it: c.PlaceBid, notices: Notices) -> None:
        auction = self.auctions[it.auction]
        before = self._leaders_of(auction)
        super()._do_PlaceBid(self._priced(it, auction), notices)
        auction["bids"][it.bid]["place"] = self._next_place(auction)
        self._answer_bid(it.auction, it.bid, before, notices)

    def _no_RaiseBid(self, it: c.RaiseBid, no: Callable[[No], None]) -> None:
        auction, bid = self.auctions.get(it.auction), self._bid(it)
        if auction is not None and bid is not None:
            leads = it.bid in self._leaders_of(auction)
            if auction["mechanism"] == "english" and not leads and it.price < self._least(auction):
                no(No.BELOW_STANDING)
            if "took" in bid:
                no(No.BID_STANDS)
        super()._no_RaiseBid(it, no)

    def _do_RaiseBid(self, it: c.RaiseBid, notices: Notices) -> None:
        auction = self.auctions[it.auction]
        before = self._leaders_of(auction)
        super()._do_RaiseBid(it, notices)
        if auction["mechanism"] == "english" and it.bid not in before:
            auction["bids"][it.bid]["place"] = self._next_place(auction)
            auction["bids"][it.bid] = auction["bids"].pop(it.bid)
        self._answer_bid(it.auction, it.bid, before, notices)

    def _no_WithdrawBid(self, it: c.WithdrawBid, no: Callable[[No], None]) -> None:
        super()._no_WithdrawBid(it, no)
        auction, bid = self.auctions.get(it.auction), self._bid(it)
        if auction is None or bid is None:
            return
        if "took" in bid or it.bid in self._leaders_of(auction):
            no(No.BID_STANDS)
        elif auction["mechanism"] == "english":
            others = {name: row for name, row in auction["bids"].items() if name != it.bid}
            if self._standing_price(auction, others) < self._standing_price(auction, auction["bids"]):
                no(No.BID_STANDS)

    def _next_place(self, auction: Row) -> int:
        auction["places"] += 1
        return auction["places"]

    def _answer_bid(self, name: str, bid: str, before: list[str], notices: Notices) -> None:
        auction = self.auctions[name]
        if auction["mechanism"] == "english" and bid not in before:
            self._rise_to(name, auction, bid, before, notices)
        if auction["mechanism"] == "dutch":
            asked = self._asked_now(auction)
            if auction["bids"][bid]["price"] >= asked:
                self._serve_takers(name, auction, [bid], asked, notices)

    # A price that rises.

    def _least(self, auction: Row) -> int:
        units = sum(auction["supply"].values())
        free = len(auction["bids"]) < units
        return max(1, auction["terms"].reserve if free else auction["standing"] + auction["increment"])

    def _ranking_of(self, bids: dict[str, Row]) -> list[str]:
        return sorted(bids, key=lambda name: (-bids[name]["price"], bids[name]["place"]))

    def _leaders_of(self, auction: Row) -> list[str]:
        if auction["mechanism"] != "english":
            return []
        return self._ranking_of(auction["bids"])[: sum(auction["supply"].values())]

    def _dues(self, auction: Row, bids: dict[str, Row]) -> dict[str, int]:
        """What each of the best would pay, whoever stands against it."""
        ranked, units = self._ranking_of(bids), sum(auction["supply"].values())
        dues: dict[str, int] = {}
        for leader in ranked[:units]:
            owner, own = self._owner_of(bids[leader]), bids[leader]["price"]
            rivals = [bids[name]["price"] for name in ranked[units:] if self._owner_of(bids[name]) != owner]
            asked = max(rivals) + auction["increment"] if rivals else 0
            dues[leader] = max(auction["terms"].reserve, min(own, asked))
        return dues

    def _standing_price(self, auction: Row, bids: dict[str, Row]) -> int:
        return max([auction["terms"].reserve, *self._dues(auction, bids).values()])

    def _owner_of(self, bid: Row) -> str:
        return self.agents[bid["agent"]]["owner"]

    def _rise_to(self, name: str, auction: Row, bid: str, before: list[str], notices: Notices) -> None:
        leaders = self._leaders_of(auction)
        price = max(auction["standing"], self._standing_price(auction, auction["bids"]))
        outbid = [each for each in (*before, bid) if each not in leaders]
        seen = leaders != before or price != auction["standing"]
        for each in outbid:
            auction["bids"][each]["held"] = 0
        auction["standing"] = price
        place = len(notices)
        if seen:
            self._extend_auction(name, auction, notices)
        notices.insert(place, ("standing", name, price, leaders, self._least(auction), outbid))

    def _extend_auction(self, name: str, auction: Row, notices: Notices) -> None:
        later = self.now + auction["terms"].soft_close
        if auction["window"] is not None:
            later = min(later, auction["window"][0])
        if later > auction["closes"]:
            auction |= {"closes": later, "increment": min(2 * auction["increment"], BIGGEST), "waited": 0}
            notices.append(("extended", name, later))

    # A clock that falls.

    def _asked_now(self, auction: Row) -> int:
        calls = _calls(auction["terms"])
        ticks = max(0, self.now - auction["began"]) // auction["terms"].clock.tick
        return calls[min(ticks, len(calls) - 1)]

    def _takes_at(self, auction: Row, bid: Row) -> int:
        number = next(n for n, call in enumerate(_calls(auction["terms"])) if call <= bid["price"])
        return auction["began"] + number * auction["terms"].clock.tick

    def _call_clock(self, name: str, auction: Row, notices: Notices) -> None:
        """The clock comes down to whoever waits for its next call that anybody takes."""
        at = self._next_in(auction)
        bids = auction["bids"]
        takers = [
            bid for bid, row in bids.items() if "took" not in row and self._takes_at(auction, row) == at
        ]
        calls, tick = _calls(auction["terms"]), auction["terms"].clock.tick
        asked = calls[(at - auction["began"]) // tick]
        self._serve_takers(name, auction, sorted(takers, key=lambda bid: bids[bid]["place"]), asked, notices)

    def _serve_takers(self, name: str, auction: Row, takers: list[str], asked: int, notices: Notices) -> None:
        total = sum(auction["supply"].values())
        for taker in takers:
            taken = [row["took"] for row in auction["bids"].values() if "took" in row]
            left, row = total - sum(units for units, _, _ in taken), auction["bids"][taker]
            if not left:
                return
            units = min(left, sum(row["items"].values()))
            row |= {"took": (units, asked, len(taken)), "held": units * asked}
            notices.append(("taken", name, taker, units, asked, left - units))
            if units == left:
                self._clear(name, notices)

    def _sell(self, auction: Row, item: str, dealt: dict[str, int]):
        bids = auction["bids"]
        if auction["mechanism"] == "english":
            dues = self._dues(auction, bids)
            won = {name: (1, min(due, auction["standing"])) for name, due in dues.items()}
            price = max((money for _, money in won.values()), default=None)
            return Sale(won, price, sum(bids[name]["price"] for name in won))
        if auction["mechanism"] == "dutch":
            took = {name: row["took"] for name, row in bids.items() if "took" in row}
            order = sorted(took, key=lambda name: took[name][2])
            won = {name: (took[name][0], took[name][0] * took[name][1]) for name in order}
            welfare = sum(took[name][0] * bids[name]["price"] for name in order)
            return Sale(won, took[order[-1]][1] if order else None, welfare)
        return super()._sell(auction, item, dealt)

    # What to bid.

    def _priced(self, it: c.PlaceBid, auction: Row) -> c.PlaceBid:
        """The same with the price that its style comes to."""
        if it.valuation is None:
            return it
        own_bid_is_paid = auction["mechanism"] in ("first_price", "discriminatory", "dutch")
        if auction["mechanism"] == "uniform_price":
            own_bid_is_paid = auction["terms"].uniform == "lowest_winning"
        price, terms = it.valuation, auction["terms"]
        reserve = terms.reserve if terms.clock is None else _calls(terms)[-1]
        if own_bid_is_paid and it.style.value != "truthful" and price > reserve:
            places = max(1, min(auction["supply"].get(item, 0) // units for item, units in it.items.items()))
            owners = {self.agents[it.agent]["owner"], *map(self._owner_of, auction["bids"].values())}
            expected = max(len(owners), self.markets[auction["market"]].get("turnout", 0))
            n = min(max(expected - places + 1, 2), 100)
            n = {"strategic": n, "conservative": 2, "aggressive": 2 * n - 1}[it.style.value]
            # The equilibrium is the valuation less the chance to win, summed up from the reserve.
            best = Fraction((n - 1) * price**n + reserve**n, n * price ** (n - 1))
            price = max(1, reserve, int(best))
        return msgspec.structs.replace(it, price=price, valuation=None, style=None)

    # Commitments.

    def _form_CommitBid(self, it: c.CommitBid) -> set[No]:
        odd = {No.INVALID_COMMITMENT} if forms.digest(it.digest) else set()
        return forms.names(it.bid) | odd

    def _no_CommitBid(self, it: c.CommitBid, no: Callable[[No], None]) -> None:
        auction = self.auctions.get(it.auction)
        if it.agent not in self.agents:
            no(No.UNKNOWN_AGENT)
        if auction is None:
            no(No.UNKNOWN_AUCTION)
        if it.agent not in self.agents or auction is None:
            return
        terms = auction["terms"]
        if it.bid in auction["bids"] or it.bid in auction["commitments"]:
            no(No.BID_EXISTS)
        if terms.commitment is None:
            no(No.NO_COMMITMENTS)
        self._no_bidding(auction, no)
        if self._at_stake(it.agent) < terms.stake:
            no(No.STAKE_TOO_SMALL)
        if terms.least_reputation > NEWCOMER:
            no(No.REPUTATION_TOO_LOW)
        self._no_suspended(it.agent, no)
        bond = 0 if terms.commitment is None else terms.commitment.bond
        self._no_pledge(it.agent, destination(terms), bond, no)

    def _do_CommitBid(self, it: c.CommitBid, notices: Notices) -> None:
        auction = self.auctions[it.auction]
        source, agent = self._payer(it.agent)
        levels = self._levels(source, destination(auction["terms"]), agent=agent)
        auction["commitments"][it.bid] = {
            "agent": it.agent,
            "digest": it.digest,
            "held": auction["terms"].commitment.bond,
            "source": source,
            "budgets": levels,
            "drawing": agent,
        }

    def _form_RevealBid(self, it: c.RevealBid) -> set[No]:
        bad = forms.whole(it.price) or not it.items or len(it.nonce) < 16 or forms.names(it.nonce)
        bad = bad or any(forms.whole(units) for units in it.items.values())
        auction = self.auctions.get(it.auction)
        if auction is not None and not bad:
            single = auction["mechanism"] in ("first_price", "second_price", "english")
            bad = forms.whole(to_hold(it.items, it.price, None)) or len(it.items) > 1
            bad = bad or (single and list(it.items.values()) != [1])
        return {No.INVALID_BID} if bad else set()

    def _no_RevealBid(self, it: c.RevealBid, no: Callable[[No], None]) -> None:
        auction = self.auctions.get(it.auction)
        if auction is None:
            return no(No.UNKNOWN_AUCTION)
        bond = auction["commitments"].get(it.bid)
        if bond is None or bond["agent"] != it.agent:
            known = auction["bids"].get(it.bid, {"agent": ""})["agent"] == it.agent
            return no(No.BID_EXISTS if known else No.UNKNOWN_BID)
        said = ["econonexus-bid/1", it.auction, it.bid, it.agent, it.items, it.price, it.nonce]
        text = json.dumps(said, separators=(",", ":"), sort_keys=True)
        if hashlib.sha256(text.encode()).hexdigest() != bond["digest"]:
            no(No.COMMITMENT_BROKEN)
        if set(it.items) - auction["supply"].keys():
            no(No.NOT_SOLD_HERE)
        if it.price < auction["terms"].reserve:
            no(No.BELOW_RESERVE)
        if auction["status"] != "closed":
            no(No.NOT_REVEALING)
        more = max(0, to_hold(it.items, it.price, None) - bond["held"])
        self._no_funds(bond["source"], more, no, bond["drawing"])
        self._no_budget(bond["budgets"], more, no)
        return None

    def _do_RevealBid(self, it: c.RevealBid, notices: Notices) -> None:
        auction = self.auctions[it.auction]
        bond = auction["commitments"].pop(it.bid)
        auction["bids"][it.bid] = bond | {
            "items": dict(it.items),
            "price": it.price,
            "held": to_hold(it.items, it.price, None),
            "destination": destination(auction["terms"]),
        }

    def _clear(self, name: str, notices: Notices) -> None:
        auction = self.auctions[name]
        super()._clear(name, notices)
        if auction["status"] == "settled":
            owners = {self._owner_of(bid) for bid in auction["bids"].values()}
            self.markets[auction["market"]]["turnout"] = len(owners)


def _calls(terms) -> list[int]:
    """All that a clock calls, from the first to the last."""
    floor, calls = max(terms.clock.floor, terms.reserve), [terms.clock.start]
    while calls[-1] > floor and len(calls) < FAR:
        calls.append(max(floor, calls[-1] - terms.clock.step))
    return calls
