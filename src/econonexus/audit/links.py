"""Linked bids, in auctions that are cleared together: all of a link is won in full, or nothing of it."""

from collections.abc import Iterable

from econonexus.audit.clearings import Auction, Won, structs
from econonexus.audit.fields import Fields
from econonexus.audit.wrong import Wrong

Group = tuple[str, int]
"""What auctions are cleared together by: the name in their terms, and the instant at which they close."""


class Links:
    """How the links of each group fared, as long as auctions of it run."""

    def __init__(self) -> None:
        self._won: dict[Group, dict[tuple[str, str], bool]] = {}

    def enter(self, known: str, auction: Auction, wins: Iterable[Won]) -> None:
        """A cleared auction must tell of each link what the others of its group do."""
        group = _group(auction)
        won = {each.bid: each.items for each in wins}
        for name, bid in auction.bids.items():
            if not bid.link:
                continue
            full = won.get(name) == bid.items
            if not full and name in won:
                raise Wrong(f"lets linked bid {name} win a part of what it is for")
            self._agree(group, (bid.agent, bid.link), full, known)

    def ended(self, auction: Auction, cleared: bool, running: Iterable[Auction]) -> None:
        """An auction ends: its links are lost unless it was cleared, and forgotten with its group."""
        group = _group(auction)
        if not group[0]:
            return
        if not cleared:
            for bid in auction.bids.values():
                if bid.link:
                    self._agree(group, (bid.agent, bid.link), False, auction.market)
        if all(_group(each) != group for each in running):
            self._won.pop(group, None)

    def _agree(self, group: Group, link: tuple[str, str], full: bool, known: str) -> None:
        if self._won.setdefault(group, {}).setdefault(link, full) != full:
            raise Wrong(f"lets link {link[1]} of {link[0]} be half won, in auction {known}")


def left_out(known: str, auction: Auction, e: Fields) -> set[str]:
    """The bids that were dropped for their links, each of which must have one."""
    dropped = {str(each["bid"]): str(each["link"]) for each in structs(e.get("dropped", []))}
    for name, link in dropped.items():
        if name not in auction.bids or auction.bids[name].link != link or not link:
            raise Wrong(f"leaves bid {name} out of auction {known} for a link that it has not")
    return set(dropped)


def _group(auction: Auction) -> Group:
    return str(auction.terms.get("together", "")), auction.closes
