"""Worked cases of every command, a file a subject.

Each says in `ACCEPTED` which events a command yields, exactly, and in `REFUSED` for which reasons it is
declined: a case for every reason that the command's docstring names. `FORMS` are commands that no state lets
pass, and in `PRECEDENCE` several reasons hold, of which the earliest counts. Every case begins in the town of
`test_commands` or `test_refusals`, and says with `first` what else is there.
"""

from tests.domain.cases import (
    attention,
    bundles,
    contracts,
    insurance,
    lines,
    markets,
    orders,
    policy,
    reputations,
    requests,
    running,
    stakes,
    tasks,
)

SUBJECTS = (
    markets,
    bundles,
    running,
    attention,
    policy,
    reputations,
    orders,
    requests,
    stakes,
    tasks,
    contracts,
    insurance,
    lines,
)
