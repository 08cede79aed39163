"""The ways in, through real servers on loopback; `served` starts and stops them."""
