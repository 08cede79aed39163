"""The shell round the economy: the single writer, deadlines, replay, snapshots and views.

May import ports and the domain; never an adapter.
"""
