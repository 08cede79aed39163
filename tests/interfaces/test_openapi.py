"""Whatever is sent to any call: an answer that the OpenAPI document promises, and never a fault of ours."""

from collections.abc import Iterator

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from econonexus.domain.kinds import Role
from econonexus.interfaces.http.roles import MAY
from tests.interfaces.served import ADMIN_KEY, PATIENCE_S, Served

EXAMPLES = 30


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of its own: what is sent here would be in the way of other tests."""
    with Served(tmp_path_factory.mktemp("fuzzed") / "data") as server:
        yield server


def _operations(server: Served) -> list[APIOperation]:
    document = httpx2.get(f"{server.url}/api/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document).exclude(path_regex="/stream$")  # It does not end.
    return [found.ok() for found in schema.get_all_operations()]


def test_whatever_is_sent_every_answer_is_one_that_was_promised(fuzzed: Served) -> None:
    operations = _operations(fuzzed)
    assert len(operations) > 20
    with fuzzed.client() as admin:
        agents_key = admin.make("agents", id="fuzz", credits_ucr=10**12)["key"]
        for operation in operations:
            roles = MAY[operation.method.upper(), operation.path]
            # Whoever is let in, so that what is behind the door is tried and not the door alone.
            key = ADMIN_KEY if roles is None or Role.ADMIN in roles else agents_key
            _send_anything(operation, fuzzed.url, key)
        assert admin.get("/readyz").status_code == 200


def _send_anything(operation: APIOperation, url: str, key: str) -> None:
    valid = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    invalid = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)

    @given(valid | invalid)
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def send(case: schemathesis.Case) -> None:
        case.call_and_validate(
            base_url=url,
            headers={"Authorization": f"Bearer {key}"},
            timeout=PATIENCE_S,
            checks=[not_a_server_error, status_code_conformance, response_schema_conformance],
        )

    send()
