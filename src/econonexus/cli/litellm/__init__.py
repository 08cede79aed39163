"""What LiteLLM's proxy exports, as teams, budgets, agents and prices of ours.

Reads files, plans, and says line by line what it cannot carry over; `importing` next door carries the plan
out over the API. May import the command line's own way of failing, and nothing that runs a node.
"""
