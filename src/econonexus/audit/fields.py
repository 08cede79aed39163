"""What the fields of a raw record hold, read strictly."""

MAX = 2**63 - 1

Fields = dict[str, object]


def whole(value: object) -> int:
    """An amount, a time or a limit."""
    if type(value) is not int or not 0 <= value <= MAX:
        raise ValueError(f"{value!r} is not a whole number in [0, 2**63 - 1]")
    return value


def positive(value: object) -> int:
    """An amount that moves."""
    if whole(value) == 0:
        raise ValueError("an amount of 0")
    return whole(value)


def names(value: object) -> list[str]:
    """A list of names; none where the field is left out."""
    return [str(name) for name in value] if isinstance(value, list) else []


def name(value: object) -> str | None:
    """A name, or none."""
    return None if value is None else str(value)


def charges(value: object) -> dict[str, int]:
    """Budget to amount, in order; nothing where the field is left out."""
    listed = value if isinstance(value, list) else []
    amounts = {str(charge["budget"]): whole(charge["amount"]) for charge in listed}
    if len(amounts) != len(listed):
        raise ValueError("a budget is named twice")
    return amounts
