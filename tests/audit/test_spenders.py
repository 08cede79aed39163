"""The second bookkeeper on agents and teams: what cannot be is found at the record where it happens."""

import pytest

from econonexus.audit.books import Discrepancy
from econonexus.domain import events as e
from econonexus.domain.kinds import Role
from tests.audit.test_books import START, budget, chain, read, wallet

CREW = (
    e.TeamCreated("crew"),
    wallet("crew"),
    e.Minted("mint", "crew", 50),
    e.AgentCreated("sam", "crew", "crew"),
    e.AgentCreated("pat", "crew", "crew"),
    wallet("pat"),
    e.Minted("mint", "pat", 50),
)
"""sam pays from the crew's wallet, pat from its own."""
LIMITED = (*CREW, budget("crew", 30), e.BudgetAssigned("crew", "crew"))
DRAWN = e.HoldPlaced("h", "crew", "bob", 5, 10**9, agent="sam")
DIGEST = "5f" * 32


@pytest.mark.parametrize(
    "honest",
    [
        (e.Transferred("crew", "bob", 5, agent="sam"),),
        (e.AgentFrozen("sam"), e.Transferred("crew", "bob", 5), e.Transferred("pat", "bob", 5)),
        (e.TeamFrozen("crew"), e.TeamUnfrozen("crew"), e.Transferred("pat", "bob", 5)),
        (DRAWN, e.AgentFrozen("sam"), e.HoldPosted("h", "crew", "bob", 5, 0, agent="sam")),
        (
            e.KeyIssued("k", "sam", Role.AGENT, DIGEST),
            e.KeyRotated("k", "e7" * 32),
            e.KeyIssued("l", "sam", Role.AGENT, DIGEST),
            e.KeyRevoked("k"),
        ),
    ],
)
def test_what_may_happen_adds_up(honest: tuple[e.Event, ...]) -> None:
    journal = chain(*START, *CREW, *honest)
    assert read(journal).sequence == len(journal)


def test_what_stands_above_a_team_counts_for_its_agents() -> None:
    own = (budget("sam", 20), e.BudgetAssigned("sam", "sam"))
    paid = e.Transferred("crew", "bob", 5, ("sam", "crew"), agent="sam")
    books = read(chain(*START, *LIMITED, *own, e.Transferred("pat", "bob", 5, ("crew",)), paid))
    assert {name: each.spent for name, each in books.budgets.by_name.items()} == {"crew": 10, "sam": 5}


@pytest.mark.parametrize(
    ("forged", "problem"),
    [
        ((e.TeamCreated("crew"),), "a second time"),
        ((e.AgentCreated("crew", None, "crew"),), "a second time"),
        ((e.AgentCreated("new", "sam", "sam"),), "is no team"),
        ((e.AgentFrozen("pat"), e.Transferred("pat", "bob", 1)), "which is frozen"),
        ((e.AgentFrozen("sam"), e.Transferred("crew", "bob", 1, agent="sam")), "which is frozen"),
        ((e.TeamFrozen("crew"), e.Transferred("pat", "bob", 1)), "which is frozen"),
        ((e.AgentFrozen("sam"), DRAWN), "which is frozen"),
        ((e.AgentFrozen("pat"), e.CreditLineSet("pat", "debt:pat", "pat", 9),
          e.CreditDrawn("debt:pat", "pat", 1)), "which is frozen"),
        ((DRAWN, e.AgentFrozen("sam"), e.HoldToppedUp("h", "crew", 1, 10**9)), "which is frozen"),
        ((budget("crew", 9), e.BudgetAssigned("crew", "crew"), e.Transferred("pat", "bob", 1)),
         "but leaves crew"),
    ],
)  # fmt: skip
def test_a_forged_event_is_found_where_it_stands(forged: tuple[e.Event, ...], problem: str) -> None:
    with pytest.raises(Discrepancy, match=problem) as found:
        read(chain(*START, *CREW, *forged))
    assert found.value.sequence == len(START) + len(CREW) + len(forged)
