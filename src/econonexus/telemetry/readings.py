"""What metrics say at one moment."""

from typing import NamedTuple

from econonexus.telemetry import vocabulary as v
from econonexus.telemetry.tallies import Histogram, Telemetry


class Reading(NamedTuple):
    """What a metric says under some values of its labels."""

    metric: v.Metric
    labels: tuple[str, ...]
    value: float | Histogram


def of_tallies(telemetry: Telemetry) -> list[Reading]:
    """What the tallies say now."""
    http, gateway = telemetry.http, telemetry.gateway
    return [
        *(
            Reading(v.REQUESTS, (how, route, str(status)), n)
            for (how, route, status), n in http.requests.items()
        ),
        Reading(v.SUBSCRIBERS, (), http.subscribers),
        *(Reading(v.CALLS, labels, n) for labels, n in gateway.calls.items()),
        *(Reading(v.IN_FLIGHT, (model,), n) for model, n in gateway.in_flight.items()),
        *(Reading(v.TOKENS, labels, n) for labels, n in gateway.tokens.items()),
        *(Reading(v.SETTLED, labels, n) for labels, n in gateway.settled.items()),
        *(Reading(v.WAITED, (model,), each.copy()) for model, each in gateway.waited.items()),
        *(Reading(v.UPSTREAM, (model,), each.copy()) for model, each in gateway.upstream.items()),
    ]
