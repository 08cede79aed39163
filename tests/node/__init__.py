"""The shell round the economy: durability, order, time and recovery."""
