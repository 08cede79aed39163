"""The second pair of eyes: recomputes the books from the journal's raw records alone.

Deliberately simple and deliberately ignorant: imports nothing of ours but ports, so that a fault in
the economy cannot hide in its own audit.
"""
