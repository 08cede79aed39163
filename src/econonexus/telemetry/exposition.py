"""The page of metrics that Prometheus and its like read, made of readings when it is asked for."""

import itertools
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from econonexus.telemetry.readings import Reading
from econonexus.telemetry.tallies import Histogram
from econonexus.telemetry.vocabulary import METRICS, Metric


class Page(NamedTuple):
    """The metrics in a format, as the header Content-Type names it."""

    text: bytes
    content_type: str


def page(readings: Sequence[Reading], accept: str = "") -> Page:
    """All metrics as they were read, and the process's own, in the format that an Accept header asks for.

    The first call imports prometheus_client, which takes a tenth of a second: not on the event loop.
    """
    from prometheus_client import CollectorRegistry, ProcessCollector
    from prometheus_client.exposition import choose_encoder

    encode, content_type = choose_encoder(accept)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(readings))
    ProcessCollector(registry=registry)
    return Page(encode(registry), content_type)


class _Collector:
    """What prometheus_client asks for the metrics."""

    def __init__(self, readings: Sequence[Reading]) -> None:
        self._readings = readings

    def collect(self) -> Iterable[Any]:
        """Every metric of the vocabulary, also those that nothing has happened to yet."""
        families = {metric: _family(metric) for metric in METRICS}
        for reading in self._readings:
            _add(families[reading.metric], reading)
        return families.values()


def _family(metric: Metric) -> Any:
    """prometheus_client's own kind of a metric; its kinds share no base that has `add_metric`."""
    from prometheus_client import metrics_core

    kinds = {
        "counter": metrics_core.CounterMetricFamily,
        "gauge": metrics_core.GaugeMetricFamily,
        "histogram": metrics_core.HistogramMetricFamily,
    }
    return kinds[metric.kind](metric.name, metric.meaning, labels=metric.labels)


def _add(family: Any, reading: Reading) -> None:
    if isinstance(reading.value, Histogram):
        bounds = [*map(str, reading.value.bounds), "+Inf"]
        buckets = list(zip(bounds, itertools.accumulate(reading.value.counts), strict=True))
        family.add_metric(reading.labels, buckets, reading.value.total)
    else:
        family.add_metric(reading.labels, reading.value)
