"""How tests hold what was drawn against what the paper says."""

from collections.abc import Mapping, Sequence

from scipy.stats import chisquare

REJECTED = 0.001
"""The seed is fixed, so a test passes for ever or never; a true law fails one seed in a thousand."""


def assert_follows(drawn: Sequence[int], law: Mapping[int, float]) -> None:
    """Pearson's test that values come as often as `law` says, which names all that may come."""
    assert set(drawn) <= set(law)
    counts, expected = _merged([drawn.count(value) for value in law], [len(drawn) * p for p in law.values()])
    assert chisquare(counts, expected).pvalue > REJECTED


def _merged(counts: list[int], expected: list[float]) -> tuple[list[int], list[float]]:
    """Neighbouring values together until five of each are expected, as the test asks."""
    merged: list[tuple[int, float]] = [(0, 0.0)]
    for count, hope in zip(counts, expected, strict=True):
        if merged[-1][1] >= 5:
            merged.append((0, 0.0))
        merged[-1] = (merged[-1][0] + count, merged[-1][1] + hope)
    if merged[-1][1] < 5:
        count, hope = merged.pop()
        merged[-1] = (merged[-1][0] + count, merged[-1][1] + hope)
    return [count for count, _ in merged], [hope for _, hope in merged]


def geometric(alpha: float, most: int) -> dict[int, float]:
    """One, and another with probability `alpha` each time, up to `most`."""
    law = {size: (1 - alpha) * alpha ** (size - 1) for size in range(1, most)}
    return law | {most: alpha ** (most - 1)}
