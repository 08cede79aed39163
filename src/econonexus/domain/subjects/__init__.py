"""One subject a file: its state, its reads and how an event changes it.

May import the ledger and the vocabulary. Subjects never import each other; what spans two of them
is a flow.
"""
