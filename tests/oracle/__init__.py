"""The economy once more, as simply as can be, to compare the real one with.

Written from what the commands promise, with plain dictionaries and no events, and sharing no code with the
economy beyond the commands themselves: each command first collects *all* reasons against it, whatever their
order, and only where there is none changes the books. What is clever in the economy is dumb here: budget
windows are walked through one after the other, promises are added up instant by instant, auctions are sold
unit by unit.

How it grows: a file a subject, each a class over `books.Books`, all of them together `Oracle`. Of a command
`X` the class of its subject says in

- `_form_X(it)` which reasons its form gives, whatever the books say (may be left out);
- `_no_X(it, no)` which reasons the books give: `no(reason)` for each, never stopping at the first, except
  where what would be asked next is not there;
- `_do_X(it, notices)` what changes, and what people are told, in the order of the events.

Whoever keeps money back adds it to `reserved`, whoever has deadlines adds them to `due`, both through
`super()`. Outcomes of auctions come from `prices.py`, by counting units. In `tests/strategies` the same
subject says how its commands are drawn, and `tests/domain/test_state_machine.py` holds both side by side.
"""

import inspect

from tests.oracle.attention import Attention
from tests.oracle.budgets import Budgets
from tests.oracle.holds import Holds
from tests.oracle.money import Money
from tests.oracle.orders import Orders
from tests.oracle.requests import Requests
from tests.oracle.running import Running
from tests.oracle.spenders import PROPERTIES, Spenders
from tests.oracle.stakes import Stakes

__all__ = ["PROPERTIES", "Oracle", "commands_known"]


class Oracle(Money, Holds, Budgets, Spenders, Running, Requests, Orders, Attention, Stakes):
    """The plain books of everything."""


def commands_known() -> set[str]:
    """The names of the commands that the oracle can judge."""
    names = {name for name, _ in inspect.getmembers(Oracle)}
    return {name.removeprefix("_no_") for name in names if name.startswith("_no_")} & {
        name.removeprefix("_do_") for name in names if name.startswith("_do_")
    }
