"""Teams: make, look at, freeze."""

import secrets
from typing import Annotated

import msgspec
from msgspec import Meta

from econonexus.domain import commands, events
from econonexus.domain.ids import AccountId, BudgetId, TeamId
from econonexus.domain.state import State
from econonexus.domain.subjects.agents import Team
from econonexus.interfaces.http import examples
from econonexus.interfaces.http.desk import AtDesk, not_found, of
from econonexus.interfaces.http.forms import (
    Body,
    Cursor,
    Name,
    NewId,
    Page,
    PageSize,
    Reasoned,
    acts,
    creates,
    page,
    reads,
    why,
)
from econonexus.interfaces.http.paths import TeamPath


class NewTeam(Body, frozen=True):
    """A team to make. A budget of the team's own name limits it without being named."""

    id: NewId = None
    budget: (
        Annotated[
            Name,
            Meta(description="The budget above its wallet; by default the one of its name, if there is one."),
        ]
        | None
    ) = None


class TeamView(msgspec.Struct, frozen=True):
    """A team. Its wallet bears its name."""

    id: Annotated[str, Meta(description="The team's id, which is its wallet's too.")]
    budget: Annotated[
        str | None, Meta(description="The budget directly above its wallet; null where there is none.")
    ]
    frozen: Annotated[bool, Meta(description="Whether nothing new may leave what it and its agents own.")]


@creates("/teams")
async def create_team(data: Annotated[NewTeam, examples.TEAM], desk: AtDesk) -> TeamView:
    """Make a team, with a wallet of its name."""
    team = TeamId(data.id or f"team-{secrets.token_hex(8)}")
    budget = None if data.budget is None else BudgetId(data.budget)
    reply = await desk.submit(commands.CreateTeam(team, budget))
    opened = of(events.AccountOpened, reply)
    return TeamView(of(events.TeamCreated, reply).team, opened.budget, False)


@reads("/teams")
async def list_teams(desk: AtDesk, cursor: Cursor = None, limit: PageSize = 100) -> Page[TeamView]:
    """All teams, in the order in which they were made."""

    def look(state: State) -> Page[TeamView]:
        found, after = page(state.agents.teams, cursor, limit)
        return Page([_view(state, team) for team in found], after)

    return await desk.read(look)


@reads("/teams/{id:str}")
async def show_team(id: TeamPath, desk: AtDesk) -> TeamView:
    """One team."""
    return await desk.read(lambda state: _find(state, TeamId(id)))


@acts("/teams/{id:str}/freeze")
async def freeze_team(id: TeamPath, desk: AtDesk, data: Reasoned = None) -> TeamView:
    """Stop everything new from leaving what the team and its agents own."""
    await desk.submit(commands.FreezeTeam(TeamId(id), why(data)))
    return await desk.read(lambda state: _find(state, TeamId(id)))


@acts("/teams/{id:str}/unfreeze")
async def unfreeze_team(id: TeamPath, desk: AtDesk, data: Reasoned = None) -> TeamView:
    """Let the team and its agents spend again."""
    await desk.submit(commands.UnfreezeTeam(TeamId(id), why(data)))
    return await desk.read(lambda state: _find(state, TeamId(id)))


def _find(state: State, name: TeamId) -> TeamView:
    team = state.agents.teams.get(name)
    if team is None:
        raise not_found("unknown_team", "No such team.")
    return _view(state, team)


def _view(state: State, team: Team) -> TeamView:
    return TeamView(team.id, state.ledger.accounts[AccountId(team.id)].budget, team.frozen)


ROUTES = [create_team, list_teams, show_team, freeze_team, unfreeze_team]
