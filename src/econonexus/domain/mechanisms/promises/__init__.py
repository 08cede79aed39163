"""What a broken promise costs, and what a kept one is worth: slashing, reputation, whose praise counts."""
