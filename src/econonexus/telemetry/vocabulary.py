"""Every metric there is. Aggregates alone: no agent, key, prompt or sealed price is in any of them."""

from typing import Literal, NamedTuple

Kind = Literal["counter", "gauge", "histogram"]


class Metric(NamedTuple):
    """A metric's name (a counter's is shown with `_total` after it), kind, labels, and what it says."""

    name: str
    kind: Kind
    meaning: str
    labels: tuple[str, ...] = ()

    @property
    def shown_as(self) -> str:
        """The name as dashboards ask for it."""
        return f"{self.name}_total" if self.kind == "counter" else self.name


BUILD = Metric("econonexus_build_info", "gauge", "Always 1; its label says which version runs.", ("version",))
READY = Metric("econonexus_ready", "gauge", "1 while the node decides commands, as /readyz says, else 0.")

ACCEPTED = Metric(
    "econonexus_commands_accepted", "counter", "Commands carried out, the node's own too.", ("command",)
)
REFUSED = Metric(
    "econonexus_commands_refused", "counter", "Commands refused, by the refusal's code.", ("code",)
)
EVENTS = Metric("econonexus_events", "counter", "Events decided.", ("event",))
BATCHES = Metric("econonexus_journal_batches", "counter", "Appends to the journal, each with one sync.")
SEQUENCE = Metric("econonexus_journal_sequence", "gauge", "The last durable record.")
PENDING = Metric("econonexus_journal_pending_records", "gauge", "Records decided and not yet durable.")
SINCE_SNAPSHOT = Metric(
    "econonexus_snapshot_age_records", "gauge", "Records since the last snapshot: what a start replays."
)
HOLDS = Metric("econonexus_open_holds", "gauge", "Holds that are neither settled nor released.")

REQUESTS = Metric(
    "econonexus_http_requests",
    "counter",
    "Requests whose answer has begun, by the route's template; `unmatched` where there is none.",
    ("method", "route", "status"),
)
SUBSCRIBERS = Metric("econonexus_event_subscribers", "gauge", "Streams of events that are being followed.")

CALLS = Metric(
    "econonexus_gateway_calls",
    "counter",
    "Calls that ended: `served`, `aborted` by the caller, `failed` upstream, or the code of the refusal.",
    ("model", "outcome"),
)
TOKENS = Metric(
    "econonexus_gateway_tokens",
    "counter",
    "Tokens that calls used: `input`, of it `cached`, and `output`.",
    ("model", "direction"),
)
SETTLED = Metric(
    "econonexus_gateway_settled_ucr",
    "counter",
    "What calls were charged, in µcr of an asset.",
    ("model", "asset"),
)
IN_FLIGHT = Metric(
    "econonexus_gateway_in_flight", "gauge", "Calls that are under way at a model.", ("model",)
)
WAITING = Metric("econonexus_gateway_waiting", "gauge", "Calls that wait for their turn.", ("model",))
WAITED = Metric(
    "econonexus_gateway_waited_seconds", "histogram", "How long calls waited for their turn.", ("model",)
)
UPSTREAM = Metric(
    "econonexus_gateway_upstream_seconds",
    "histogram",
    "From sending a call to the end of its answer, or of the last part of it that came.",
    ("model",),
)

METRICS: tuple[Metric, ...] = tuple(value for value in list(vars().values()) if isinstance(value, Metric))
"""All of them."""
