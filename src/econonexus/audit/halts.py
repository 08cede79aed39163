"""Halts, worked out a second time: a market stops by itself only where its numbers say so."""

from econonexus.audit.fields import MAX, Fields, whole
from econonexus.audit.wrong import Wrong

MINUTES_5 = 300_000_000_000
MOVE, FAILURES, OF = 100_000, 500_000, 10
ONE = 1_000_000


class Watch:
    """What a market came to since it last began, by which it may stop."""

    def __init__(self, resumes_at: int | None = None) -> None:
        self.price: int | None = None
        self.reference: int | None = None
        self.since = 0
        self.failed: list[bool] = []
        self.resumes_at = resumes_at

    def saw_price(self, terms: Fields, price: int, now: int) -> None:
        """A market that watches its price came to this one."""
        halt = terms.get("halt")
        if isinstance(halt, dict):
            self.reference = self.held_against(halt, now)
            if self.reference is None:
                self.reference, self.since = price, now
            elif now - self.since >= whole(halt.get("window", MINUTES_5)):
                self.since = now
            self.price = price

    def saw_auction(self, terms: Fields, failed: bool) -> None:
        """An auction of a market that watches them ended."""
        if isinstance(terms.get("halt"), dict):
            self.failed.append(failed)

    def held_against(self, halt: Fields, now: int) -> int | None:
        """The price that one now must not be far from: the last before the window that now falls into."""
        if now - self.since < whole(halt.get("window", MINUTES_5)):
            return self.reference
        return self.price

    def is_too_far(self, terms: Fields, price: int, now: int) -> bool:
        """Whether a price now would stop the market."""
        halt = terms.get("halt")
        reference = self.held_against(halt, now) if isinstance(halt, dict) else None
        if not isinstance(halt, dict) or reference is None:
            return False
        return abs(price - reference) * ONE > whole(halt.get("move", MOVE)) * reference

    def check_halt(self, market: str, terms: Fields, e: Fields, now: int) -> None:
        """An operator halts as it likes; a market by itself only for what it says, and for so long."""
        self.resumes_at = None if e.get("resumes_at") is None else whole(e["resumes_at"])
        if self.resumes_at is None:
            return
        halt = terms.get("halt")
        if not isinstance(halt, dict) or self.resumes_at != min(
            now + whole(halt.get("pause", MINUTES_5)), MAX
        ):
            raise Wrong(f"halts market {market} for another time than its terms say")
        if e["reason"] == "price_move":
            self._check_move(market, terms, halt, e, now)
        elif e["reason"] == "failures":
            self._check_failures(market, halt, e)
        else:
            raise Wrong(f"lets market {market} halt by itself for {e['reason']}")

    def check_resumption(self, market: str, e: Fields, now: int) -> None:
        """What goes on by itself does so when its pause is over."""
        if e.get("reason") == "pause_over" and (self.resumes_at is None or now < self.resumes_at):
            raise Wrong(f"lets market {market} go on before its pause is over")

    def _check_move(self, market: str, terms: Fields, halt: Fields, e: Fields, now: int) -> None:
        # An auction's price is the market's last one already when it halts; a book's never becomes it.
        said = (e.get("price"), e.get("reference"), e.get("allowed"))
        price, limit = whole(e["price"]), whole(halt.get("move", MOVE))
        reference = self.held_against(halt, now)
        if said != (price, reference, limit) or not self.is_too_far(terms, price, now):
            raise Wrong(
                f"halts market {market} for a price of {price} against {said[1]}, which is not too far"
            )

    def _check_failures(self, market: str, halt: Fields, e: Fields) -> None:
        of, limit = whole(halt.get("of", OF)), whole(halt.get("failures", FAILURES))
        last = self.failed[-of:]
        said = (e.get("failed"), e.get("of"), e.get("allowed"))
        if said != (sum(last), of, limit) or len(last) < of or sum(last) * ONE <= limit * of:
            raise Wrong(f"halts market {market} for {said[0]} failures of {said[1]}, which are not too many")
