"""The stories. Each module has `TITLE` and `tell`, and a transcript of its name beside it."""
