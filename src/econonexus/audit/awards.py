"""Who should have got a task, worked out a second time from the offers that were opened, in whole numbers.

Scores are in millionths of a µcr: price times a million, less what perfect work is worth times the quality in
millionths.
"""

from collections.abc import Sequence
from typing import NamedTuple

from econonexus.audit.fields import Fields, whole
from econonexus.audit.wrong import Wrong

MILLION = 1_000_000


class Opened(NamedTuple):
    """An offer that was opened; without a quality it could not be taken any more."""

    agent: str
    owner: str
    price: int
    quality: int | None
    barred: str
    least: int | None = None
    had: int | None = None


class Award(NamedTuple):
    """Who gets a task, for how much, and by whose score."""

    provider: str
    payment: int
    second: str | None


def opened(offers: object, behind: dict[str, str]) -> list[Opened]:
    """The offers that an event opens."""
    read = []
    for each in offers if isinstance(offers, list) else []:
        agent, quality = str(each["agent"]), each.get("quality")
        barred = str(each.get("barred", ""))
        if (quality is None) != bool(barred) or whole(quality or 0) > MILLION:
            raise Wrong(f"opens the offer of {agent} with a quality and a reason against it, or with neither")
        least, had = (None if each.get(field) is None else whole(each[field]) for field in ("least", "had"))
        read.append(Opened(agent, behind[agent], whole(each["price"]), quality, barred, least, had))
    return read


def awarded(offers: Sequence[Opened], task: Fields) -> Award | None:
    """The least score wins, the earlier offer where two are equal; the second is another owner's."""
    able = [offer for offer in offers if offer.quality is not None]
    if not able:
        return None
    weight, ceiling = whole(task.get("quality_weight", 0)), whole(task["ceiling"])
    scores = {offer.agent: score(offer.price, whole(offer.quality), weight) for offer in able}
    won = min(able, key=lambda offer: scores[offer.agent])
    rivals = [offer for offer in able if offer.owner != won.owner]
    if not rivals:
        return Award(won.agent, ceiling, None)
    second = min(rivals, key=lambda offer: scores[offer.agent])
    due = paid_for(scores[second.agent], whole(won.quality), weight, ceiling)
    return Award(won.agent, due, second.agent)


def score(price: int, quality: int, weight: int) -> int:
    """What an offer costs once its quality is counted, in millionths."""
    return price * MILLION - weight * quality


def paid_for(second_score: int, quality: int, weight: int, ceiling: int) -> int:
    """What work of this quality is paid, by the second score in millionths."""
    return min(ceiling, max(0, second_score + weight * quality) // MILLION)
