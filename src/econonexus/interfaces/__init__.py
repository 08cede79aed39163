"""The ways in: each turns what somebody asks into commands and reads, and answers in its own tongue.

May import bootstrap and everything beneath it; knows no rule of the economy by heart. One folder a way.
"""
