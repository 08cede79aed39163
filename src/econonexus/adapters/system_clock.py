"""The clock of the machine we run on."""

import time


class SystemClock:
    """Wall and monotonic time of the operating system."""

    def wall_ns(self) -> int:
        """Nanoseconds since 1970-01-01 UTC."""
        return time.time_ns()

    def monotonic_ns(self) -> int:
        """Nanoseconds since some instant."""
        return time.monotonic_ns()
