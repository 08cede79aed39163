"""How the world answers: one file per technology and port.

May import ports, the domain's vocabulary and its own third-party library. Nothing but `bootstrap`
names an adapter.
"""
