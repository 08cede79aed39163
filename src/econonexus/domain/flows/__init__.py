"""What spans subjects: each flow decides commands by reading the whole state, and changes nothing.

May import everything in the domain but the economy itself.
"""
