"""What the rules decide and how they change the state, by worked cases and by random walks."""
