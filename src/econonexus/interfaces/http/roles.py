"""Who may make which call: one table, and a test proves that it has every route.

An agent is let in where it has affairs of its own; that it reaches no other agent's is the call's to see to.
"""

from collections.abc import Mapping

from econonexus.domain.kinds import Role

PUBLIC = None
EVERYBODY = frozenset(Role)
ANYBODY = EVERYBODY - {Role.HUMAN}
"""Everybody but who only answers questions, and has no business with anything else."""
AGENTS = frozenset({Role.AGENT})
READERS = ANYBODY - {Role.AGENT}
HUMANS = frozenset({Role.HUMAN, Role.OPERATOR, Role.ADMIN})
"""Who answers the questions that agents ask of humans, and reads what they say."""
SPENDERS = frozenset({Role.AGENT, Role.OPERATOR, Role.ADMIN})
OPERATORS = frozenset({Role.OPERATOR, Role.ADMIN})
ADMINS = frozenset({Role.ADMIN})

MAY: Mapping[tuple[str, str], frozenset[Role] | None] = {
    ("GET", "/healthz"): PUBLIC,
    ("GET", "/readyz"): PUBLIC,
    ("GET", "/metrics"): PUBLIC,
    ("GET", "/api/openapi.json"): PUBLIC,
    ("GET", "/api"): PUBLIC,  # Litestar's own: the document once more, and that there is no other.
    ("GET", "/api/{path}"): PUBLIC,
    ("GET", "/api/v1/whoami"): EVERYBODY,
    ("GET", "/api/v1/teams"): READERS,
    ("POST", "/api/v1/teams"): OPERATORS,
    ("GET", "/api/v1/teams/{id}"): READERS,
    ("POST", "/api/v1/teams/{id}/freeze"): OPERATORS,
    ("POST", "/api/v1/teams/{id}/unfreeze"): OPERATORS,
    ("GET", "/api/v1/budgets"): READERS,
    ("POST", "/api/v1/budgets"): OPERATORS,
    ("GET", "/api/v1/budgets/{id}"): READERS,
    ("POST", "/api/v1/budgets/{id}/change"): OPERATORS,
    ("POST", "/api/v1/budgets/{id}/close"): OPERATORS,
    ("POST", "/api/v1/budgets/{id}/assign"): OPERATORS,
    ("POST", "/api/v1/budgets/{id}/unassign"): OPERATORS,
    ("GET", "/api/v1/agents"): READERS,
    ("POST", "/api/v1/agents"): OPERATORS,
    ("GET", "/api/v1/agents/{id}"): ANYBODY,
    ("POST", "/api/v1/agents/{id}/change"): OPERATORS,
    ("POST", "/api/v1/agents/{id}/signing-key"): AGENTS,
    ("POST", "/api/v1/agents/{id}/freeze"): OPERATORS,
    ("POST", "/api/v1/agents/{id}/unfreeze"): OPERATORS,
    ("GET", "/api/v1/keys"): READERS,
    ("POST", "/api/v1/keys"): OPERATORS,
    ("POST", "/api/v1/keys/{id}/rotate"): SPENDERS,
    ("POST", "/api/v1/keys/{id}/revoke"): OPERATORS,
    ("POST", "/api/v1/mint"): ADMINS,
    ("POST", "/api/v1/transfers"): SPENDERS,
    ("GET", "/api/v1/accounts/{id}"): ANYBODY,
    ("GET", "/api/v1/reservations"): ANYBODY,
    ("POST", "/api/v1/reservations"): SPENDERS,
    ("POST", "/api/v1/reservations/{id}/settle"): SPENDERS,
    ("POST", "/api/v1/reservations/{id}/release"): SPENDERS,
    ("POST", "/api/v1/reservations/{id}/reconcile"): OPERATORS,
    ("GET", "/api/v1/resources"): ANYBODY,
    ("POST", "/api/v1/resources"): OPERATORS,
    ("GET", "/api/v1/resources/{id}"): ANYBODY,
    ("POST", "/api/v1/resources/{id}/change"): OPERATORS,
    ("GET", "/api/v1/markets"): ANYBODY,
    ("POST", "/api/v1/markets"): OPERATORS,
    ("GET", "/api/v1/markets/{id}"): ANYBODY,
    ("POST", "/api/v1/markets/{id}/change"): OPERATORS,
    ("POST", "/api/v1/markets/{id}/freeze"): OPERATORS,
    ("POST", "/api/v1/markets/{id}/unfreeze"): OPERATORS,
    ("GET", "/api/v1/markets/{id}/book"): ANYBODY,
    ("GET", "/api/v1/markets/{id}/prices"): ANYBODY,
    ("GET", "/api/v1/orders"): ANYBODY,
    ("POST", "/api/v1/orders"): AGENTS,
    ("GET", "/api/v1/orders/{id}"): ANYBODY,
    ("POST", "/api/v1/orders/{id}/replace"): AGENTS,
    ("DELETE", "/api/v1/orders/{id}"): SPENDERS,
    ("GET", "/api/v1/markets/{id}/price"): ANYBODY,
    ("GET", "/api/v1/markets/{id}/requests"): ANYBODY,
    ("POST", "/api/v1/markets/{id}/requests"): AGENTS,
    ("POST", "/api/v1/markets/{id}/requests/{name}/withdraw"): AGENTS,
    ("GET", "/api/v1/auctions"): ANYBODY,
    ("POST", "/api/v1/auctions"): OPERATORS,
    ("GET", "/api/v1/auctions/{id}"): ANYBODY,
    ("POST", "/api/v1/auctions/{id}/close"): OPERATORS,
    ("POST", "/api/v1/auctions/{id}/cancel"): OPERATORS,
    ("GET", "/api/v1/auctions/{id}/bids"): ANYBODY,
    ("POST", "/api/v1/auctions/{id}/bids"): AGENTS,
    ("POST", "/api/v1/auctions/{id}/bids/{bid}/raise"): AGENTS,
    ("POST", "/api/v1/auctions/{id}/bids/{bid}/withdraw"): AGENTS,
    ("POST", "/api/v1/auctions/{id}/commitments"): AGENTS,
    ("POST", "/api/v1/auctions/{id}/commitments/{bid}/reveal"): AGENTS,
    ("GET", "/api/v1/grants"): ANYBODY,
    ("GET", "/api/v1/grants/{id}"): ANYBODY,
    ("POST", "/api/v1/grants/{id}/usage"): SPENDERS,
    ("POST", "/api/v1/grants/{id}/release"): SPENDERS,
    ("GET", "/api/v1/inbox"): EVERYBODY,
    ("POST", "/api/v1/inbox"): SPENDERS,
    ("GET", "/api/v1/inbox/{id}"): EVERYBODY,
    ("POST", "/api/v1/inbox/{id}/take"): HUMANS,
    ("POST", "/api/v1/inbox/{id}/answer"): HUMANS,
    ("POST", "/api/v1/inbox/{id}/decline"): HUMANS,
    ("POST", "/api/v1/inbox/{id}/withdraw"): SPENDERS,
    ("GET", "/api/v1/attention"): EVERYBODY,
    ("POST", "/api/v1/attention"): OPERATORS,
    ("GET", "/api/v1/tasks"): ANYBODY,
    ("POST", "/api/v1/tasks"): SPENDERS,
    ("GET", "/api/v1/tasks/{id}"): ANYBODY,
    ("POST", "/api/v1/tasks/{id}/cancel"): SPENDERS,
    ("GET", "/api/v1/tasks/{id}/offers"): ANYBODY,
    ("POST", "/api/v1/tasks/{id}/offers"): AGENTS,
    ("POST", "/api/v1/tasks/{id}/offers/withdraw"): AGENTS,
    ("GET", "/api/v1/policy"): ANYBODY,
    ("POST", "/api/v1/policy"): OPERATORS,
    ("GET", "/api/v1/modes"): READERS,
    ("POST", "/api/v1/modes/{feature}"): OPERATORS,
    ("GET", "/api/v1/events"): ANYBODY,
    ("GET", "/api/v1/events/stream"): ANYBODY,
    ("GET", "/api/v1/explain/{id}"): ANYBODY,
    ("GET", "/api/v1/spend"): READERS,
    ("GET", "/api/v1/spend/focus"): READERS,
    ("GET", "/v1/models"): ANYBODY,
    ("GET", "/v1/models/{id}"): ANYBODY,
    ("POST", "/v1/chat/completions"): AGENTS,
    ("POST", "/v1/responses"): AGENTS,
    ("POST", "/v1/embeddings"): AGENTS,
}
"""Method and path to the roles that are let in; None for everybody, with a key or without."""
