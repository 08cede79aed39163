"""Heavy mathematics behind the `Solver` port: which bids win, what they pay, how good that is provably.

Runs in worker processes, never in the node's. May import the ports, the domain, numpy, scipy and HiGHS, and
lazily, where they are there, CP-SAT and SCIP. Floats only guide: what is claimed is proven in
integers.
"""
