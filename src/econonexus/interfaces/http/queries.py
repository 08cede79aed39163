"""What can be asked behind the `?` of an address: a word that no route knows is an error, not a silence."""

from collections.abc import Mapping
from typing import Any

from litestar import Litestar, Request
from litestar.routes import HTTPRoute

from econonexus.interfaces.http.problems import invalid

Known = Mapping[tuple[str, str], frozenset[str]]
"""What each route's query may name, by method and path template."""


def known_queries(app: Litestar, below: str) -> Known:
    """The words of the queries of all routes below a path."""
    return {
        (method, route.path_format): frozenset(each.field_alias for each in model.expected_query_params)
        for route in app.routes
        if isinstance(route, HTTPRoute) and route.path_format.startswith(below)
        for method, (_, model) in route.route_handler_map.items()
    }


def understood(request: "Request[Any, Any, Any]", known: Known) -> None:
    """Whether a query names nothing that its route does not know. Raises: Declined, which names the word."""
    if not request.scope["query_string"]:
        return
    words = known.get((str(request.scope["method"]), request.scope["path_template"]))
    if words is None:  # Elsewhere others say what can be asked: OpenAI's clients, scrapers.
        return
    for name in request.query_params:
        if name not in words:
            can = f"It is one of {', '.join(sorted(words))}." if words else "Nothing can be asked here."
            raise invalid(name, f"No such parameter. {can}")
