"""How one part of the books tells the whole of them that a record does not add up."""


class Wrong(Exception):
    """What cannot be; the message goes on after "record 7: "."""
