"""Nothing enters the node that a replay could not read."""

import pytest

from econonexus.domain import commands as c
from econonexus.domain.kinds import BudgetMode
from econonexus.node.intake import MAX_CONTENT, InvalidCommand, checked, content_digest


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (c.Transfer(5, "b", 1), "source"),
        (c.Transfer("a", "b", 1.5), "amount"),
        (c.Transfer("a", "b", True), "amount"),
        (c.Transfer("a", "b", "7"), "amount"),
        (c.AssignBudget("a", 5), "budget"),
        (c.DeclareExchange("x", 5, "credit", None), "sell"),
        (c.CreateBudget("b", 5, mode="bogus"), "mode"),
        (c.FreezeAccount("a", reason=[1]), "reason"),
        (c.Mint("a", 1, reason={}), "reason"),
        (c.CreateBudget("b", 5, alerts=(0.8,)), "alerts"),
        (c.Transfer("a", "b", 1, note="\ud800"), "surrogates"),
    ],
)
def test_a_field_of_the_wrong_type_is_named(command: c.Command, field: str) -> None:
    with pytest.raises(InvalidCommand, match=field):
        checked(command, "ann")


def test_what_is_no_command_is_said_so() -> None:
    for thing in (5, None, object(), {"type": "Transfer"}):
        with pytest.raises(InvalidCommand):
            checked(thing, "ann")


def test_a_command_comes_in_as_a_replay_would_read_it() -> None:
    """A mode given as text must not slip past a check for the mode itself."""
    command = checked(c.CreateBudget("b", 5, mode="hard", alerts=[500_000]), "ann")

    assert command == c.CreateBudget("b", 5, mode=BudgetMode.HARD, alerts=(500_000,))


def test_everything_has_a_limit() -> None:
    with pytest.raises(InvalidCommand, match="bytes long"):
        checked(c.Transfer("a" * MAX_CONTENT, "b", 1), "ann")


@pytest.mark.parametrize("caller", ["node", "", "two words", "\ud800", None, 5, "x" * 129])
def test_a_caller_has_a_name_and_is_not_the_node(caller: str) -> None:
    with pytest.raises(InvalidCommand, match="caller"):
        checked(c.VoidHold("h"), caller)


@pytest.mark.parametrize("text", [7, "\ud800", "é", "x" * 129])
def test_digest_and_trace_are_short_plain_text(text: str) -> None:
    with pytest.raises(InvalidCommand, match="digest"):
        checked(c.VoidHold("h"), "ann", digest=text)
    with pytest.raises(InvalidCommand, match="trace"):
        checked(c.VoidHold("h"), "ann", trace=text)


def test_private_texts_cannot_be_guessed_from_the_digest() -> None:
    """The digest stays in the chain when the text is erased."""
    assert content_digest(c.Transfer("a", "b", 1, note="x")) == content_digest(
        c.Transfer("a", "b", 1, note="y")
    )
    assert content_digest(c.OpenAccount("a", "a", label="Eve")) == content_digest(c.OpenAccount("a", "a"))
    assert content_digest(c.Transfer("a", "b", 1)) != content_digest(c.Transfer("a", "b", 2))
