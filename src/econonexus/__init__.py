"""EconoNexus: a market for your agents.

Hard budgets, fair shares and exact accounting for fleets of software agents, on one deterministic
economy with one writer and one journal. Start reading at `econonexus.domain`.
"""

__version__ = "0.1.0"
