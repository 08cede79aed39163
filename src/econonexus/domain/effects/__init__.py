"""What events do to more than one subject at once, and what falls due in them. Nothing is decided here."""
