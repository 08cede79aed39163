"""The clock of the machine we run on."""

import time

# Linux stops CLOCK_MONOTONIC while the machine is suspended; elsewhere the monotonic clock is all there is.
_BOOT_CLOCK: int | None = getattr(time, "CLOCK_BOOTTIME", None)


def _since_boot() -> int:
    return time.monotonic_ns() if _BOOT_CLOCK is None else time.clock_gettime_ns(_BOOT_CLOCK)


class SystemClock:
    """Wall and monotonic time of the operating system."""

    def wall_ns(self) -> int:
        """Nanoseconds since 1970-01-01 UTC."""
        return time.time_ns()

    def monotonic_ns(self) -> int:
        """Nanoseconds since some instant, asleep or not: a laptop that wakes has not jumped in time."""
        return _since_boot()
