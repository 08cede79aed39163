"""English and Dutch auctions, and commitments: rules by which prices rise, clocks fall, bids are revealed."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from econonexus.domain import commands as c
from econonexus.domain.commitments import digest
from econonexus.domain.kinds import AuctionStatus, Mechanism
from econonexus.domain.subjects.auctions import Auction
from tests.domain.machine.walk import Walk

BIDDERS = st.sampled_from(["kim", "lee", "pat", "sam"])
NONCE = "0123456789abcdef"
OFFERS = st.lists(
    st.tuples(BIDDERS, st.integers(1, 40), st.integers(1, 2), st.integers(0, 5)), min_size=1, max_size=6
)


class RunningWalk(Walk):
    """Auctions that run over time."""

    @rule(market=st.sampled_from(["rising", "falling", "hidden"]), units=st.integers(1, 3))
    def an_auction_begins_to_run(self, market: str, units: int) -> None:
        self.submit(c.AnnounceAuction(f"run-{len(self.answered)}", market, {"gpu": units}))

    @precondition(lambda self: self.running())
    @rule(data=st.data(), offers=OFFERS)
    def it_is_bid_for(self, data: st.DataObject, offers: list[tuple[str, int, int, int]]) -> None:
        """By new bids, or higher ones, or one is taken back, each some time after the other."""
        name = data.draw(st.sampled_from([auction.id for auction in self.running()]))
        for agent, price, units, pause in offers:
            self.world.now += pause
            auction = self.state.auctions.by_id.get(name)
            mine = [] if auction is None else [bid for bid in auction.bids.values() if bid.agent == agent]
            if mine and price % 3:
                self.submit(c.RaiseBid(mine[0].id, name, agent, mine[0].price + price))
            elif mine and price % 2:
                self.submit(c.WithdrawBid(mine[0].id, name, agent))
            else:
                falls = auction is not None and auction.mechanism is Mechanism.DUTCH
                self.submit(self.bid(name, agent, {"gpu": units if falls else 1}, price))

    @precondition(lambda self: self.hidden())
    @rule(data=st.data(), agent=BIDDERS, price=st.integers(1, 30), comes=st.booleans())
    def it_is_committed_to(self, data: st.DataObject, agent: str, price: int, comes: bool) -> None:
        auction = data.draw(st.sampled_from(self.hidden()))
        bid = f"bid-{len(self.answered)}"
        told = digest(auction.id, bid, agent, {"gpu": 1}, price, NONCE)
        self.submit(c.CommitBid(bid, auction.id, agent, told))
        self.submit(c.CloseAuction(auction.id))
        if comes:
            self.submit(c.RevealBid(bid, auction.id, agent, {"gpu": 1}, price, NONCE))

    def bid(self, auction: str, agent: str, items: dict[str, int], price: int) -> c.PlaceBid:
        return c.PlaceBid(f"bid-{len(self.answered)}", auction, agent, items, price)

    def running(self) -> list[Auction]:
        auctions = self.state.auctions.by_id.values()
        rules = (Mechanism.ENGLISH, Mechanism.DUTCH)
        return [each for each in auctions if each.mechanism in rules and each.status is AuctionStatus.OPEN]

    def hidden(self) -> list[Auction]:
        auctions = self.state.auctions.by_id.values()
        return [each for each in auctions if each.terms.commitment and each.status is AuctionStatus.OPEN]

    def agree(self) -> None:
        super().agree()
        for name, auction in self.state.auctions.by_id.items():
            row = self.oracle.auctions[name]
            assert {bid: (each.agent, each.pledge.amount) for bid, each in auction.commitments.items()} == {
                bid: (each["agent"], each["held"]) for bid, each in row["commitments"].items()
            }
            if auction.mechanism is Mechanism.ENGLISH:
                assert (auction.standing, auction.increment) == (row["standing"], row["increment"])
                assert auction.leaders == self.oracle._leaders_of(row)
            if auction.mechanism is Mechanism.DUTCH:
                took = {bid: each["took"][:2] for bid, each in row["bids"].items() if "took" in each}
                assert {bid: (take.units, take.price) for bid, take in auction.takes.items()} == took
