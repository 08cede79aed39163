"""What is measured, by which names, and how it is shown: tallies, the vocabulary, the page of metrics.

Imports nothing of the house. What is counted here is told by the ways in; the rest is read when somebody
asks.
"""
