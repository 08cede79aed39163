"""An agent that calls a model again and again, and the limits above it that each stop it in turn."""

from econonexus.domain import commands as c
from econonexus.domain.ids import SECOND
from tests.playthroughs.story import Story
from tests.world import START

TITLE = "A runaway agent under nested budgets"
CREDIT = 1_000_000
MINUTE = 60 * SECOND


def tell(story: Story) -> None:
    """Reserve, settle, again and again: as a gateway does it, before and after each call of a model."""
    story.note("""The organisation may spend 100 credits, its lab 40, and each run of the lab's agent 12 a
        minute. The agent bot has no money of its own: the lab's wallet pays. At 80 % of the lab's limit
        people are told.""")
    story.do(
        "operator",
        c.CreateBudget("org", 100 * CREDIT, alerts=()),
        c.CreateBudget("lab-limit", 40 * CREDIT, "org", alerts=(800_000,)),
        c.CreateTeam("lab", "lab-limit"),
        c.Mint("lab", 1_000 * CREDIT),
        c.CreateAgent("bot", "lab", wallet=False),
        c.CreateBudget("run-7", 12 * CREDIT, "lab-limit", window=MINUTE, alerts=()),
    )

    story.note("""Every call reserves what it may cost at most, 5 credits, in all three budgets, and settles
        what it did cost, 4. After two calls 8 of the run's 12 are spent. A third would need 5, and 4 are
        left: it is refused before anything is sent to the model.""")
    for call in (1, 2):
        story.do("gateway", _reserved(story, call), c.PostHold(f"call-{call}", 4 * CREDIT, "bot"))
        story.wait(2)
    story.do("gateway", _reserved(story, 3))
    story.budgets("run-7", "lab-limit", "org")

    story.note("""Two calls at once count while they are under way: the first holds 3 of the 4 left, so the
        second, for 3 as well, is refused. The first is never reported, and what it held is free again when
        its 10 seconds are over.""")
    story.do("gateway", _reserved(story, 4, 3), _reserved(story, 5, 3))
    story.wait(10)
    story.budgets("run-7")

    story.note("""The minute is over, and the run has 12 again: the agent goes on. Two calls pass in each
        minute and cost 8 together, and the third is refused as before. In the fourth of these minutes the
        run has spent 4 times 8 in all, 32 of the lab's 40, which is 80 %: people are told.""")
    for minute in (1, 2, 3):
        story.wait((START + minute * MINUTE - story.world.now) / SECOND)
        for call in (1, 2):
            number = 10 * minute + call
            story.do("gateway", _reserved(story, number), c.PostHold(f"call-{number}", 4 * CREDIT, "bot"))
        story.do("gateway", _reserved(story, 10 * minute + 3))

    story.note("""In the minute after that the run has 12 again, but the lab's limit has 8: one call passes
        and costs 4, and the next, which could cost 5, is refused by the lab's limit.""")
    story.wait(MINUTE / SECOND)
    story.do("gateway", _reserved(story, 41), c.PostHold("call-41", 4 * CREDIT, "bot"))
    story.do("gateway", _reserved(story, 42))
    story.budgets("run-7", "lab-limit", "org")

    story.note("""The operator gives the lab 20 more only after having stopped the agent: nothing new leaves
        on its behalf, and what is under way can still be settled.""")
    story.do("gateway", _reserved(story, 43, 3))
    story.do("operator", c.FreezeAgent("bot", "loops"), c.ChangeBudget("lab-limit", 60 * CREDIT, alerts=()))
    story.do("gateway", _reserved(story, 44, 1), c.PostHold("call-43", 2 * CREDIT, "bot"))
    story.accounts("lab", "burn")
    story.budgets("run-7", "lab-limit", "org")


def _reserved(story: Story, number: int, most: int = 5) -> c.PlaceHold:
    """What a call may cost at most, for ten seconds."""
    expires_at = story.world.now + 10 * SECOND
    return c.PlaceHold(f"call-{number}", "bot", most * CREDIT, expires_at, budget="run-7")
