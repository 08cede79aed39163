"""Plain numbers, counted cheaply where things happen, and read when somebody asks for the metrics."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence

BOUNDS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
"""Where a histogram of seconds divides: from what the gateway adds to a call to how long a model writes."""
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
UNMATCHED = "unmatched"


class Histogram:
    """How many values were at most each of `bounds`, ascending; the last bucket has the rest."""

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: Sequence[float] = BOUNDS_S) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0
        """The sum of the values."""

    def copy(self) -> "Histogram":
        """What it says now, whatever comes."""
        other = Histogram(self.bounds)
        other.counts, other.total = list(self.counts), self.total
        return other

    def observe(self, value: float) -> None:
        """Count one value. O(log n) of n bounds."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value


class HttpTally:
    """Answers by method, route and status, and who follows the events."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, str, int]] = Counter()
        self.subscribers = 0

    def answered(self, method: str, route: str, status: int) -> None:
        """An answer has begun. What a client may make up, as method or path, is no label of its own."""
        self.requests[method if method in METHODS else "other", route or UNMATCHED, status] += 1


class GatewayTally:
    """What became of calls, told by the gateway where it knows. Every name is a configured model's."""

    def __init__(self) -> None:
        self.calls: Counter[tuple[str, str]] = Counter()
        self.in_flight: Counter[str] = Counter()
        self.tokens: Counter[tuple[str, str]] = Counter()
        self.settled: Counter[tuple[str, str]] = Counter()
        self.waited: defaultdict[str, Histogram] = defaultdict(Histogram)
        self.upstream: defaultdict[str, Histogram] = defaultdict(Histogram)

    def ended(self, model: str, outcome: str) -> None:
        """A call has ended; for the outcomes see the metric `econonexus_gateway_calls`."""
        self.calls[model, outcome] += 1

    def paid(self, model: str, asset: str, ucr: int, read: int, written: int, cached: int = 0) -> None:
        """A call was settled: what it was charged in an asset, and for how many tokens."""
        self.settled[model, asset] += ucr
        for direction, tokens in (("input", read), ("output", written), ("cached", cached)):
            self.tokens[model, direction] += tokens

    def had_its_turn(self, model: str, waited_s: float) -> None:
        """A call got its turn after so long."""
        self.waited[model].observe(waited_s)

    def sent(self, model: str) -> None:
        """A call goes to its model now; `was_answered` must follow."""
        self.in_flight[model] += 1

    def was_answered(self, model: str, upstream_s: float) -> None:
        """The model is done with a call that was sent, for better or worse, after so long."""
        self.in_flight[model] -= 1
        self.upstream[model].observe(upstream_s)


class Telemetry:
    """The tallies of one server."""

    def __init__(self) -> None:
        self.http = HttpTally()
        self.gateway = GatewayTally()
