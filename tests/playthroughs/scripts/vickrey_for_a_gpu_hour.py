"""One hour of one GPU, sold to the highest of sealed bids at the best price of another owner."""

from econonexus.domain import commands as c
from econonexus.domain.ids import SECOND
from econonexus.domain.kinds import Mechanism, Proceeds
from econonexus.domain.terms import Terms
from tests.playthroughs.story import Story
from tests.world import START

TITLE = "A Vickrey auction for a GPU hour"
CREDIT = 1_000_000
HOUR = 3_600 * SECOND
MINUTE = 60 * SECOND


def tell(story: Story) -> None:
    """Sealed bids, a cap that hides a price, two agents of one owner, a grant used and given back."""
    story.note("""One GPU is sold by the hour, to the highest bid, for the best bid of another owner or
        the reserve of 2 credits. Two agents, kim and lee, belong to one owner, twins; pat and sam to
        themselves.""")
    story.do(
        "operator",
        c.DeclareResource("gpu", "gpu", 1, HOUR),
        c.CreateMarket(
            "gpu-hours",
            ("gpu",),
            Mechanism.SECOND_PRICE,
            Terms(reserve=2 * CREDIT, bidding_window=MINUTE, proceeds=Proceeds.TREASURY),
        ),
        c.CreateAgent("pat", credits=50 * CREDIT),
        c.CreateAgent("sam", credits=10 * CREDIT),
        c.CreateAgent("kim", owner="twins", credits=50 * CREDIT),
        c.CreateAgent("lee", owner="twins", credits=50 * CREDIT),
    )

    story.note("""The auction keeps the only GPU back from now on: another auction of it is refused. It
        takes bids for one minute, as its market says.""")
    story.do(
        "operator",
        c.AnnounceAuction("noon", "gpu-hours", {"gpu": 1}),
        c.AnnounceAuction("again", "gpu-hours", {"gpu": 1}),
    )

    story.note("""kim bids 20 and has 30 held, so that not even its own balance tells the price. What the
        others read says neither. sam has 10 credits and cannot bid 12. A bid below the public reserve is
        turned away.""")
    story.wait(5)
    story.do("kim", c.PlaceBid("kim-1", "noon", "kim", {"gpu": 1}, 20 * CREDIT, 30 * CREDIT))
    story.accounts("kim")
    story.wait(5)
    story.do("pat", c.PlaceBid("pat-1", "noon", "pat", {"gpu": 1}, 11 * CREDIT))
    story.do(
        "sam",
        c.PlaceBid("sam-1", "noon", "sam", {"gpu": 1}, 12 * CREDIT),
        c.PlaceBid("sam-1", "noon", "sam", {"gpu": 1}, 1 * CREDIT),
        c.PlaceBid("sam-1", "noon", "sam", {"gpu": 1}, 9 * CREDIT),
    )
    story.do("lee", c.PlaceBid("lee-1", "noon", "lee", {"gpu": 1}, 18 * CREDIT))

    story.note("""pat raises from 11 to 12.5. Nobody may take a bid back here, or lower it.""")
    story.wait(30)
    story.do("pat", c.RaiseBid("pat-1", "noon", "pat", 12_500_000))
    story.do("pat", c.RaiseBid("pat-1", "noon", "pat", 11 * CREDIT))
    story.do("lee", c.WithdrawBid("lee-1", "noon", "lee"))

    story.note("""The minute is over, and every bid is opened. kim's 20 is the highest. The best of the rest
        is lee's 18, but lee is of the same owner, and an owner's bids never price each other; so kim pays
        pat's 12.5. Of the 30 held, 17.5 come back, and so does all that the others had held. The hour begins
        now.""")
    story.wait(20)
    story.accounts("kim", "pat", "sam", "lee", "treasury")

    story.note("""Half an hour later kim has used the GPU and gives the grant back. It counts as used until
        its hour is over, so nothing can be sold again before: an auction now is refused, and one that
        opens when the grant has ended is not.""")
    story.wait(30 * 60)
    story.do("kim", c.UseGrant("noon:1", 1, "kim", 1), c.UseGrant("noon:1", 1, "kim", 1))
    story.do("kim", c.ReleaseGrant("noon:1", "kim"))
    story.do("operator", c.AnnounceAuction("two", "gpu-hours", {"gpu": 1}))
    window = (START + 3_660 * SECOND, START + 7_260 * SECOND)
    story.do("operator", c.AnnounceAuction("two", "gpu-hours", {"gpu": 1}, None, None, *window))
