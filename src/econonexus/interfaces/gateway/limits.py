"""Limits on what providers are paid in a window: budgets that the node makes as its settings say.

`provider` is for all upstreams together, `provider:<upstream>` for one; the one stands beneath the other
where both are reckoned in one asset. Every call counts in them by what its provider takes for it.
"""

import logging
import math
from collections.abc import Iterator

from econonexus.config import MOCK, GatewaySettings, ModelSettings, Settings, SettingsError, UpstreamSettings
from econonexus.domain.commands import (
    ChangeBudget,
    ChangeCapacity,
    CloseBudget,
    Command,
    CreateBudget,
    DeclareAsset,
    DeclareResource,
)
from econonexus.domain.ids import SECOND, AssetId, BudgetId, CallerId, Duration, Instant, ResourceId
from econonexus.domain.money import Amount
from econonexus.domain.state import State
from econonexus.domain.subjects.budgets import Budget
from econonexus.interfaces.http.runs import PROVIDER, is_providers
from econonexus.node.node import Node
from econonexus.node.replies import Refused

log = logging.getLogger(__name__)

GATEWAY = CallerId("gateway")
SPEND = "llm.spend"
"""The resource that all upstreams are paid from; `llm.spend:<upstream>` is what one of them is paid from."""
MS = 1_000_000
"""Nanoseconds."""


def limits_of(settings: Settings, model: ModelSettings) -> tuple[tuple[BudgetId, str], ...]:
    """The budgets that a model's calls count in, each with the asset in which; one that covers another's
    charge by standing above it is left out."""
    if model.upstream == MOCK:
        return ()
    rules = {rule.budget: rule for rule in _rules(settings)}
    own = rules.get(_own(model.upstream))
    whole = rules.get(PROVIDER)
    counted = [own] if own else []
    if whole and not (own and own.parent == PROVIDER):
        counted.append(whole)
    return tuple((rule.budget, str(rule.asset)) for rule in counted)


async def establish(node: Node, settings: Settings) -> None:
    """Make the budgets be as the settings say, and no others of their names, and the resources beside them.

    Raises: SettingsError.
    """
    wanted = {rule.budget: rule for rule in _rules(settings)}
    for asked in wanted.values():  # First of all, as it may be refused.
        await _offer(node, asked)
    there = await node.read(_there)
    assets = await node.read(lambda state: set(state.ledger.assets))
    for budget in sorted(there.values(), key=lambda budget: -budget.depth):
        rule = wanted.get(budget.id)
        if rule is None or not _fits(budget, rule):
            await _do(node, CloseBudget(budget.id), budget.id)
            del there[budget.id]
    for rule in wanted.values():
        if rule.asset not in assets:
            await _do(node, DeclareAsset(rule.asset), rule.budget)
            assets.add(rule.asset)
        budget_there = there.get(rule.budget)
        if budget_there is None:
            await _do(node, rule, rule.budget)
        elif budget_there.limit != rule.limit:
            await _do(node, ChangeBudget(rule.budget, rule.limit), rule.budget)


async def _offer(node: Node, rule: CreateBudget) -> None:
    """Have what may be spent in a window be a resource too, so that a market can sell it and none sells more.

    Raises: SettingsError where more than that is promised already.
    """
    name = ResourceId(SPEND + rule.budget.removeprefix(PROVIDER))
    there = await node.read(lambda state: _figures(state, name))
    if there is None:
        declared = DeclareResource(name, f"µ{rule.asset}", rule.limit, rule.window)
        await _do(node, declared, rule.budget)
        return
    capacity, period = there
    if period != rule.window:
        log.warning("resource %s keeps its period, %d ms; the limit's window is another", name, period // MS)
    elif capacity != rule.limit:
        await _do(node, ChangeCapacity(name, rule.limit), rule.budget)


def _figures(state: State, name: ResourceId) -> tuple[int, Duration] | None:
    resource = state.resources.by_id.get(name)
    return None if resource is None else (resource.capacity, resource.period)


def ends_in_s(state: State, name: BudgetId, now: Instant) -> int:
    """In how many seconds, at least 1, a budget's window ends; a minute where it has none."""
    budget = state.budgets.by_id.get(name)
    if budget is None or not budget.window:
        return 60
    ends = budget.created_at + (budget.window_at(now) + 1) * budget.window
    return max(1, math.ceil((ends - now) / SECOND))


def _own(upstream: str) -> BudgetId:
    return BudgetId(f"{PROVIDER}:{upstream}")


def _rules(settings: Settings) -> Iterator[CreateBudget]:
    """The budgets that the settings ask for, those above first."""
    whole = settings.gateway
    if whole.spend_limit_ucr:
        yield _rule(PROVIDER, whole, None)
    for name, far in settings.upstreams.items():
        if far.spend_limit_ucr:
            beneath = bool(whole.spend_limit_ucr) and whole.spend_asset == far.spend_asset
            yield _rule(_own(name), far, PROVIDER if beneath else None)


def _rule(
    name: BudgetId, limited: GatewaySettings | UpstreamSettings, parent: BudgetId | None
) -> CreateBudget:
    return CreateBudget(
        name,
        Amount(limited.spend_limit_ucr),
        parent,
        AssetId(limited.spend_asset),
        Duration(limited.spend_window_ms * MS),
    )


def _there(state: State) -> dict[BudgetId, Budget]:
    budgets = state.budgets.by_id.items()
    return {name: budget for name, budget in budgets if is_providers(name)}


def _fits(budget: Budget, rule: CreateBudget) -> bool:
    """Whether a budget can become what a rule says without being made anew."""
    return (budget.parent, budget.asset, budget.window) == (rule.parent, rule.asset, rule.window)


async def _do(node: Node, command: Command, budget: BudgetId) -> None:
    reply = await node.submit(command, GATEWAY)
    if isinstance(reply, Refused):
        raise SettingsError(
            f"the spend limit {budget} cannot be set as configured: {reply.refusal.sentence()}"
        )
