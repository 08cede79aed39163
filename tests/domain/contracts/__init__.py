"""The life of contracts, worked by hand; `town` is where they happen."""
