"""A verdict of several judges, disputed and decided: what it costs to be wrong."""

from econonexus.domain import commands as c
from econonexus.domain.kinds import Verdict
from econonexus.domain.promises import HOUR, Judging
from tests.playthroughs.story import Story
from tests.world import START

TITLE = "A verdict disputed: two of three judges, and the operator"
CREDIT = 1_000_000
MINUTE_S, HOUR_S = 60, 3_600


def tell(story: Story) -> None:
    """Work delivered, three votes, a claim, an answer, a decision."""
    story.note("""Rex asks for a text of at most 20 credits, due in five hours; two of Una, Vic and Wyn must
        agree how it was. Ann would do it for 10 and Bob for 12, so Ann gets it, at 12. Her bond is one and a
        half times that, 18, of the 150 she has at stake.""")
    judges = Judging(("una", "vic", "wyn"), 2)
    names = ("ann", "bob", "una", "vic", "wyn")
    story.do(
        "operator",
        c.CreateAgent("rex", credits=300 * CREDIT),
        *(c.CreateAgent(name, capabilities=("write",), credits=300 * CREDIT) for name in names),
    )
    for name in names:
        story.do(name, c.PostStake(name, 150 * CREDIT))
    story.do("rex", c.PostTask("t", "rex", "write", 20 * CREDIT, START + HOUR, START + 5 * HOUR, judges))
    story.do("ann", c.OfferWork("t", "ann", 10 * CREDIT))
    story.do("bob", c.OfferWork("t", "bob", 12 * CREDIT))
    story.wait(HOUR_S)

    story.note("""Ann delivers. Each vote is backed by a tenth of the payment, 1.2 credits of the judge's own
        stake; Rex has no vote, and nothing at stake. Una and Vic find it poor, and two are enough.""")
    story.wait(30 * MINUTE_S)
    story.do("ann", c.ReportDelivery("t:1", "ann", "The text."))
    story.do("rex", c.JudgeContract("t:1", "rex", Verdict.POOR))
    story.do("una", c.JudgeContract("t:1", "una", Verdict.POOR, evidence="It is too short."))
    story.do("wyn", c.JudgeContract("t:1", "wyn", Verdict.SATISFACTORY))
    story.do("vic", c.JudgeContract("t:1", "vic", Verdict.POOR))
    story.accounts("stake:ann", "stake:una", "stake:vic", "stake:wyn")

    story.note("""In an hour Ann would lose her pay for good. She puts up 1.2 credits for the claim that it
        was satisfactory; Rex answers with as much, so the operator decides.""")
    story.wait(20 * MINUTE_S)
    story.do(
        "ann", c.ChallengeVerdict("t:1", "ann", Verdict.SATISFACTORY, evidence="It is as long as asked.")
    )
    story.wait(10 * MINUTE_S)
    story.do("rex", c.DefendVerdict("t:1", "rex", "It is not."))
    story.accounts("ann", "rex")

    story.note("""The operator counts the words: Ann was right. She is paid 12, and gets what Rex, Una and Vic
        had put up, 3.6: 150 + 12 + 3.6 = 165.6. Rex has 300 - 12 - 1.2 = 286.8, Una and Vic 148.8 at stake,
        and Wyn her 150. Nobody has anything on hold any more.""")
    story.wait(HOUR_S)
    story.do("operator", c.DecideDispute("t:1", Verdict.SATISFACTORY, evidence="1,000 words, as asked."))
    story.accounts("ann", "rex", "stake:ann", "stake:una", "stake:vic", "stake:wyn", "burn")
