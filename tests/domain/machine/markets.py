"""Resources, markets, auctions and grants: rules that let auctions find bids, and grants be used."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from econonexus.domain import commands as c
from econonexus.domain.kinds import AuctionStatus
from tests.domain.machine.walk import Walk

BIDDERS = st.sampled_from(["kim", "lee", "pat", "sam"])
MARKETS = st.sampled_from(["first", "second", "uniform", "lowest", "pay", "vcg"])


class MarketsWalk(Walk):
    """Resources, markets, auctions and grants."""

    @rule(
        market=MARKETS,
        supply=st.integers(1, 5),
        lasts=st.integers(5, 40),
        window=st.one_of(st.none(), st.tuples(st.integers(0, 20), st.integers(1, 60))),
    )
    def an_auction_is_announced(
        self, market: str, supply: int, lasts: int, window: tuple[int, int] | None
    ) -> None:
        """Under a name of its own, so that there are always some."""
        closes = self.world.now + lasts
        starts, ends = (None, None) if window is None else (closes + window[0], closes + sum(window))
        name = f"auction-{len(self.answered)}"
        self.submit(c.AnnounceAuction(name, market, {"gpu": supply}, closes, None, starts, ends))

    @precondition(lambda self: self.open_auctions())
    @rule(
        data=st.data(),
        offers=st.lists(st.tuples(BIDDERS, st.integers(1, 4), st.integers(1, 9)), min_size=1, max_size=6),
    )
    def an_auction_finds_bids(self, data: st.DataObject, offers: list[tuple[str, int, int]]) -> None:
        auction = data.draw(st.sampled_from(self.open_auctions()))
        single = self.state.auctions.by_id[auction].mechanism.value in ("first_price", "second_price")
        for agent, units, price in offers:
            name = f"bid-{len(self.answered)}"
            self.submit(c.PlaceBid(name, auction, agent, {"gpu": 1 if single else units}, price))

    @rule(
        market=st.sampled_from(["vcg", "pay", "uniform", "lowest"]),
        supply=st.integers(2, 6),
        offers=st.lists(st.tuples(BIDDERS, st.integers(1, 2), st.integers(3, 9)), min_size=2, max_size=6),
    )
    def two_auctions_are_held_at_once(
        self, market: str, supply: int, offers: list[tuple[str, int, int]]
    ) -> None:
        """From announcement to clearing, one after the other: shares are given, and prices followed."""
        for _ in range(2):
            name = f"at-once-{len(self.answered)}"
            self.submit(c.AnnounceAuction(name, market, {"gpu": supply}, self.world.now + 9))
            for agent, units, price in offers:
                self.submit(c.PlaceBid(f"bid-{len(self.answered)}", name, agent, {"gpu": units}, price))
            self.submit(c.CloseAuction(name))

    @precondition(lambda self: self.bids())
    @rule(data=st.data(), more=st.integers(-1, 6), cap=st.one_of(st.none(), st.integers(10, 25)))
    def a_bid_is_raised_or_taken_back(self, data: st.DataObject, more: int, cap: int | None) -> None:
        auction, name = data.draw(st.sampled_from(self.bids()))
        bid = self.state.auctions.by_id[auction].bids[name]
        raised = c.RaiseBid(name, auction, bid.agent, bid.price + more, cap)
        self.submit(data.draw(st.sampled_from([raised, raised, c.WithdrawBid(name, auction, bid.agent)])))

    @precondition(lambda self: self.open_auctions())
    @rule(data=st.data())
    def an_auction_is_closed(self, data: st.DataObject) -> None:
        self.submit(c.CloseAuction(data.draw(st.sampled_from(self.open_auctions()))))

    @precondition(lambda self: self.state.grants.by_id)
    @rule(data=st.data(), units=st.integers(1, 3), pause=st.integers(0, 20), released=st.booleans())
    def a_grant_is_used(self, data: st.DataObject, units: int, pause: int, released: bool) -> None:
        name = data.draw(st.sampled_from(sorted(self.state.grants.by_id)))
        grant = self.state.grants.by_id[name]
        self.world.now += pause
        self.submit(c.UseGrant(name, units, grant.agent, grant.fence))
        if released:
            self.submit(c.ReleaseGrant(name, grant.agent))

    def open_auctions(self) -> list[str]:
        auctions = self.state.auctions.by_id.values()
        return [auction.id for auction in auctions if auction.status is AuctionStatus.OPEN]

    def bids(self) -> list[tuple[str, str]]:
        auctions = self.state.auctions.by_id.values()
        return [(auction.id, bid) for auction in auctions for bid in auction.bids]

    def agree(self) -> None:
        super().agree()
        self.the_auctions_agree_with_the_plain_books()
        self.the_grants_agree_with_the_plain_books()
        self.what_is_free_agrees_with_the_plain_books()

    def the_auctions_agree_with_the_plain_books(self) -> None:
        remembered = {**self.state.auctions.ended, **self.state.auctions.by_id}
        assert {
            name: (
                auction.status.value,
                auction.closes_at,
                {
                    bid.id: (bid.agent, bid.price, bid.pledge.amount, list(bid.pledge.budgets))
                    for bid in auction.bids.values()
                },
            )
            for name, auction in remembered.items()
        } == {
            name: (
                row["status"],
                row["closes"],
                {
                    bid: (its["agent"], its["price"], its["held"], its["budgets"])
                    for bid, its in row["bids"].items()
                },
            )
            for name, row in self.oracle.auctions.items()
        }
        markets = self.state.markets.by_id.values()
        assert {market.id: (market.terms, market.halted) for market in markets} == {
            name: (row["terms"], row["halted"]) for name, row in self.oracle.markets.items()
        }

    def the_grants_agree_with_the_plain_books(self) -> None:
        remembered = {**self.state.grants.ended, **self.state.grants.by_id}
        assert {name: (grant.status, grant.used) for name, grant in remembered.items()} == {
            name: (row["status"], row["used"]) for name, row in self.oracle.grants.items()
        }

    def what_is_free_agrees_with_the_plain_books(self) -> None:
        now = self.world.now
        for name, resource in self.state.resources.by_id.items():
            row = self.oracle.resources[name]
            assert (resource.capacity, resource.fence) == (row["capacity"], row["fence"])
            for end in (now + 1, now + 30, 2**63 - 1):
                most = self.oracle.most_promised(name, now, end)
                assert resource.free(now, end) == row["capacity"] - most
