"""The time rule: now is the wall clock, but never earlier than the last record.

A clock that jumps far forward would expire everything at once, so a jump beyond what elapsed on the
monotonic clock stops the node from deciding until its operator says that the new time is right.
"""

from econonexus.domain.ids import Duration, Instant
from econonexus.ports import Clock

MAX_JUMP = Duration(60 * 1_000_000_000)
"""A wall clock that gains more than this on the monotonic one at once is not believed."""


class Timekeeper:
    """Tells the economy's time from a clock that may be wrong."""

    def __init__(self, clock: Clock, last: Instant, max_jump: Duration = MAX_JUMP) -> None:
        self._clock = clock
        self._last = last
        self._max_jump = max_jump
        self._offset = clock.wall_ns() - clock.monotonic_ns()
        self.jumped_ns = 0
        """How far the wall clock has jumped; 0 while it is believed."""

    def now(self) -> Instant:
        """The present, in ns UTC; while a jump is not accepted, the time of the last record."""
        wall = self._clock.wall_ns()
        offset = wall - self._clock.monotonic_ns()
        if offset - self._offset > self._max_jump:
            self.jumped_ns = offset - self._offset
            return self._last
        # Small steps and steps back are taken as they come: the clock is being set.
        self.jumped_ns = 0
        self._offset = offset
        if wall > self._last:
            self._last = Instant(wall)
        return self._last

    def wait_for(self, instant: Instant) -> Duration | None:
        """How long until `now` reaches an instant, as the wall clock stands; None while that is not believed.

        Where the clock was set back this is longer than from `now`, which waits for the clock to catch up.
        """
        self.now()
        return None if self.jumped_ns else Duration(instant - self._clock.wall_ns())

    def accept_jump(self) -> None:
        """Believe the wall clock as it now stands."""
        self._offset = self._clock.wall_ns() - self._clock.monotonic_ns()
        self.jumped_ns = 0
