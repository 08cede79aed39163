"""The rules of the economy: pure, synchronous, deterministic.

Imports only itself, msgspec, and numpy inside `mechanisms`; knows no clock, no chance, no I/O and no
thread. Read `commands`, `events` and `refusals` first: they are the system on three pages.
"""
