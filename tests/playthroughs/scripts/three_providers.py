"""One task that three providers have in turn: one is late, one acts in bad faith, one does it well."""

from econonexus.domain import commands as c
from econonexus.domain.ids import SECOND
from econonexus.domain.kinds import Verdict
from econonexus.domain.promises import Judging
from tests.playthroughs.story import Story
from tests.world import START

TITLE = "A task and three providers"
CREDIT = 1_000_000
MINUTE = 60 * SECOND


def tell(story: Story) -> None:
    """Sealed offers, a missed deadline, a forgery, and work that is paid with a bonus."""
    story.note("""kim wants a contract translated, and judged by vera, who belongs to neither side. Whoever
        works must have 100 credits at stake, and one and a half times what it is paid as a bond.""")
    story.do("operator", c.CreateAgent("kim", credits=500 * CREDIT), c.CreateAgent("vera"))
    for name in ("lea", "boris", "emma"):
        story.do("operator", c.CreateAgent(name, capabilities=("translate",), credits=300 * CREDIT))
        story.do(name, c.PostStake(name, 200 * CREDIT))

    story.note("""The task may cost 40 credits and pays up to 10 more for excellent work; both are held.
        Offers are sealed, and taken for a minute; the work is due an hour from now.""")
    story.do(
        "kim",
        c.PostTask(
            "deed",
            "kim",
            "translate",
            40 * CREDIT,
            START + MINUTE,
            START + 60 * MINUTE,
            Judging(("vera",)),
            10 * CREDIT,
            description="The deed, into English.",
        ),
    )
    story.do("lea", c.OfferWork("deed", "lea", 10 * CREDIT))
    story.do("boris", c.OfferWork("deed", "boris", 20 * CREDIT))
    story.do("emma", c.OfferWork("deed", "emma", 30 * CREDIT))
    story.accounts("kim", "stake:lea")

    story.note("""lea asks least, and is paid what boris asked: 20. A bond of 30 is kept of its stake. Now
        everybody can read what was offered.""")
    story.wait(60)
    story.accounts("stake:lea")

    story.note("""lea delivers nothing, which the clock finds out by itself. To be late once is forgiven, so
        the penalty is 0. The task goes to boris, who is paid what emma asked: 30, which is 10 more than lea
        had promised it for. lea's bond makes these 10 good to kim: the clock is nobody's friend. boris has
        as long as lea had: 59 minutes. A contract at 20 weighs as two plain ones in lea's record: three of
        its four sides are 1 of 4 now, and honesty is 3 of 4, which makes 37.5 % in the mean.""")
    story.wait(59 * 60)
    story.accounts("kim", "stake:lea", "stake:boris")

    story.note("""boris delivers what he has not done himself. vera says so, and nobody stands up against that
        within an hour. All that he has at stake is lost: of 200, kim gets the 10 by which emma is dearer, who
        alone receives the ceiling; 190 are burned. His owner is banned for good.""")
    story.wait(10 * 60)
    story.do("boris", c.ReportDelivery("deed:2", "boris"))
    story.wait(10 * 60)
    story.do("vera", c.JudgeContract("deed:2", "vera", Verdict.BYZANTINE))
    story.wait(60 * 60)
    story.do(
        "boris",
        c.PostTask(
            "more",
            "boris",
            "translate",
            CREDIT,
            START + 200 * MINUTE,
            START + 260 * MINUTE,
            description="More.",
        ),
    )

    story.note("""emma does it well. She is paid 40, and of the bonus of 10 a tenth: so much is it scaled to
        by the record of somebody of whom nothing is known yet.""")
    story.wait(10 * 60)
    story.do("emma", c.ReportDelivery("deed:3", "emma"))
    story.do("vera", c.JudgeContract("deed:3", "vera", Verdict.EXCELLENT))
    story.wait(60 * 60)

    story.note("""kim had 500 and has 479: 40 and 1 went to emma, and 10 came from each of the others. So the
        work cost her the 20 that lea had promised it for, and the bonus. lea has 290 of 300, boris 100 of
        300, emma 341. With the 190 burned that is all there was: 1,400.""")
    story.accounts("kim", "lea", "stake:lea", "boris", "stake:boris", "emma", "stake:emma", "burn")
