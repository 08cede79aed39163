"""Attackers planted in simulated economies: what each of them gains, against an honest agent in its place."""
