"""The steps of winner determination, one a file; `solver.packing` puts them in order.

Each takes a packing program and gives back something that holds exactly: columns that cannot matter, a
packing, a bound. May import what the solver's room may.
"""
