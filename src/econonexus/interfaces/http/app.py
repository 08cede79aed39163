"""The application: all calls under /api/v1, who may make them, and its OpenAPI document."""

import asyncio
import os
from typing import Any

from litestar import Litestar, Request, Router
from litestar.datastructures import State as AppState
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from econonexus import __version__
from econonexus.bootstrap import models_of
from econonexus.config import Settings
from econonexus.interfaces.gateway import routes
from econonexus.interfaces.gateway.errors import ERRORS, as_asked
from econonexus.interfaces.gateway.service import Gateway
from econonexus.interfaces.http import (
    agents,
    attention,
    auctions,
    bids,
    budgets,
    chargeback,
    commitments,
    contracts,
    credit,
    grants,
    happenings,
    health,
    inbox,
    insurance,
    keys,
    markets,
    metrics,
    modes,
    money,
    orders,
    policy,
    prices,
    promise_rules,
    reputations,
    requests,
    reservations,
    resources,
    spending,
    stakes,
    tasks,
    teams,
    work_offers,
)
from econonexus.interfaces.http.callers import Doorkeeper, Pace
from econonexus.interfaces.http.desk import desk_of, not_allowed
from econonexus.interfaces.http.paths import put_back
from econonexus.interfaces.http.problems import HANDLERS
from econonexus.interfaces.http.queries import known_queries, understood
from econonexus.interfaces.http.roles import MAY
from econonexus.node.node import Node
from econonexus.telemetry.tallies import Telemetry

GROUPS = {
    "teams": teams,
    "budgets": budgets,
    "agents": agents,
    "keys": keys,
    "money": money,
    "reservations": reservations,
    "resources": resources,
    "markets": markets,
    "requests": requests,
    "auctions": auctions,
    "bids": bids,
    "commitments": commitments,
    "grants": grants,
    "orders": orders,
    "prices": prices,
    "inbox": inbox,
    "attention": attention,
    "tasks": tasks,
    "contracts": contracts,
    "offers": work_offers,
    "insurance": insurance,
    "policy": policy,
    "stakes": stakes,
    "credit": credit,
    "reputation": reputations,
    "promise rules": promise_rules,
    "modes": modes,
    "events": happenings,
    "spend": spending,
    "chargeback": chargeback,
    "health": health,
}

OPENAPI = OpenAPIConfig(
    title="EconoNexus",
    version=__version__,
    description=(
        "Hard budgets, fair shares and exact accounting for fleets of agents. Amounts are in µcr, of which "
        "1,000,000 are one credit; durations are in milliseconds, times RFC 3339. An `Idempotency-Key` names "
        "a request: the same again acts once, and gets the same answer."
    ),
    path="/api",
    use_handler_docstrings=True,
    render_plugins=[JsonRenderPlugin(path="/openapi.json")],
    components=Components(security_schemes={"key": SecurityScheme(type="http", scheme="bearer")}),
)


def create_app(node: Node, admin_key: str, settings: Settings) -> Litestar:
    """The application for a running node. `app.state.stopping` ends what would go on for ever."""
    telemetry = Telemetry()
    groups = [
        Router("", route_handlers=group.ROUTES, tags=[name], security=[{"key": []}])
        for name, group in GROUPS.items()
    ]
    gateway = Router(
        "/v1",
        route_handlers=routes.ROUTES,
        tags=["gateway"],
        security=[{"key": []}],
        exception_handlers=ERRORS,
    )
    app = Litestar(
        [*health.PUBLIC_ROUTES, *metrics.PUBLIC_ROUTES, Router("/api/v1", route_handlers=groups), gateway],
        before_request=_admit,
        dependencies={"desk": Provide(desk_of)},
        exception_handlers={**HANDLERS, HTTPException: as_asked},
        openapi_config=OPENAPI,
        request_max_body_size=settings.max_body_bytes,
        logging_config=None,
        state=AppState(
            {
                "node": node,
                "gateway": Gateway(node, settings, models_of(settings, os.environ), telemetry.gateway),
                "door": Doorkeeper(node, admin_key),
                "pace": Pace(settings.rate_per_s, settings.rate_burst),
                "stopping": asyncio.Event(),
                "telemetry": telemetry,
            }
        ),
    )
    app.state["queries"] = known_queries(app, "/api/v1")
    return app


async def _admit(request: "Request[Any, Any, Any]") -> None:
    """Let a request in, before its body is read: known key, not too often, in a role that may.

    It is no guard of Litestar's, as for those the route's handler is copied with every request.
    """
    method = str(request.scope.get("method"))
    if method == "OPTIONS":  # Litestar answers by itself what can be asked here.
        return
    roles = MAY["GET" if method == "HEAD" else method, request.scope["path_template"]]
    if roles is None:
        return
    app = request.app.state
    caller = app.door.identify(request.headers.get("authorization"))
    app.pace.take(caller.key)
    if caller.role not in roles:
        others = " or ".join(sorted(role.value for role in roles))
        raise not_allowed(
            f"The role {caller.role.value} may not do this: it takes a key of the role {others}."
        )
    request.state.caller = caller
    understood(request, app.queries)
    put_back(request.path_params)
