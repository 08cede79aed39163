"""The Fisher market: buyers with budgets, goods with supplies, and prices at which the money buys all of it.

`market` is the rule; `interior_point` finds the equilibrium in floats, `certificate` proves how good any
answer is without knowing how it was found, `exact` gives small linear markets in fractions. Floats live here
because every result comes back to the economy as a claim, and is checked there.
"""
