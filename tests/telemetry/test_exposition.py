"""Tallies and the page that is made of them, read back by Prometheus's own parser."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as prometheus
from prometheus_client.registry import REGISTRY

from econonexus.telemetry import vocabulary as v
from econonexus.telemetry.exposition import page
from econonexus.telemetry.readings import Reading, of_tallies
from econonexus.telemetry.tallies import Histogram, HttpTally, Telemetry

OPENMETRICS = "application/openmetrics-text; version=1.0.0"


def samples(text: bytes) -> dict[tuple[str, tuple[str, ...]], float]:
    """What a page says: name and values of the labels, by the labels' alphabet, to value."""
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in prometheus(text.decode())
        for sample in family.samples
    }


def test_a_histogram_counts_each_value_up_to_its_bound() -> None:
    histogram = Histogram((1.0, 2.0, 5.0))
    for value in (0.5, 1.0, 1.5, 5.0, 7.0):
        histogram.observe(value)
    said = samples(page([Reading(v.WAITED, ("m",), histogram)]).text)
    name = "econonexus_gateway_waited_seconds"
    buckets = {key[1][0]: value for key, value in said.items() if key[0] == f"{name}_bucket"}
    assert buckets == {"1.0": 2, "2.0": 3, "5.0": 4, "+Inf": 5}
    assert said[f"{name}_count", ("m",)] == 5
    assert said[f"{name}_sum", ("m",)] == 15.0


def test_a_copy_of_a_histogram_stays_as_it_was() -> None:
    histogram = Histogram((1.0,))
    histogram.observe(0.5)
    copy = histogram.copy()
    histogram.observe(3.0)
    assert (copy.counts, copy.total) == ([1, 0], 0.5)


def test_the_page_says_what_the_tallies_were_told() -> None:
    telemetry = Telemetry()
    gateway = telemetry.gateway
    for _ in range(2):
        gateway.ended("m", "served")
        gateway.paid("m", "usd", 70, read=10, written=20, cached=4)
    gateway.ended("n", "budget_exhausted")
    gateway.had_its_turn("m", 0.002)
    for _ in range(3):
        gateway.sent("m")
    gateway.was_answered("m", 0.3)
    telemetry.http.answered("POST", "/v1/chat/completions", 200)
    telemetry.http.subscribers += 3
    said = samples(page(of_tallies(telemetry)).text)
    expected = {
        ("econonexus_gateway_calls_total", ("m", "served")): 2,
        ("econonexus_gateway_calls_total", ("n", "budget_exhausted")): 1,
        ("econonexus_gateway_settled_ucr_total", ("usd", "m")): 140,
        ("econonexus_gateway_tokens_total", ("input", "m")): 20,
        ("econonexus_gateway_tokens_total", ("output", "m")): 40,
        ("econonexus_gateway_tokens_total", ("cached", "m")): 8,
        ("econonexus_gateway_in_flight", ("m",)): 2,
        ("econonexus_gateway_waited_seconds_count", ("m",)): 1,
        ("econonexus_gateway_waited_seconds_bucket", ("0.001", "m")): 0,
        ("econonexus_gateway_waited_seconds_bucket", ("0.0025", "m")): 1,
        ("econonexus_gateway_upstream_seconds_sum", ("m",)): 0.3,
        ("econonexus_http_requests_total", ("POST", "/v1/chat/completions", "200")): 1,
        ("econonexus_event_subscribers", ()): 3,
    }
    assert {key: said[key] for key in expected} == expected


def test_what_a_client_makes_up_is_no_label() -> None:
    tally = HttpTally()
    for i in range(100):
        tally.answered(f"METHOD{i}", "", 404)
    assert tally.requests == {("other", "unmatched", 404): 100}


@pytest.mark.parametrize(
    ("accept", "parse", "begins"),
    [
        ("", prometheus, "text/plain; version=0.0.4"),
        ("text/html, */*", prometheus, "text/plain; version=0.0.4"),
        (OPENMETRICS, openmetrics, OPENMETRICS),
    ],
    ids=["none", "a browser's", "openmetrics"],
)
def test_the_page_is_in_the_format_that_was_asked_for(accept: str, parse, begins: str) -> None:
    shown = page([Reading(v.SEQUENCE, (), 7)], accept)
    assert shown.content_type.startswith(begins)
    families = {family.name: family for family in parse(shown.text.decode())}
    assert families["econonexus_journal_sequence"].samples[0].value == 7


def _names(families: Iterable[object]) -> set[str]:
    return {str(getattr(family, "name", "")) for family in families}


def test_every_metric_is_on_the_page_also_before_anything_happened() -> None:
    names = _names(prometheus(page([]).text.decode()))
    assert {metric.name for metric in v.METRICS} <= names
    assert all(name.startswith("process_") for name in names - {metric.name for metric in v.METRICS})


def test_nothing_is_left_in_the_registry_that_a_process_shares() -> None:
    page([Reading(v.SEQUENCE, (), 7)])
    assert not any(name.startswith("econonexus") for name in _names(REGISTRY.collect()))
    assert isinstance(REGISTRY, CollectorRegistry)


def test_the_documentation_has_every_metric_and_no_other() -> None:
    text = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `econonexus_")]
    expected = [
        f"| `{metric.shown_as}` | {metric.kind} | {', '.join(f'`{label}`' for label in metric.labels)} "
        f"| {metric.meaning} |"
        for metric in v.METRICS
    ]
    assert rows == expected
