"""What the house is measured with: published test problems, and later scenarios and their judge.

May import whatever stands below it; only the command line imports it.
"""
