"""Measurements against named peers, as ratios taken in one run. `python -m benchmarks` runs them all.

Each `bench_*.py` has `run(report)`, which measures and adds rows. Nothing here is part of the gate:
machines are noisy, so timings are shown and never asserted.
"""
