"""A sum that rises and falls at instants to come: how high it will be, and when it changes.

The instants are kept in blocks of neighbours, each with its sum and the highest that the sum comes to within,
so that a look ahead goes block by block. With n instants, to add one takes O(BLOCK + log n), and among falls
alone O(log n); to look ahead takes O(BLOCK + n / BLOCK).
"""

from bisect import bisect_left, bisect_right
from itertools import accumulate, islice

import msgspec

from econonexus.domain.ids import Instant

BLOCK = 256
"""A block of more instants is cut in two."""


class Block(msgspec.Struct, gc=False):
    """Neighbouring instants in order, never none, and by how much the sum changes at each, never by 0."""

    moments: list[Instant]
    changes: list[int]
    total: int = 0
    rises: int = 0
    """At how many of them the sum rises."""
    peak: int = 0
    """The highest that these changes come to, from the first on."""

    def cut(self) -> "Block":
        """Take off the later half."""
        half = len(self.moments) // 2
        later = self.changes[half:]
        taken = Block(self.moments[half:], later, sum(later), _rises(later))
        taken.settle()
        del self.moments[half:], self.changes[half:]
        self.total -= taken.total
        self.rises -= taken.rises
        self.settle()
        return taken

    def settle(self) -> None:
        """Say how high the changes come, after they have changed."""
        self.peak = max(accumulate(self.changes)) if self.rises else self.changes[0]


class Calendar(msgspec.Struct, gc=False, omit_defaults=True):
    """The sum as of the instant last passed, and its changes after that."""

    level: int = 0
    blocks: list[Block] = []
    rises: int = 0
    """At how many instants it rises."""

    def peak(self, start: Instant, end: Instant) -> int:
        """The highest that the sum is at any instant in [start, end). O(1) where it falls alone."""
        level = most = self.level
        for block in self.blocks:
            first, last = block.moments[0], block.moments[-1]
            if first >= end or (first > start and not self.rises):
                break
            if last <= start:
                level += block.total
                most = level
            elif first > start and last < end:
                most = max(most, level + block.peak)
                level += block.total
            else:
                level, most = _through(block, level, most, start, end)
        return most

    def soon(self, count: int) -> list[Instant]:
        """The next instants, so many at most, at which the sum changes."""
        return list(islice((moment for block in self.blocks for moment in block.moments), count))

    def add(self, moment: Instant, change: int) -> None:
        """Let the sum change at an instant that has not passed, besides what changes there already."""
        if not change:
            return
        if self._is_full_before(moment):
            rises = _rises([change])
            self.blocks.append(Block([moment], [change], change, rises, change))
            self.rises += rises
            return
        place = max(0, bisect_right(self.blocks, moment, key=_first) - 1)
        block = self.blocks[place]
        at = bisect_left(block.moments, moment)
        before = block.changes[at] if at < len(block.moments) and block.moments[at] == moment else 0
        after = before + change
        if before:
            del block.moments[at], block.changes[at]
        if after:
            block.moments.insert(at, moment)
            block.changes.insert(at, after)
        self._settle(place, change, (after > 0) - (before > 0))

    def pass_to(self, now: Instant) -> None:
        """Let what changes by `now` have happened."""
        while self.blocks and self.blocks[0].moments[0] <= now:
            block = self.blocks[0]
            passed = bisect_right(block.moments, now)
            happened = block.changes[:passed]
            del block.moments[:passed], block.changes[:passed]
            self.level += sum(happened)
            self._settle(0, -sum(happened), -_rises(happened))

    def _is_full_before(self, moment: Instant) -> bool:
        """Whether an instant comes after all others, and needs a block of its own."""
        if not self.blocks:
            return True
        last = self.blocks[-1]
        return moment > last.moments[-1] and len(last.moments) >= BLOCK

    def _settle(self, place: int, change: int, rises: int) -> None:
        """Count a change of a block; drop one that has become empty, cut one that has become large."""
        block = self.blocks[place]
        block.total += change
        block.rises += rises
        self.rises += rises
        if not block.moments:
            del self.blocks[place]
        elif len(block.moments) > BLOCK:
            self.blocks.insert(place + 1, block.cut())
        else:
            block.settle()


def _rises(changes: list[int]) -> int:
    return sum(change > 0 for change in changes)


def _first(block: Block) -> Instant:
    return block.moments[0]


def _through(block: Block, level: int, most: int, start: Instant, end: Instant) -> tuple[int, int]:
    """The sum, and the most it has been since `start`, after the changes of a block before `end`."""
    for moment, change in zip(block.moments, block.changes, strict=True):
        if moment >= end:
            break
        level += change
        # What was before `start` does not count, nor does a peak that is over by then.
        most = level if moment <= start else max(most, level)
    return level, most
