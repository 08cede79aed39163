"""A long life of a real node: any commands at all, restarts, kills, and every invariant all along.

`pool` draws commands from the strategies of all subjects; `worker` is a process with an engine over a journal
on disk that is asked them and pauses now and then to be looked at; `witness` looks: it follows the journal
from its first record, with an economy and books of its own, and holds all ten invariants against both.
"""
