"""One suite per port, run unchanged on every adapter."""
