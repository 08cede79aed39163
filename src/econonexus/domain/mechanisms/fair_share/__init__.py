"""Sharing without a market: who gets how much of what is scarce when nobody bids.

One rule a file, in whole units: `first_come`, `strict_priority`, `max_min` and `dominant_resource` divide
what there is in one go; `weighted_fair` and `karma` remember who had what.
"""
